package retry

import (
	"fmt"
	"strings"
)

// maxARN is the longest pipeline execution ARN that the API takes
// (API_RetryPipelineExecution, PipelineExecutionArn).
const maxARN = 2048

// ExecutionARN names a pipeline execution. A retry keeps it. Two spellings that
// differ in case only are one execution: compare Key, call with the spelling.
type ExecutionARN struct {
	Partition, Region, Account, Pipeline, ID string
}

// ParseExecutionARN reads
// arn:PARTITION:sagemaker:REGION:ACCOUNT:pipeline/NAME/execution/ID
// and says what it expected where the text is something else. The error never
// repeats the text, which may be hostile.
func ParseExecutionARN(text string) (ExecutionARN, error) {
	const shape = "expected arn:PARTITION:sagemaker:REGION:ACCOUNT:pipeline/NAME/execution/ID"
	if len(text) > maxARN {
		return ExecutionARN{}, fmt.Errorf("%s of at most %d characters, got %d", shape, maxARN, len(text))
	}
	part := strings.Split(text, ":")
	if len(part) != 6 {
		return ExecutionARN{}, fmt.Errorf("%s, got %d parts between colons instead of 6", shape, len(part))
	}
	path := strings.Split(part[5], "/")
	if len(path) != 4 || !strings.EqualFold(path[0], "pipeline") || !strings.EqualFold(path[2], "execution") {
		return ExecutionARN{}, fmt.Errorf("%s, got another kind of resource", shape)
	}
	arn := ExecutionARN{
		Partition: strings.ToLower(part[1]), Region: strings.ToLower(part[3]), Account: part[4],
		Pipeline: path[1], ID: path[3],
	}
	switch {
	case !strings.EqualFold(part[0], "arn") || !strings.HasPrefix(arn.Partition, "aws") || !dashed(arn.Partition):
		return ExecutionARN{}, fmt.Errorf("%s, got another partition", shape)
	case !strings.EqualFold(part[2], "sagemaker"):
		return ExecutionARN{}, fmt.Errorf("%s, got another service", shape)
	case !dashed(arn.Region):
		return ExecutionARN{}, fmt.Errorf("%s, got no valid Region", shape)
	case !isAccount(arn.Account):
		return ExecutionARN{}, fmt.Errorf("%s, got an account that is not 12 digits", shape)
	case !dashed(arn.Pipeline) || len(arn.Pipeline) > 256:
		return ExecutionARN{}, fmt.Errorf("%s, got no valid pipeline name", shape)
	case !dashed(arn.ID) || len(arn.ID) > 256:
		return ExecutionARN{}, fmt.Errorf("%s, got no valid execution id", shape)
	}
	return arn, nil
}

// String is the ARN as it was spelled. IAM minds the case of a resource.
func (a ExecutionARN) String() string {
	return a.PipelineARN() + "/execution/" + a.ID
}

// PipelineARN is the ARN of the pipeline, as it was spelled.
func (a ExecutionARN) PipelineARN() string {
	return "arn:" + a.Partition + ":sagemaker:" + a.Region + ":" + a.Account + ":pipeline/" + a.Pipeline
}

// Key is the ARN lower-cased: SageMaker itself mixes the case of one
// execution's ARN, so the ledger's keys do not mind it.
func (a ExecutionARN) Key() string { return strings.ToLower(a.String()) }

// PipelineKey is PipelineARN lower-cased.
func (a ExecutionARN) PipelineKey() string { return strings.ToLower(a.PipelineARN()) }

// Same tells whether both name one execution.
func (a ExecutionARN) Same(b ExecutionARN) bool { return a.Key() == b.Key() }

// Home is the account and Region that Mulligan runs in and acts for.
type Home struct {
	Partition, Region, Account string
}

// Owns tells whether the execution lives at home.
func (h Home) Owns(a ExecutionARN) bool {
	return a.Partition == h.Partition && a.Region == h.Region && a.Account == h.Account
}

// dashed tells whether s is letters and digits with dashes between, the
// alphabet of Regions, pipeline names and execution ids.
func dashed(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// isAccount tells whether s is an AWS account number.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

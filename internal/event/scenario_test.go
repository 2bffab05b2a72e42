package event

import (
	"strings"
	"testing"

	"mulligan/internal/retry"
)

// TestScenario73DuplicateKeys names keys of an event twice. The last one counts,
// as it does for whoever else reads such JSON in Go, and it alone is checked: an
// event is never put together from one that is ours and one that is not.
func TestScenario73DuplicateKeys(t *testing.T) {
	const ours, theirs = `"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e"`, `"arn:aws:sagemaker:eu-west-1:210987654321:pipeline/p/execution/e"`
	detail := func(members string) string {
		return `{"source":"aws.sagemaker","detail-type":"` + detailType + `","account":"123456789012","region":"eu-west-1","detail":` + members + `}`
	}
	failed := func(arns ...string) string {
		members := []string{`"currentPipelineExecutionStatus":"Failed"`}
		for _, arn := range arns {
			members = append(members, `"pipelineExecutionArn":`+arn)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	tests := map[string]struct {
		payload string
		reason  retry.Reason // empty: it is ours
	}{
		"theirs, then ours":             {detail(failed(theirs, ours)), ""},
		"ours, then theirs":             {detail(failed(ours, theirs)), retry.Foreign},
		"ours, then none":               {detail(failed(ours, `""`)), retry.Malformed},
		"ours, then a number":           {detail(failed(ours, `7`)), retry.Malformed},
		"their detail, then ours":       {detail(failed(theirs) + `,"detail":` + failed(ours)), ""},
		"our detail, then theirs":       {detail(failed(ours) + `,"detail":` + failed(theirs)), retry.Foreign},
		"our detail, then a bare one":   {detail(failed(ours) + `,"detail":{"pipelineExecutionArn":` + ours + `}`), retry.Malformed},
		"our detail, then one in case":  {detail(failed(ours) + `,"DETAIL":` + failed(theirs)), retry.Foreign},
		"our account, then theirs":      {detail(failed(ours) + `,"account":"210987654321"`), retry.Foreign},
		"SageMaker's, then another's":   {detail(failed(ours) + `,"source":"my.sagemaker"`), retry.Malformed},
		"a failure, then one that runs": {detail(strings.Replace(failed(ours), "{", `{"currentPipelineExecutionStatus":"Failed",`, 1) + `,"detail":` + strings.Replace(failed(ours), "Failed", "Executing", 1)), retry.NotFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n, problem := Parse([]byte(test.payload), home)
			switch {
			case test.reason == "" && (problem != nil || n.Execution.Account != home.Account):
				t.Errorf("got %+v, %+v, want the failure of %s", n, problem, ours)
			case test.reason != "" && (problem == nil || problem.Reason != test.reason):
				t.Errorf("got %+v, %+v, want %s", n, problem, test.reason)
			}
		})
	}
}

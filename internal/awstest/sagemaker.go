package awstest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

type describeInput struct{ PipelineExecutionArn string }

type listStepsInput struct {
	PipelineExecutionArn string
	MaxResults           *int32
	NextToken            *string
	SortOrder            *string
}

type retryInput struct {
	PipelineExecutionArn     string
	ClientRequestToken       *string
	ParallelismConfiguration *parallelism
}

type parallelism struct{ MaxParallelExecutionSteps *int32 }

func (i *describeInput) tell(r *Request)  { r.ARN = i.PipelineExecutionArn }
func (i *listStepsInput) tell(r *Request) { r.ARN = i.PipelineExecutionArn }

func (i *retryInput) tell(r *Request) {
	r.ARN = i.PipelineExecutionArn
	r.Token = deref(i.ClientRequestToken)
	if i.ParallelismConfiguration != nil {
		r.Parallelism = deref(i.ParallelismConfiguration.MaxParallelExecutionSteps)
	}
}

func deref[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}

func (i *describeInput) check() error { return checkARN(i.PipelineExecutionArn) }

// check holds ListPipelineExecutionSteps to its documented bounds.
func (i *listStepsInput) check() error {
	if err := checkARN(i.PipelineExecutionArn); err != nil {
		return err
	}
	if n := i.MaxResults; n != nil && (*n < 1 || *n > maxPage) {
		return outOfBounds("maxResults", fmt.Sprint(*n), "Member must have value between 1 and 100")
	}
	return checkOrder(i.SortOrder)
}

// check holds RetryPipelineExecution to its documented bounds. The token is
// required: the service, unlike the SDKs, makes none up.
func (i *retryInput) check() error {
	if err := checkARN(i.PipelineExecutionArn); err != nil {
		return err
	}
	if i.ClientRequestToken == nil {
		return outOfBounds("clientRequestToken", "null", "Member must not be null")
	}
	if n := len(*i.ClientRequestToken); n < 32 || n > 128 {
		return outOfBounds("clientRequestToken", *i.ClientRequestToken, "Member must have length between 32 and 128")
	}
	if p := i.ParallelismConfiguration; p != nil && deref(p.MaxParallelExecutionSteps) < 1 {
		return outOfBounds("parallelismConfiguration.maxParallelExecutionSteps", fmt.Sprint(deref(p.MaxParallelExecutionSteps)), "Member must have value greater than or equal to 1")
	}
	return nil
}

// executionARN is the documented pattern of PipelineExecutionArn; its greatest
// length is 2048.
var executionARN = regexp.MustCompile(`^arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:pipeline/.*/execution/.*$`)

func checkARN(arn string) error {
	switch {
	case arn == "":
		return outOfBounds("pipelineExecutionArn", "null", "Member must not be null")
	case len(arn) > 2048:
		return outOfBounds("pipelineExecutionArn", arn[:40]+"...", "Member must have length less than or equal to 2048")
	case !executionARN.MatchString(arn):
		return outOfBounds("pipelineExecutionArn", arn, "Member must satisfy regular expression pattern: "+executionARN.String())
	}
	return nil
}

// outOfBounds words a broken constraint as the services do.
func outOfBounds(member, value, constraint string) error {
	return fmt.Errorf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, member, constraint)
}

// A describeOutput is also how Search shows an execution.
type describeOutput struct {
	PipelineArn                  string
	PipelineExecutionArn         string
	PipelineExecutionDisplayName string `json:",omitempty"`
	PipelineExecutionDescription string `json:",omitempty"`
	PipelineExecutionStatus      Status
	FailureReason                string `json:",omitempty"`
	CreationTime                 *epoch
	LastModifiedTime             *epoch
	ParallelismConfiguration     *parallelism `json:",omitempty"`
}

func (a *Account) describe(in request) answer {
	e := a.find(in.ARN)
	if e == nil {
		return notFound(in.ARN)
	}
	return answer{status: http.StatusOK, body: described(e.seen(in.At, a.config.Unknowns.DescribeLag))}
}

func described(s Execution) describeOutput {
	out := describeOutput{
		PipelineArn: s.PipelineARN, PipelineExecutionArn: s.ARN,
		PipelineExecutionDisplayName: s.DisplayName, PipelineExecutionDescription: s.Description,
		PipelineExecutionStatus: s.Status, CreationTime: stamp(s.Created), LastModifiedTime: stamp(s.Modified),
	}
	if s.Status == Failed {
		out.FailureReason = ReasonStepsFailed
	}
	if s.Parallelism > 0 {
		out.ParallelismConfiguration = &parallelism{&s.Parallelism}
	}
	return out
}

type listStepsOutput struct {
	NextToken              string `json:",omitempty"`
	PipelineExecutionSteps []wireStep
}

func (a *Account) listSteps(in request) answer {
	ask := in.body.(*listStepsInput)
	e := a.find(in.ARN)
	if e == nil {
		return notFound(in.ARN)
	}
	order := or(deref(ask.SortOrder), "Descending")
	from, ok := fromPageToken(deref(ask.NextToken), e.ARN, order)
	if !ok {
		a.violate("%s: NextToken %q is not of this list", in.Op, deref(ask.NextToken))
		return refusal(codeValidation, "Invalid NextToken.")
	}
	rows := inOrder(e.seen(in.At, a.config.Unknowns.StepLag).Steps, order == "Ascending")
	page, more := onePage(rows, from, a.pageSize(ask.MaxResults))
	out := listStepsOutput{PipelineExecutionSteps: make([]wireStep, 0, len(page))}
	for _, s := range page {
		out.PipelineExecutionSteps = append(out.PipelineExecutionSteps, s.wire(a.config))
	}
	if more {
		out.NextToken = pageToken(e.ARN, order, from+len(page))
	}
	return answer{status: http.StatusOK, body: out}
}

// A page token names list, order and position, so that one of another list is
// noticed. To clients it is opaque.
func pageToken(arn, order string, at int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%s %s %d", strings.ToLower(arn), order, at)))
}

func fromPageToken(token, arn, order string) (at int, ok bool) {
	if token == "" {
		return 0, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	fields := strings.Fields(string(raw))
	if err != nil || len(fields) != 3 || fields[0] != strings.ToLower(arn) || fields[1] != order {
		return 0, false
	}
	at, err = strconv.Atoi(fields[2])
	return at, err == nil && at >= 0
}

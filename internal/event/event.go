package event

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// What SageMaker sends. Source: SageMaker developer guide, "SageMaker pipeline
// execution status change" (aws.sagemaker@SageMakerModelBuildingPipelineExecutionStatusChange).
const (
	source     = "aws.sagemaker"
	detailType = "SageMaker Model Building Pipeline Execution Status Change"
)

// maxBytes is the most that is read: EventBridge carries at most 256 KB in one
// event, and a wake is smaller.
const maxBytes = 256 << 10

// maxEventID bounds the id, which is hashed, logged and stored. AWS' own have
// 36 characters and are not always UUIDs.
const maxEventID = 256

// Problem says why something is not a failure to handle.
type Problem struct {
	Reason    retry.Reason // malformed, foreign or not_failed
	Evidence  string       // the field and what was expected
	Execution retry.ExecutionARN
}

// envelope is an EventBridge event as far as it is read. Every field of detail
// but the ARN and the status is optional.
type envelope struct {
	ID         string          `json:"id"`
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Account    string          `json:"account"`
	Region     string          `json:"region"`
	Time       optional        `json:"time"`
	Detail     json.RawMessage `json:"detail"`
}

type detail struct {
	Status    string   `json:"currentPipelineExecutionStatus"`
	Previous  optional `json:"previousPipelineExecutionStatus"`
	Ended     optional `json:"executionEndTime"`
	Pipeline  string   `json:"pipelineArn"`
	Execution string   `json:"pipelineExecutionArn"`
}

// optional is a text that may be missing: of another type it counts as missing,
// so that an odd extra never costs a failure its second chance.
type optional string

// UnmarshalJSON takes a string of at most maxField bytes and drops the rest.
func (o *optional) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil && len(text) <= maxField {
		*o = optional(strings.ToValidUTF8(text, ""))
	}
	return nil
}

// Parse reads one invocation's bytes. A nil problem comes with the notice.
func Parse(payload []byte, home retry.Home) (retry.Notice, *Problem) {
	if len(payload) > maxBytes {
		return malformed("the event: expected at most %d bytes, got %d", maxBytes, len(payload))
	}
	var e envelope
	if err := json.Unmarshal(payload, &e); err != nil {
		return malformed("the event: expected a JSON object as EventBridge sends it: %s", explain(err))
	}
	if e.Source == wakeSource {
		return parseWake(payload, home)
	}
	switch {
	case e.Source != source:
		return malformed("source: expected %s, got %s", source, quote(e.Source))
	case e.DetailType != detailType:
		return malformed("detail-type: expected %q, got %s", detailType, quote(e.DetailType))
	case len(e.ID) > maxEventID:
		return malformed("id: expected at most %d characters, got %d", maxEventID, len(e.ID))
	}
	var d detail
	switch err := json.Unmarshal(e.Detail, &d); {
	case len(e.Detail) == 0:
		return malformed("detail: expected the fields of a pipeline execution, got nothing")
	case string(e.Detail) == "null":
		return malformed("detail: expected the fields of a pipeline execution: detail is null")
	case err != nil:
		return malformed("detail: expected the fields of a pipeline execution: %s", explain(err))
	}
	return read(e, d, home)
}

// read checks the fields against one another and against home.
func read(e envelope, d detail, home retry.Home) (retry.Notice, *Problem) {
	if d.Execution == "" {
		return malformed("detail.pipelineExecutionArn: expected the ARN of a pipeline execution, got nothing")
	}
	arn, err := retry.ParseExecutionARN(d.Execution)
	if err != nil {
		return malformed("detail.pipelineExecutionArn: %s", err)
	}
	if d.Pipeline != "" && !strings.EqualFold(d.Pipeline, arn.PipelineARN()) {
		return malformed("detail.pipelineArn: expected the pipeline of detail.pipelineExecutionArn, got another")
	}
	if p := owned(arn, home); p != nil {
		return retry.Notice{}, p
	}
	if e.Account != home.Account || !strings.EqualFold(e.Region, home.Region) {
		return retry.Notice{}, &Problem{retry.Foreign, fmt.Sprintf("account, region: expected account %s in %s, got account %s in %s",
			bare(home.Account), bare(home.Region), bare(e.Account), bare(e.Region)), arn}
	}
	status, ended := end(d.Status)
	switch {
	case d.Status == "":
		return malformed("detail.currentPipelineExecutionStatus: expected an end such as Failed, got nothing")
	case !ended:
		return retry.Notice{}, &Problem{retry.NotFailed,
			fmt.Sprintf("detail.currentPipelineExecutionStatus: expected Failed or another end, got %s", quote(d.Status)), arn}
	}
	return retry.Notice{
		Door: retry.DoorEvent, Execution: arn, EventID: e.ID, Status: status, Previous: string(d.Previous),
		Ended: string(d.Ended), EndedAt: instant(string(d.Ended)), Emitted: instant(string(e.Time)),
	}, nil
}

// ends are the statuses that an execution ends in (PipelineExecutionStatus). The
// one of a failure is left empty in a notice.
var ends = map[string]string{
	strings.ToLower(retry.StatusFailed):    "",
	strings.ToLower(retry.StatusSucceeded): retry.StatusSucceeded,
	strings.ToLower(retry.StatusStopped):   retry.StatusStopped,
	"completedwithfailures":                "CompletedWithFailures",
}

// end is the status as SageMaker spells it; false: the execution goes on.
func end(status string) (string, bool) {
	known, ended := ends[strings.ToLower(status)]
	return known, ended
}

// owned says so if the execution is not this account's and Region's.
func owned(arn retry.ExecutionARN, home retry.Home) *Problem {
	if home.Owns(arn) {
		return nil
	}
	if !strings.EqualFold(arn.Partition, home.Partition) {
		return &Problem{retry.Foreign, fmt.Sprintf("detail.pipelineExecutionArn: expected partition %s, got %s", bare(home.Partition), quote(arn.Partition)), arn}
	}
	return &Problem{retry.Foreign, fmt.Sprintf("detail.pipelineExecutionArn: expected account %s in %s, got account %s in %s",
		bare(home.Account), bare(home.Region), arn.Account, bare(arn.Region)), arn}
}

// Outside says so if the notice is about a pipeline whose name does not begin
// with prefix. Case does not matter: SageMaker mixes it in one pipeline's ARNs.
func Outside(n retry.Notice, prefix string) *Problem {
	name := n.Execution.Pipeline
	if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
		return nil
	}
	return &Problem{retry.Foreign, fmt.Sprintf("pipeline: expected a name that begins with %s, got %s", quote(prefix), quote(name)), n.Execution}
}

func malformed(format string, args ...any) (retry.Notice, *Problem) {
	return retry.Notice{}, &Problem{Reason: retry.Malformed, Evidence: fmt.Sprintf(format, args...)}
}

// instant reads a time leniently: what is none is the zero time.
func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return kept(t)
}

// kept is the time in UTC, or the zero time where no record can keep it: its zone
// may take it out of the years that JSON has.
func kept(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// maxField bounds the free text of an event that is kept or shown.
const maxField = 64

// quote shows a little of a field in a message, escaped.
func quote(text string) string {
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%+.*q", maxField, text)
}

// bare is quote without its marks where the text is plain.
func bare(text string) string {
	quoted := quote(text)
	if plain := strings.Trim(quoted, `"`); plain == text {
		return plain
	}
	return quoted
}

// explain says what JSON was wrong without repeating it.
func explain(err error) string {
	switch e := err.(type) {
	case *json.UnmarshalTypeError:
		what := "it"
		if e.Field != "" {
			what = quote(e.Field)
		}
		return fmt.Sprintf("%s is a JSON %.*s", what, maxField, e.Value)
	case *json.SyntaxError:
		return fmt.Sprintf("no valid JSON at byte %d", e.Offset)
	default:
		return "no valid JSON"
	}
}

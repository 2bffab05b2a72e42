//go:build e2e

package account

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// lambda is the function as an operator reaches it.
func (s *stack) lambda() *lambda.Client { return lambda.NewFromConfig(s.AWS(s.home)) }

// replay hands an event or a wake to the function by its asynchronous queue:
// what an operator does with a dead letter.
func (a *ailing) replay(payload json.RawMessage) {
	a.t.Helper()
	_, err := a.lambda().Invoke(a.t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String(a.Outputs["RetrierAlias"]), InvocationType: lambdatypes.InvocationTypeEvent, Payload: payload,
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// again puts the event of the failure on the bus once more, as SageMaker warns
// that it may, and so with another id.
func (a *ailing) again() {
	a.t.Helper()
	a.put(a.t, entry(a.failed()))
}

// dead are the dead letters about the execution's failure.
func (a *ailing) dead() []letter {
	a.t.Helper()
	all, err := a.deadLetters()
	if err != nil {
		a.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(l letter) bool {
		return !strings.Contains(strings.ToLower(l.body), strings.ToLower(a.arn)) || !l.ofFailure()
	})
}

// ofFailure tells whether the event in a letter, or in a wake, is of a failure.
func (l letter) ofFailure() bool {
	var e struct {
		Detail struct {
			Status awstest.Status `json:"currentPipelineExecutionStatus"`
		}
	}
	err := json.Unmarshal(l.event(), &e)
	return err != nil || e.Detail.Status == "" || e.Detail.Status == awstest.Failed
}

// letter waits for the one dead letter about the execution.
func (a *ailing) letter() letter {
	a.t.Helper()
	var all []letter
	a.until("a dead letter", func() bool {
		all = a.dead()
		return len(all) > 0
	})
	if len(all) != 1 {
		a.t.Errorf("dead letters about the execution: got %d, want 1", len(all))
	}
	return all[0]
}

// original waits for the dead letter and returns what it holds, which must be
// the event of the failure as it was sent. The id is the bus's.
func (a *ailing) original() json.RawMessage {
	a.t.Helper()
	l := a.letter()
	var got, want map[string]any
	for text, into := range map[string]*map[string]any{string(l.event()): &got, string(a.failed().JSON()): &want} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			a.t.Fatalf("%v in %s", err, text)
		}
	}
	if id, _ := got["id"].(string); id == "" {
		a.t.Errorf("the dead letter's event has no id: %s", l.body)
	}
	delete(got, "id")
	delete(want, "id")
	if !reflect.DeepEqual(got, want) {
		a.t.Errorf("the dead letter's event:\n got %v\nwant %v", got, want)
	}
	return l.event()
}

// now is the record as it is.
func (a *ailing) now() retry.Record {
	a.t.Helper()
	r, err := a.record()
	if err != nil {
		a.t.Fatal(err)
	}
	return r
}

// stands checks the record as it is, and that nothing was retried by then.
func (a *ailing) stands(kind retry.Kind, used int) {
	a.t.Helper()
	if r := a.now(); r.Kind != kind || r.Used != used || a.retried() != 0 {
		a.t.Errorf("the record is %q with %d units used, after %d retries, want %q with %d, after none\n%s", r.Kind, r.Used, a.retried(), kind, used, a)
	}
}

// ends waits until so many deliveries came to a decision and the failure is
// settled, and checks the retries that took effect, each for one unit.
func (a *ailing) ends(answers, retries int) {
	a.t.Helper()
	a.until("an answer to every delivery", func() bool { return len(a.answered()) >= answers })
	a.until("a settled record", func() bool {
		r, err := a.record()
		return err == nil && (r.Kind == retry.Retried || r.Kind == retry.MovedOn)
	})
	if r := a.now(); r.Used != retries || a.retried() != retries {
		a.t.Errorf("%d effective retries for %d units, want %d\n%s", a.retried(), r.Used, retries, a)
	}
}

// answered are the log lines of deliveries about the failure that came to a
// decision: not those of what becomes of its retry.
func (a *ailing) answered() (lines []line) {
	for _, l := range a.log.of(a.arn) {
		if l.Verdict != "" && !l.is("ignore", "recovered") {
			lines = append(lines, l)
		}
	}
	return lines
}

// complains waits for the log line of a delivery that ended in an error.
func (a *ailing) complains() (found line) {
	a.t.Helper()
	a.until("an error", func() bool {
		for _, l := range a.log.of(a.arn) {
			if l.Error != "" {
				found = l
			}
		}
		return found.Error != ""
	})
	return found
}

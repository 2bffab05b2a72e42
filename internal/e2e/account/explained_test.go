//go:build e2e

package account

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// told is what `mulligan explain --json` says of a decision.
type told struct {
	Verdict, Reason, Rule string
	Policy                struct{ Version string }
}

// explains has a person who may write nothing ask about a failure.
func (o *operator) explains(args ...string) (t told) {
	o.t.Helper()
	text := o.gets(append([]string{"explain", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		o.t.Fatalf("%v in %s", err, text)
	}
	return t
}

// TestExplained asks about failures before and after the function has decided,
// as somebody who may only read. It is told what the function decides, and
// changes nothing.
func TestExplained(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, test := range map[string]struct {
		step   awstest.Step
		answer line
	}{
		"stopped":   {awstest.Step{Name: "Train", Reason: awstest.ReasonUserCode}, line{Verdict: "stop", Reason: "permanent_cause"}},
		"waits":     {awstest.Step{Name: "Train", Reason: awstest.ReasonQuotaContention(4, 4, 1)}, line{Verdict: "wait", Reason: "backing_off"}},
		"job tells": {silent(awstest.Processing, awstest.Job{Exit: "OOM: exit code 137"}), line{Verdict: "stop", Reason: "permanent_cause"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, st := s.reader(t), s.runs(t)
			st.withhold()
			st.standIn().Fail(st.arn, test.step)
			failed, _ := st.standIn().LastEvent(st.arn)
			ahead := o.explains("--event", o.file("event.json", string(failed.JSON())))
			if record, err := st.record(); err != nil || !reflect.DeepEqual(record, retry.Record{}) {
				t.Errorf("the ledger has %+v, %v, want nothing", record, err)
			}

			decided := st.lateEvent(failed)
			want := told{decided.Verdict, decided.Reason, decided.Rule, struct{ Version string }{decided.Policy}}
			if ahead != want || !decided.is(test.answer.Verdict, test.answer.Reason) {
				t.Errorf("told %+v before it was decided as %+v, want %s", ahead, want, test.answer)
			}
			record, err := st.record()
			if err != nil {
				t.Fatal(err)
			}
			if after := o.explains("--execution", st.arn); after != want {
				t.Errorf("told %+v after it was decided as %+v", after, want)
			}
			text := o.gets("explain", "--execution", st.arn)
			if !containsAll(text, []string{"Verdict: " + decided.Verdict + ", " + decided.Reason + "\n", "the ledger of stack " + s.Name, decided.Policy}) {
				t.Errorf("for people:\n%s", text)
			}
			if now, err := st.record(); err != nil || !reflect.DeepEqual(now, record) {
				t.Errorf("the record is %+v (%v), and was %+v", now, err, record)
			}
			for _, call := range st.standIn().CallsFor(st.arn) {
				if !strings.HasPrefix(call.Op, "Describe") && !strings.HasPrefix(call.Op, "List") {
					t.Errorf("it called %s", call.Op)
				}
			}
		})
	}
}

//go:build e2e

package account

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// What became of retries is on record, by the events of their ends: some
// recovered, some failed again, one was stopped by a person. Somebody who may look
// sees how many of them helped.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	fails := awstest.FailsAt("Train", awstest.ReasonInternal)
	ends := func(runs ...awstest.Run) *story { return s.fails(t, awstest.Script{Pipeline: "outcomes", Runs: runs}) }
	ends(fails, awstest.Succeeds()).recovers()
	ends(fails, fails, awstest.Succeeds()).recovers()
	again := ends(fails, awstest.FailsAt("Train", awstest.ReasonUserCode))
	again.awaits("stop", "permanent_cause")
	stopped := ends(fails, awstest.KeepsRunning())
	stopped.awaits("retry", "retryable")
	if err := stopped.standIn().Stop(stopped.arn); err != nil {
		t.Fatal(err)
	}
	stopped.awaits("stop", "stopped_by_person")
	stopped.settles(retry.Retried, 1)

	pipeline := s.prefix + "outcomes"
	var got struct {
		Outcomes []struct {
			Pipeline, Class string
			Recovered       int
			FailedAgain     int     `json:"failed_again"`
			FailedAgainSame int     `json:"failed_again_same"`
			StoppedByPerson int     `json:"stopped_by_person"`
			Rate            float64 `json:"recovery_rate"`
		}
	}
	if err := json.Unmarshal([]byte(s.viewer(t).gets("outcomes", "--pipeline", pipeline, "--json")), &got); err != nil {
		t.Fatal(err)
	}
	want := got
	want.Outcomes = slices.Clone(got.Outcomes)[:min(1, len(got.Outcomes))]
	if len(got.Outcomes) != 1 {
		t.Fatalf("got %+v, want one line, of service faults", got)
	}
	w := &want.Outcomes[0]
	w.Pipeline, w.Class, w.Recovered, w.FailedAgain, w.FailedAgainSame, w.StoppedByPerson, w.Rate = strings.ToLower(pipeline), "service_fault", 2, 2, 1, 1, 0.5
	if got.Outcomes[0] != *w {
		t.Errorf("got %+v, want %+v", got.Outcomes[0], *w)
	}
	again.unharmed()
	stopped.unharmed()
}

// The end of an execution that nothing waits for costs one look into the ledger.
func TestEndsThatConcernNobody(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, end := range map[string]func(*story) error{
		"succeeds": func(st *story) error { st.standIn().Succeed(st.arn); return nil },
		"stopped":  func(st *story) error { return st.standIn().Stop(st.arn) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.runs(t)
			if err := end(st); err != nil {
				t.Fatal(err)
			}
			st.awaits("ignore", "not_failed")
			if ops := s.gate.calls(st.arn); !slices.Equal(ops, []string{"BatchGetItem"}) {
				t.Errorf("it called %v, want one look into the ledger", ops)
			}
			if record, err := st.record(); err != nil || record.Kind != retry.Unseen {
				t.Errorf("the ledger has %+v, %v, want nothing", record, err)
			}
		})
	}
}

// The function dies while it settles what became of a retry: the event is
// delivered again, and the outcome is counted once.
func TestKilledWhileItSettles(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	for _, m := range []moment{
		{op: "DescribePipelineExecution", nth: 1}, {op: "TransactWriteItems", nth: 1}, {op: "TransactWriteItems", nth: 1, after: true},
	} { // counted from the retry on
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			a := s.ails(t, retriedAtOnce, "settling", func(a *ailing) { a.runs[1] = awstest.KeepsRunning() })
			a.ends(1, 1)
			a.halts(m, a.killed)
			a.standIn().Succeed(a.arn)
			a.recovers()
			if a.met.Load() == 0 {
				t.Errorf("it did not die")
			}
			pipeline := strings.Split(a.arn, "/")[1]
			if out := s.viewer(t).gets("outcomes", "--pipeline", pipeline, "--json"); !strings.Contains(out, `"settled": 1`) {
				t.Errorf("not counted once:\n%s", out)
			}
			a.unharmed()
		})
	}
}

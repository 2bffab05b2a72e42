//go:build e2e

package account

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// In the mode observe, Mulligan decides and records what it would do. It calls
// nothing but what it reads by, takes no unit and makes no schedule.
func TestObserveNeverCalls(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, parameters{"Mode": "observe"})
	for name, reason := range map[string]string{
		"would retry": awstest.ReasonInternal, "would wait": awstest.ReasonCapacity, "would stop": awstest.ReasonUserCode,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", reason)}})
			st.awaits("stop", "observing")
			failed, _ := st.standIn().LastEvent(st.arn)
			st.handled(s.put(t, copies(failed, 3)...)...)

			if record := st.settles(retry.Closed, 0); !reflect.DeepEqual(record.Claim, retry.Claim{}) {
				t.Errorf("it claimed %+v", record.Claim)
			}
			reads := []string{"BatchGetItem", "DescribePipelineExecution", "ListPipelineExecutionSteps", "TransactWriteItems"}
			for _, op := range st.gate.calls(st.arn) {
				if !slices.Contains(reads, op) {
					t.Errorf("it called %s", op)
				}
			}
			for _, body := range st.requests("TransactWriteItems") {
				if strings.Contains(body, `"budget#`) {
					t.Errorf("it touched a budget: %s", body)
				}
			}
			if names, err := s.schedules(t.Context()); err != nil || len(names) != 0 {
				t.Errorf("schedules %q, %v, want none: the stack only observes", names, err)
			}
			st.unharmed()
		})
	}
}

// In the mode off, every failure ends in a line that says so, without a call.
func TestOffIgnores(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, parameters{"Mode": "off"})
	st := s.fails(t, awstest.Script{Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal)}})
	st.awaits("ignore", "off")
	if ops := s.gate.calls(st.arn); len(ops) != 0 {
		t.Errorf("it called %v", ops)
	}
	if record, err := st.record(); err != nil || record.Kind != retry.Unseen {
		t.Errorf("the ledger has %+v, %v", record, err)
	}
	st.unharmed()
}

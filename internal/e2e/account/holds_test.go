//go:build e2e

package account

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// A person with just the permissions for that holds a pipeline. What fails then,
// what waited already, and what is about to be claimed at that moment: nothing is
// called for any of it. Released, all of it is retried by the next sweep (scenario
// 79).
func TestScenario79Hold(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	o, pipeline := s.holder(t), s.prefix+"held"
	fails := func(reason string) *story {
		return s.fails(t, awstest.Script{Pipeline: "held", Runs: []awstest.Run{awstest.FailsAt("Train", reason), awstest.Succeeds()}})
	}
	waited := fails(awstest.ReasonCapacity)
	waited.awaits("wait", "backing_off")
	if _, problems, code := s.viewer(t).types("hold", "--pipeline", pipeline, "--for", "1h", "--note", "x", "--author", "eve", "--yes"); code != 1 || !strings.Contains(problems, "dynamodb:PutItem") {
		t.Errorf("held by somebody who may only look: exit %d, %s", code, problems)
	}
	atThatMoment := s.fails(t, awstest.Script{Pipeline: "held", Runs: []awstest.Run{awstest.KeepsRunning(), awstest.Succeeds()}})
	s.gate.at(moment{about: atThatMoment.arn, op: "TransactWriteItems", nth: 1}, func(http.ResponseWriter, passage) bool {
		if out, problems, code := o.types("hold", "--pipeline", pipeline, "--for", "1h", "--note", "the input is being mended", "--author", "ada", "--yes"); code != 0 {
			t.Errorf("hold: exit %d\n%s%s", code, out, problems)
		}
		return true
	})
	atThatMoment.fail(awstest.ReasonInternal)
	atThatMoment.awaits("wait", "held")
	late := fails(awstest.ReasonInternal)
	stories := []*story{waited, late, atThatMoment}
	for _, st := range stories {
		if l := st.awaits("wait", "held"); !containsAll(l.Evidence, []string{"ada", "the input is being mended"}) {
			t.Errorf("it waits because %q, want to be told who held it and why", l.Evidence)
		}
	}
	if out := o.gets("holds"); !containsAll(out, []string{strings.ToLower(pipeline), "ada", "the input is being mended"}) {
		t.Errorf("the hold is not shown:\n%s", out)
	}
	s.sweeps(t)
	s.waitsOn(t, stories...)
	for st, used := range map[*story]int{waited: 1, late: 0, atThatMoment: 0} {
		if record, err := st.record(); err != nil || record.Used != used {
			t.Errorf("%d units used (%v), want %d", record.Used, err, used)
		}
	}

	o.gets("release", "--pipeline", pipeline, "--author", "ben", "--yes")
	s.sweeps(t)
	for _, st := range stories {
		st.succeeds(1)
		st.settles(retry.Retried, 1)
		st.calledTimes(1, 1)
		st.unharmed()
	}
	if out := o.gets("holds", "--history"); !containsAll(out, []string{"ada", "ben"}) {
		t.Errorf("the history lacks somebody:\n%s", out)
	}
}

// A hold that nobody releases ends by itself: whoever waited comes back by a
// schedule, within a minute, and not before.
func TestHoldEndsByItself(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, swept)
	o := s.holder(t)
	o.gets("hold", "--pipeline", s.prefix+"brief", "--for", "8s", "--note", "a moment", "--author", "ada", "--yes")
	ends := time.Now().Add(6 * time.Second) // no later than that it was set
	st := s.fails(t, awstest.Script{Pipeline: "brief", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonInternal), awstest.Succeeds()}})
	l := st.awaits("wait", "held")
	if names, err := s.schedules(t.Context()); err != nil || len(names) == 0 {
		t.Errorf("no schedule is to bring it back: %v", err)
	}
	st.succeeds(1)
	st.settles(retry.Retried, 1)
	if at := st.standIn().Retries(st.arn)[0].At; at.Before(ends) || l.Due.Before(ends) {
		t.Errorf("due at %s and retried at %s, before the hold ended at about %s", l.Due, at, ends)
	}
	st.unharmed()
}

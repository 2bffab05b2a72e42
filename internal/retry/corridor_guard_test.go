package retry

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// ports are all that a corridor speaks to. They answer alike to everything, and
// count what they are asked.
type ports struct {
	first    Record
	stands   State // after the first read
	rows     []Step
	budgets  []Bucket
	status   string
	describe error
	list     error
	ensure   error
	read     error

	reads, described, listed int
	asked                    []string // keys of buckets
}

func (p *ports) Read(_ context.Context, _ ExecutionARN, buckets []Bucket, _ ...string) (State, error) {
	for _, b := range buckets {
		p.asked = append(p.asked, b.Key)
	}
	if p.reads++; p.reads == 1 {
		return State{Record: p.first, Full: map[string]time.Time{}, Breakers: map[string]Breaker{CallScope: {}}}, p.read
	}
	return p.stands, p.read
}

func (p *ports) Commit(_ context.Context, c Change) (State, bool, error) {
	return State{Record: c.Record}, true, nil
}

func (p *ports) Queue(context.Context, Line) (time.Time, bool, error) { return now, true, nil }

func (p *ports) Describe(context.Context, ExecutionARN) (Execution, error) {
	p.described++
	return Execution{ARN: arn, Status: p.status, LastModified: t1}, p.describe
}

func (p *ports) Steps(context.Context, ExecutionARN) ([]Step, error) {
	p.listed++
	return p.rows, p.list
}

func (p *ports) Retry(context.Context, ExecutionARN, Claim) (Answer, error) {
	return Answer{Kind: Accepted}, nil
}

func (p *ports) Ensure(context.Context, Wake, Notice) error { return p.ensure }

// Terms have budgets only once what is stored is known.
func (p *ports) Terms(_ ExecutionARN, stored *Stored) (Terms, error) {
	terms := Terms{Mode: Enforce, ExpireAfter: time.Hour, Breakers: Breakers{Executions: 2, Within: time.Hour},
		Policy: bucketed{fixed: fixed{decision: Decision{Verdict: Wait, Reason: BackingOff, Due: now.Add(time.Minute)}}}}
	if stored != nil {
		terms.Policy = bucketed{terms.Policy.(bucketed).fixed, p.budgets}
	}
	return terms, nil
}

type bucketed struct {
	fixed
	buckets []Bucket
}

func (b bucketed) Budgets(ExecutionARN) []Bucket { return b.buckets }

func (p *ports) handle(t *testing.T, mode Mode, n Notice) (Decision, error) {
	t.Helper()
	n.Execution, n.EventID = arn, "e-1"
	c := Corridor{Mode: mode, Rules: p, Ledger: p, Pipelines: p, Schedules: p, Now: func() time.Time { return now }}
	return c.Handle(t.Context(), n)
}

// Where the record moved on while the breakers were read, SageMaker is looked at
// anew.
func TestMovedRecordIsLookedAtAnew(t *testing.T) {
	lost := step("Train", "CapacityError: no instance is left", "")
	lost.Started, lost.Ended = t1, t1
	p := &ports{status: StatusFailed, rows: []Step{lost}, stands: State{Record: recordOf(Closed, t1, t1)}}
	if _, err := p.handle(t, Enforce, Notice{Door: DoorEvent, EndedAt: t1}); err != nil || p.described != 2 {
		t.Errorf("looked %d times, error %v; want 2 looks", p.described, err)
	}
}

// A bucket of the execution's that the policy has only now is read before it is
// decided on; one that a claim would be refused by is not.
func TestUnaskedBucketsAreRead(t *testing.T) {
	for key, ends := range map[string]bool{"own": true, "shared": false} {
		p := &ports{status: StatusFailed, budgets: []Bucket{{Key: key, Size: 1, Per: time.Hour, Ends: ends}}}
		if _, err := p.handle(t, ModeOff, Notice{Door: DoorEvent}); err != nil || p.reads != 0 {
			t.Errorf("off: %d reads, error %v; want none", p.reads, err)
		}
		_, _ = p.handle(t, Enforce, Notice{Door: DoorEvent, EndedAt: t1}) // what is read counts
		if slices.Contains(p.asked, key) != ends {
			t.Errorf("asked for %q: %q should be among them: %t", p.asked, key, ends)
		}
	}
}

// Of an end that is no failure the steps are not asked for.
func TestEndsWithoutSteps(t *testing.T) {
	for status, want := range map[string]int{StatusSucceeded: 0, StatusStopped: 0, StatusFailed: 1} {
		p := &ports{status: status, first: recordOf(Retried, t0, t0)}
		_, err := p.handle(t, Enforce, Notice{Door: DoorEvent, Status: status, EndedAt: t1})
		if err != nil || p.listed != want || p.described == 0 {
			t.Errorf("%s: described %d times, steps listed %d times, error %v; want %d", status, p.described, p.listed, err, want)
		}
	}
}

// What did not answer is an error, and decided on by nobody; only an execution that
// Describe does not know is gone.
func TestUnansweredIsAnError(t *testing.T) {
	broken, event := errors.New("broken"), Notice{Door: DoorEvent, EndedAt: t1}
	for name, p := range map[string]*ports{
		"the ledger":             {read: broken},
		"Describe":               {describe: broken},
		"the steps":              {list: broken},
		"the steps, as if gone":  {list: ErrGone},
		"the schedule":           {ensure: broken},
		"Describe and the steps": {describe: broken, list: ErrGone},
	} {
		p.status = StatusFailed
		if d, err := p.handle(t, Enforce, event); err == nil {
			t.Errorf("%s: got %s, %s, want an error", name, d.Verdict, d.Reason)
		}
	}
	whole, gone := &ports{status: StatusFailed}, &ports{describe: ErrGone, list: ErrGone}
	if d, err := whole.handle(t, Enforce, event); err != nil || d.Verdict != Wait {
		t.Errorf("all answer: got %s, %s, %v, want it to wait", d.Verdict, d.Reason, err)
	}
	if d, err := gone.handle(t, Enforce, event); err != nil || d.Reason != CannotRetry {
		t.Errorf("gone: got %s, %s, %v", d.Verdict, d.Reason, err)
	}
}

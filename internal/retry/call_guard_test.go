package retry

import (
	"context"
	"errors"
	"testing"
	"time"

	"mulligan/internal/cause"
)

// calls answer one call, and refuse to write down what became of it as they are
// told to.
type calls struct {
	ports
	answer  Answer
	lost    error
	refuses func(Change) (State, bool, error)
	newer   State // of the execution that replaced this one
	wrote   []Change
}

func (c *calls) Retry(context.Context, ExecutionARN, Claim) (Answer, error) { return c.answer, c.lost }

func (c *calls) Commit(_ context.Context, change Change) (State, bool, error) {
	if c.wrote = append(c.wrote, change); c.refuses != nil {
		return c.refuses(change)
	}
	return State{Record: change.Record}, true, nil
}

func (c *calls) Read(context.Context, ExecutionARN, []Bucket, ...string) (State, error) {
	return c.newer, c.read
}

func (c *calls) Job(context.Context, string) (cause.Job, error) { return cause.Job{}, nil }

func (c *calls) NewerSuccesses(context.Context, ExecutionARN, time.Time) ([]ExecutionARN, error) {
	return []ExecutionARN{arn}, nil
}

func (c *calls) corridor() *Corridor {
	return &Corridor{Ledger: c, Pipelines: c, Schedules: c, Background: c, Now: func() time.Time { return now }}
}

// call makes the call of a claim that probes the breaker of the network.
func (c *calls) call(t *testing.T) (Decision, error) {
	t.Helper()
	claimed := recordOf(Claimed, t0, t0)
	claimed.Claim.Scopes = []string{networkScope}
	s := kept(claimed, failedFacts(t0, t0), Breaker{Opened: t0, Probe: arn.Key(), Next: now.Add(time.Hour), Rate: 50})
	return c.corridor().call(t.Context(), s, Decision{Verdict: Retry, Reason: Retryable})
}

// A call whose answer was lost settles nothing, and one whose answer could not be
// written is no success.
func TestCallThatIsNotSettled(t *testing.T) {
	lost := &calls{lost: errors.New("no answer")}
	if d, err := lost.call(t); err == nil || len(lost.wrote) != 0 {
		t.Errorf("its answer was lost: got %s, wrote %d times, want an error and no write", d.Verdict, len(lost.wrote))
	}
	unwritten := &calls{refuses: func(Change) (State, bool, error) { return State{}, false, errors.New("down") }}
	if d, err := unwritten.call(t); err == nil {
		t.Errorf("its answer was not written: got %s, want an error", d.Verdict)
	}
}

// An answer is settled on the record that stands, and although others keep writing
// the breakers that it tells.
func TestAnswerIsSettled(t *testing.T) {
	stands := recordOf(Claimed, t0, t0)
	stands.Rev, stands.Used = 12, 2
	moved := &calls{refuses: func(c Change) (State, bool, error) { return State{Record: stands}, c.Record.Rev == 13, nil }}
	if _, err := moved.call(t); err != nil || len(moved.wrote) != 2 || moved.wrote[1].Record.Used != 2 {
		t.Errorf("the record was moved on: %v, after %d writes, want the second on what stands", err, len(moved.wrote))
	}
	crowded := &calls{}
	crowded.refuses = func(c Change) (State, bool, error) { return c.Seen, len(c.Breakers) == 0, nil }
	if _, err := crowded.call(t); err != nil || len(crowded.wrote) < 2 || crowded.wrote[len(crowded.wrote)-1].Record.Kind != Retried {
		t.Errorf("others write the breakers: %v after %d writes, want it settled without them", err, len(crowded.wrote))
	}
}

// Of a call that is refused for a status Describe tells what it means.
func TestRefusalIsLookedAt(t *testing.T) {
	for status, want := range map[string]Kind{StatusSucceeded: MovedOn, StatusFailed: Claimed} {
		c := &calls{answer: Answer{Kind: WrongStatus}}
		c.status = status
		if _, err := c.call(t); err != nil || c.described != 1 || c.wrote[0].Record.Kind != want {
			t.Errorf("%s: %v, described %d times, wrote %+v; want it %s", status, err, c.described, c.wrote, want)
		}
	}
}

// A newer execution replaces this one unless a retry of ours helped it; where the
// ledger does not tell, nothing is decided.
func TestWhatReplaces(t *testing.T) {
	for name, test := range map[string]struct {
		used     int
		read     error
		replaces bool
		fails    bool
	}{
		"on its own":                  {0, nil, true, false},
		"retried by us":               {1, nil, false, false},
		"a record of a newer build":   {0, ErrUnreadable, false, false},
		"the ledger does not tell it": {0, errors.New("down"), false, true},
	} {
		c := &calls{newer: State{Record: Record{Used: test.used}}}
		c.read = test.read
		s := situation(Record{}, failedFacts(t0, t0))
		err := c.corridor().askNewer(t.Context(), &s)
		if (err != nil) != test.fails || !test.fails && (s.Facts.Newer != "") != test.replaces {
			t.Errorf("%s: replaced by %q, error %v; want replaced %t, error %t", name, s.Facts.Newer, err, test.replaces, test.fails)
		}
	}
}

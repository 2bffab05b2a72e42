package model

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// The real time between two instants of the model. What is less than a minute all
// together must stay so for as many changes as come without a minute between.
const (
	apart      = 11 * time.Second // two changes: more than package retry takes for one end
	later      = time.Second      // from a change to whoever looks
	minute     = 61 * time.Second
	hours      = 7 * time.Hour // longer than all back-offs, watches and holds
	tooOld     = 1000 * time.Hour
	mostQuick  = 4  // changes without a minute between
	mostMinute = 10 // minutes without hours between, so that no watch comes due by them
)

// A tie is the real corridor and the model side by side: the same things happen to
// both, and whatever is to be seen of both is compared after each.
type tie struct {
	c         *Config
	state     State // of the model
	arn       retry.ExecutionARN
	now       time.Time
	stamps    []time.Time // from 1
	reason    string      // of the steps that fail
	ledger    *ledger.Memory
	holds     *ledger.MemoryHolds
	book      *policy.Book
	processes [slots]*process
	wakes     map[Notice]retry.Wake
	tokens    map[string]Token
	sent      string
	scheduled retry.Notice
	quick     int
	minutes   int
	trace     []string
}

func newTie(c *Config) *tie {
	arn, err := retry.ParseExecutionARN("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/abcdefghijkl")
	if err != nil {
		panic(err)
	}
	t := &tie{
		c: c, state: c.Start(), arn: arn, now: start, ledger: ledger.NewMemory(), wakes: map[Notice]retry.Wake{}, tokens: map[string]Token{},
		reason: "ClientError: An error occurred (ThrottlingException) when calling the DescribeTrainingJob operation (reached max retries: 4): Rate exceeded",
	}
	if c.Waits {
		t.reason = "CapacityError: Unable to provision requested ML compute capacity."
	}
	hourly := 1000
	if c.Shared {
		hourly = 1
	}
	t.book = policy.NewBook(policy.Settings{
		MaxRetries: int(c.Budget), PipelineRetriesPerDay: 1000, AccountRetriesPerHour: hourly,
		BackoffInterval: time.Hour, BackoffMaxDelay: 2 * time.Hour, ExpireAfter: tooOld, FunctionTimeout: 20 * time.Second,
	})
	t.holds = ledger.NewMemoryHolds(t.ledger)
	t.stamps = []time.Time{{}, start}
	t.changed(&State{}, &t.state)
	return t
}

// follow makes one transition of the model happen to the real corridor too.
func (t *tie) follow(next Transition) error {
	was := t.state
	l := next.Label
	t.trace = append(t.trace, l.String())
	err := t.act(&was, &next)
	t.changed(&was, &next.To)
	t.state = next.To
	if err == nil {
		err = t.passes(&next)
	}
	if err == nil {
		err = t.compare(l, next.Said)
	}
	if err != nil {
		return fmt.Errorf("%w\nafter%s\nthe model: %+v", err, "\n  "+strings.Join(t.trace, "\n  "), t.state)
	}
	return nil
}

// changed gives the new instants of the model a time.
func (t *tie) changed(was, is *State) {
	for was.World.Modified < is.World.Modified && len(t.stamps) <= int(is.World.Modified) {
		t.now = t.now.Add(apart)
		t.stamps = append(t.stamps, t.now)
		t.now = t.now.Add(later)
		t.quick++
	}
}

// act makes the step happen to the process that it is about.
func (t *tie) act(was *State, next *Transition) error {
	l := next.Label
	switch l.Act {
	case Deliver, Wake, Sweep, SweepBetween:
		t.processes[l.Slot] = t.begin(t.brought(l))
		return nil
	case Describe:
		return t.processes[l.Slot].goOn(opDescribe)
	case ListSteps:
		return t.processes[l.Slot].goOn(opSteps)
	case Crash, Die:
		t.processes[l.Slot].die()
		t.processes[l.Slot] = nil
		return nil
	case Step, LoseBefore, LoseAfter, Refuse, Conflict, Unstart:
		return t.step(was, next)
	default:
		return nil
	}
}

// brought is the notice that a delivery begins with.
func (t *tie) brought(l Label) retry.Notice {
	switch l.Act {
	case Sweep, SweepBetween:
		return retry.Notice{Door: retry.DoorSweep, Execution: t.arn, EventID: "sweep"}
	case Wake:
		n := t.notice(l.Notice, retry.DoorWake)
		n.Wake = t.wakes[l.Notice]
		return n
	default:
		return t.notice(l.Notice, retry.DoorEvent)
	}
}

// step makes a call of a delivery that is no look.
func (t *tie) step(was *State, next *Transition) error {
	d, p := &was.Deliveries[next.Label.Slot], t.processes[next.Label.Slot]
	switch d.At {
	case AtSchedule:
		err := p.goOn(opEnsure)
		if got := t.code(t.scheduled); err == nil && got != d.Notice {
			err = fmt.Errorf("the wake brings %s, in the model %s", got, d.Notice)
		}
		return err
	case AtCall:
		p.lost = next.Said == InError
		p.answer = t.answer(was, d, next.Label.Act)
		if err := p.goOn(opRetry); err != nil {
			return err
		}
		if got, want := t.token(t.sent), d.Record.Claim.Token; !p.lost && got != want {
			return fmt.Errorf("token %s is %o, in the model %o", t.sent, got, want)
		}
		return nil
	default:
		if d.At == AtWrite || d.At == AtSettle {
			t.pair(d)
		}
		return p.goOn(opCommit)
	}
}

// pair notes that the token of what is about to be written is the model's.
func (t *tie) pair(d *Delivery) {
	c := &d.Record.Claim
	if c.Retry == 0 {
		return
	}
	round := t.at(Stamp(c.Token >> 5 & 15))
	real := retry.NewToken(eventID(c.ID), t.arn, round, int(c.Retry), int(c.Ordinal))
	t.tokens[real] = c.Token
}

// answer is what SageMaker says to the call.
func (t *tie) answer(was *State, d *Delivery, how Act) retry.Answer {
	kinds := map[Answered]retry.AnswerKind{Accepted: retry.Accepted, Refused: retry.Refused, StatusWrong: retry.WrongStatus}
	switch how {
	case Refuse:
		return retry.Answer{Kind: retry.Refused}
	case Conflict:
		return retry.Answer{Kind: retry.WrongStatus}
	case Unstart:
		return retry.Answer{Kind: retry.Accepted}
	default:
		w := was.World
		return retry.Answer{Kind: kinds[t.c.effect(&w, d.Record.Claim.Token, 1)]}
	}
}

// passes lets real time go by, and people and others act.
func (t *tie) passes(next *Transition) error {
	ctx := context.Background()
	switch next.Label.Act {
	case Minute, FreezeMinute:
		t.now, t.quick = t.now.Add(minute), 0
		t.minutes++
	case Hours, FreezeHours:
		t.now, t.quick, t.minutes = t.now.Add(hours), 0, 0
	case Expire:
		t.now, t.quick, t.minutes = t.now.Add(hours+tooOld), 0, 0
	case SetHold:
		seen, err := t.holds.Current(ctx)
		if err == nil {
			hold := retry.Hold{Scope: retry.HoldOfAll, Author: "ann", Note: "maintenance", Since: t.now, Until: t.now.Add(5 * time.Hour)}
			_, err = t.holds.Place(ctx, hold, seen)
		}
		return err
	case ReleaseHold:
		seen, err := t.holds.Current(ctx)
		if err == nil {
			_, err = t.holds.Release(ctx, retry.HoldOfAll, ledger.By{Author: "ann", Note: "over", At: t.now}, seen)
		}
		return err
	case TakeUnit:
		return t.takeUnit(ctx)
	}
	return nil
}

// takeUnit has another execution of the account take the unit.
func (t *tie) takeUnit(ctx context.Context) error {
	other := t.arn
	other.ID = "mnopqrstuvwx"
	seen, err := t.ledger.Read(ctx, other, nil)
	if err != nil {
		return err
	}
	terms, err := t.book.Terms(other, nil)
	if err != nil {
		return err
	}
	if seen, err = t.ledger.Read(ctx, other, terms.Policy.Budgets(other)); err != nil {
		return err
	}
	r := retry.Record{Rev: seen.Record.Rev + 1, Kind: retry.Retried, Used: seen.Record.Used + 1}
	_, applied, err := t.ledger.Commit(ctx, retry.Change{
		Execution: other, Seen: seen, Record: r, Takes: terms.Policy.Budgets(other), Now: t.now, Expires: t.now.Add(time.Hour),
	})
	if err == nil && !applied {
		err = fmt.Errorf("another execution found the budget empty, in the model it is not")
	}
	return err
}

package retry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Ledger keeps records and shared budgets.
type Ledger interface {
	// Read is one consistent read of the execution's record, the policy and the
	// holds, and of the buckets and scopes that are asked for with their lines.
	Read(ctx context.Context, execution ExecutionARN, buckets []Bucket, scopes ...string) (State, error)
	// Commit writes all of a change or nothing. False: the change was refused,
	// and the state is what stands instead of what was seen.
	Commit(context.Context, Change) (State, bool, error)
	// Queue takes the next turn in a line. False: none is left that comes in time.
	Queue(context.Context, Line) (time.Time, bool, error)
}

// Pipelines is SageMaker.
type Pipelines interface {
	// Describe tells how an execution stands; ErrGone if there is none.
	Describe(context.Context, ExecutionARN) (Execution, error)
	// Steps lists all step rows; ErrGone if there is no such execution.
	Steps(context.Context, ExecutionARN) ([]Step, error)
	// Retry makes one RetryPipelineExecution call, never a second one. An
	// error means that it may have taken effect.
	Retry(context.Context, ExecutionARN, Claim) (Answer, error)
}

// Schedules makes one-time schedules.
type Schedules interface {
	// Ensure makes the schedule that brings the notice back when the wake is
	// due. One of that name that is already there is as good.
	Ensure(context.Context, Wake, Notice) error
}

// Corridor is the one way that every failure goes, whichever door it came in
// by. It keeps nothing of a failure: many may go down it at once.
type Corridor struct {
	Mode       Mode // the most that the deployment allows
	Rules      Rulebook
	Build      string
	Keep       time.Duration // how long records are kept after the last write
	Ledger     Ledger
	Pipelines  Pipelines
	Background Background
	Schedules  Schedules
	Now        func() time.Time
	Abreast    func(...func()) // how calls are made that do not depend on one another; nil: SideBySide
}

// maxPlans bounds how often one delivery plans anew because its write was
// refused: each refusal means that another delivery got on.
const maxPlans = 8

// Handle takes one failure down the corridor. An error means that another
// delivery could change the outcome; whatever was claimed by then is found and
// finished by it.
func (c *Corridor) Handle(ctx context.Context, n Notice) (Decision, error) {
	s := Situation{Notice: n, Now: c.Now()}
	if c.Mode == ModeOff {
		return s.decision(Ignore, Off, "the mode is off"), nil
	}
	if err := c.open(ctx, &s); err != nil {
		return Decision{}, err
	}
	var err error
	looked := false
	for range maxPlans {
		s.Now = c.Now() // what was just read may be younger than the start of this delivery
		if !looked && s.Mode != ModeOff {
			if move, known := Recall(s); known {
				return c.act(ctx, s, move)
			}
			if s.Facts, err = c.look(ctx, n); err != nil {
				return Decision{}, err
			}
			looked, s.Now = true, c.Now()
		}
		move, moved, err := c.plan(ctx, &s)
		if err != nil {
			return Decision{}, err
		}
		if moved {
			looked = false
			continue
		}
		stands, applied, err := c.commit(ctx, s, move)
		if err != nil {
			return Decision{}, err
		}
		// Somebody else's record asks for another look; an emptied bucket does not.
		looked = applied || stands.Record.Rev == s.State.Record.Rev
		s.State = stands
		if applied {
			return c.act(ctx, s, move)
		}
	}
	return Decision{}, errors.New("the record kept changing under this delivery")
}

// open reads the ledger, and with it the policy in force.
func (c *Corridor) open(ctx context.Context, s *Situation) error {
	known, err := c.Rules.Terms(s.Notice.Execution, nil)
	if err != nil {
		return fmt.Errorf("know the policy: %w", err)
	}
	if s.State, err = c.Ledger.Read(ctx, s.Notice.Execution, known.Policy.Budgets(s.Notice.Execution), CallScope); err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	s.Notice = s.Notice.recalled(s.State.Record)
	if s.Terms, err = c.Rules.Terms(s.Notice.Execution, &s.State.Policy); err != nil {
		return fmt.Errorf("know the policy: %w", err)
	}
	s.Mode = Lower(c.Mode, s.Mode)
	return c.readUnasked(ctx, s, known.Policy.Budgets(s.Notice.Execution))
}

// readUnasked reads buckets that the policy in force has and the one known before
// had not. Where a claim would be written they need no read: the write is
// refused, and told what stands.
func (c *Corridor) readUnasked(ctx context.Context, s *Situation, asked []Bucket) error {
	var left []Bucket
	for _, b := range s.Policy.Budgets(s.Notice.Execution) {
		known := slices.ContainsFunc(asked, func(a Bucket) bool { return a.Key == b.Key })
		if !known && (s.Mode == Observe || b.Ends) {
			left = append(left, b)
		}
	}
	if len(left) == 0 {
		return nil
	}
	more, err := c.Ledger.Read(ctx, s.Notice.Execution, left)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	s.State.Record, s.State.Holds = more.Record, more.Holds
	maps.Copy(s.State.Full, more.Full)
	s.State.Lines = joined(s.State.Lines, more.Lines)
	return nil
}

// plan decides, asking for what the decision turns on. True: another delivery
// moved the record on meanwhile.
func (c *Corridor) plan(ctx context.Context, s *Situation) (move Move, moved bool, err error) {
	for range maxAsks {
		switch move = Plan(*s); move.Then {
		case LookCloser:
			err = c.lookCloser(ctx, s, move.Jobs)
		case AskNewer:
			err = c.askNewer(ctx, s)
		case AskScopes:
			moved, err = c.askScopes(ctx, s, move.Scopes)
		case StandInLine:
			err = c.standInLine(ctx, s, move.Line)
		default:
			return move, false, nil
		}
		if err != nil {
			return Move{}, false, fmt.Errorf("look around the failure: %w", err)
		}
		if moved {
			return Move{}, true, nil
		}
		s.Now = c.Now()
	}
	return Move{}, false, errors.New("the decision kept asking for more")
}

// maxAsks bounds what one plan may ask for: jobs, a newer execution, the breakers
// twice, and a turn in a line or two.
const maxAsks = 12

// look asks SageMaker how the execution stands, both calls side by side. Of an end
// that is no failure the steps tell nothing, if it is one.
func (c *Corridor) look(ctx context.Context, n Notice) (Facts, error) {
	if n.Status != "" {
		execution, err := c.Pipelines.Describe(ctx, n.Execution)
		if err != nil || !is(execution.Status, StatusFailed) {
			return c.seen(n.Execution, execution, nil, err, nil)
		}
	}
	var (
		execution           Execution
		rows                []Step
		describing, listing error
	)
	c.abreast(
		func() { execution, describing = c.Pipelines.Describe(ctx, n.Execution) },
		func() { rows, listing = c.Pipelines.Steps(ctx, n.Execution) },
	)
	return c.seen(n.Execution, execution, rows, describing, listing)
}

// seen are the facts of a look.
func (c *Corridor) seen(arn ExecutionARN, execution Execution, rows []Step, describing, listing error) (Facts, error) {
	switch {
	case errors.Is(describing, ErrGone): // the list alone must not end a failure for good
		return Facts{Gone: true, ARN: arn, Detail: describing.Error()}, nil
	case describing != nil || listing != nil:
		return Facts{}, fmt.Errorf("look at the execution: %w", errors.Join(describing, listing))
	}
	return NewFacts(execution, rows), nil
}

// commit writes what the move says, with the trail that explains it.
func (c *Corridor) commit(ctx context.Context, s Situation, m Move) (State, bool, error) {
	if m.Write == nil {
		return s.State, true, nil
	}
	stands, applied, err := c.Ledger.Commit(ctx, Change{
		Execution: s.Notice.Execution, Seen: s.State, Record: *m.Write, Takes: m.Takes,
		Breakers: m.Breakers, Refills: m.Refills, Tally: m.Tally,
		Now: s.Now, Expires: s.Now.Add(c.Keep), Trail: c.trail(s, m),
	})
	if err != nil {
		return State{}, false, fmt.Errorf("write %s, %s to the ledger: %w", m.Decision.Verdict, m.Decision.Reason, err)
	}
	return stands, applied, nil
}

// act carries out what follows the write.
func (c *Corridor) act(ctx context.Context, s Situation, m Move) (Decision, error) {
	switch m.Then {
	case Schedule:
		if err := c.Schedules.Ensure(ctx, m.Wake, s.Notice); err != nil {
			return Decision{}, fmt.Errorf("schedule the wake: %w", err)
		}
	case Call:
		return c.call(ctx, s, m.Decision)
	}
	return m.Decision, nil
}

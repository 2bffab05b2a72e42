package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// Looks ask SageMaker, and change nothing there. internal/pipelines does.
type Looks interface {
	// Describe tells how an execution stands; retry.ErrGone if there is none.
	Describe(context.Context, retry.ExecutionARN) (retry.Execution, error)
	// Steps lists all step rows; retry.ErrGone if there is no such execution.
	Steps(context.Context, retry.ExecutionARN) ([]retry.Step, error)
	retry.Background
}

// watch is a policy that notes what it was asked, and the steps that it took.
type watch struct {
	policy.Policy
	change func(*retry.Case) // what is asked instead; nil: the very same
	asked  *retry.Case
	tried  []policy.Tried
}

// Decide implements retry.Policy.
func (w *watch) Decide(c retry.Case) retry.Decision {
	if w.change != nil {
		w.change(&c)
	}
	d, tried := w.Explain(c)
	w.asked, w.tried = &c, tried
	return d
}

// judged is one run of the judgement.
type judged struct {
	s        retry.Situation // with all facts that were asked for
	move     retry.Move
	recalled bool // the ledger alone decided
	asked    *retry.Case
	tried    []policy.Tried
}

// answering adds the facts that a move asks for.
type answering func(*retry.Situation, retry.Move) error

// maxAsked bounds how often a plan may ask for more; it needs a few.
const maxAsked = 12

// judge plans as retry.Corridor does, with what the policy is asked changed if
// change is not nil. Nothing follows from it.
func judge(s retry.Situation, p policy.Policy, change func(*retry.Case), answer answering) (judged, error) {
	w := &watch{Policy: p, change: change}
	s.Policy = w
	if s.Mode == retry.ModeOff {
		return judged{s: s, move: retry.Move{Decision: retry.Decision{
			Verdict: retry.Ignore, Reason: retry.Off, Evidence: "the mode is off",
		}}}, nil
	}
	if move, ok := retry.Recall(s); ok {
		return judged{s: s, move: move, recalled: true}, nil
	}
	for range maxAsked {
		move := retry.Plan(s)
		if s.Suppose(move) {
			continue
		}
		if move.Then != retry.LookCloser && move.Then != retry.AskNewer {
			return judged{s: s, move: move, asked: w.asked, tried: w.tried}, nil
		}
		if err := answer(&s, move); err != nil {
			return judged{}, err
		}
	}
	return judged{}, errors.New("the judgement kept asking for more facts")
}

// look asks how the execution stands. What is gone is a fact too.
func look(ctx context.Context, from Looks, arn retry.ExecutionARN) (retry.Facts, error) {
	execution, err := from.Describe(ctx, arn)
	if errors.Is(err, retry.ErrGone) {
		return retry.Facts{Gone: true, ARN: arn, Detail: err.Error()}, nil
	}
	if err != nil {
		return retry.Facts{}, err
	}
	rows, err := from.Steps(ctx, arn)
	if err != nil {
		return retry.Facts{}, err
	}
	return retry.NewFacts(execution, rows), nil
}

// used tells how many retries an execution had, by the ledger.
type used func(context.Context, retry.ExecutionARN) (int, error)

// asking answers from SageMaker and the ledger, or from what was recorded of
// them, as retry.Corridor does.
func asking(ctx context.Context, from Looks, retries used) answering {
	return func(s *retry.Situation, move retry.Move) error {
		if move.Then == retry.AskNewer {
			return askNewer(ctx, s, from, retries)
		}
		s.Facts.Failed = slices.Clone(s.Facts.Failed)
		for _, at := range move.Jobs {
			job, err := from.Job(ctx, s.Facts.Failed[at].Ref)
			if err := orUntold(s, "what the job of "+s.Facts.Failed[at].Name+" says", err); err != nil {
				return fmt.Errorf("look at the job: %w", err)
			}
			s.Facts.Failed[at].Job = &job
		}
		s.Facts.Cause = cause.Read(s.Facts.Failed)
		return nil
	}
}

// askNewer looks for a newer success that had no retry of ours: one that had was
// in the same trouble, and replaces nothing.
func askNewer(ctx context.Context, s *retry.Situation, from Looks, retries used) error {
	s.Facts.NewerAsked = true
	newer, err := from.NewerSuccesses(ctx, s.Facts.ARN, s.Now.Add(-s.Case().Age))
	if err != nil {
		return orUntold(s, "whether a newer execution has succeeded", err)
	}
	for _, other := range newer {
		n, err := retries(ctx, other)
		if err != nil {
			return err
		}
		if n == 0 {
			s.Facts.Newer = other.String()
			return nil
		}
	}
	return nil
}

// orUntold notes what SageMaker will never answer; other errors stay.
func orUntold(s *retry.Situation, what string, err error) error {
	switch {
	case errors.Is(err, retry.ErrNotTold):
		s.Facts.Untold = append(slices.Clip(s.Facts.Untold), what+": "+err.Error())
		return nil
	case errors.Is(err, retry.ErrGone):
		return nil
	default:
		return err
	}
}

// supposing answers where nothing more is known: there is nothing more to know.
func supposing(s *retry.Situation, move retry.Move) error {
	if move.Then == retry.AskNewer {
		s.Facts.NewerAsked = true
		return nil
	}
	s.Facts.Failed = slices.Clone(s.Facts.Failed)
	for _, at := range move.Jobs {
		s.Facts.Failed[at].Job = &cause.Job{}
	}
	return nil
}

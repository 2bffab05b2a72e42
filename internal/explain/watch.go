package explain

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	said   retry.Decision
	tried  []policy.Tried
}

// Decide implements retry.Policy.
func (w *watch) Decide(c retry.Case) retry.Decision {
	if w.change != nil {
		w.change(&c)
	}
	w.said, w.tried = w.Explain(c)
	w.asked = &c
	return w.said
}

// judged is one run of the judgement.
type judged struct {
	s        retry.Situation // with all facts that were asked for
	move     retry.Move
	enforced retry.Move // what it would be, were it not only observed
	recalled bool       // the ledger alone decided
	asked    *retry.Case
	said     retry.Decision // by the policy
	tried    []policy.Tried
	line     retry.Line // that it stands in, where it was given a turn; the zero Line: none
	supposed bool       // nobody gave it that turn: it is the one that the line would give
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
		return judged{s: s, move: move, enforced: move, recalled: true}, nil
	}
	supposed := false
	for range maxAsked {
		switch move := retry.Plan(s); move.Then {
		case retry.StandInLine: // explaining takes nobody's turn
			supposed = s.Suppose(move)
		case retry.LookCloser, retry.AskNewer, retry.AskScopes:
			if err := answer(&s, move); err != nil {
				return judged{}, err
			}
		default:
			j := judged{s: s, move: move, enforced: enforced(s, move), line: standing(s), supposed: supposed}
			j.asked, j.said, j.tried = w.asked, w.said, w.tried
			return j, nil
		}
	}
	return judged{}, errors.New("the judgement kept asking for more facts")
}

// enforced is the move that the situation comes to where it is enforced.
func enforced(s retry.Situation, move retry.Move) retry.Move {
	if s.Mode != retry.Observe {
		return move
	}
	s.Mode = retry.Enforce
	return retry.Plan(s)
}

// standing is the line in which it has the turn of the situation.
func standing(s retry.Situation) retry.Line {
	if s.Turn.Line == "" {
		return retry.Line{}
	}
	s.Turn = retry.Turn{}
	return retry.Plan(s).Line
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

// alike reads the breakers of scopes, and how the lines before them stand.
type alike func(ctx context.Context, scopes []string) (retry.State, error)

// asking answers from SageMaker and the ledger, or from what was recorded of
// them, as retry.Corridor does.
func asking(ctx context.Context, from Looks, retries used, breakers alike) answering {
	return func(s *retry.Situation, move retry.Move) error {
		switch move.Then {
		case retry.AskNewer:
			return askNewer(ctx, s, from, retries)
		case retry.AskScopes:
			return askScopes(ctx, s, move, breakers)
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

// askScopes adds the breakers of scopes. What nobody knows of is closed.
func askScopes(ctx context.Context, s *retry.Situation, move retry.Move, breakers alike) error {
	known, err := breakers(ctx, move.Scopes)
	if err != nil {
		return err
	}
	s.State.Breakers, s.State.Lines = both(s.State.Breakers, known.Breakers), both(s.State.Lines, known.Lines)
	var left []string
	for _, scope := range move.Scopes {
		if _, there := s.State.Breakers[scope]; !there {
			left = append(left, scope)
		}
	}
	s.Suppose(retry.Move{Then: retry.AskScopes, Scopes: left})
	return nil
}

// both is a map with the entries of both, in a copy.
func both[V any](a, b map[string]V) map[string]V {
	all := map[string]V{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
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
	switch move.Then {
	case retry.AskNewer:
		s.Facts.NewerAsked = true
		return nil
	case retry.AskScopes:
		s.Suppose(move)
		return nil
	}
	s.Facts.Failed = slices.Clone(s.Facts.Failed)
	for _, at := range move.Jobs {
		s.Facts.Failed[at].Job = &cause.Job{}
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/explain"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// looked is a deployment with what is asked there, for reading only.
type looked struct {
	place
	looks explain.Looks
	kept  keeper
}

// keeper is what is read of a ledger.
type keeper interface {
	Read(ctx context.Context, execution retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error)
	Trails(context.Context, retry.ExecutionARN) ([]retry.Trail, error)
}

// table is a ledger in a table, as a keeper.
type table struct{ *ledger.Policies }

// Read reads as the function does.
func (t table) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	return t.Ledger.Read(ctx, arn, buckets, scopes...)
}

// enter finds the deployment, and what to ask there.
func (e *explaining) enter(ctx context.Context, w world) (l looked, err error) {
	var cfg aws.Config
	found := w.look
	w.look = func(ctx context.Context, c aws.Config, stack string) (deployment.Deployment, error) {
		cfg = c
		return found(ctx, c, stack)
	}
	if l.place, err = e.at.find(ctx, w); err != nil {
		return l, err
	}
	if e.at.isLocal {
		if cfg.BaseEndpoint, err = w.localSageMaker(); err != nil {
			return l, err
		}
	}
	l.looks = pipelines.New(cfg)
	switch kept := l.ledger.(type) {
	case *ledger.Policies:
		l.kept = table{kept}
	case keeper:
		l.kept = kept
	default:
		return l, fmt.Errorf("%s: its ledger cannot be read", l.place)
	}
	return l, nil
}

// live judges on what an account says.
func (e *explaining) live(cmd *cobra.Command, w world) (*explain.Story, error) {
	l, err := e.enter(cmd.Context(), w)
	if err != nil {
		return nil, err
	}
	set, err := e.setting(cmd, l)
	if err != nil {
		return nil, err
	}
	switch {
	case e.trail != "":
		return e.ofTrail(cmd, set)
	case e.execution != "":
		return e.ofExecution(cmd.Context(), l, set, w.now())
	}
	name, payload, err := readInput(cmd, e.event)
	if err != nil {
		return nil, err
	}
	notice, ignored := explain.ReadEvent(payload, set, name)
	if ignored != nil {
		return ignored, nil
	}
	return l.tell(cmd.Context(), set, notice, name, w.now())
}

// setting is the deployment's, under the policy that is in force there or that
// of --policy.
func (e *explaining) setting(cmd *cobra.Command, l looked) (explain.Setting, error) {
	set := explain.Setting{
		At:   l.flags,
		Home: l.Home, HomeFrom: "as " + l.Stack + " says", Prefix: l.Prefix, Mode: e.modeOr(l.Mode), Settings: l.Settings,
		PolicyFrom: "the built-in rules: none is applied to " + l.place.String(), Policy: policy.New(l.Settings),
	}
	if e.policy != "" {
		return e.underFile(cmd, set)
	}
	current, err := l.ledger.Current(cmd.Context())
	if err != nil {
		return set, err
	}
	s := inForce(current)
	switch {
	case s.none:
		return set, fmt.Errorf("%s has no policy to judge by: %s; --policy judges by the one in a file", l.place, plaintext.Line(s.trouble, maxPolicyLine))
	case s.doc == nil && s.trouble != "":
		set.PolicyFrom, set.Problem = "the built-in rules", s.trouble
		return set, nil
	case s.doc == nil:
		return set, nil
	}
	set = under(set, s.file(), fmt.Sprintf("%s of %s, applied by %s on %s", s.name, l.place, orWord(current.Author, "nobody knows whom"), current.At.Format(time.RFC1123)))
	set.Policy, set.Problem = s.under(l.Settings), s.trouble
	return set, nil
}

// tell judges a notice on what the ledger and SageMaker say now.
func (l looked) tell(ctx context.Context, set explain.Setting, n retry.Notice, from string, now time.Time) (*explain.Story, error) {
	q := explain.Question{
		Setting: set, Notice: n, EventFrom: from, Now: now, Looks: l.looks, FactsFrom: "asked at " + now.UTC().Format(time.RFC3339),
		Retries: func(ctx context.Context, arn retry.ExecutionARN) (int, error) {
			state, err := l.kept.Read(ctx, arn, nil)
			return state.Record.Used, err
		},
		Breakers: func(ctx context.Context, scopes []string) (retry.State, error) {
			state, err := l.kept.Read(ctx, n.Execution, nil, scopes...)
			if err != nil {
				return state, fmt.Errorf("read the ledger: %w", err)
			}
			return state, nil
		},
	}
	var err error
	if q.State, err = l.kept.Read(ctx, n.Execution, set.Policy.Budgets(n.Execution)); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	if q.Before, err = l.kept.Trails(ctx, n.Execution); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return q.Tell(ctx)
}

// ofExecution tells the last decision of the ledger on an execution or, where it
// has none, what would be decided now.
func (e *explaining) ofExecution(ctx context.Context, l looked, set explain.Setting, now time.Time) (*explain.Story, error) {
	arn, err := retry.ParseExecutionARN(e.execution)
	if err != nil {
		return nil, fmt.Errorf("--execution: %w", err)
	}
	trails, err := l.kept.Trails(ctx, arn)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	if len(trails) == 0 {
		return l.tell(ctx, set, retry.Notice{Door: explain.ByPerson, Execution: arn}, "nobody: the ledger has nothing on it", now)
	}
	last := trails[len(trails)-1]
	story, err := explain.TellTrail(last, set, "the ledger of "+l.place.String())
	if err != nil {
		return nil, err
	}
	story.After(trails)
	return story, nil
}

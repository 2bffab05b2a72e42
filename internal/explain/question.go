package explain

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/event"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// Setting is the deployment and the policy that a failure is judged under, and
// where both are known from, in words for people.
type Setting struct {
	At         string // flags that name the deployment to mulligan, each after a space; "": none is asked
	Home       retry.Home
	HomeFrom   string
	Prefix     string     // of the names of the pipelines that are handled; "" is all
	Mode       retry.Mode // the most that the deployment allows
	Settings   policy.Settings
	Policy     policy.Policy
	PolicyFrom string
	Problem    string                             // why the policy that was applied last is not in force
	Place      func(pipeline, rule string) string // where a rule stands; nil: nowhere that is known
}

// Question is a failure, and what is known of it.
type Question struct {
	Setting
	Notice    retry.Notice
	EventFrom string // a file, the ledger, ...
	State     retry.State
	Turn      retry.Turn // in a line, that it was given then
	Now       time.Time

	Looks     Looks                                                  // nil: nobody can be asked
	FactsFrom string                                                 // a file, SageMaker, ...
	Retries   func(context.Context, retry.ExecutionARN) (int, error) // that an execution had, by the ledger; nil: none
	Breakers  func(context.Context, []string) (retry.State, error)   // of scopes, with their lines, by the ledger; nil: all are closed

	Recording *Recording    // that Looks are of; nil: they are of an account
	Before    []retry.Trail // decisions of the ledger on this execution
}

// ReadEvent reads an event or a wake. Where it is nothing to handle, the story
// says so and is whole.
func ReadEvent(payload []byte, s Setting, from string) (retry.Notice, *Story) {
	n, problem := event.Parse(payload, s.Home)
	if problem == nil {
		problem = event.Outside(n, s.Prefix)
	}
	if problem == nil {
		return n, nil
	}
	t := &Story{Event: told(retry.Notice{Execution: problem.Execution, Door: retry.DoorEvent}, from), Home: s.place()}
	t.Event.Says = says(payload)
	t.decide(retry.Decision{Verdict: retry.Ignore, Reason: problem.Reason, Evidence: problem.Evidence})
	t.Next = meanings[problem.Reason].next
	t.Changes = otherEvents(payload, s)
	return n, t
}

// Recorded takes the facts of the question from a recording.
func (q *Question) Recorded(r *Recording, name string) error {
	if arn, err := retry.ParseExecutionARN(r.about); r.about != "" && (err != nil || !arn.Same(q.Notice.Execution)) {
		return fmt.Errorf("execution.PipelineExecutionArn: expected %s, which %s is about, got %.300q", q.Notice.Execution, q.EventFrom, r.about)
	}
	full, err := r.balances(q.Policy.Budgets(q.Notice.Execution))
	if err != nil {
		return err
	}
	q.Recording, q.Looks, q.FactsFrom, q.Now = r, r.Looks(), "recorded in "+name, r.Now
	q.State, q.Breakers = retry.State{Record: r.Record, Full: full, Holds: r.holds}, r.alike
	return nil
}

// Tell judges the failure and tells how. Errors are those of the looks.
func (q Question) Tell(ctx context.Context) (*Story, error) {
	t := &Story{Event: told(q.Notice, q.EventFrom), Home: q.place(), JudgedAt: q.Now, Before: past(q.Before)}
	s := q.situation()
	if q.Looks == nil {
		q.open(t, s)
		return t, nil
	}
	var err error
	if s.Facts, err = look(ctx, q.Looks, s.Notice.Execution); err != nil {
		return nil, q.failing(fmt.Errorf("look at the execution: %w", err))
	}
	j, err := judge(s, q.Policy, nil, asking(ctx, q.Looks, q.retries(), q.alike()))
	if err != nil {
		return nil, q.failing(err)
	}
	q.tell(t, j)
	return t, nil
}

// failing names the recording where it is what cannot be read.
func (q Question) failing(err error) error {
	if q.Recording == nil {
		return err
	}
	return fmt.Errorf("the facts, %s, are not what the AWS CLI prints: %w", q.FactsFrom, err)
}

func (q Question) retries() used {
	if q.Retries != nil {
		return q.Retries
	}
	return func(context.Context, retry.ExecutionARN) (int, error) { return 0, nil }
}

func (q Question) alike() alike {
	if q.Breakers != nil {
		return q.Breakers
	}
	return func(context.Context, []string) (retry.State, error) { return retry.State{}, nil }
}

// situation is what the judgement starts from.
func (q Question) situation() retry.Situation {
	terms := q.Policy.TermsFor(q.Notice.Execution)
	terms.Mode, terms.Problem = retry.Lower(q.Mode, terms.Mode), q.Problem
	return retry.Situation{Terms: terms, Notice: q.Notice, State: q.State, Turn: q.Turn, Now: q.Now}
}

// tell writes the story of a judgement.
func (q Question) tell(t *Story, j judged) {
	t.decide(j.move.Decision)
	t.Means, t.Next = means(j.move.Decision, j.s.Facts.Cause.Label), follows(j)
	if m, ok := inCrowd(j); ok {
		t.Means, t.Next = m.means, m.next
	}
	t.Next = q.there(t.Next)
	t.Facts = q.facts(j)
	if j.asked != nil || j.s.Facts.Cause.Step != "" {
		t.Cause = &j.s.Facts.Cause
	}
	t.Policy = q.inForce(j.s.Terms)
	t.Tried = q.tried(j)
	if j.asked != nil && !j.asked.Claimed {
		t.Budgets = budgets(q.Policy, j.s, q.Policy.MaxRetries(j.s.Notice.Execution.Pipeline))
	}
	t.Holds, t.Breakers, t.Waits = q.holds(j), breakers(j), waits(j)
	t.Changes = changes(j, q.Policy, q.Settings)
	t.Notes = append(t.Notes, q.taken(j)...)
}

// taken says what was taken to be so.
func (q Question) taken(j judged) (notes []string) {
	if j.supposed && j.line.Key != "" {
		notes = append(notes, "The turn is the one that the line would give now. Explaining takes none: whoever comes first gets it.")
	}
	r := q.Recording
	if r == nil {
		return notes
	}
	if r.Newer == nil && j.s.Facts.NewerAsked {
		notes = append(notes, `The facts do not say whether a newer execution has succeeded ("newer_success"); it was taken that none has.`)
	}
	for _, scope := range sortedKeys(r.breakers) {
		if _, met := j.s.State.Breakers[scope]; !met {
			notes = append(notes, "The breaker that was recorded of "+quote(scope)+" is none that it met.")
		}
	}
	return notes
}

// decide puts a decision into the story.
func (t *Story) decide(d retry.Decision) {
	t.Verdict, t.Reason, t.Means = d.Verdict, d.Reason, meanings[d.Reason].means
	t.Evidence, t.Rule, t.Message, t.Retry, t.Parallelism = d.Evidence, d.Rule, d.Message, d.Retry, d.Parallelism
	t.Outcome, t.Opened = d.Outcome, d.Breaker
	if t.Due = d.Due; !d.Due.IsZero() && !t.JudgedAt.IsZero() {
		t.DueIn = int(d.Due.Sub(t.JudgedAt).Seconds())
	}
}

// open tells what the event alone decides, and what the verdict depends on.
func (q Question) open(t *Story, s retry.Situation) {
	t.Policy = q.inForce(s.Terms)
	c := retry.Case{Execution: q.Notice.Execution, Previous: q.Notice.Previous, Retry: 1, Now: s.Now, Token: "open"}
	d, _ := q.Policy.Explain(c)
	switch {
	case s.Mode == retry.ModeOff:
		t.decide(retry.Decision{Verdict: retry.Ignore, Reason: retry.Off, Evidence: "the mode is off"})
		t.Next = meanings[retry.Off].next
		return
	case q.Notice.Status != "":
		q.openEnd(t, s)
		return
	case d.Reason == retry.StoppedByPerson:
		t.decide(d)
		t.Next = meanings[d.Reason].next
		t.Notes = append(t.Notes, "The event alone says so. It is taken that SageMaker still shows this failure, that it is not too old, and that nothing was decided on it before.")
		return
	}
	t.Open = fmt.Sprintf("the %s says that the execution failed, and not why", q.Notice.Door)
	t.Means = "the verdict depends on what SageMaker shows when it is asked"
	t.Next = "Mulligan would read the ledger, and call DescribePipelineExecution and ListPipelineExecutionSteps; " +
		"where a failed step does not say why, DescribeTrainingJob, DescribeProcessingJob or DescribeTransformJob, for at most 3 jobs; " +
		"and, before a retry, ListPipelineExecutions for a newer execution that has succeeded."
	t.Depends = byClass(func(change func(*cause.Cause)) retry.Decision {
		c := c
		change(&c.Cause)
		return q.Policy.Decide(c)
	})
}

func (s Setting) place() Place {
	return Place{Account: s.Home.Account, Region: s.Home.Region, From: s.HomeFrom}
}

func (s Setting) inForce(terms retry.Terms) *InForce {
	return &InForce{From: s.PolicyFrom, Version: terms.Version, Mode: terms.Mode, Limits: limits(s.Settings), Problem: terms.Problem}
}

// told is what a notice says.
func told(n retry.Notice, from string) Told {
	t := Told{From: from, Door: string(n.Door), ID: n.EventID, Ended: n.EndedAt, Status: n.Status, Previous: n.Previous, Emitted: n.Emitted}
	if n.Execution.ID != "" {
		t.Execution, t.Pipeline = n.Execution.String(), n.Execution.Pipeline
	}
	return t
}

// ParseHome reads ACCOUNT/REGION. The partition follows from the Region (AWS
// General Reference, "ARN format").
func ParseHome(text string) (retry.Home, error) {
	account, region, ok := strings.Cut(text, "/")
	if !ok || len(account) != 12 || strings.Trim(account, "0123456789") != "" || !strings.Contains(region, "-") {
		return retry.Home{}, fmt.Errorf("expected ACCOUNT/REGION, such as 123456789012/eu-west-1, got %.80q", text)
	}
	return retry.Home{Partition: partition(region), Account: account, Region: strings.ToLower(region)}, nil
}

func partition(region string) string {
	switch region = strings.ToLower(region); {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

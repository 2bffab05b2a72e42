package explain

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// crowded is a world of a few executions, with a function that hears of them.
type crowded struct {
	*testing.T
	memory *ledger.Memory
	now    time.Time
	set    policy.Settings
	shown  map[string]retry.Execution // by Key
	reason map[string]string
	answer retry.Answer
	events int
}

func newCrowd(t *testing.T, set policy.Settings) *crowded {
	return &crowded{
		T: t, memory: ledger.NewMemory(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), set: set,
		shown: map[string]retry.Execution{}, reason: map[string]string{},
	}
}

func (c *crowded) Describe(_ context.Context, arn retry.ExecutionARN) (retry.Execution, error) {
	return c.shown[arn.Key()], nil
}

func (c *crowded) Steps(_ context.Context, arn retry.ExecutionARN) ([]retry.Step, error) {
	e := c.shown[arn.Key()]
	return []retry.Step{{Name: "Train", Type: "Training", Status: e.Status, Reason: c.reason[arn.Key()], Ended: e.LastModified}}, nil
}

func (c *crowded) Job(context.Context, string) (cause.Job, error) { return cause.Job{}, retry.ErrGone }

func (c *crowded) NewerSuccesses(context.Context, retry.ExecutionARN, time.Time) ([]retry.ExecutionARN, error) {
	return nil, nil
}

func (c *crowded) Retry(context.Context, retry.ExecutionARN, retry.Claim) (retry.Answer, error) {
	return c.answer, nil
}

func (c *crowded) Ensure(context.Context, retry.Wake, retry.Notice) error { return nil }

func of(name string) retry.ExecutionARN {
	return retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: name, ID: "e"}
}

// ends has an execution end now, in a status and for a reason, and the function
// hear of it a second later.
func (c *crowded) ends(name, status, reason string) retry.Notice {
	c.now = c.now.Add(time.Second)
	c.shown[of(name).Key()] = retry.Execution{ARN: of(name), Status: status, LastModified: c.now}
	c.reason[of(name).Key()] = reason
	c.events++
	n := retry.Notice{Door: retry.DoorEvent, Execution: of(name), EventID: fmt.Sprint("e", c.events), EndedAt: c.now, Ended: c.now.Format(time.RFC3339), Emitted: c.now}
	if status != retry.StatusFailed {
		n.Status = status
	}
	c.now = c.now.Add(time.Second)
	return n
}

// hears has the function decide, and what it left in the ledger told again: the
// same verdict, reason, due time and evidence, out of the same steps.
func (c *crowded) hears(n retry.Notice, want string) *Story {
	c.Helper()
	before, err := c.memory.Trails(c.Context(), n.Execution)
	if err != nil {
		c.Fatal(err)
	}
	corridor := retry.Corridor{
		Mode: retry.Enforce, Rules: policy.NewBook(c.set), Build: "b1", Ledger: c.memory, Pipelines: c, Background: c,
		Schedules: c, Now: func() time.Time { return c.now }, Keep: time.Hour,
	}
	d, err := corridor.Handle(c.Context(), n)
	if err != nil {
		c.Fatal(err)
	}
	if got := string(d.Verdict) + ", " + string(d.Reason); got != want {
		c.Fatalf("%s: got %s (%s), want %s", n.Execution.Pipeline, got, d.Evidence, want)
	}
	trails, err := c.memory.Trails(c.Context(), n.Execution)
	if err != nil || len(trails) == len(before) {
		c.Fatalf("%s: nothing was written, %v", want, err)
	}
	var last *Story
	for _, trail := range trails[len(before):] {
		last = c.again(trail)
	}
	return last
}

// again tells a trail as it comes out of the ledger, as JSON.
func (c *crowded) again(trail retry.Trail) *Story {
	c.Helper()
	read, err := ReadTrail(encode(trail))
	if err != nil {
		c.Fatal(err)
	}
	under := template
	under.Settings, under.Policy = c.set, policy.New(c.set)
	s, err := TellTrail(read, under, "the ledger")
	if err != nil {
		c.Fatal(err)
	}
	d := trail.Decision
	if !same(d, retry.Decision{Verdict: s.Verdict, Reason: s.Reason}) || !s.Due.Equal(d.Due) || s.Evidence != d.Evidence || s.Outcome != d.Outcome || s.Opened != d.Breaker {
		c.Errorf("told %s, due %s (%s), decided %+v", verdict(s), s.Due, s.Evidence, d)
	}
	if len(s.Notes) != 1 || s.Notes[0] != "Decided by build b1." {
		c.Errorf("%s: got notes %q", verdict(s), s.Notes)
	}
	text(c.T, s)
	return s
}

// holds sets a hold on a pipeline, for an hour.
func (c *crowded) holds(name string) {
	c.Helper()
	holds := ledger.NewMemoryHolds(c.memory)
	seen, err := holds.Current(c.Context())
	if err == nil {
		_, err = holds.Place(c.Context(), retry.Hold{Scope: retry.HoldOfPipeline(name), Author: "ada", Note: "repairs", Since: c.now, Until: c.now.Add(time.Hour)}, seen)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// wakes is the wake of what waits, when it is due.
func (c *crowded) wakes(s *Story, n retry.Notice) retry.Notice {
	c.now = s.Due
	n.Door = retry.DoorWake
	return n
}

const (
	quotaInUse = "ResourceLimitExceeded: The account-level service limit 'ml.g5.xlarge for training job usage' is 4 Instances, " +
		"with current utilization of 4 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota."
	serviceFault = "InternalServerError: We encountered an internal error. Please try again."
)

// A scarce quota, from the first failure to the last success.
func TestTrailsOfScarcity(t *testing.T) {
	c := newCrowd(t, settings)
	n0 := c.ends("p0", retry.StatusFailed, quotaInUse)
	s0 := c.hears(n0, "wait, backing_off")
	if len(s0.Breakers) != 1 || s0.Breakers[0].Change != "opened" || !s0.Breakers[0].Mine {
		t.Errorf("the first: got %+v", s0.Breakers)
	}
	n1 := c.ends("p1", retry.StatusFailed, quotaInUse)
	s1 := c.hears(n1, "wait, scarce")
	s2 := c.hears(c.ends("p2", retry.StatusFailed, quotaInUse), "wait, scarce")
	if w := s2.Waits; w == nil || !w.Turn.After(s1.Waits.Turn) || !w.After.Equal(s1.Waits.Turn) || w.Every != 60 || s1.Waits.Every != 60 {
		t.Errorf("in line: got %+v, then %+v", s1.Waits, s2.Waits)
	}
	if s2.Breakers[0].Probe != of("p0").Key() || s2.Breakers[0].Mine {
		t.Errorf("got %+v, want p0 to probe", s2.Breakers)
	}
	c.hears(c.wakes(s0, n0), "retry, probe")
	again := c.hears(c.ends("p0", retry.StatusFailed, quotaInUse), "wait, scarce")
	if again.Outcome != retry.FailedAnew || again.Breakers[0].Change != "probe failed" || again.Breakers[0].Failed != 1 {
		t.Errorf("failed again: got %q, %+v", again.Outcome, again.Breakers)
	}
	probe := c.hears(c.wakes(s1, n1), "retry, probe")
	if b := probe.Breakers[0]; !b.Mine || b.Failed != 1 {
		t.Errorf("the next probe: got %+v", b)
	}
	recovered := c.hears(c.ends("p1", retry.StatusSucceeded, ""), "ignore, recovered")
	if b := recovered.Breakers; len(b) != 1 || b[0].Change != "closed" || recovered.Outcome != retry.WasRecovered {
		t.Errorf("recovered: got %q, %+v", recovered.Outcome, b)
	}
}

// What is there again goes to those first that have waited longer.
func TestBehindOthers(t *testing.T) {
	q := ask(t, "failed-quota", nil)
	q.Policy = policy.NewFrom(settings, &policy.Document{Schema: policy.Schema, Terms: policy.Terms{Scarce: new(bool)}}, strings.Repeat("a", 64))
	const scope = "class quota_contention"
	q.Breakers = func(context.Context, []string) (retry.State, error) {
		return retry.State{
			Breakers: map[string]retry.Breaker{scope: {Scope: scope, Rev: 3, Rate: 60, At: q.Now}},
			Lines:    map[string]time.Time{retry.BreakerLine(scope): q.Now.Add(10 * time.Minute)},
		}, nil
	}
	tells(t, tell(t, q), "wait, held", []string{
		"What it waits for is there again, and those that have waited longer go first.", "after others: the turn before it is 2026-11-20 05:41:53 UTC",
		"closed again   it lets go at 30 % of the rate of the account's budget, faster with every success",
	})
}

// A hold before the claim, and one on what was claimed.
func TestTrailsOfHolds(t *testing.T) {
	c := newCrowd(t, settings)
	n := c.ends("p0", retry.StatusFailed, quotaInUse)
	claimed := c.hears(n, "wait, backing_off")
	c.holds("p0")
	held := c.hears(c.wakes(claimed, n), "wait, held")
	if held.Waits == nil || len(held.Holds) != 1 || held.Holds[0].Author != "ada" || !strings.Contains(held.Next, "Its unit stays taken") {
		t.Errorf("claimed: got %+v, %+v: %s", held.Waits, held.Holds, held.Next)
	}
	c.hears(c.wakes(held, n), "retry, retryable")
	c.holds("p1")
	n = c.ends("p1", retry.StatusFailed, serviceFault)
	if held = c.hears(n, "wait, held"); !strings.Contains(held.Next, "mulligan release --pipeline p1") {
		t.Errorf("got %s", held.Next)
	}
	c.hears(c.wakes(held, n), "retry, retryable")
	c.hears(c.ends("p1", retry.StatusStopped, ""), "stop, stopped_by_person")
}

// The sweep looks after a retry that runs, and calls again what never started.
func TestTrailsOfTheSweep(t *testing.T) {
	c := newCrowd(t, settings)
	n := c.ends("p0", retry.StatusFailed, serviceFault)
	c.hears(n, "retry, retryable")
	sweep := retry.Notice{Door: retry.DoorSweep, Execution: n.Execution, EventID: "sweep"}
	c.now = c.now.Add(time.Hour)
	again := c.hears(sweep, "retry, retryable")
	tells(t, again, "retry, retryable", []string{"What came in: nothing. The sweep looked at the execution", "asked again with the same token"})
	e := c.shown[n.Execution.Key()]
	e.Status, e.LastModified = "Executing", c.now
	c.shown[n.Execution.Key()] = e
	c.now = c.now.Add(time.Hour)
	tells(t, c.hears(sweep, "ignore, not_failed"), "ignore, not_failed", []string{
		"The sweep looks again, the later the longer it runs.", "check did not fail applies: the execution is Executing after a retry of ours",
	})
}

// Many that fail alike, and the turns before an empty budget.
func TestTrailsOfManyAlike(t *testing.T) {
	set := settings
	set.AccountRetriesPerHour = 10
	c := newCrowd(t, set)
	for i := range 9 {
		c.hears(c.ends(fmt.Sprint("p", i), retry.StatusFailed, serviceFault), "retry, retryable")
	}
	tenth := c.hears(c.ends("p9", retry.StatusFailed, serviceFault), "retry, probe")
	if len(tenth.Breakers) != 2 {
		t.Errorf("the tenth: got %+v", tenth.Breakers)
	}
	held := c.hears(c.ends("p10", retry.StatusFailed, serviceFault), "wait, shared_budget_empty")
	if held.Waits == nil || !strings.HasPrefix(held.Waits.For, "a unit of the budget of the account") || held.Waits.Turn.IsZero() {
		t.Errorf("got %+v", held.Waits)
	}
	next := c.hears(c.ends("p11", retry.StatusFailed, serviceFault), "wait, shared_budget_empty")
	if !next.Waits.After.Equal(held.Waits.Turn) || !strings.Contains(next.Next, "a turn in the line") {
		t.Errorf("in line: got %+v: %s", next.Waits, next.Next)
	}
}

//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"mulligan/internal/awstest"
)

// retriedOnceWhenDue follows one execution that finds no capacity: it waits for
// its due time whatever comes in the meantime, is retried once, and what comes
// after that changes nothing, until it fails again.
func retriedOnceWhenDue(n *narrator) {
	arn := n.Add(awstest.Script{Pipeline: "churn-training", ID: "p4jn9xou8a8s", Runs: []awstest.Run{
		awstest.FailsAt("train", awstest.ReasonCapacity), awstest.KeepsRunning(),
	}})
	first := n.event("failed-capacity.json", capacityCalls...)
	same(n.T, "answer", first.words(), "wait, backing_off")
	same(n.T, "class", first.Class, "capacity")
	same(n.T, "retry", first.Retry, 1)
	same(n.T, "execution", first.Execution, arn)
	scheduledFor(n, first.Due)

	meanwhile := n.invoke(eventsFolder+"/failed-duplicate.json", "BatchGetItem", "CreateSchedule")
	same(n.T, "a duplicate meanwhile", meanwhile, first)
	same(n.T, "schedules", len(n.Schedules()), 1)
	tooEarly(n, arn, first.Due)
	same(n.T, "calls of RetryPipelineExecution before it is due", n.Count("RetryPipelineExecution"), 0)

	onTime(n, arn, first.Due)
	for _, late := range []string{"failed-duplicate.json", "failed-mixed-case.json"} {
		same(n.T, late+" afterwards", n.event(late, "BatchGetItem").words(), "ignore, duplicate")
	}
	same(n.T, "effective retries", len(n.Retries(arn)), 1)
	secondChance(n, arn)
}

// scheduledFor asserts on the one schedule that there is: when it fires, and
// that neither it nor what it carries can get lost or stay behind.
func scheduledFor(n *narrator, due time.Time) awstest.Schedule {
	n.T.Helper()
	all := n.Schedules()
	if len(all) != 1 {
		n.T.Fatalf("got %d schedules, want 1", len(all))
	}
	if !all[0].Due.Equal(due) {
		n.T.Errorf("the schedule is due at %s, the answer says %s", all[0].Due, due)
	}
	got, err := scheduler.NewFromConfig(config(n.sagemaker)).GetSchedule(n.T.Context(), &scheduler.GetScheduleInput{
		Name: aws.String(all[0].Name), GroupName: aws.String(scheduleGroup),
	})
	if err != nil {
		n.T.Fatal(err)
	}
	same(n.T, "after completion", got.ActionAfterCompletion, types.ActionAfterCompletionDelete)
	same(n.T, "window", got.FlexibleTimeWindow.Mode, types.FlexibleTimeWindowModeOff)
	same(n.T, "target", aws.ToString(got.Target.Arn), targetARN)
	same(n.T, "role", aws.ToString(got.Target.RoleArn), roleARN)
	if queue := got.Target.DeadLetterConfig; queue == nil || aws.ToString(queue.Arn) != queueARN {
		n.T.Errorf("dead-letter queue: got %+v, want %s", queue, queueARN)
	}
	if policy := got.Target.RetryPolicy; policy == nil || aws.ToInt32(policy.MaximumRetryAttempts) == 0 || aws.ToInt32(policy.MaximumEventAgeInSeconds) == 0 {
		n.T.Errorf("retry policy: got %+v, want bounds of its own", policy)
	}
	return all[0]
}

// tooEarly lets the schedule fire before it is due. Nothing is called, and the
// wait gets another schedule, since this one has deleted itself.
func tooEarly(n *narrator, arn string, due time.Time) {
	n.T.Helper()
	fired := scheduledFor(n, due)
	n.Configure(func(c *awstest.Config) { c.Quirks.Early = time.Hour })
	wakes := 0
	n.Fire(time.Now(), func(input []byte) {
		wakes++
		a := n.invoke(write(n.T, "wake.json", input), "BatchGetItem", "CreateSchedule")
		same(n.T, "an early wake", a.words(), "wait, backing_off")
		same(n.T, "its due", a.Due, due)
	})
	n.Configure(func(c *awstest.Config) { c.Quirks.Early = 0 })
	same(n.T, "early wakes", wakes, 1)
	if !time.Now().Before(due) {
		n.T.Fatalf("this machine is too slow: the wake was to be early, and it took until after %s", due)
	}
	if again := scheduledFor(n, due); again.Name == fired.Name {
		n.T.Error("the new schedule has the name of the one that deleted itself")
	}
	r, decisions := n.read(n.T, recordKey(arn))
	same(n.T, "kind", r.Kind, "claimed")
	same(n.T, "units", r.Used, 1)
	same(n.T, "decisions", len(decisions), 1)
}

// onTime waits until the schedule fires, and asserts that its wake leads to the
// one retry, with the token of the claim.
func onTime(n *narrator, arn string, due time.Time) {
	n.T.Helper()
	claimed, _ := n.read(n.T, recordKey(arn))
	wakes := 0
	until(n.T, due.Add(time.Minute), func() bool {
		return n.Fire(time.Now(), func(input []byte) {
			wakes++
			a := n.invoke(write(n.T, "wake.json", input), dueCalls...)
			same(n.T, "the wake when due", a.words(), "retry, retryable")
			same(n.T, "its retry", a.Retry, 1)
		}) > 0
	})
	same(n.T, "wakes", wakes, 1)
	same(n.T, "schedules left", len(n.Schedules()), 0)
	retries := n.Retries(arn)
	if len(retries) != 1 {
		n.T.Fatalf("got %d effective retries, want 1", len(retries))
	}
	same(n.T, "token", retries[0].Token, claimed.Claim.Token)
	if retries[0].At.Before(due) {
		n.T.Errorf("retried at %s, before it was due at %s", retries[0].At, due)
	}
	r, decisions := n.read(n.T, recordKey(arn))
	same(n.T, "kind", r.Kind, "retried")
	same(n.T, "units", r.Used, 1)
	same(n.T, "decisions", len(decisions), 2)
	same(n.T, "first decision", decisions[0].words(), "wait, backing_off")
	same(n.T, "last decision", decisions[len(decisions)-1].words(), "retry, retryable")
	for _, d := range decisions {
		if d.Build == "" || d.Policy == "" {
			n.T.Errorf("decision %s does not name its build and policy: %+v", d.words(), d)
		}
	}
}

// secondChance lets the retried execution fail again: a new failure, with a
// unit and a wait of its own.
func secondChance(n *narrator, arn string) {
	n.T.Helper()
	n.Fail(arn, awstest.Step{Name: "train", Reason: awstest.ReasonCapacity})
	again := n.event("failed-again.json", capacityCalls...)
	same(n.T, "the next failure", again.words(), "wait, backing_off")
	same(n.T, "its retry", again.Retry, 2)
	r, _ := n.read(n.T, recordKey(arn))
	same(n.T, "units", r.Used, 2)
	same(n.T, "effective retries", len(n.Retries(arn)), 1)
}

// until asks again and again, a twentieth of a second apart, and fails where it
// is not so by the deadline.
func until(t *testing.T, deadline time.Time, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it was not so by %s", deadline)
		}
	}
}

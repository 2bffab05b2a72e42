package retrier_test

import (
	"fmt"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestStaleReads delivers every event the moment it is sent, while Describe, the
// step list or both still show the time before: nothing is lost, nothing doubled.
func TestStaleReads(t *testing.T) {
	t.Parallel()
	runs := map[string]awstest.Run{"at once": atOnce, "waits": waiting, "before its steps": awstest.FailsBeforeSteps()}
	for _, lag := range []time.Duration{time.Second, 5 * time.Second, 20 * time.Second, 50 * time.Second, 4 * minute} {
		for name, u := range map[string]awstest.Unknowns{
			"describe": {DescribeLag: lag}, "steps": {StepLag: lag}, "both": {DescribeLag: lag, StepLag: lag},
			"both, rows appended": {DescribeLag: lag, StepLag: lag, AppendsRows: true, TokenMemory: time.Nanosecond},
		} {
			for firstName, first := range runs {
				for secondName, second := range runs {
					t.Run(fmt.Sprintf("%s %s, %s then %s", name, lag, firstName, secondName), func(t *testing.T) {
						t.Parallel()
						r := newRig(t, under(u), inProcess)
						e := r.fail("churn", first.After(10*minute), second.After(6*minute), awstest.Succeeds().After(minute))
						r.settle()
						if secondName == "before its steps" && firstName == "before its steps" {
							r.effective(e.ARN, 1) // an unknown cause, twice: one careful retry
							return
						}
						r.effective(e.ARN, 2)
						r.used(e.ARN, 2)
						r.stands(e.ARN, retry.Retried)
					})
				}
			}
		}
	}
}

// TestStaleReadOfAShortRun is a retried run that fails within a second, whose
// event comes while Describe still shows it executing. Events tell whole seconds.
func TestStaleReadOfAShortRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, under(awstest.Unknowns{DescribeLag: 300 * time.Millisecond}))
	r.pass(200 * time.Millisecond)
	e := r.fail("churn", atOnce.After(minute), awstest.FailsBeforeSteps().After(500*time.Millisecond), awstest.Succeeds().After(minute))
	r.pass(10 * time.Second)
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.aws.Events()
	r.settle()
	r.effective(e.ARN, 2)
}

// TestStaleReadSoonAfterOurRetry is a retried run that fails four seconds after
// the failure before it, whose event comes while Describe still shows that one.
// Where our retry is on record, an answer from before it is known to be stale.
func TestStaleReadSoonAfterOurRetry(t *testing.T) {
	t.Parallel()
	r := newRig(t, under(awstest.Unknowns{DescribeLag: 2 * time.Second}))
	e := r.fail("churn", atOnce.After(minute), awstest.FailsBeforeSteps().After(1900*time.Millisecond), awstest.Succeeds().After(minute))
	r.pass(2100 * time.Millisecond)
	r.said(r.deliver(e), retry.Retry, retry.Retryable)
	r.aws.Events()
	r.settle()
	r.effective(e.ARN, 2)
}

// TestStaleReadOfAnEventWithoutEnd leaves executionEndTime out of the event of a
// failure that Describe does not show yet. The envelope's time still tells.
func TestStaleReadOfAnEventWithoutEnd(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{5 * time.Second, 4 * minute} {
		r := newRig(t, under(awstest.Unknowns{DescribeLag: lag, StepLag: lag}))
		e := r.fail("churn", atOnce.After(10*minute), awstest.Succeeds().After(minute))
		r.aws.Events()
		e.End = time.Time{}
		r.deliver(e)
		r.settle()
		r.effective(e.ARN, 1)
	}
}

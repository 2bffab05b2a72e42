package retrier_test

import (
	"errors"
	"slices"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

var errLedger = errors.New("dynamodb:TransactWriteItems on table Ledger: ThrottlingException")

// sagemakerCalls are the calls that have left for SageMaker or Scheduler.
func (o outcome) sagemakerCalls() []string {
	return slices.DeleteFunc(slices.Clone(o.calls), func(op string) bool { return op == opRead || op == opCommit })
}

// TestScenarios44To48LedgerFails makes each use of the ledger fail, before its
// effect and after it: no retry without a claim that was written, an error, and
// the next delivery finishes. What the wire looks like then, ledger's own tests say.
func TestScenarios44To48LedgerFails(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, f := range flows {
			for _, op := range []string{opRead, opCommit} {
				for nth := 1; nth <= 2; nth++ {
					for _, after := range []bool{false, true} {
						ledgerFails(t, u, f, op, nth, after)
					}
				}
			}
		}
	})
}

func ledgerFails(t *testing.T, u awstest.Unknowns, f flow, op string, nth int, after bool) {
	t.Helper()
	r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
	e := r.fail("churn", f.run.After(minute), awstest.Succeeds())
	if f.prep != nil {
		f.prep(r)
	}
	r.aws.Events()
	r.aws.ForgetCalls()
	r.pass(lagging(r))
	o := r.deliver(e, on(op, nth, after, errLedger))
	switch {
	case op == opRead && nth == 1:
		r.erred(o)
		if len(o.sagemakerCalls()) != 0 {
			t.Errorf("%s: called %v without having read the ledger", f.name, o.calls)
		}
	case op == opCommit && nth == 1:
		r.erred(o)
		if slices.Contains(o.calls, opRetry) || slices.Contains(o.calls, opSchedule) {
			t.Errorf("%s: called %v without knowing of a claim", f.name, o.calls)
		}
	}
	r.deliver(e.Again("x"))
	r.deliver(e)
	r.settle()
	r.effective(e.ARN, 1)
	r.used(e.ARN, 1)
}

// TestScenario45CommitFailsUntilTheLastDelivery loses the settling write of all
// three deliveries; the dead letter, redriven later, settles.
func TestScenario45CommitFailsUntilTheLastDelivery(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		r := newRig(t, under(u), inProcess)
		e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
		r.aws.Events()
		r.pass(lagging(r))
		r.erred(r.deliver(e, on(opCommit, 2, false, errLedger)))
		r.pass(minute)
		r.erred(r.deliver(e, on(opCommit, 0, false, errLedger)))
		r.erred(r.deliver(e, on(opCommit, 0, false, errLedger)))
		r.stands(e.ARN, retry.Claimed)
		if o := r.deliver(e); o.err != nil {
			t.Error(o.err)
		}
		r.settle()
		r.effective(e.ARN, 1)
		r.used(e.ARN, 1)
		r.stands(e.ARN, retry.MovedOn)
	})
}

// TestScenario46LedgerIsDown fails every use of the ledger for all three
// deliveries: nobody is called, and the payload is a dead letter.
func TestScenario46LedgerIsDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := r.fail("churn", atOnce, awstest.Succeeds())
	for range 3 {
		o := r.deliver(e, on(opRead, 0, false, errLedger))
		r.erred(o)
		if len(o.sagemakerCalls()) != 0 {
			t.Errorf("called %v", o.calls)
		}
	}
	r.settle()
	r.effective(e.ARN, 1)
}

// TestScenario13ClaimSentTwice has the transport send the claim again after it
// was written: what refuses the second is the first, and is rolled forward.
func TestScenario13ClaimSentTwice(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for nth := 1; nth <= 2; nth++ {
			for _, f := range flows {
				r := newRig(t, append([]option{under(u), inProcess}, f.set...)...)
				e := r.fail("churn", f.run.After(minute), awstest.KeepsRunning())
				if f.prep != nil {
					f.prep(r)
				}
				r.pass(lagging(r))
				if o := r.deliver(e, on(opCommit, nth, true, errTwice)); o.err != nil {
					t.Errorf("%s: %v", f.name, o.err)
				}
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
			}
		}
	})
}

// TestScenario49ManyFailures keeps the record small over hundreds of failures.
func TestScenario49ManyFailures(t *testing.T) {
	t.Parallel()
	r := newRig(t, inProcess, with(func(s *settings) {
		s.MaxRetries, s.PipelineRetriesPerDay, s.AccountRetriesPerHour = 300, 1000, 1000
	}))
	e := r.fail("churn", awstest.FailsAt("Train", awstest.ReasonThrottled).After(minute))
	r.settle()
	r.effective(e.ARN, 300)
	r.used(e.ARN, 300)
	if n := len(r.record(e.ARN).Aliases); n > 16 {
		t.Errorf("the record keeps %d aliases", n)
	}
}

// TestScenario23Panic surfaces a panic, as the process ends by it, and leaves a
// state that the next delivery finishes.
func TestScenario23Panic(t *testing.T) {
	everyVariation(t, func(t *testing.T, u awstest.Unknowns) {
		for _, op := range []string{opRead, opCommit} {
			for nth := 1; nth <= 2; nth++ {
				r := newRig(t, under(u), inProcess)
				e := r.fail("churn", atOnce.After(minute), awstest.KeepsRunning())
				r.pass(lagging(r))
				panicked := func() (p any) {
					defer func() { p = recover() }()
					r.deliver(e, func(c call) error {
						if c.op == op && c.nthOp == nth && c.after {
							panic("out of luck")
						}
						return nil
					})
					return nil
				}()
				if op == opCommit && panicked == nil {
					t.Error("the panic was swallowed")
				}
				r.pass(lagging(r))
				r.deliver(e)
				r.settle()
				r.effective(e.ARN, 1)
				r.used(e.ARN, 1)
			}
		}
	})
}

//go:build e2e

package account

import (
	"net/http"
	"sync/atomic"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// An outage answers some calls about one execution for as long as it lasts.
type outage struct {
	name    string
	course  course
	ops     []string
	retried bool // it begins only when the execution was retried
	act     func(http.ResponseWriter, passage) bool
	kind    retry.Kind // how the record stands meanwhile
	used    int
}

const tooFast = "Rate exceeded"

var ledgerOps = []string{"BatchGetItem", "TransactWriteItems"}

var outages = []outage{
	// 46
	{"DynamoDB answers with faults of its own", retriedAtOnce, ledgerOps, false, refuse(500, "InternalServerError", "Internal server error"), retry.Unseen, 0},
	{"DynamoDB breaks connections off", retriedAtOnce, ledgerOps, false, lose, retry.Unseen, 0},
	// 44
	{"reading is throttled", retriedAtOnce, ledgerOps[:1], false, refuse(400, "ThrottlingException", tooFast), retry.Unseen, 0},
	{"claiming is throttled", retriedAtOnce, ledgerOps[1:], false, refuse(400, "ProvisionedThroughputExceededException", tooFast), retry.Unseen, 0},
	{"claiming meets other transactions", retriedAtOnce, ledgerOps[1:], false, refuse(400, "TransactionInProgressException", tooFast), retry.Unseen, 0},
	// what is asked beside the failure, before it is claimed
	{"asking for newer executions is throttled", retriedAtOnce, []string{"ListPipelineExecutions"}, false, refuse(400, "ThrottlingException", tooFast), retry.Unseen, 0},
	// 66
	{"scheduling is throttled", waitsFirst, []string{"CreateSchedule"}, false, refuse(429, "ThrottlingException", tooFast), retry.Claimed, 1},
	{"the schedules are all in use", waitsFirst, []string{"CreateSchedule"}, false, refuse(402, "ServiceQuotaExceededException", "too many schedules"), retry.Claimed, 1},
	{"Scheduler has a fault", waitsFirst, []string{"CreateSchedule"}, false, refuse(500, "InternalServerException", "Internal error"), retry.Claimed, 1},
}

// mostRequests is more than three deliveries make of any operation.
const mostRequests = 100

// begins lets a failure meet the outage. It ends when mended is set.
func (o outage) begins(t *testing.T, s *stack, words string, mended *atomic.Bool) *ailing {
	t.Helper()
	return s.ails(t, o.course, words, func(a *ailing) {
		for _, op := range o.ops {
			for nth := 1; nth <= mostRequests; nth++ {
				a.gate.at(moment{about: a.id, op: op, nth: nth}, func(w http.ResponseWriter, p passage) bool {
					a.sees()
					return mended.Load() || o.retried && a.retried() == 0 || o.act(w, p)
				})
			}
		}
	})
}

// An outage of the ledger or of Scheduler that is over before Lambda gives up:
// nothing was called without a claim, the event is kept, and then it is dealt
// with. One that lasts: the event is a dead letter, and whoever sends it on
// later gets the same.
func TestOutage(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			var passes, lasts atomic.Bool
			short, long := o.begins(t, s, "short", &passes), o.begins(t, s, "long", &lasts)

			short.complains()
			short.stands(o.kind, o.used)
			passes.Store(true)
			event := long.original()
			long.stands(o.kind, o.used)
			lasts.Store(true)
			long.replay(event)
			for _, a := range []*ailing{short, long} {
				a.ends(1, 1)
				a.asksForNothingUnclaimed()
			}
			short.unharmed()
		})
	}
}

// asksForNothingUnclaimed checks that no call came before the write that claims.
func (a *ailing) asksForNothingUnclaimed() {
	a.t.Helper()
	claimed := false
	for _, op := range a.gate.calls(a.id) {
		claimed = claimed || op == "TransactWriteItems"
		if op == retryOp && !claimed {
			a.t.Errorf("called before it was claimed: %v", a.gate.calls(a.id))
		}
	}
}

// A retry that took effect and cannot be settled, for a while or for good, is
// not made again (45).
func TestSettlingIsThrottled(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	throttled := outage{course: retriedAtOnce, ops: []string{"TransactWriteItems"}, retried: true, act: refuse(400, "ProvisionedThroughputExceededException", tooFast)}
	var passes, lasts atomic.Bool
	short, long := throttled.begins(t, s, "short", &passes), throttled.begins(t, s, "long", &lasts)
	short.complains()
	passes.Store(true)
	event := long.original()
	if r := long.now(); r.Kind != retry.Claimed || r.Used != 1 || long.retried() != 1 {
		t.Errorf("%d retries, the record is %q with %d units used, want one retry, claimed with one\n%s", long.retried(), r.Kind, r.Used, long)
	}
	lasts.Store(true)
	long.replay(event)
	for _, a := range []*ailing{short, long} {
		a.ends(1, 1)
		a.calledTimes(1, 1)
		if status := a.standIn().Execution(a.arn).Status; status != awstest.Succeeded {
			t.Errorf("the execution is %s, want it to have succeeded", status)
		}
	}
	short.unharmed()
}

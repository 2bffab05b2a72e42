//go:build e2e

package account

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// copies are n events of one failure. EventBridge gives each an id of its own.
func copies(e awstest.Event, n int) []types.PutEventsRequestEntry {
	return slices.Repeat([]types.PutEventsRequestEntry{entry(e)}, n)
}

// Twenty events of one failure come at the same moment, and as many deliveries
// as the function may have at a time go to the ledger side by side: one retry,
// one unit (scenarios 2, 3 and 6, threat T4).
func TestScenario3TwentyDuplicatesAtOnce(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for name, reason := range map[string]string{"retried at once": awstest.ReasonInternal, "waits first": awstest.ReasonCapacity} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			untilTheyMeet(t, func() *meeting { return s.twenty(t, reason) })
		})
	}
}

// twenty has as many duplicates come, and returns the meeting at the ledger.
func (s *stack) twenty(t *testing.T, reason string) *meeting {
	t.Helper()
	st := s.runs(t, awstest.Succeeds())
	failed := st.failUnheard(reason)
	claims := st.meet("TransactWriteItems", 5, atLedger) // the template's ReservedConcurrency
	lines := st.handled(s.put(t, copies(failed, 20)...)...)
	st.succeeds(1)
	record := st.settles(retry.Retried, 1)
	if tokens := st.differentTokens(); len(tokens) != 1 || tokens[0] != record.Claim.Token {
		t.Errorf("called with the tokens %q, want the claim's alone, %s", tokens, record.Claim.Token)
	}
	for _, l := range lines {
		if l.Verdict == "stop" {
			t.Errorf("one of the duplicates was taken for another failure: %s", l)
		}
	}
	st.unharmed()
	return claims
}

// Duplicates that come while a retry waits make sure of its schedule, and that
// is all: nobody calls before it is due, whoever asks (scenarios 1, 6, 63).
func TestScenario6DuplicatesWhileARetryWaits(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	st := s.runs(t, awstest.Succeeds())
	failed := st.failUnheard(awstest.ReasonCapacity)
	var ids []string
	st.gate.at(moment{about: st.arn, op: "CreateSchedule", nth: 1, after: true}, func(http.ResponseWriter, passage) bool {
		ids = s.put(t, copies(failed, 5)...)
		return true
	})

	first := st.lateEvent(failed)
	if !first.is("wait", "backing_off") {
		t.Fatalf("the first event: got %s, want wait backing_off", first)
	}
	for _, l := range st.handled(ids...) {
		if l.Verdict == "wait" && (!l.is("wait", "backing_off") || !l.Due.Equal(first.Due)) {
			t.Errorf("a duplicate: got %s, due %s, want wait backing_off, due %s", l, l.Due, first.Due)
		}
	}
	st.succeeds(1)
	if at := st.standIn().Retries(st.arn)[0].At; at.Before(first.Due) {
		t.Errorf("retried at %s, before it was due at %s", at, first.Due)
	}
	record := st.settles(retry.Retried, 1)
	if l := st.lateEvent(failed); !l.is("ignore", "duplicate") {
		t.Errorf("a duplicate of what is settled: got %s, want ignore duplicate", l)
	}
	for _, token := range st.tokens() {
		if token != record.Claim.Token {
			t.Errorf("called with the token %s, want the claim's, %s", token, record.Claim.Token)
		}
	}
	st.unharmed()
}

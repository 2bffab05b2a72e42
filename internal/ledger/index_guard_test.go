package ledger

import (
	"testing"

	"mulligan/internal/retry"
)

// A record that nothing is to become of is in none of the sweep's queues.
func TestClosedRecordsAreInNoQueue(t *testing.T) {
	for kind, open := range map[retry.Kind]bool{retry.Claimed: true, retry.Closed: false, retry.MovedOn: false} {
		it := item{}
		indexed(it, churn, retry.Record{Kind: kind})
		if (it[attrOpen] != nil) != open || (it[attrOrder] != nil) != open {
			t.Errorf("%s: indexed as %v, in a queue should be %t", kind, it, open)
		}
	}
}

//go:build e2e

package account

import (
	"testing"

	"mulligan/internal/retry"
)

// All three deliveries that Lambda makes die: the original event is a dead
// letter, what was claimed is on record, and whoever sends the letter on gets
// the one retry, for the same unit (scenario 22). An event that kills every
// process from the start takes nobody with it (60).
func TestAllThreeDeliveriesDie(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	for name, test := range map[string]struct {
		at   string // the call before which the process dies
		kind retry.Kind
		used int
	}{
		"once claimed":        {"RetryPipelineExecution", retry.Claimed, 1},
		"a poisonous event":   {"BatchGetItem", retry.Unseen, 0},
		"while it is claimed": {"TransactWriteItems", retry.Unseen, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dying := s.ails(t, retriedAtOnce, "dying", func(a *ailing) {
				for nth := range 3 {
					a.halts(moment{op: test.at, nth: nth + 1}, a.killed)
				}
			})
			dying.until("the first death", func() bool { return dying.met.Load() > 0 })
			other := s.ails(t, retriedAtOnce, "other", nil)
			other.ends(1, 1)

			event := dying.original()
			if dying.met.Load() != 3 || len(dying.answered()) != 0 {
				t.Errorf("died %d times, answered %d times, want three times and never\n%s", dying.met.Load(), len(dying.answered()), dying)
			}
			dying.stands(test.kind, test.used)
			dying.replay(event)
			dying.ends(1, 1)
			other.unharmed()
		})
	}
}

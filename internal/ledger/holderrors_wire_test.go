package ledger

import (
	"testing"

	"mulligan/internal/retry"
)

func TestHoldErrors(t *testing.T) {
	denied := refusal("AccessDeniedException")
	place := func(h *Holds) error { _, err := h.Place(t.Context(), everything("ben"), retry.Holds{}); return err }
	for name, test := range map[string]struct {
		call    func(*Holds) error
		answers []answer
		want    string
	}{
		"current":               {func(h *Holds) error { _, err := h.Current(t.Context()); return err }, []answer{denied}, "dynamodb:GetItem on table Ledger is not allowed"},
		"history":               {func(h *Holds) error { _, err := h.History(t.Context(), 9); return err }, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"outcomes":              {func(h *Holds) error { _, err := h.Outcomes(t.Context()); return err }, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"breakers":              {func(h *Holds) error { _, err := h.Breakers(t.Context()); return err }, []answer{refusal("ResourceNotFoundException")}, "dynamodb:Query: table Ledger does not exist"},
		"place, to ask history": {place, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"place, to write":       {place, []answer{noChanges, denied}, "dynamodb:PutItem"},
		"place, to read anew":   {place, []answer{noChanges, cancelled(failed, none), denied}, "dynamodb:GetItem on table Ledger is not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			h, w := watcher(t, test.answers...)
			fails(t, test.call(h), test.want)
			if len(w.calls) != len(test.answers) {
				t.Errorf("got %d calls, want %d", len(w.calls), len(test.answers))
			}
		})
	}
}

// Impossible changes are not sent.
func TestImpossibleHoldIsNotSent(t *testing.T) {
	h, w := watcher(t)
	_, err := h.Place(t.Context(), retry.Hold{Scope: "everything"}, retry.Holds{})
	fails(t, err, `change the holds: expected the scope of a hold, got "everything"`)
	w.asked(t)
	if _, err := h.Release(t.Context(), retry.HoldOfAll, By{At: noon}, three()); err == nil {
		t.Error("released by nobody: got no error")
	}
	w.asked(t)
}

package sweep

import (
	"context"
	"testing"
	"time"
)

// A failure is handled only with time for all of it and for what ends the sweep
// after it.
func TestEnoughTime(t *testing.T) {
	h := &Handler{HandleTimeout: 20 * time.Second}
	for left, want := range map[time.Duration]bool{15 * time.Second: false, 22 * time.Second: false, time.Hour: true} {
		ctx, cancel := context.WithTimeout(t.Context(), left)
		if got := h.enoughTime(ctx); got != want {
			t.Errorf("%s left: enough %t, want %t", left, got, want)
		}
		cancel()
	}
	ended, cancel := context.WithCancel(context.Background())
	if cancel(); h.enoughTime(ended) || !h.enoughTime(context.Background()) {
		t.Error("a context that has ended has time, or one without an end has none")
	}
}

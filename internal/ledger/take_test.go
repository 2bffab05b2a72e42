package ledger

import (
	"math/rand/v2"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// The condition and update that are written agree with retry.Bucket.Take
// wherever what was seen still stands, whatever part of a millisecond it is.
func TestTakeAgreesWithTheRule(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	taken, empty := 0, 0
	for range 200_000 {
		b := retry.Bucket{Key: "b", Size: 1 + random.IntN(50), Per: time.Duration(1 + random.Int64N(int64(1)<<random.IntN(50)))}
		now := noon.Add(time.Duration(random.Int64N(int64(time.Hour))))
		// Around the edges: now, and as many intervals later as the bucket has units.
		edge := now.UnixMilli() + int64(random.IntN(b.Size+1))*b.Interval().Milliseconds()
		seen, exists := instant(edge+random.Int64N(5)-2), true
		if random.IntN(10) == 0 {
			seen, exists = time.Time{}, false
		}
		take := newTake(b, seen, now, now)
		_, want := b.Take(seen, now)
		if got := take.allowed(seen.UnixMilli(), exists); got != want {
			t.Fatalf("%d per %s, full at %s, now %s: allowed %t, the rule says %t", b.Size, b.Per, seen, now, got, want)
		}
		if !want {
			empty++
			continue
		}
		taken++
		full, _ := b.Take(seen, now.Truncate(time.Millisecond))
		if got := instant(take.after(seen.UnixMilli())); !got.Equal(full) {
			t.Fatalf("%d per %s, full at %s, now %s: after %s, the rule says %s", b.Size, b.Per, seen, now, got, full)
		}
	}
	if taken < 10_000 || empty < 10_000 {
		t.Errorf("%d taken and %d empty: expected plenty of both", taken, empty)
	}
}

func TestTakeOfAStaleGuess(t *testing.T) {
	b := retry.Bucket{Key: "b", Size: 2, Per: 2 * time.Minute} // limit: a minute from now
	minute := time.Minute.Milliseconds()
	tests := []struct {
		name   string
		seen   int64
		full   int64
		exists bool
		want   bool
	}{
		{"full, is drawn", noonMS, noonMS + 1, true, false},
		{"full, is gone", noonMS, 0, false, true},
		{"full, is full", noonMS, noonMS, true, true},
		{"drawn, is full", noonMS + 1, noonMS, true, false},
		{"drawn, is gone", noonMS + 1, 0, false, false},
		{"drawn, at the limit", noonMS + 1, noonMS + minute, true, true},
		{"drawn, past the limit", noonMS + 1, noonMS + minute + 1, true, false},
		{"past the limit, has a unit again", noonMS + minute + 1, noonMS + 1, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			take := newTake(b, instant(test.seen), noon, noon)
			if got := take.allowed(test.full, test.exists); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestBucketOutlivesItsRefill(t *testing.T) {
	b := retry.Bucket{Key: "b", Size: 10, Per: 240 * time.Hour}
	full := noon.Truncate(time.Millisecond)
	for range b.Size {
		take := newTake(b, full, noon, noon.Add(time.Hour))
		full = instant(take.after(full.UnixMilli()))
		if earliest := full.Add(24 * time.Hour); time.Unix(take.ttl, 0).Before(earliest) {
			t.Errorf("full at %s: ttl %s, want %s or later", full, time.Unix(take.ttl, 0), earliest)
		}
	}
	late := noon.Add(1000 * 24 * time.Hour)
	if got := newTake(b, full, noon, late).ttl; got != late.Unix()+1 {
		t.Errorf("ttl %d, want that of the change, rounded up: %d", got, late.Unix()+1)
	}
}

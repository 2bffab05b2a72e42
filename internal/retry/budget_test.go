package retry

import (
	"testing"
	"time"
)

func TestBucket(t *testing.T) {
	b := Bucket{Size: 3, Per: time.Hour} // one unit every twenty minutes
	var full time.Time
	steps := []struct {
		minute int
		ok     bool
	}{{0, true}, {0, true}, {0, true}, {0, false}, {19, false}, {20, true}, {20, false}, {60, true}, {60, true}, {60, false}, {600, true}, {600, true}, {600, true}, {600, false}}
	for i, step := range steps {
		at := t0.Add(time.Duration(step.minute) * time.Minute)
		next, ok := b.Take(full, at)
		if ok != step.ok {
			t.Fatalf("step %d at minute %d: got %t, want %t", i, step.minute, ok, step.ok)
		}
		if !ok && !next.Equal(full) {
			t.Errorf("step %d: a refused take changed the bucket", i)
		}
		if free := b.Free(full, at); free.After(at) == step.ok {
			t.Errorf("step %d: free at %s does not agree with the take", i, free)
		}
		full = next
	}
}

// No window of the bucket's period ever sees twice its size, and an empty
// bucket says truly when it has a unit again.
func TestBucketNeverGivesMore(t *testing.T) {
	for _, size := range []int{1, 2, 7, 20, 60, 1000} {
		b := Bucket{Size: size, Per: 24 * time.Hour}
		if got := b.Interval() * time.Duration(size); got < b.Per {
			t.Errorf("size %d: refills in %s, faster than %s", size, got, b.Per)
		}
		full, taken := time.Time{}, 0
		for at := t0; at.Before(t0.Add(b.Per)); {
			next, ok := b.Take(full, at)
			if ok {
				full, taken = next, taken+1
				continue
			}
			if at = b.Free(full, at); at.Before(t0.Add(b.Per)) {
				if _, ok := b.Take(full, at); !ok {
					t.Fatalf("size %d: not free at the time it named", size)
				}
			}
		}
		if taken > 2*size-1+1 || taken < size {
			t.Errorf("size %d: %d units in one period", size, taken)
		}
	}
}

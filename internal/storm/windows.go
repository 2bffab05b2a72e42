package main

import (
	"math"
	"slices"
	"time"

	"mulligan/internal/awstest"
)

// most is how many of the instants, which are sorted, lie in the fullest window of
// that length.
func most(at []time.Time, window time.Duration) (n int) {
	from := 0
	for i := range at {
		for at[i].Sub(at[from]) >= window {
			from++
		}
		n = max(n, i-from+1)
	}
	return n
}

// excess is by how many the worst window of any length holds more of the instants,
// which are sorted, than a bucket of that size that gains one every interval lets
// through; 0 if none does.
func excess(at []time.Time, size int, interval time.Duration) int {
	if len(at) == 0 {
		return 0
	}
	worst, least := 0.0, math.Inf(1)
	for i, t := range at {
		surplus := float64(i) - float64(t.Sub(at[0]))/float64(interval) // what came, less what flowed in
		least = min(least, surplus)
		worst = max(worst, surplus-least+1-float64(size))
	}
	return int(math.Ceil(worst - 1e-9))
}

// told reads the calls for one execution, in order: how many took effect, and how
// many were made for a failure after the one that did.
func told(calls []awstest.Call) (effective, second int) {
	for _, call := range calls {
		switch {
		case call.Effective:
			effective++
		case call.Code != "" && !forNow[call.Code]:
			second++ // the execution was not Failed: its failure had been retried
		}
	}
	return effective, second
}

// forNow are the refusals that say nothing about the execution.
var forNow = map[string]bool{"ResourceLimitExceeded": true, "ThrottlingException": true}

// spread is the median, that below which 99 of 100 lie, and the greatest.
func spread(all []time.Duration) []time.Duration {
	if len(all) == 0 {
		return nil
	}
	all = slices.Sorted(slices.Values(all))
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))] }
	return []time.Duration{at(0.5), at(0.99), at(1)}
}

package retrier_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

// crowdWalks is how many random lives of a crowd are tried.
const crowdWalks = 200

// TestRandomCrowds walks as TestRandomWalks does with breakers that open early, a
// policy that changes, one quota that many ask for, and the real sweep.
func TestRandomCrowds(t *testing.T) {
	variations := awstest.Variations()
	names := slices.Sorted(maps.Keys(variations))
	for seed := range int64(crowdWalks) {
		name := names[int(seed)%len(names)]
		t.Run(fmt.Sprintf("seed %d, %s", seed, name), func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, 10000+seed, variations[name])
			w.opensAfter(2 + w.draw(3))
			w.joined(1 + w.draw(5))
			for range 40 {
				w.next()
				switch n := w.draw(100); {
				case n < 8:
					w.sweeps()
				case n < 10:
					w.opensAfter(w.draw(4))
				}
				w.spent()
			}
			w.end()
			w.nothingLeft()
		})
	}
}

// opensAfter has breakers open for so many that fail alike; 0: none does.
func (w *walk) opensAfter(executions int) {
	w.applies(fmt.Sprintf("version: 1\nbreaker: {executions: %d, within: 1h}\n", executions))
}

// joined adds so many executions, most of whose runs are short of the same thing.
func (w *walk) joined(n int) {
	for i := range n {
		script := awstest.Script{Pipeline: fmt.Sprintf("q%d", i%2)}
		for range 2 + w.draw(4) {
			run := short().After(time.Duration(5+w.draw(600)) * time.Second)
			if !w.chance(70) {
				run = w.run()
			}
			script.Runs = append(script.Runs, run)
		}
		w.arns = append(w.arns, w.aws.Add(script))
	}
}

// sweeps is one real sweep, cut off now and then. While there is trouble it may
// end in an error, after which the next one goes on.
func (w *walk) sweeps() {
	var taps []tap
	if w.chance(20) {
		taps = []tap{crash(1+w.draw(20), w.chance(50))}
	}
	_, _ = w.sweeper(taps...).Invoke(context.Background(), nil)
}

// nothingLeft holds that the real sweep finds nothing past due at the end.
func (w *walk) nothingLeft() {
	for range 5 {
		w.pass(10 * minute)
		if found := w.rig.sweep().Sweep; found.ParkedDue+found.ClaimedDue+found.Watched+found.Unknown > 0 {
			w.Errorf("the sweep found %+v", found)
		}
	}
	w.audit()
}

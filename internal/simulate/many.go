package simulate

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Many is what many runs came to.
type Many struct {
	Totals Totals
	Failed []Result // those that broke an invariant, by seed; at most maxFailed
	Broken int      // how many did
	Digest uint64   // of all runs: the same seeds have the same one anywhere
}

// maxFailed bounds how many broken runs are kept.
const maxFailed = 20

// RunMany makes the runs of so many seeds, from first on, some at a time. It stops
// early when the context ends, or after the first broken run if that is enough.
// Each seed's run is the same whatever runs beside it.
func RunMany(ctx context.Context, o Options, first uint64, runs, workers int, untilBroken bool) Many {
	var (
		next    atomic.Uint64
		all     Many
		mu      sync.Mutex
		working sync.WaitGroup
		enough  atomic.Bool
	)
	work := func() {
		sum, failed, digest := Totals{}, []Result(nil), uint64(0)
		for i := next.Add(1) - 1; i < uint64(runs) && ctx.Err() == nil && !enough.Load(); i = next.Add(1) - 1 {
			result := Run(o, first+i, false)
			sum.add(result.Totals)
			digest += (result.Digest ^ result.Seed) * prime // in any order
			if result.Violation != nil {
				failed = append(failed, result)
				enough.Store(untilBroken)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all.Totals.add(sum)
		all.Digest += digest
		all.Failed = append(all.Failed, failed...)
	}
	for range max(workers, 1) {
		working.Go(work)
	}
	working.Wait()
	slices.SortFunc(all.Failed, func(a, b Result) int { return int(a.Seed - b.Seed) })
	all.Broken = len(all.Failed)
	all.Failed = all.Failed[:min(all.Broken, maxFailed)]
	return all
}

// add adds another run's.
func (t *Totals) add(o Totals) {
	t.Runs += o.Runs
	t.Steps += o.Steps
	t.Invocations += o.Invocations
	t.Calls += o.Calls
	t.MostCalls = max(t.MostCalls, o.MostCalls)
	t.Failures += o.Failures
	t.Claims += o.Claims
	t.Retries += o.Retries
	t.Recovered += o.Recovered
	t.DeadLetters += o.DeadLetters
	t.Virtual += o.Virtual
	t.Faults, t.Verdicts = added(t.Faults, o.Faults), added(t.Verdicts, o.Verdicts)
}

func added(a, b map[string]int) map[string]int {
	if a == nil {
		return maps.Clone(b)
	}
	for key, n := range b {
		a[key] += n
	}
	return a
}

package simulate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Many is what many runs came to.
type Many struct {
	Totals Totals
	Failed []Result       // those that broke an invariant, by seed; at most maxFailed
	Broken int            // how many did
	Broke  map[string]int // how many, by the invariant that they broke
	Digest uint64         // of all that happened, whatever was run first; one run's is its own
}

// maxFailed bounds how many broken runs are kept.
const maxFailed = 20

// RunMany runs many: seeds from first on, so many at once. It stops early when the
// context ends, or after the first broken run if that is enough. Each seed's run is
// the same whatever runs beside it.
func RunMany(ctx context.Context, o Options, first uint64, runs, workers int, untilBroken bool) Many {
	var (
		next    atomic.Uint64
		all     Many
		mu      sync.Mutex
		working sync.WaitGroup
		enough  atomic.Bool
	)
	work := func() {
		var mine Many
		for i := next.Add(1) - 1; i < uint64(runs) && ctx.Err() == nil && !enough.Load(); i = next.Add(1) - 1 {
			one := single(Run(o, first+i, false))
			mine.Add(one)
			if one.Broken > 0 {
				enough.Store(untilBroken)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all.Add(mine)
	}
	for range max(workers, 1) {
		working.Go(work)
	}
	working.Wait()
	return all
}

// single is what one run came to.
func single(r Result) Many {
	m := Many{Totals: r.Totals, Digest: r.Digest}
	if r.Violation != nil {
		m.Failed, m.Broken, m.Broke = []Result{r}, 1, map[string]int{r.Violation.Invariant: 1}
	}
	return m
}

// Add adds the runs of other seeds.
func (m *Many) Add(o Many) {
	m.Totals.add(o.Totals)
	m.Failed = append(m.Failed, o.Failed...)
	slices.SortFunc(m.Failed, func(a, b Result) int { return cmp.Compare(a.Seed, b.Seed) })
	m.Failed = m.Failed[:min(len(m.Failed), maxFailed)]
	m.Broken += o.Broken
	m.Broke = added(m.Broke, o.Broke)
	m.Digest += o.Digest
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

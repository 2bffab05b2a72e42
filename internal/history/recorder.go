package history

import (
	"slices"
	"sync"

	"github.com/anishathalye/porcupine"
)

// Recorder keeps what was done. The zero Recorder is empty; it may be used
// concurrently.
type Recorder struct {
	mu   sync.Mutex
	now  int64 // moments so far: each call and each return is one
	done []porcupine.Operation
}

// Called is the moment of a call. What is done with it is noted when it returns.
func (r *Recorder) Called() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	return r.now
}

// Did notes at this moment what changes something, or may have: a Write, a Turn or
// a Place. The output is what was answered to the call.
func (r *Recorder) Did(client int, called int64, in, out any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	r.done = append(r.done, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: called, Return: r.now})
}

// Saw notes at this moment what was seen since the call, and changed nothing.
func (r *Recorder) Saw(client int, called int64, sights ...Sight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now++
	of := &Observation{sights}
	r.done = append(r.done,
		porcupine.Operation{ClientId: client, Input: begins{of}, Call: called, Return: called},
		porcupine.Operation{ClientId: client, Input: ends{of}, Call: r.now, Return: r.now})
}

// History is what was done so far. What nobody knows the end of ends when all has
// ended.
func (r *Recorder) History() []porcupine.Operation {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := r.now + 1
	all := append(slices.Clone(r.done), porcupine.Operation{Input: over{}, Call: end, Return: end})
	for i, op := range all {
		if unknown(op.Output) {
			all[i].Return = end + 1
		}
	}
	return once(all)
}

func unknown(out any) bool {
	given, isTurn := out.(Given)
	return out == Unknown || isTurn && given.Unknown
}

// once takes the ids off the transactions that were sent once: what nobody
// repeats, the rules need not remember.
func once(all []porcupine.Operation) []porcupine.Operation {
	times := map[string]int{}
	for _, op := range all {
		for _, w := range writes(op) {
			times[w.ID]++
		}
	}
	for i, op := range all {
		if w, is := op.Input.(Write); is && times[w.ID] == 1 {
			w.ID = ""
			all[i].Input = w
		}
	}
	return all
}

// writes are those of an operation, done or refused.
func writes(op porcupine.Operation) []Write {
	switch in := op.Input.(type) {
	case Write:
		return []Write{in}
	case ends:
		for _, sight := range in.of.Sights {
			if w, is := sight.Of.(Write); is {
				return []Write{w}
			}
		}
	}
	return nil
}

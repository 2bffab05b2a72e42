package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"mulligan/internal/simulate"
)

// batch is how many runs are made between two looks at the clock.
const batch = 200

// all makes the runs, until the context ends.
func (s simulating) all(ctx context.Context, p *progress) (many simulate.Many) {
	for done := 0; done < s.runs && ctx.Err() == nil; done += batch {
		many.Add(simulate.RunMany(ctx, s.options, s.first+uint64(done), min(batch, s.runs-done), runtime.GOMAXPROCS(0), false))
		p.reached(many.Totals.Runs, s.runs, many.Broken)
	}
	p.end()
	return many
}

// progress tells a person who waits how far the runs are.
type progress struct {
	out   io.Writer // nil: nobody watches
	now   func() time.Time
	began time.Time
	told  bool
}

// patience is how long nobody asks how far it is.
const patience = 2 * time.Second

func newProgress(out io.Writer, now func() time.Time) *progress {
	p := &progress{now: now, began: now()}
	if out == io.Writer(os.Stderr) && answering(os.Stderr) {
		p.out = out
	}
	return p
}

// reached says it in a line that is written over.
func (p *progress) reached(done, of, broken int) {
	if p.out == nil || p.now().Sub(p.began) < patience {
		return
	}
	p.told = true
	fmt.Fprintf(p.out, "\r%s of %s, %s broken ", thousands(done), several(of, "run"), thousands(broken))
}

// end clears the line.
func (p *progress) end() {
	if p.told {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 25, "interleaved rounds of a start, a first event and warm events")
	flag.DurationVar(&o.period, "period", 20*time.Millisecond, "period of the CPU quota, from 14ms (see share.go)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds int
	period time.Duration
}

// run measures everything in a directory of its own, which it removes.
func run(ctx context.Context, out io.Writer, o options) error {
	if runtime.GOOS != "linux" {
		return errors.New("it runs on Linux only: elsewhere binaries cannot be made to trust its certificates, nor tell their peak memory")
	}
	if o.rounds < 1 {
		return errors.New("-rounds: expected at least 1")
	}
	dir, err := os.MkdirTemp("", "mulligan-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	begun := time.Now()
	fmt.Fprintln(os.Stderr, "bench: building three binaries; with nothing cached this takes a minute")
	subjects, err := build(ctx, dir)
	if err != nil {
		return err
	}
	trust, err := newTrust(dir)
	if err != nil {
		return fmt.Errorf("make certificates: %w", err)
	}
	share := openShare(o.period)
	defer share.close()
	r := report{subjects: subjects, machine: thisMachine(), share: share, trust: trust, rounds: o.rounds}
	if err := measure(ctx, &r, &lab{trust, share}); err != nil {
		return err
	}
	r.took = time.Since(begun)
	return r.print(out)
}

// measure fills the report: first whether the answers are right, then figures.
func measure(ctx context.Context, r *report, l *lab) (err error) {
	fmt.Fprintln(os.Stderr, "bench: one event of each kind through each binary")
	if r.calls, err = l.callsOfAll(ctx, r.subjects); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "bench: %d rounds of start, first event and %d warm events\n", r.rounds, warmEvents)
	if r.cold, err = l.coldRounds(ctx, r.subjects, r.rounds); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "bench: %d more events each, at full CPU\n", blocks*blockEvents)
	if r.long, err = l.longRun(ctx, r.subjects); err != nil {
		return err
	}
	r.allocs, err = allocations(ctx)
	return err
}

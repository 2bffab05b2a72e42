package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// report tries the table and tells what became of each mutant, in its order. It
// is an error if one survives unexplained, or if the table is wrong about one.
func (l lab) report(ctx context.Context, out io.Writer, table []mutant, o options) error {
	began := time.Now()
	if err := l.baseline(ctx, table); err != nil {
		return err
	}
	fmt.Fprintf(out, "the tests pass without a mutant; trying %d\n", len(table))
	count := map[fate]int{}
	for _, came := range l.begin(ctx, table, o.abreast) {
		v := <-came
		if ctx.Err() != nil {
			return ctx.Err()
		}
		count[v.fate]++
		fmt.Fprintln(out, v)
		if o.verbose {
			fmt.Fprintf(out, "    %s (%s, %s)\n", v.guard, v.file, v.took.Round(100*time.Millisecond))
		}
	}
	l.tellLocal(out, table)
	fmt.Fprintf(out, "%d caught, %d explained, %d survived, in %s\n",
		count[caught], count[explained], count[survived], time.Since(began).Round(time.Second))
	if count[survived]+count[broken] > 0 {
		return fmt.Errorf("%d mutants survived, and the table is wrong about %d", count[survived], count[broken])
	}
	return nil
}

// begin tries all, so many at once, and gives the places where their verdicts
// will come in.
func (l lab) begin(ctx context.Context, table []mutant, abreast int) []chan verdict {
	came := make([]chan verdict, len(table))
	for i := range came {
		came[i] = make(chan verdict, 1)
	}
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range table {
			next <- i
		}
	}()
	for range abreast {
		go func() {
			for i := range next {
				came[i] <- l.try(ctx, table[i])
			}
		}()
	}
	return came
}

// tellLocal says how many conditions were not evaluated by a DynamoDB.
func (l lab) tellLocal(out io.Writer, table []mutant) {
	n := 0
	for _, m := range table {
		if m.local {
			n++
		}
	}
	if n > 0 && l.endpoint == "" {
		fmt.Fprintf(out, "%d conditions of DynamoDB were held against recorded requests only: -e2e evaluates them\n", n)
	}
}

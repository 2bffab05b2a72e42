package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// warmEvents follow the first one in each round; their mean counts, since a
// single one may fall on a fresh quota or on a used one.
const warmEvents = 10

// The long run: blocks of events, interleaved as the rounds are.
const (
	blocks      = 10
	blockEvents = 30
)

// cold are the rounds of one subject, one value each.
type cold struct {
	ready, first, warm []time.Duration
	peak               []int64 // bytes, after the last event
}

// coldRounds starts each subject in each round, and holds it to the CPU share
// from its first event on.
func (l *lab) coldRounds(ctx context.Context, subjects []subject, rounds int) ([]cold, error) {
	all := make([]cold, len(subjects))
	for range rounds {
		for i, s := range subjects {
			if err := l.coldRound(ctx, s, &all[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return all, nil
}

func (l *lab) coldRound(ctx context.Context, s subject, c *cold) error {
	p, err := l.start(ctx, s)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := l.share.admit(p.cmd.Process.Pid); err != nil {
		return fmt.Errorf("hold it to its CPU share: %w", err)
	}
	first, err := p.batch(s, 1)
	if err != nil {
		return err
	}
	warm, err := p.batch(s, warmEvents)
	if err != nil {
		return err
	}
	peak, err := p.peak()
	if err != nil {
		return err
	}
	c.ready, c.first, c.warm = append(c.ready, p.ready), append(c.first, first), append(c.warm, warm)
	c.peak = append(c.peak, peak)
	return p.cloud.misunderstood()
}

// batch sends n new failures through the process, one after the other, and
// tells the mean of the times from handing one out to its answer.
func (p *process) batch(s subject, n int) (time.Duration, error) {
	var total time.Duration
	for range n {
		_, event := fail(p.cloud.aws, retried)
		p.cloud.table.forgetBreakers()
		a, err := p.invoke(event.JSON())
		if err != nil {
			return 0, err
		}
		if err := retried.check(s, a); err != nil {
			return 0, err
		}
		total += a.Took
	}
	return total / time.Duration(n), nil
}

// long is the long run of one subject.
type long struct {
	warm []time.Duration // mean of each block
	cpu  time.Duration   // per event
	peak int64           // bytes, at the end

	// connections that were opened to AWS: before the first event, and since
	early, late int64
}

// longRun keeps one process of each subject for many events at full CPU.
func (l *lab) longRun(ctx context.Context, subjects []subject) ([]long, error) {
	all := make([]long, len(subjects))
	running := make([]*process, len(subjects))
	for i, s := range subjects {
		p, err := l.start(ctx, s)
		if err != nil {
			return nil, err
		}
		defer p.stop()
		running[i] = p
		all[i].early = p.cloud.opened.Load()
		if _, err := p.batch(s, warmEvents); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for range blocks {
		for i, s := range subjects {
			if err := running[i].block(s, &all[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return all, nil
}

func (p *process) block(s subject, l *long) error {
	before, err := p.cpu()
	if err != nil {
		return err
	}
	warm, err := p.batch(s, blockEvents)
	if err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	l.warm = append(l.warm, warm)
	l.late = p.cloud.opened.Load() - l.early
	l.cpu += (after - before) / (blocks * blockEvents)
	l.peak, err = p.peak()
	return err
}

// quantile is the value below which a part q of the sorted values lies.
func quantile[T int64 | time.Duration](values []T, q float64) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func median[T int64 | time.Duration](values []T) T { return quantile(values, 0.5) }

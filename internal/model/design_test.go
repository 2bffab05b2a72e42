package model

import (
	"flag"
	"testing"
	"time"
)

// big explores further than every run of the tests has time for:
//
//	go test ./internal/model -run TestDesign -model.big -timeout 30m
var big = flag.Bool("model.big", false, "explore the design under its larger bounds too")

// everything is all kinds of trouble.
const everything = ^Kinds(0)

// bounds are the smallest numbers under which each rule of the design matters.
func bounds(name string, trouble uint8, kinds Kinds) Config {
	return Config{
		Name: name, Budget: 2, StaleLooks: 2, UnsureLooks: 1, BehindLooks: 1, Failures: 2, Crowd: slots, Trouble: trouble, Kinds: kinds,
	}
}

func with(c Config, change func(*Config)) Config {
	change(&c)
	return c
}

// A bound is one exploration of the design. Least is about how many states there
// are: one that comes to fewer has missed something.
type bound struct {
	Config
	least int
}

func alone(c *Config) { c.Crowd = 1 }

func bounded() []bound {
	return []bound{
		{bounds("no trouble", 0, everything), 10_000},
		{bounds("anything once", 1, everything), 850_000},
		{with(bounds("a shared budget", 1, Holds|Others|Sweepers|Duplicates|Crashes), func(c *Config) { c.Shared = true }), 270_000},
		{bounds("calls", 2, Losses|Refusals|Conflicts|Crashes), 210_000},
		{bounds("frozen", 2, Freezes|Amnesia|Losses|Refusals), 380_000},
		{with(bounds("stale", 2, Lags|Conflicts|Losses), alone), 170_000},
		{with(bounds("people", 2, People|Losses|Holds|Ages), alone), 20_000},
		{with(bounds("old failures", 2, Ages|Settings|Losses|Crashes), alone), 20_000},
		{with(bounds("three failures", 1, Deaths|Losses|Refusals|Duplicates|Lags), func(c *Config) { c.Failures, c.Crowd = 3, 1 }), 100_000},
		{with(bounds("one retry", 1, Losses|Duplicates|Freezes), func(c *Config) { c.Budget = 1 }), 14_000},
		{with(bounds("always waits", 1, everything), func(c *Config) { c.Waits, c.Crowd = true, 1 }), 110_000},
		{with(bounds("refusals burn tokens", 2, Refusals|Losses|Duplicates), func(c *Config) { c.Burns, c.Crowd = true, 1 }), 110_000},
		{with(bounds("no step ran", 1, everything), func(c *Config) { c.Stepless, c.Crowd = true, 1 }), 100_000},
	}
}

func boundedWidely() []bound {
	return []bound{
		{with(bounds("anything twice, alone", 2, everything&^Ages), alone), 1_000_000},
		{bounds("deliveries twice", 2, Crashes|Deaths|Losses|Refusals|Duplicates), 1_000_000},
		{bounds("stale twice", 2, Lags|Crashes|Conflicts), 1_000_000},
		{bounds("people twice", 2, People|Crashes|Losses), 340_000},
		{bounds("frozen three times", 3, Freezes|Losses|Refusals|Amnesia), 1_000_000},
		{with(bounds("holds twice", 2, Holds|Others|Crashes), func(c *Config) { c.Shared = true }), 360_000},
		{bounds("the odd twice", 2, Unstarts|Ages|Settings|Conflicts|Sweepers), 1_000_000},
		{with(bounds("three failures, two at a time", 1, everything&^Lags), func(c *Config) { c.Failures = 3 }), 1_000_000},
	}
}

// TestDesign goes through all that can happen to the design under each bound, and
// finds nothing broken.
func TestDesign(t *testing.T) {
	tests := bounded()
	if *big {
		tests = append(tests, boundedWidely()...)
	}
	for _, test := range tests {
		t.Run(test.Name, func(t *testing.T) {
			if raced && test.least > 200_000 {
				t.Skip("make prove explores it, without the race detector")
			}
			t.Parallel()
			began := time.Now()
			r := test.Explore(60_000_000)
			t.Logf("%d states, %d steps, %d ends, %s", r.States, r.Steps, r.Ends, time.Since(began).Round(time.Millisecond))
			switch {
			case r.Broke != "":
				t.Errorf("broken: %s, after%s", r.Broke, test.Lines(r))
			case !r.Whole:
				t.Errorf("only a part was explored: %d states", r.States)
			case r.States < test.least || r.Ends == 0:
				t.Errorf("only %d states and %d ends, want %d states", r.States, r.Ends, test.least)
			}
		})
	}
}

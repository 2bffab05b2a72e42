package main

import (
	"slices"
	"testing"
	"time"

	"mulligan/internal/awstest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// at are instants so many milliseconds after noon.
func at(milliseconds ...int) (all []time.Time) {
	for _, ms := range milliseconds {
		all = append(all, noon.Add(time.Duration(ms)*time.Millisecond))
	}
	return all
}

func TestMost(t *testing.T) {
	for name, test := range map[string]struct {
		at   []time.Time
		want int
	}{
		"none":                 {nil, 0},
		"one":                  {at(0), 1},
		"apart":                {at(0, 1000, 2000), 1},
		"just within":          {at(0, 999), 2},
		"the fullest is late":  {at(0, 5000, 5100, 5200, 9000), 3},
		"at the same instant":  {at(0, 0, 0), 3},
		"the window goes with": {at(0, 400, 800, 1200, 1600), 3},
	} {
		if got := most(test.at, time.Second); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

// A bucket of 3 that gains one every 100 ms.
func TestExcess(t *testing.T) {
	for name, test := range map[string]struct {
		at   []time.Time
		want int
	}{
		"none":                        {nil, 0},
		"what has gathered":           {at(0, 0, 0), 0},
		"one more":                    {at(0, 0, 0, 0), 1},
		"one more, too early":         {at(0, 0, 0, 99), 1},
		"one more, in time":           {at(0, 0, 0, 100), 0},
		"at the rate of the refill":   {at(0, 0, 0, 100, 200, 300, 400), 0},
		"a little faster":             {at(0, 0, 0, 90, 180, 270, 360), 1},
		"after a rest":                {at(0, 0, 0, 1000, 1000, 1000), 0},
		"after a rest, one more":      {at(0, 0, 0, 1000, 1000, 1000, 1000), 1},
		"no more than fits gathers":   {at(0, 10_000, 10_000, 10_000, 10_000, 10_000), 2},
		"the worst window counts":     {at(0, 0, 0, 0, 0, 9000), 2},
		"a slow start does not hide":  {at(0, 500, 1000, 1000, 1000, 1000), 1},
		"slowly, for long":            {at(0, 100, 200, 300, 400, 500, 600, 700, 800, 900), 0},
		"fast, for long (twice that)": {at(0, 50, 100, 150, 200, 250, 300, 350, 400, 450), 3},
	} {
		if got := excess(test.at, 3, 100*time.Millisecond); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

func TestTold(t *testing.T) {
	took, replayed := awstest.Call{Effective: true}, awstest.Call{}
	throttled, running := awstest.Call{Code: "ThrottlingException"}, awstest.Call{Code: "ValidationException"}
	for name, test := range map[string]struct {
		calls             []awstest.Call
		effective, second int
	}{
		"no call":               {nil, 0, 0},
		"one":                   {[]awstest.Call{took}, 1, 0},
		"the same token again":  {[]awstest.Call{took, replayed}, 1, 0},
		"refused for now":       {[]awstest.Call{throttled, took}, 1, 0},
		"retried twice":         {[]awstest.Call{took, running}, 1, 1},
		"one for each of three": {[]awstest.Call{took, took, took}, 3, 0},
	} {
		effective, second := told(test.calls)
		if effective != test.effective || second != test.second {
			t.Errorf("%s: got %d and %d, want %d and %d", name, effective, second, test.effective, test.second)
		}
	}
}

func TestSpread(t *testing.T) {
	var all []time.Duration
	for i := range 101 {
		all = append(all, time.Duration(100-i))
	}
	if got, want := spread(all), []time.Duration{50, 99, 100}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := spread(nil); got != nil {
		t.Errorf("of nothing: got %v", got)
	}
}

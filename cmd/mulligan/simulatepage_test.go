package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mulligan/internal/simulate"
)

var began = time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)

// someRuns are results as runs come to them: nothing is run.
func someRuns(broken int) (simulating, simulate.Many) {
	s := simulating{first: 7, runs: 12_345, policy: "it's ours.yaml", options: simulate.Options{Policy: &simulate.Policy{Hash: strings.Repeat("0123456789abcdef", 4)}}}
	r := simulate.Many{Digest: 0xbeef, Broke: map[string]int{}, Totals: simulate.Totals{
		Runs: 12_345, Steps: 9, Invocations: 234_567, Calls: 1_234_567, MostCalls: 13, Failures: 34_567, Claims: 15_000, Retries: 14_000, Recovered: 999, DeadLetters: 1,
		Faults:   map[string]int{"killed before Read": 2, "killed after Commit": 1000, "killed after Read": 1, "Read fails": 4, "Retry late": 5, "event late": 6, "wake lost": 7, "moon full": 8},
		Verdicts: map[string]int{"wait, backing_off": 1234, "retry, retryable": 56, "wait, scarce": 7},
		Virtual:  6314*24*time.Hour + time.Minute,
	}}
	for i := range broken {
		name := simulate.I8
		if i == 1 {
			name = simulate.I2
		}
		r.Broke[name]++
		r.Broken++
		r.Failed = append(r.Failed, simulate.Result{Seed: uint64(20 + i), Violation: &simulate.Violation{Invariant: name, At: began.Add(time.Duration(i) * time.Millisecond), Detail: "execution 1 had spent 1 units, and now 0\x1b[2J"}})
	}
	return s, r
}

// happening is a timeline with what a page has to bring out: a new day, words that
// are too long, and sweeps that find nothing.
func happening() []simulatedLine {
	lines := []simulatedLine{
		{began, "execution 1", "FAILS in run 1: capacity"},
		{began.Add(300 * time.Millisecond), "retrier 1", "decides: stop, permanent_cause (" + strings.Repeat("long ", 40) + ")"},
		{began.Add(time.Second), "person", "retries execution 1\x1b[2J"},
	}
	for i, at := 0, began.Add(time.Minute); i < 6; i, at = i+1, at.Add(5*time.Minute) {
		who := "sweep " + string(rune('2'+i))
		lines = append(lines, simulatedLine{at, who, "begins"})
		if i == 4 {
			lines = append(lines, simulatedLine{at, who, "comes to execution 1"})
		}
		lines = append(lines, simulatedLine{at.Add(7 * time.Millisecond), who, "searches"})
	}
	return append(lines, simulatedLine{began.Add(time.Hour), "invariant", "I8 IS BROKEN: execution 1 had spent 1 units, and now 0"})
}

// told is the page, with promises that are nobody else's to reword.
func pageOf(t *testing.T, told simulated, colour bool) string {
	t.Helper()
	for i := range told.Invariants {
		told.Invariants[i].Promise = "the promise " + told.Invariants[i].Name
	}
	told.Invariants = slices.DeleteFunc(told.Invariants, func(r invariantRow) bool {
		return !slices.Contains([]string{simulate.I2, simulate.I3, simulate.I8, simulate.Missed}, r.Name)
	})
	var out strings.Builder
	if err := told.write(&out, colour); err != nil {
		t.Fatal(err)
	}
	if len(told.Shortest) > 0 {
		if err := told.writeShortest(&out, colour); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestSimulatePages(t *testing.T) {
	s, r := someRuns(0)
	golden(t, "simulate/held.txt", pageOf(t, s.told(r), false))

	s, r = someRuns(13)
	told := s.told(r)
	told.Shortest = happening()
	golden(t, "simulate/broken.txt", pageOf(t, told, false))

	none := simulating{first: 3, runs: 1, options: simulate.Options{Safety: true}, safety: true}.told(simulate.Many{})
	none.Timeline, none.Interrupted = happening(), true
	golden(t, "simulate/none.txt", pageOf(t, none, true))
}

// Only a person who has waited is told how far it is, and the line goes away again.
func TestSimulateProgress(t *testing.T) {
	var out strings.Builder
	now := began
	p := &progress{out: &out, now: func() time.Time { return now }, began: began}
	p.reached(200, 12_345, 0)
	p.end()
	if out.String() != "" {
		t.Errorf("at once: got %q", out.String())
	}
	now = began.Add(3 * time.Second)
	p.reached(1200, 12_345, 2)
	p.end()
	if want := "\r1,200 of 12,345 runs, 2 broken \r\x1b[K"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if newProgress(&out, time.Now).out != nil {
		t.Error("what is no terminal is told")
	}
}

// Every kind of fault that runs meet has a name here, and none is lost.
func TestSimulateFaultNames(t *testing.T) {
	met := simulate.RunMany(t.Context(), simulate.Options{}, 1, 150, 2, false).Totals.Faults
	want, got := 0, 0
	for kind, n := range met {
		want += n
		if !slices.Contains(faultNames, faultName(kind)) {
			t.Errorf("%q has no name", kind)
		}
	}
	for _, row := range faultRows(met) {
		got += row.N
	}
	if got != want || want == 0 {
		t.Errorf("got %d faults, want %d", got, want)
	}
}

func TestSimulateFaultName(t *testing.T) {
	for kind, want := range map[string]string{
		"killed before Read": "killed before a call", "killed after CreateSchedule": "killed after a call", "Retry late": "request late", "event late": "event late",
		"Commit answer lost": "answer lost", "event lost": "event lost", "Commit sent twice": "sent twice", "wake twice": "wake twice",
		"Read fails": "call failed", "Read refused": "call refused", "Read slow": "call slow", "moon full": "moon full", "killed": "killed", "": "",
	} {
		if got := faultName(kind); got != want {
			t.Errorf("%q: got %q, want %q", kind, got, want)
		}
	}
}

func TestSimulateLived(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0h 00m", 95 * time.Minute: "1h 35m", 47*time.Hour + 59*time.Minute: "47h 59m", 48 * time.Hour: "2 days", 6314*24*time.Hour + time.Hour: "6,314 days",
	} {
		if got := lived(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

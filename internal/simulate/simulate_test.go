package simulate

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// all makes what takes minutes under the race detector: `make prove` asks for it.
var all = flag.Bool("all", false, "more seeds, and all pairs of faults of all flows")

// many is a number of runs, eight times as many where all is asked for.
func many(n int) int {
	if *all {
		return 8 * n
	}
	return n
}

// holdFor has so many runs keep every invariant.
func holdFor(t *testing.T, o Options, first uint64, runs int) Totals {
	t.Helper()
	came := RunMany(t.Context(), o, first, runs, 2, true)
	for _, broken := range came.Failed {
		shrunk := Shrink(o, broken.Seed)
		t.Errorf("seed %d: %v\nshrunk: %v", broken.Seed, broken.Violation, shrunk.Violation)
		for _, e := range shrunk.Timeline {
			t.Logf("%s %-12s %s", e.At.Format("02 15:04:05.000"), e.Who, e.What)
		}
	}
	return came.Totals
}

// TestInvariantsHold in drawn runs, with what was drawn and what everybody can
// apply as a policy, where faults end and where they never do.
func TestInvariantsHold(t *testing.T) {
	source, err := os.ReadFile("../../docs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := Compile("docs/policy.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{"liveness": {}, "safety": {Safety: true}, "a policy of theirs": {Policy: theirs}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			totals := holdFor(t, o, 1_000_000, many(150))
			if totals.Retries == 0 || totals.Claims == 0 || totals.Failures == 0 {
				t.Errorf("nothing happened: %+v", totals)
			}
		})
	}
}

// TestGuards takes each guard away: soon a run breaks, by an invariant that the
// guard is there for, and what is shrunk breaks the same.
func TestGuards(t *testing.T) {
	for _, guard := range Guards {
		t.Run(guard.Name, func(t *testing.T) {
			t.Parallel()
			o := Options{Without: guard.Name}
			came := RunMany(t.Context(), o, 1, 1500, 1, true)
			if len(came.Failed) == 0 {
				t.Fatalf("1500 runs keep every invariant although %s", guard.Meaning)
			}
			broken := came.Failed[0]
			if !slices.Contains(guard.Breaks, broken.Violation.Invariant) {
				t.Errorf("seed %d breaks %v, want one of %v", broken.Seed, broken.Violation, guard.Breaks)
			}
			if !*all {
				return
			}
			shrunk := Shrink(o, broken.Seed)
			whole := Run(o, broken.Seed, true)
			if shrunk.Violation == nil || shrunk.Violation.Invariant != broken.Violation.Invariant || len(shrunk.Timeline) > len(whole.Timeline) {
				t.Errorf("seed %d: %d entries to %v shrunk to %d entries to %v", broken.Seed, len(whole.Timeline), broken.Violation, len(shrunk.Timeline), shrunk.Violation)
			}
			t.Logf("seed %d, after %d runs: %v; %d entries, shrunk to %d", broken.Seed, came.Totals.Runs, broken.Violation, len(whole.Timeline), len(shrunk.Timeline))
		})
	}
}

// digests are those of some seeds, on one line.
func digests() string {
	var b strings.Builder
	for seed := range uint64(25) {
		fmt.Fprintf(&b, "%x ", Run(Options{}, seed, false).Digest)
	}
	return b.String()
}

// TestSameSeedSameRun in this process, whether the run is told or not, and in
// another one, whose maps are in another order and which has one processor.
func TestSameSeedSameRun(t *testing.T) {
	if os.Getenv("SIMULATE_DIGESTS") != "" {
		fmt.Println("digests: " + digests())
		return
	}
	want := digests()
	if got := digests(); got != want {
		t.Errorf("the same seeds came to\n%s and then to\n%s", want, got)
	}
	for seed := range uint64(25) {
		if told, quiet := Run(Options{}, seed, true), Run(Options{}, seed, false); told.Digest != quiet.Digest {
			t.Errorf("seed %d: told it comes to %x, else to %x", seed, told.Digest, quiet.Digest)
		}
	}
	other := exec.Command(os.Args[0], "-test.run", "^TestSameSeedSameRun$", "-test.v")
	other.Env = append(os.Environ(), "SIMULATE_DIGESTS=1", "GOMAXPROCS=1")
	out, err := other.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "digests: "+want) {
		t.Errorf("another process (%v) came to\n%swant\n%s", err, out, want)
	}
}

// TestShrinkKeepsTheSeed: a run is shrunk to the same one each time, and one that
// breaks nothing is told as it is.
func TestShrinkKeepsTheSeed(t *testing.T) {
	o := Options{Without: withoutSpent}
	broken := RunMany(t.Context(), o, 1, 500, 1, true).Failed[0].Seed
	once, again := Shrink(o, broken), Shrink(o, broken)
	if !slices.Equal(once.Timeline, again.Timeline) || once.Seed != broken {
		t.Errorf("seed %d is shrunk to %d entries, and then to %d", broken, len(once.Timeline), len(again.Timeline))
	}
	if sound := Shrink(Options{}, 1); sound.Violation != nil || !slices.Equal(sound.Timeline, Run(Options{}, 1, true).Timeline) {
		t.Errorf("a sound run is told with %d entries and %v", len(sound.Timeline), sound.Violation)
	}
}

// TestFaultSpace draws every kind of fault at every kind of call.
func TestFaultSpace(t *testing.T) {
	drawn := holdFor(t, Options{Safety: true}, 2_000_000, many(1200)).Faults
	for _, op := range []string{"Read", "Commit", "Describe", "ListSteps", "Retry", "CreateSchedule", "Search", "Query", "KeepCursor"} {
		for _, kind := range []string{"killed before " + op, "killed after " + op, op + " answer lost", op + " sent twice", op + " slow", op + " fails"} {
			if drawn[kind] == 0 {
				t.Errorf("never drawn: %s", kind)
			}
		}
	}
	for _, kind := range []string{"Commit late", "Retry late", "Retry refused", "event lost", "event late", "event again", "wake lost", "wake early", "wake twice"} {
		if drawn[kind] == 0 {
			t.Errorf("never drawn: %s", kind)
		}
	}
}

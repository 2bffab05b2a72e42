package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mulligan/internal/simulate"
)

// simulated is what `mulligan simulate` tells.
type simulated struct {
	First       uint64          `json:"first_seed"`
	Asked       int             `json:"runs_asked"`
	Interrupted bool            `json:"interrupted,omitempty"`
	Policy      string          `json:"policy,omitempty"` // its file; "": drawn
	PolicyHash  string          `json:"policy_hash,omitempty"`
	Safety      bool            `json:"safety"`
	Without     string          `json:"without,omitempty"`
	Digest      string          `json:"digest,omitempty"`
	Totals      simulatedTotals `json:"totals"`
	Faults      []faultRow      `json:"faults"`
	Decisions   []decisionRow   `json:"decisions"`
	Invariants  []invariantRow  `json:"invariants"`
	Broken      int             `json:"broken"` // runs
	Failed      []brokenRun     `json:"failed"` // the first of them, by seed
	Timeline    []simulatedLine `json:"timeline,omitempty"`
	Shortest    []simulatedLine `json:"shortest,omitempty"` // found that breaks what the first of them broke
}

// simulatedTotals are sums over all runs.
type simulatedTotals struct {
	Runs        int   `json:"runs"`
	Virtual     int64 `json:"virtual_seconds"`
	Steps       int   `json:"steps"`
	Invocations int   `json:"invocations"`
	Calls       int   `json:"calls"`
	MostCalls   int   `json:"most_calls"` // in one invocation of the retrier
	Failures    int   `json:"failures"`
	Claims      int   `json:"claims"`
	Retries     int   `json:"retries"` // that took effect
	Recovered   int   `json:"recovered"`
	DeadLetters int   `json:"dead_letters"`
}

type faultRow struct {
	Fault string `json:"fault"`
	N     int    `json:"n"`
}

type decisionRow struct {
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	N       int    `json:"n"`
}

// An invariantRow says how many runs broke it.
type invariantRow struct {
	Name      string `json:"name"`
	Promise   string `json:"promise"`
	Broken    int    `json:"broken"`
	Unwatched string `json:"unwatched,omitempty"` // why runs like these cannot show that it is
}

// A brokenRun is one that broke an invariant.
type brokenRun struct {
	Seed      uint64    `json:"seed"`
	Invariant string    `json:"invariant"`
	At        time.Time `json:"at"`
	Detail    string    `json:"detail"`
}

type simulatedLine struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	What string    `json:"what"`
}

// told is what is told of the runs.
func (s simulating) told(r simulate.Many) simulated {
	t := r.Totals
	told := simulated{
		First: s.first, Asked: s.runs, Safety: s.safety, Without: s.without, Broken: r.Broken,
		Totals: simulatedTotals{
			t.Runs, int64(t.Virtual / time.Second), t.Steps, t.Invocations, t.Calls, t.MostCalls,
			t.Failures, t.Claims, t.Retries, t.Recovered, t.DeadLetters,
		},
		Faults: faultRows(t.Faults), Decisions: decisionRows(t.Verdicts), Failed: []brokenRun{},
	}
	if s.options.Policy != nil {
		told.Policy, told.PolicyHash = s.policy, s.options.Policy.Hash
	}
	if t.Runs > 0 {
		told.Digest = fmt.Sprintf("%016x", r.Digest)
	}
	for _, i := range simulate.Invariants {
		row := invariantRow{i.Name, i.Promise, r.Broke[i.Name], unwatched(s.options, i.Name)}
		if t.Runs == 0 {
			row.Unwatched = "there was no run"
		}
		told.Invariants = append(told.Invariants, row)
	}
	for _, f := range r.Failed {
		told.Failed = append(told.Failed, brokenRun{f.Seed, f.Violation.Invariant, f.Violation.At, f.Violation.Detail})
	}
	return told
}

// unwatched says why such runs cannot show that an invariant is broken; "": they
// can.
func unwatched(o simulate.Options, invariant string) string {
	switch {
	case o.Safety && (invariant == simulate.I3 || invariant == simulate.Missed):
		return "nothing has to settle"
	case o.Policy != nil && invariant == simulate.Missed:
		return "only the built-in policy's reasons can be held to the truth"
	}
	return ""
}

func entries(timeline []simulate.Entry) (lines []simulatedLine) {
	for _, e := range timeline {
		lines = append(lines, simulatedLine(e))
	}
	return lines
}

// faultNames are the kinds of faults in the order in which they are told.
// internal/simulate counts them by call.
var faultNames = []string{
	"killed before a call", "killed after a call", "answer lost", "request late", "sent twice", "call failed", "call refused", "call slow",
	"event lost", "event late", "event again", "wake lost", "wake early", "wake twice",
}

// faultName is the kind of a fault, whichever call it befell.
func faultName(kind string) string {
	if slices.Contains(faultNames, kind) {
		return kind
	}
	if when, _, killed := strings.Cut(strings.TrimPrefix(kind, "killed "), " "); killed && strings.HasPrefix(kind, "killed ") {
		return "killed " + when + " a call"
	}
	_, what, _ := strings.Cut(kind, " ")
	switch what {
	case "late":
		return "request late"
	case "fails":
		return "call failed"
	case "refused", "slow":
		return "call " + what
	case "answer lost", "sent twice":
		return what
	}
	return kind
}

// faultRows are sums by kind. One that nobody has named here is told as it is.
func faultRows(faults map[string]int) []faultRow {
	sums := map[string]int{}
	for kind, n := range faults {
		sums[faultName(kind)] += n
	}
	rows := []faultRow{}
	for _, name := range append(slices.Clone(faultNames), slices.Sorted(maps.Keys(sums))...) {
		if sums[name] > 0 {
			rows = append(rows, faultRow{name, sums[name]})
			delete(sums, name)
		}
	}
	return rows
}

func decisionRows(verdicts map[string]int) []decisionRow {
	rows := []decisionRow{}
	for key, n := range verdicts {
		verdict, reason, _ := strings.Cut(key, ", ")
		rows = append(rows, decisionRow{verdict, reason, n})
	}
	slices.SortFunc(rows, func(a, b decisionRow) int {
		return cmp.Or(cmp.Compare(a.Verdict, b.Verdict), cmp.Compare(a.Reason, b.Reason))
	})
	return rows
}

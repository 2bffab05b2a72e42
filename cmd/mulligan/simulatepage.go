package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/plaintext"
)

// simulatedPage is the result for people.
type simulatedPage struct {
	strings.Builder
	colour bool
}

// write tells people the result, but for the shortest run.
func (t simulated) write(out io.Writer, colour bool) error {
	p := &simulatedPage{colour: colour}
	p.opening(t)
	p.timeline(t.Timeline)
	p.totals(t.Totals, t.Digest)
	p.faults(t.Faults)
	p.decisions(t.Decisions)
	p.invariants(t.Invariants)
	p.broken(t)
	_, err := io.WriteString(out, p.String())
	return err
}

// writeShortest tells people the shortest run.
func (t simulated) writeShortest(out io.Writer, colour bool) error {
	p := &simulatedPage{colour: colour}
	p.shortest(t)
	_, err := io.WriteString(out, p.String())
	return err
}

func (p *simulatedPage) say(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// opening says what the runs are like.
func (p *simulatedPage) opening(t simulated) {
	seeds := fmt.Sprintf("seed %d", t.First)
	if t.Asked > 1 {
		seeds = fmt.Sprintf("seeds %d to %d", t.First, t.First+uint64(t.Asked)-1)
	}
	p.say("%s of the real function and sweep in virtual time, %s", several(t.Asked, "run"), seeds)
	switch {
	case t.Safety:
		p.say("  faults  never end, and nothing has to settle")
	default:
		p.say("  faults  end at some moment, and then everything has to settle")
	}
	switch {
	case t.Policy != "":
		p.say("  policy  %s (%.12s), under the defaults of the template's parameters", plaintext.Line(t.Policy, maxPolicyLine), t.PolicyHash)
	default:
		p.say("  policy  drawn: the built-in one and others, and the template's parameters")
	}
	if t.Without != "" {
		p.say("  WITHOUT %s: %s", t.Without, guardMeans(t.Without))
	}
	if t.Interrupted {
		p.say("  INTERRUPTED after %s: what follows is theirs", several(t.Totals.Runs, "run"))
	}
}

func (p *simulatedPage) totals(t simulatedTotals, digest string) {
	p.say("\nTotals")
	p.row("runs", t.Runs, "")
	p.say("  %-22s %12s", "virtual time", lived(time.Duration(t.Virtual)*time.Second))
	p.row("executions' failures", t.Failures, "")
	p.row("invocations", t.Invocations, "of the function and the sweep")
	p.row("calls", t.Calls, fmt.Sprintf("at most %d in one invocation of the function", t.MostCalls))
	p.row("claims", t.Claims, "units of budgets that were spent on retries")
	p.row("retries", t.Retries, "that took effect")
	p.row("recovered", t.Recovered, "succeeded after a retry")
	p.row("dead letters", t.DeadLetters, "")
	if digest != "" {
		p.say("  %-18s %16s  of all that happened: the same on any machine", "digest", digest)
	}
}

func (p *simulatedPage) row(name string, n int, note string) {
	p.WriteString(strings.TrimRight(fmt.Sprintf("  %-22s %12s  %s", name, thousands(n), note), " ") + "\n")
}

func (p *simulatedPage) faults(rows []faultRow) {
	p.say("\nFaults")
	for _, r := range rows {
		p.row(r.Fault, r.N, "")
	}
	if len(rows) == 0 {
		p.say("  none")
	}
}

func (p *simulatedPage) decisions(rows []decisionRow) {
	p.say("\nDecisions")
	for _, r := range rows {
		p.say("  %-7s %-20s %6s", r.Verdict, r.Reason, thousands(r.N))
	}
	if len(rows) == 0 {
		p.say("  none")
	}
}

// invariants says of each whether it held.
func (p *simulatedPage) invariants(rows []invariantRow) {
	p.say("\nInvariants")
	fates, width := make([]string, len(rows)), 0
	for i, r := range rows {
		fates[i] = r.fate()
		width = max(width, len(fates[i]))
	}
	for i, r := range rows {
		note := r.Promise
		if r.Broken == 0 && r.Unwatched != "" {
			note = "not looked at: " + r.Unwatched
		}
		p.say("  %-8s %-*s  %s", r.Name, width, fates[i], note)
	}
}

func (r invariantRow) fate() string {
	switch {
	case r.Broken > 0:
		return "BROKEN in " + several(r.Broken, "run")
	case r.Unwatched != "":
		return "-"
	}
	return "held"
}

// lived is a time that nobody had to wait for.
func lived(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 1 {
		return several(days, "day")
	}
	return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
}

// several counts things in English.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return thousands(n) + " " + thing + "s"
}

// thousands writes a number with a comma before every three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

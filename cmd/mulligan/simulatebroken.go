package main

import (
	"fmt"
	"strconv"
	"strings"

	"mulligan/internal/plaintext"
)

// broken says which promises were broken, by what, and how to see it again; what
// was broken by the lowest seed comes first.
func (p *simulatedPage) broken(t simulated) {
	told := map[string]bool{}
	for _, first := range t.Failed {
		if told[first.Invariant] {
			continue
		}
		told[first.Invariant] = true
		row := t.invariant(first.Invariant)
		p.say("\n%s IS BROKEN: %s", first.Invariant, row.Promise)
		p.say("  with seed %d, at %s: %s", first.Seed, first.At.Format("2006-01-02 15:04:05.000"), plaintext.Line(first.Detail, maxPolicyLine))
		if row.Broken > 1 {
			p.say("  seeds %s", t.seedsOf(row))
		}
		p.say("  again: %s", t.again(first.Seed))
	}
}

// shortest tells the shortest run that was found to break what the first broke.
func (p *simulatedPage) shortest(t simulated) {
	first := t.Failed[0]
	p.say("\nThe shortest run that was found to break %s: that of seed %d, less all that it can be without", first.Invariant, first.Seed)
	p.timeline(t.Shortest)
	p.say("\nThe whole run: %s --timeline", t.again(first.Seed))
}

func (t simulated) invariant(name string) invariantRow {
	for _, row := range t.Invariants {
		if row.Name == name {
			return row
		}
	}
	return invariantRow{Name: name}
}

// maxSeeds bounds how many seeds are named.
const maxSeeds = 10

func (t simulated) seedsOf(row invariantRow) string {
	var seeds []string
	for _, f := range t.Failed {
		if f.Invariant == row.Name && len(seeds) < maxSeeds {
			seeds = append(seeds, strconv.FormatUint(f.Seed, 10))
		}
	}
	text := strings.Join(seeds, ", ")
	if more := row.Broken - len(seeds); more > 0 {
		text += fmt.Sprintf(" and %s more", thousands(more))
	}
	return text
}

// again is the command that shows a seed's run once more.
func (t simulated) again(seed uint64) string {
	text := fmt.Sprintf("mulligan simulate --seed %d", seed)
	if t.Policy != "" {
		text += " --policy " + quoted(t.Policy)
	}
	if t.Safety {
		text += " --safety"
	}
	if t.Without != "" {
		text += " --without " + t.Without
	}
	return text
}

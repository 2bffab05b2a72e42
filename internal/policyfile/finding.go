package policyfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity tells whether a finding keeps the policy from being used.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // there is no Document
	Warning Severity = "warning" // there is one
)

// Finding is one thing to say about a policy file.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters
	Severity Severity `json:"severity"`
	Path     string   `json:"path,omitempty"` // rules[2].when.class; "" for the file as a whole
	Message  string   `json:"message"`
	Instead  string   `json:"instead,omitempty"` // what to do, an order without its full stop: "write 90m or 1h30m"
}

// String is the finding as compilers print theirs, so that editors and
// terminals make a link of it: "policy.yaml:12:5: error: ...; write ...".
func (f Finding) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s: ", f.File, f.Line, f.Column, f.Severity)
	if f.Path != "" {
		text += f.Path + ": "
	}
	text += f.Message
	if f.Instead != "" {
		text += "; " + f.Instead
	}
	return text
}

// Failed tells whether an error is among the findings.
func Failed(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == Error })
}

// Findings beyond MaxFindings are counted, not told: nobody reads them, and the
// next run tells them.
const MaxFindings = 50

// maxKept bounds what a hostile file can make Read remember.
const maxKept = 1000

// report sorts the findings by place and bounds their number, errors before
// warnings. hidden are those that were not even kept.
func report(all []Finding, hidden int) []Finding {
	byPlace := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Severity, b.Severity), strings.Compare(a.Path, b.Path), strings.Compare(a.Message, b.Message))
	}
	slices.SortFunc(all, byPlace)
	if len(all) <= MaxFindings && hidden == 0 {
		return all
	}
	// Stable: within a severity the place goes on to decide what is told.
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Severity, b.Severity) })
	told := min(len(all), MaxFindings-1)
	rest := Finding{File: all[0].File, Severity: all[0].Severity, Instead: "mend these and lint again"}
	rest.Message = fmt.Sprintf("and %d more", len(all)-told+hidden)
	all = all[:told]
	slices.SortFunc(all, byPlace)
	rest.Line, rest.Column = all[told-1].Line, all[told-1].Column
	return append(all, rest)
}

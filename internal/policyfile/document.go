package policyfile

import (
	"fmt"
	"strconv"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// Language is the version of the YAML form that this build reads.
const Language = 1

// Bounds of what one policy may hold.
const (
	maxRules    = 100 // with those of the sections
	maxSections = 50
	maxProse    = 200 // characters of a message
	maxAbout    = 500 // of the description
	maxSize     = 100_000
)

// termKeys are what document and sections have in common.
var termKeys = []string{"mode", "superseded", "expire_after", "back_off", "budgets", "side_effects", "same_failure", "breaker", "scarce", "rules"}

// document compiles the whole file. Of a newer language nothing else is judged:
// nil is given, as for what is no mapping.
func (v value) document() *policy.Document {
	if !v.is(mapping, writeVersion) || v.newer() {
		return nil
	}
	f := v.fields("version: 1", append([]string{"version", "description", "pipelines"}, termKeys...)...)
	v.version(f["version"])
	d := &policy.Document{Schema: policy.Schema, Terms: terms(f)}
	if f["description"].given() {
		d.Description = f["description"].prose(maxAbout)
	}
	d.Rules = f["rules"].rules()
	d.Pipelines = f["pipelines"].sections()
	v.names(d)
	return d
}

var writeVersion = fmt.Sprintf("write version: %d", Language)

// newer looks for the version before all else: what a newer language says would
// be unknown keys here.
func (v value) newer() bool {
	for _, e := range v.node.entries {
		if n, err := strconv.Atoi(e.value.text); e.key == "version" && err == nil && n > Language {
			v.add(Error, e.value.place, e.key, fmt.Sprintf("version %d is newer than this build, which reads %d", n, Language),
				"take a newer mulligan, or "+writeVersion)
			return true
		}
	}
	return false
}

func (v value) version(n value) {
	if n.is(scalar, writeVersion) {
		n.numberIn(n.node.text, 1, Language, writeVersion)
	} else if !v.told("version") {
		v.add(Error, place{1, 1}, "version", "the version of the language is missing", writeVersion)
	}
}

// told tells whether a key stands there, if only with a fault.
func (v value) told(key string) bool {
	_, is := v.places[join(v.path, key)]
	return is
}

// terms reads the values that hold for pipelines as a whole, of the document or
// of a section.
func terms(f map[string]value) (t policy.Terms) {
	if f["mode"].given() {
		t.Mode = retry.Mode(f["mode"].word("mode", modes))
	}
	if set, yes := f["superseded"].truth(); set {
		t.Superseded = &yes
	}
	t.ExpireAfter = f["expire_after"].length()
	t.BackOff = f["back_off"].backOff()
	t.Budgets = f["budgets"].budgets()
	t.SideEffects = f["side_effects"].sideEffects()
	t.Repeats = f["same_failure"].repeats()
	t.Breaker = f["breaker"].breaker()
	if set, yes := f["scarce"].truth(); set {
		t.Scarce = &yes
	}
	return t
}

// sideEffects reads step types. The word none takes back what the policy says
// of all pipelines.
func (v value) sideEffects() []string {
	if v.given() && v.node.kind == scalar && v.node.text == nobody {
		return []string{}
	}
	return v.list("[Lambda, EMR], or none", value.stepType)
}

// nobody is how a list says that it is empty on purpose.
const nobody = "none"

// mostRepeats bounds the repeats that can be counted; more is unlimited.
const mostRepeats = 1000

// repeats reads how often the same failure may come back, by class.
func (v value) repeats() map[cause.Class]int {
	var all map[cause.Class]int
	for class, n := range v.fields("{service_fault: 2}", classes...) {
		if all == nil {
			all = map[cause.Class]int{}
		}
		if n.node.kind == scalar && n.node.text == "unlimited" {
			all[cause.Class(class)] = policy.Unlimited
			continue
		}
		write := fmt.Sprintf("write a number from 0 to %d, or unlimited", mostRepeats)
		if n.is(scalar, write) {
			all[cause.Class(class)], _ = n.numberIn(n.node.text, 0, mostRepeats, write)
		}
	}
	return all
}

// sections reads what holds for some pipelines.
func (v value) sections() (all []policy.Section) {
	for _, one := range v.sequence("pipelines: [{name: payments, match: payments-*, mode: observe}]", maxSections) {
		all = append(all, one.section())
	}
	return all
}

// section reads one. One with a fault is marked, as rules are.
func (v value) section() (s policy.Section) {
	before := v.errors
	defer func() { v.faulty[v.path] = v.errors > before }()
	f := v.fields("{name: payments, match: payments-*, mode: observe}", append([]string{"name", "match"}, termKeys...)...)
	if f == nil {
		return s
	}
	s.Terms = terms(f)
	if s.Budgets.Account.Set {
		f["budgets"].wrong("a section cannot have a budget of the account, which all pipelines share", "write it among the budgets of the whole policy")
	}
	if b := s.Breaker; b.Within > 0 || b.Executions != nil && *b.Executions > 0 {
		f["breaker"].wrong("a section cannot have a breaker of its own, since the executions of all pipelines are counted together",
			"write breaker: {executions: 0} to leave its pipelines out, or write it for the whole policy")
	}
	s.Rules = f["rules"].rules()
	if v.needs(f, "name", "name: payments") {
		s.Name = f["name"].name()
	}
	if v.needs(f, "match", "match: payments-*") {
		s.Pipelines = f["match"].list("[payments-*, fraud-*]", value.pattern)
	}
	return s
}

// needs finds fault with a key that is missing, once.
func (v value) needs(f map[string]value, key, write string) bool {
	if !v.told(key) {
		v.wrong("the key "+key+" is missing", "write "+write)
	}
	return f[key].given()
}

// sequence is items for lists of mappings, which no single value stands for.
func (v value) sequence(example string, most int) []value {
	switch {
	case !v.is(list, "write "+example):
		return nil
	case len(v.node.items) > most:
		v.wrong(fmt.Sprintf("%d entries, more than %d", len(v.node.items), most), "join those that differ in one list")
		return nil
	}
	return v.items(example)
}

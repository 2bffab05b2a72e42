package policyfile

import (
	"fmt"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

const exampleRule = "{name: gpu-capacity, when: {class: capacity}, verdict: wait}"

// rules reads a list of rules. Faulty ones stay in it, so that indexes are the
// file's.
func (v value) rules() (all []policy.Rule) {
	for _, one := range v.sequence("rules: ["+exampleRule+"]", maxRules) {
		all = append(all, one.rule())
	}
	return all
}

// rule reads one rule. One with a fault is marked, so that no check takes what
// was left out of it for what was meant.
func (v value) rule() (r policy.Rule) {
	before := v.errors
	defer func() { v.faulty[v.path] = v.errors > before }()
	f := v.fields(exampleRule, "name", "when", "verdict", "needs_person", "back_off", "limits", "parallelism", "message")
	if f == nil {
		return r
	}
	if v.needs(f, "name", "name: gpu-capacity") {
		r.Name = f["name"].name()
	}
	if v.needs(f, "verdict", "verdict: retry, wait or stop") {
		r.Verdict = retry.Verdict(f["verdict"].word("verdict", verdicts))
	}
	r.When = f["when"].when()
	r.NeedsPerson = f["needs_person"].person(r.Verdict)
	r.BackOff = f["back_off"].backOff()
	r.Limits = f["limits"].limits()
	r.Parallelism = f["parallelism"].parallelism()
	if f["message"].given() {
		r.Message = f["message"].prose(maxProse)
	}
	verdictFits(r, f)
	return r
}

// verdictFits finds what a rule's verdict has no use for.
func verdictFits(r policy.Rule, f map[string]value) {
	if r.Verdict == retry.Stop {
		for _, key := range []string{"back_off", "limits", "parallelism"} {
			if f[key].given() {
				f[key].wrong("a rule that stops makes no retry that this could be of", "leave it out, or write verdict: wait")
			}
		}
	}
}

// person reads needs_person. With a verdict that retries, a word that is no
// truth is not mended to one that would be refused in turn.
func (v value) person(verdict retry.Verdict) bool {
	retries := verdict != "" && verdict != retry.Stop
	if retries && v.given() && v.node.text != "false" {
		v.wrong("a rule that retries needs no person", "write verdict: stop, or leave it out")
		return false
	}
	_, yes := v.truth()
	return yes
}

// when reads the conditions. What is left out matches everything, but for what
// is permanent.
func (v value) when() (w policy.When) {
	f := v.fields("when: {class: capacity}", "class", "label", "step_type", "pipeline", "message", "retry", "age")
	w.Classes = typed[cause.Class](f["class"].list("capacity", func(v value) string { return v.word("class", classes) }))
	w.Labels = typed[cause.Label](f["label"].list("transient", func(v value) string { return v.word("label", labels) }))
	w.StepTypes = f["step_type"].list("Training", value.stepType)
	w.Pipelines = f["pipeline"].list("payments-*", value.pattern)
	if f["message"].given() {
		w.Message = f["message"].words()
	}
	w.Retry = f["retry"].retries()
	w.Age = f["age"].ages()
	return w
}

func typed[T ~string](texts []string) (all []T) {
	for _, text := range texts {
		all = append(all, T(text))
	}
	return all
}

// limits reads what one rule grants one execution. No retry at all is a stop and
// has to say so.
func (v value) limits() (l policy.Limits) {
	f := v.fields("{retries: 6, age: 12h}", "retries", "age")
	if f["retries"].given() {
		l.Retries, _ = f["retries"].number(1, mostRetries)
	}
	l.Age = f["age"].length()
	return l
}

// mostParallel is far above the steps that a pipeline has by its quota (50,
// adjustable): more would bound nothing.
const mostParallel = 1000

func (v value) parallelism() (p policy.Parallelism) {
	const write = "write halve, or the most steps that may run at once"
	switch {
	case !v.is(scalar, write):
	case v.node.text == "halve":
		p.Halve = true
	default:
		most, _ := v.numberIn(v.node.text, 1, mostParallel, write)
		p.Most = int32(most)
	}
	return p
}

// names finds names that are there twice where they can meet: records count a
// rule's retries under its name.
func (v value) names(d *policy.Document) {
	rules, count := map[string]string{}, len(d.Rules)
	for _, r := range policy.Builtin.Rules {
		rules[r.Name] = "that of a built-in rule"
	}
	v.once(rules, d.Rules, "rules")
	sections := map[string]string{}
	for i, s := range d.Pipelines {
		path := index("pipelines", i)
		v.unique(sections, s.Name, path+".name")
		own := make(map[string]string, len(rules)+len(s.Rules))
		for name, where := range rules {
			own[name] = where
		}
		v.once(own, s.Rules, path+".rules")
		count += len(s.Rules)
	}
	if count > maxRules {
		v.fail("", fmt.Sprintf("%d rules, more than %d", count, maxRules), "join those that differ in one list")
	}
}

// once looks at a list of rules, given the names that its rules can meet.
func (v value) once(seen map[string]string, rules []policy.Rule, path string) {
	for i, r := range rules {
		v.unique(seen, r.Name, index(path, i)+".name")
	}
}

// unique takes note of a name and where it was seen first.
func (v value) unique(seen map[string]string, name, path string) {
	if where, twice := seen[name]; twice {
		v.fail(path, "the name "+name+" is "+where+" already", "write another, such as "+quote(tidyName(name+"-2")))
		return
	}
	if name != "" {
		seen[name] = fmt.Sprintf("in line %d", v.placeOf(path).line)
	}
}

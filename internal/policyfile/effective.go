package policyfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
)

// BuiltIn is the Origin of what no file says.
const BuiltIn = "built-in"

// Value is one thing that holds for a pipeline, and where it is said.
type Value struct {
	Path   string `json:"path"`   // budgets.pipeline, same_failure.network, rules[0]: the n-th that is tried
	Text   string `json:"value"`  // for people; "" where neither file nor built-in policy say anything: the deployment's holds
	Origin string `json:"origin"` // "policy.yaml:14:3 (section payments)", "policy.yaml:5:1" or BuiltIn
}

// Effective tells all that holds for a pipeline: the values, then the rules in
// the order in which they are tried, without those whose patterns do not fit the
// pipeline; "" is one that every pattern could fit. Without a file, the built-in
// policy. The deployment's parameters, which are ceilings over both, are not known here.
func Effective(f *File, pipeline string) []Value {
	all := []Value{}
	of := layersOf(f, pipeline)
	for _, t := range termTexts {
		all = append(all, of.value(t.path, t.text))
	}
	all = append(all, of.repeats()...)
	if f != nil {
		for _, r := range f.rulesFor(pipeline) {
			if !canMatch(r.rule, pipeline) {
				continue
			}
			all = append(all, Value{index("rules", len(all)), ruleText(r.rule), f.Place(r.path) + sectionOf(f, r.path)})
		}
	}
	for i := range policy.Builtin.Rules {
		all = append(all, Value{index("rules", len(all)), ruleText(&policy.Builtin.Rules[i]), BuiltIn})
	}
	numberRules(all)
	return all
}

// canMatch tells whether a rule can match a failure of the pipeline, as far as
// its patterns of names go.
func canMatch(r *policy.Rule, pipeline string) bool {
	of := r.When.Pipelines
	return pipeline == "" || len(of) == 0 || slices.ContainsFunc(of, func(p string) bool { return policy.Match(p, pipeline) })
}

// numberRules counts the rules from 0 in the order in which they are tried.
func numberRules(all []Value) {
	n := 0
	for i := range all {
		if strings.HasPrefix(all[i].Path, "rules[") {
			all[i].Path = index("rules", n)
			n++
		}
	}
}

// layer is one place that can set a value.
type layer struct {
	*policy.Terms
	prefix string // of its paths
	origin func(path string) string
}

type layers []layer

// layersOf are the places that can set a value for a pipeline, the most
// particular first.
func layersOf(f *File, pipeline string) layers {
	builtIn := layer{&policy.Builtin.Terms, "", func(string) string { return BuiltIn }}
	if f == nil {
		return layers{builtIn}
	}
	origin := func(path string) string { return f.Place(path) + sectionOf(f, path) }
	of := layers{{&f.Document.Terms, "", origin}, builtIn}
	if i := sectionFor(f.Document, pipeline); i >= 0 {
		of = append(layers{{&f.Document.Pipelines[i].Terms, index("pipelines", i), origin}}, of...)
	}
	return of
}

// value is that of the first layer that has it.
func (of layers) value(path string, text func(*policy.Terms) string) Value {
	for _, l := range of {
		if said := text(l.Terms); said != "" {
			return Value{path, said, l.origin(join(l.prefix, path))}
		}
	}
	return Value{path, unsaid[path], BuiltIn}
}

// repeats are those of each class that has some. A class that none sets may not
// come back; only of unknown causes that is worth a line.
func (of layers) repeats() (all []Value) {
	for _, class := range cause.Classes() {
		v := of.value("same_failure."+string(class), func(t *policy.Terms) string {
			n, set := t.Repeats[class]
			return textIf(set, repeatsText(n))
		})
		if v.Text == "" && class == cause.Unknown {
			v.Text = repeatsText(0)
		}
		if v.Text != "" {
			all = append(all, v)
		}
	}
	return all
}

// sectionOf names the section that a path is in.
func sectionOf(f *File, path string) string {
	var i int
	if _, err := fmt.Sscanf(path, "pipelines[%d]", &i); err != nil {
		return ""
	}
	return " (section " + f.Document.Pipelines[i].Name + ")"
}

// unsaid is what holds where nothing is said and no parameter of the deployment
// stands behind it.
var unsaid = map[string]string{"side_effects": nobody}

func textIf(set bool, text string) string {
	if !set {
		return ""
	}
	return text
}

// termTexts are the values of terms in the order in which they are shown.
var termTexts = []struct {
	path string
	text func(*policy.Terms) string
}{
	{"mode", func(t *policy.Terms) string { return string(t.Mode) }},
	{"superseded", func(t *policy.Terms) string {
		return textIf(t.Superseded != nil, fmt.Sprint(t.Superseded != nil && *t.Superseded))
	}},
	{"expire_after", func(t *policy.Terms) string { return textIf(t.ExpireAfter > 0, Length(t.ExpireAfter)) }},
	{"back_off.first", func(t *policy.Terms) string { return textIf(t.BackOff.First > 0, Length(t.BackOff.First)) }},
	{"back_off.longest", func(t *policy.Terms) string { return textIf(t.BackOff.Longest > 0, Length(t.BackOff.Longest)) }},
	{"budgets.execution", func(t *policy.Terms) string { return textIf(t.Budgets.Execution.Set, budgetText(t.Budgets.Execution)) }},
	{"budgets.pipeline", func(t *policy.Terms) string { return textIf(t.Budgets.Pipeline.Set, budgetText(t.Budgets.Pipeline)) }},
	{"budgets.account", func(t *policy.Terms) string { return textIf(t.Budgets.Account.Set, budgetText(t.Budgets.Account)) }},
	{"side_effects", func(t *policy.Terms) string {
		return textIf(t.SideEffects != nil, cmp.Or(strings.Join(t.SideEffects, ", "), nobody))
	}},
	{"breaker.executions", func(t *policy.Terms) string {
		if t.Breaker.Executions == nil {
			return ""
		}
		return intText(*t.Breaker.Executions)
	}},
	{"breaker.within", func(t *policy.Terms) string { return textIf(t.Breaker.Within > 0, Length(t.Breaker.Within)) }},
	{"scarce", func(t *policy.Terms) string {
		return textIf(t.Scarce != nil, fmt.Sprint(t.Scarce != nil && *t.Scarce))
	}},
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"mulligan/internal/deployment"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
)

// part is a policy's say about all pipelines, or a section's about some.
type part struct {
	name   string // of the section; "" for all pipelines
	values []policyfile.Value
	rules  []policy.Rule
	texts  []string // of the rules
}

// parts takes a policy apart: first what holds for all pipelines, on top of the
// built-in policy, then what each section says itself.
func parts(d *policy.Document, in *deployment.Deployment) []part {
	if d == nil {
		d = &policy.Document{}
	}
	all := []part{newPart(in, "", d.Terms, d.Rules)}
	all[0].values = append(all[0].values, policyfile.Value{Path: "description", Text: orWord(d.Description, "none")})
	for _, s := range d.Pipelines {
		p := newPart(in, s.Name, s.Terms, s.Rules)
		match := policyfile.Value{Path: "match", Text: strings.Join(s.Pipelines, ", ")}
		p.values = append([]policyfile.Value{match}, p.values...)
		all = append(all, p)
	}
	return all
}

func newPart(in *deployment.Deployment, section string, t policy.Terms, rules []policy.Rule) part {
	p := part{name: section, rules: rules}
	only := &policyfile.File{Document: &policy.Document{Terms: t, Rules: rules}}
	for _, v := range policyfile.Effective(only, "") {
		switch isRule := strings.HasPrefix(v.Path, "rules["); {
		case isRule && len(p.texts) < len(rules):
			p.texts = append(p.texts, v.Text)
		case isRule:
		case section != "" && v.Origin == policyfile.BuiltIn:
			p.values = append(p.values, policyfile.Value{Path: v.Path, Text: "as for all"})
		default:
			top := ceilings{terms: []policy.Section{{Terms: t}}, in: in}
			p.values = append(p.values, policyfile.Value{Path: v.Path, Text: inOneLine(v.Text, top.over(v))})
		}
	}
	return p
}

// inOneLine joins what holds for a value, naming the parameters of the stack
// that have a part in it.
func inOneLine(said string, holds []policyfile.Value) string {
	var all []string
	for _, v := range holds {
		parameter, deployed := strings.CutPrefix(v.Origin, ofDeployment)
		parameter, _, _ = strings.Cut(parameter, ",")
		switch {
		case !deployed:
			all = append(all, v.Text)
		case said != "" && len(holds) == 1:
			all = append(all, v.Text+" ("+parameter+", a ceiling over "+said+")")
		default:
			all = append(all, v.Text+" ("+parameter+")")
		}
	}
	return strings.Join(all, " and ")
}

// writeDiff says what changes in a deployment from one policy to another. Its length is bounded by that of policies.
func writeDiff(out io.Writer, in *deployment.Deployment, from, to *policy.Document) {
	old, proposed := parts(from, in), parts(to, in)
	var b strings.Builder
	writePart(&b, "  ", old[0], proposed[0])
	for _, was := range old[1:] {
		if i := named(proposed, was.name); i < 0 {
			fmt.Fprintf(&b, "  - section %s\n", was.name)
		}
	}
	for _, p := range proposed[1:] {
		var inside strings.Builder
		sign, was := "~", newPart(in, p.name, policy.Terms{}, nil)
		if i := named(old, p.name); i >= 0 {
			was = old[i]
		} else {
			sign = "+"
			was.values = append([]policyfile.Value{{Path: "match", Text: "none"}}, was.values...)
		}
		if writePart(&inside, "      ", was, p); inside.Len() > 0 {
			fmt.Fprintf(&b, "  %s section %s\n%s", sign, p.name, inside.String())
		}
	}
	writeOrder(&b, "  ", "sections are looked at", names(old[1:]), names(proposed[1:]))
	if b.Len() == 0 {
		b.WriteString("  nothing that decides\n")
	}
	fmt.Fprintf(out, "What changes:\n%s", b.String())
}

func named(all []part, name string) int {
	return slices.IndexFunc(all, func(p part) bool { return p.name == name })
}

func names(all []part) (list []string) {
	for _, p := range all {
		list = append(list, p.name)
	}
	return list
}

func writePart(b *strings.Builder, indent string, old, proposed part) {
	for _, path := range paths(old, proposed) {
		if was, is := old.value(path), proposed.value(path); was != is {
			fmt.Fprintf(b, "%s~ %s: %s -> %s\n", indent, path, brief(was), brief(is))
		}
	}
	writeRules(b, indent, old, proposed)
}

// paths are those of both parts, in the order in which they are shown.
func paths(old, proposed part) (all []string) {
	for _, v := range slices.Concat(proposed.values, old.values) {
		if !slices.Contains(all, v.Path) {
			all = append(all, v.Path)
		}
	}
	return all
}

// value is what a part says; what it does not even mention, it leaves as it is.
func (p part) value(path string) string {
	for _, v := range p.values {
		if v.Path == path {
			return v.Text
		}
	}
	return "not set"
}

func writeRules(b *strings.Builder, indent string, old, proposed part) {
	for i, r := range old.rules {
		if ruleAt(proposed, r.Name) < 0 {
			fmt.Fprintf(b, "%s- rule %s\n", indent, brief(old.texts[i]))
		}
	}
	for i, r := range proposed.rules {
		switch at := ruleAt(old, r.Name); {
		case at < 0:
			fmt.Fprintf(b, "%s+ rule %s (number %d)\n", indent, brief(proposed.texts[i]), i+1)
		case old.texts[at] != proposed.texts[i]:
			fmt.Fprintf(b, "%s~ rule %s\n%s    -> %s\n", indent, brief(old.texts[at]), indent, brief(proposed.texts[i]))
		case !same(old.rules[at], r):
			fmt.Fprintf(b, "%s~ rule %s: message: %s -> %s\n", indent, r.Name, brief(orWord(old.rules[at].Message, "none")), brief(orWord(r.Message, "none")))
		}
	}
	writeOrder(b, indent, "rules are tried", ruleNames(old), ruleNames(proposed))
}

func ruleAt(p part, name string) int {
	return slices.IndexFunc(p.rules, func(r policy.Rule) bool { return r.Name == name })
}

func ruleNames(p part) (list []string) {
	for _, r := range p.rules {
		list = append(list, r.Name)
	}
	return list
}

// same compares rules as they are stored: what the line about a rule does not
// tell is its message.
func same(a, b policy.Rule) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// writeOrder says how those that stay change places among themselves.
func writeOrder(b *strings.Builder, indent, what string, old, proposed []string) {
	was := slices.DeleteFunc(slices.Clone(old), func(n string) bool { return !slices.Contains(proposed, n) })
	is := slices.DeleteFunc(slices.Clone(proposed), func(n string) bool { return !slices.Contains(old, n) })
	for len(was) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for n := len(was) - 1; n >= 0 && was[n] == is[n]; n-- {
		was, is = was[:n], is[:n]
	}
	if len(was) > 0 {
		fmt.Fprintf(b, "%s~ %s in another order: %s -> %s\n", indent, what, brief(strings.Join(was, ", ")), brief(strings.Join(is, ", ")))
	}
}

func brief(text string) string { return plaintext.Line(text, maxPolicyLine) }

package policyfile

import (
	"fmt"
	"strconv"
	"strings"
)

// reading is one Read under way.
type reading struct {
	file     string
	findings []Finding
	hidden   int // findings beyond maxKept
	errors   int
	places   map[string]place // of keys and items by path
	faulty   map[string]bool  // rules and sections with an error, by path

	unchecked bool // whether mappings or lists stand under keys that are not known
}

// add keeps a finding, or counts it where there are too many.
func (r *reading) add(severity Severity, at place, path, message, instead string) {
	if severity == Error {
		r.errors++
	}
	if len(r.findings) == maxKept {
		r.hidden++
		return
	}
	r.findings = append(r.findings, Finding{
		File: r.file, Line: max(at.line, 1), Column: max(at.column, 1),
		Severity: severity, Path: path, Message: message, Instead: instead,
	})
}

// warn is for what is well formed: it points to the key, not to the value.
func (r *reading) warn(path, message, instead string) {
	r.add(Warning, r.placeOf(path), path, message, instead)
}

// fail is warn for what cannot be.
func (r *reading) fail(path, message, instead string) {
	r.add(Error, r.placeOf(path), path, message, instead)
}

// placeOf is the place of a path, or of the nearest thing around it.
func (r *reading) placeOf(path string) place {
	for {
		if at, ok := r.places[path]; ok || path == "" {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// value is a node on its way into the Document. A value that is not there has
// no node; every method takes it for the zero value and says nothing.
type value struct {
	*reading
	node *node
	path string
}

func (v value) given() bool { return v.node != nil }

// wrong finds fault with a value, where it stands.
func (v value) wrong(message, instead string) {
	v.add(Error, v.node.place, v.path, message, instead)
}

// doubtful is wrong for what can be.
func (v value) doubtful(message, instead string) {
	v.add(Warning, v.node.place, v.path, message, instead)
}

// is tells whether the value is of the kind, and finds fault if it is not.
func (v value) is(k kind, instead string) bool {
	if v.given() && v.node.kind != k {
		v.wrong(v.node.kind.String()+" where "+k.String()+" belongs", instead)
	}
	return v.given() && v.node.kind == k
}

// fields reads a mapping whose keys are known. The example is shown where
// something else stands.
func (v value) fields(example string, known ...string) map[string]value {
	if !v.is(mapping, "write "+example) {
		return nil
	}
	if len(v.node.entries) == 0 {
		v.wrong("an empty mapping", "leave it out or write "+example)
	}
	found := map[string]value{}
	for _, e := range v.node.entries {
		child := value{v.reading, e.value, join(v.path, excerpt(e.key))}
		if v.entry(e, child, found, known) {
			v.places[child.path] = e.at
			found[e.key] = child
		}
	}
	return found
}

// entry tells whether an entry can be taken.
func (v value) entry(e entry, child value, found map[string]value, known []string) bool {
	switch before, twice := found[e.key]; {
	case !contains(known, e.key):
		v.unknown(e, child, known)
		return false
	case twice:
		v.add(Error, e.at, child.path, fmt.Sprintf("the key is there already, in line %d", v.placeOf(before.path).line), "leave one of them out")
		return false
	case e.value.kind == null:
		v.add(Error, e.at, child.path, "the key has no value", "give it one or leave it out")
		v.places[child.path] = e.at // it is there, as far as missing keys go
		return false
	}
	return true
}

// unknown tells of a key that nothing is known of. What it was meant to be is not
// told to be missing as well.
func (v value) unknown(e entry, child value, known []string) {
	message := "unknown key"
	if e.value.kind == mapping || e.value.kind == list {
		message = "unknown key, and what stands under it was not checked"
		v.unchecked = true
	}
	v.add(Error, e.at, child.path, message, orNearest(e.key, known, "write one of"))
	meant := join(v.path, nearest(e.key, known))
	if _, is := v.places[meant]; !is {
		v.places[meant] = e.at
	}
}

// maxItems bounds each list: checks compare items with one another.
const maxItems = 100

// items reads a list; a single value stands for a list of one.
func (v value) items(example string) []value {
	if !v.given() {
		return nil
	}
	if v.node.kind == scalar {
		return []value{v}
	}
	if !v.is(list, "write "+example) {
		return nil
	}
	switch n := len(v.node.items); {
	case n == 0:
		v.wrong("an empty list", "leave it out or write "+example)
	case n > maxItems:
		v.wrong(fmt.Sprintf("a list of %d, more than %d", n, maxItems), "leave some out")
		return nil
	}
	all := make([]value, len(v.node.items))
	for i, n := range v.node.items {
		all[i] = value{v.reading, n, index(v.path, i)}
		v.places[all[i].path] = n.place
	}
	return all
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// excerpt bounds what is repeated of a file in a message.
func excerpt(text string) string {
	const most = 40
	runes := 0
	for i := range text {
		if runes++; runes > most {
			return text[:i] + "..."
		}
	}
	return text
}

// quote shows what stands in the file.
func quote(text string) string { return strconv.Quote(excerpt(text)) }

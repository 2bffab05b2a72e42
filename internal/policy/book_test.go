package policy

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

func stored(t *testing.T, rev int, d Document) retry.Stored {
	text, hash := body(t, d)
	return retry.Stored{Rev: rev, Hash: hash, Body: text}
}

func named(name string) Document {
	d := team
	d.Description = name
	return d
}

func TestBook(t *testing.T) {
	first, second := stored(t, 1, named("first")), stored(t, 2, named("second"))
	newer := second
	newer.Body = strings.Replace(newer.Body, `"schema":1`, `"schema":2`, 1)
	newer.Hash, newer.Before = hashOf(newer.Body), first.Body
	cut := second
	cut.Body, cut.Before = cut.Body[:100], first.Body
	alone := cut
	alone.Before = ""
	cutAfterSecond, twice := cut, cut
	cutAfterSecond.Before, twice.Before = second.Body, "{"
	unread := retry.Stored{Rev: 2, Fault: "the policy's item lacks its body"}
	builtin, none := New(defaults).Version(), retry.Stored{}
	v1, v2 := version(first), version(second)
	tests := []struct {
		name    string
		reads   []retry.Stored
		want    string // version in force after the last; "" for an error
		problem string
	}{
		{"nothing read yet", nil, builtin, ""},
		{"none applied", []retry.Stored{none}, builtin, ""},
		{"taken back", []retry.Stored{first, {Rev: 2}}, builtin, ""},
		{"applied", []retry.Stored{first}, v1, ""},
		{"applied anew", []retry.Stored{first, second}, v2, ""},
		{"not whole, known before", []retry.Stored{first, cut}, v1, "not whole"},
		{"not whole, then whole", []retry.Stored{first, cut, second}, v2, ""},
		{"not whole on a cold start", []retry.Stored{cut}, v1, "not whole"},
		{"not whole, the built-in was in force", []retry.Stored{none, alone}, builtin, "not whole"},
		{"not whole on a cold start, the built-in was in force", []retry.Stored{alone}, builtin, "not whole"},
		{"not whole, and one between was missed", []retry.Stored{first, cutAfterSecond}, v2, "not whole"},
		{"not whole, nor the one before, known", []retry.Stored{first, twice}, v1, "not whole"},
		{"not whole on a cold start, nor the one before", []retry.Stored{twice}, "", ""},
		{"newer than this build", []retry.Stored{first, newer}, v1, "version 2"},
		{"newer than this build on a cold start", []retry.Stored{newer}, v1, "version 2"},
		{"cannot be read", []retry.Stored{first, unread}, v1, "lacks its body"},
		{"cannot be read on a cold start", []retry.Stored{unread}, "", ""},
	}
	for _, test := range tests {
		book := NewBook(defaults)
		terms, err := book.Terms(arn, nil)
		for i := range test.reads {
			terms, err = book.Terms(arn, &test.reads[i])
		}
		if (err != nil) != (test.want == "") || err == nil && terms.Version != test.want {
			t.Errorf("%s: got %s, %v; want %s", test.name, terms.Version, err, test.want)
		}
		if err == nil && (terms.Problem != "") != (test.problem != "") || !strings.Contains(terms.Problem, test.problem) {
			t.Errorf("%s: got problem %q, want one about %q", test.name, terms.Problem, test.problem)
		}
		if known, _ := book.Terms(arn, nil); err == nil && known.Version != test.want {
			t.Errorf("%s: before the next read it is %s", test.name, known.Version)
		}
	}
}

func version(s retry.Stored) string { return NewFrom(defaults, nil, s.Hash).Version() }

// The policy that a book knows is not compiled again with every read.
func TestBookKeepsWhatItCompiled(t *testing.T) {
	book, s := NewBook(defaults), stored(t, 1, team)
	if _, err := book.Terms(arn, &s); err != nil {
		t.Fatal(err)
	}
	known := book.inForce.doc
	if _, err := book.Terms(arn, &s); err != nil || book.inForce.doc != known {
		t.Errorf("it was compiled anew: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	change := func(f func(*Document)) string {
		d := named("x")
		d.Rules, d.Pipelines = append([]Rule(nil), d.Rules...), append([]Section(nil), d.Pipelines...)
		f(&d)
		text, _ := body(t, d)
		return text
	}
	whole, _ := body(t, team)
	tests := map[string]string{
		"nothing": "", "not JSON": "{", "an unknown key": strings.Replace(whole, `"rules"`, `"ruels"`, 1),
		"a verdict":               change(func(d *Document) { d.Rules[0].Verdict = "maybe" }),
		"a class":                 change(func(d *Document) { d.Rules[0].When.Classes = append(d.Rules[0].When.Classes[:0:0], "sunspots") }),
		"a mode":                  change(func(d *Document) { d.Mode = "asleep" }),
		"a nameless rule":         change(func(d *Document) { d.Rules[0].Name = "" }),
		"a negative delay":        change(func(d *Document) { d.BackOff.First = -1 }),
		"first after longest":     change(func(d *Document) { d.BackOff = BackOff{First: time.Hour, Longest: time.Minute} }),
		"a bucket with no refill": change(func(d *Document) { d.Budgets.Account = Budget{Set: true, Size: 1} }),
		"a huge bucket":           change(func(d *Document) { d.Budgets.Execution.Size = 1 << 30 }),
		"a section of nobody":     change(func(d *Document) { d.Pipelines[0].Pipelines = nil }),
		"too long":                change(func(d *Document) { d.Description = strings.Repeat("x", MaxBody) }),
	}
	for name, text := range tests {
		if d, err := Decode(text, hashOf(text)); err == nil {
			t.Errorf("%s: got %+v", name, d)
		}
	}
	if _, err := Decode(whole, hashOf("x")); err == nil {
		t.Error("another hash: no error")
	}
	if d, err := Decode(whole, hashOf(whole)); err != nil || d.Pipelines[0].Superseded == nil {
		t.Errorf("whole: got %+v, %v", d, err)
	}
}

// What is told of a policy that cannot be taken stands in every record: it is
// bounded, on one line, and the same each time.
func TestProblemIsBounded(t *testing.T) {
	bad := Document{Schema: Schema, Terms: Terms{Repeats: map[cause.Class]int{"sunspots": 1, "tides": 1, "moon": 1}}}
	bad.Rules = make([]Rule, 150)
	told := map[string]bool{}
	for range 20 {
		book, s := NewBook(defaults), stored(t, 1, bad)
		terms, err := book.Terms(arn, &s)
		if err != nil || len(terms.Problem) > 500 || strings.ContainsAny(terms.Problem, "\n\r") {
			t.Fatalf("got a problem of %d bytes, %v", len(terms.Problem), err)
		}
		told[terms.Problem] = true
	}
	if len(told) != 1 {
		t.Errorf("one policy has %d problems: %v", len(told), told)
	}
}

package policyfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"mulligan/internal/policy"
)

// File is a policy file without an error, compiled. It is not changed any more.
type File struct {
	Name     string // as Read was given it
	Document *policy.Document

	body   []byte
	places map[string]place
}

// Read reads, compiles and checks a policy. The name is for the findings. With
// an error among them (see Failed) there is no File; there is one with warnings
// only. The findings are sorted by place, at most MaxFindings of them. The same
// arguments give the same results, in bounded time whatever the source is.
func Read(name string, src []byte) (*File, []Finding) {
	r := &reading{file: name, places: map[string]place{"": {1, 1}}, faulty: map[string]bool{}}
	d := r.read(src)
	body := r.encode(d)
	if d != nil && len(body) <= policy.MaxBody { // what is larger could take long to compare
		(&linter{r, d}).lint()
	}
	if r.errors > 0 {
		return nil, report(r.findings, r.hidden)
	}
	return &File{Name: name, Document: d, body: body, places: r.places}, report(r.findings, r.hidden)
}

// read is Read up to the Document, which may be faulty.
func (r *reading) read(src []byte) *policy.Document {
	text, f := clean(src)
	var root *node
	if f == nil {
		root, f = parse(text)
	}
	switch {
	case f != nil:
		r.add(Error, f.place, "", f.message, f.instead)
		return nil
	case root == nil || root.kind == null:
		r.fail("", "the file is empty", fmt.Sprintf("begin with version: %d", Language))
		return nil
	}
	return value{r, root, ""}.document()
}

// encode makes the body and sees that it can be kept and read again.
func (r *reading) encode(d *policy.Document) []byte {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		r.fail("", "the policy cannot be compiled: "+err.Error(), "take this to the authors of Mulligan")
		return nil
	}
	whole := bytes.TrimSuffix(body.Bytes(), []byte("\n"))
	if len(whole) > policy.MaxBody {
		r.fail("", fmt.Sprintf("compiled it has %d bytes, a policy at most %d", len(whole), policy.MaxBody),
			"join rules that differ in one list, shorten messages")
	}
	if r.errors > 0 {
		return whole
	}
	if _, err := policy.Decode(string(whole), hashOf(whole)); err != nil {
		r.fail("", "what the function would read is at fault: "+strings.ReplaceAll(err.Error(), "\n", "; "),
			"take this to the authors of Mulligan")
	}
	return whole
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Body is the compiled policy as the ledger keeps it: compact JSON, the same
// for the same Document, at most policy.MaxBody bytes.
func (f *File) Body() []byte { return bytes.Clone(f.body) }

// Hash is the lower-hex SHA-256 of the body, the policy's version. Comments and
// layout of the file do not change it.
func (f *File) Hash() string { return hashOf(f.body) }

// Place tells where a value or a rule stands: "policy.yaml:12:5" for
// "rules[2].when.class" or "pipelines[0].rules[1]". It is "" for what the file
// does not say. Of a key it is the key's place.
func (f *File) Place(path string) string {
	at, ok := f.places[path]
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", f.Name, at.line, at.column)
}

// RulePlace is Place for a rule by its name, as it is tried for a pipeline; ""
// if the file has no such rule for it.
func (f *File) RulePlace(pipeline, name string) string {
	for _, r := range f.rulesFor(pipeline) {
		if r.rule.Name == name {
			return f.Place(r.path)
		}
	}
	return ""
}

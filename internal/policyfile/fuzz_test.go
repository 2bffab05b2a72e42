package policyfile

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// FuzzRead: whatever the bytes are, there is a File exactly without an error; the
// same again; findings that can be shown; and a policy that the function reads,
// whose words can be logged, and which judges.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, src := range []string{"a: [", "a: {b: c", "- - - a", "a: 'b", "a: |\n  b", "? a", "&a b", "\"\\x", "a:\n - b\n c", "--- >\n", "{a: [}]", ": :", "version: 1\nbudgets: {execution: 1}"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		file, findings := Read("p.yaml", src)
		again, findingsAgain := Read("p.yaml", src)
		if !slices.Equal(findings, findingsAgain) || !bytes.Equal(src, before) {
			t.Fatalf("findings: got\n%sand\n%s", told(findings), told(findingsAgain))
		}
		if (file == nil) != Failed(findings) || len(findings) > MaxFindings {
			t.Fatalf("got a file: %t, %d findings:\n%s", file != nil, len(findings), told(findings))
		}
		checkFindings(t, findings)
		if file == nil {
			return
		}
		if file.Hash() != again.Hash() {
			t.Fatalf("hash: got %s and %s", file.Hash(), again.Hash())
		}
		checkFile(t, file)
	})
}

// maxFinding is the most characters of a finding: its place, what is wrong, and a
// line to write instead, which may be the file's own.
const maxFinding = 3 * maxLine

func checkFindings(t *testing.T, findings []Finding) {
	t.Helper()
	for _, one := range findings {
		if one.Line < 1 || one.Column < 1 || one.Message == "" || one.Instead == "" || one.File != "p.yaml" {
			t.Fatalf("a finding that nobody can use: %+v", one)
		}
		if text := one.String(); utf8.RuneCountInString(text) > maxFinding || !utf8.ValidString(text) {
			t.Errorf("a finding of %d bytes: %.300q", len(text), text)
		}
	}
}

// checkFile holds what was accepted to what the function takes, logs and does.
func checkFile(t *testing.T, file *File) {
	t.Helper()
	doc, err := policy.Decode(string(file.Body()), file.Hash())
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if len(file.Body()) > policy.MaxBody {
		t.Errorf("compiled it has %d bytes", len(file.Body()))
	}
	for _, text := range texts(reflect.ValueOf(*doc)) {
		if fault := plaintexttest.Fault(text, maxLine); fault != "" {
			t.Errorf("it holds a text that %s", fault)
		}
	}
	for _, v := range Effective(file, "nightly-ranking") {
		if v.Path == "" || v.Origin == "" {
			t.Fatalf("a value from nowhere: %+v", v)
		}
	}
	p := policy.NewFrom(deployment, doc, file.Hash())
	for _, class := range cause.Classes() {
		for _, label := range cause.Labels() {
			c := retry.Case{Execution: ranking, Cause: cause.Cause{Class: class, Label: label}, Retry: 1, Token: "t", Age: time.Minute, Now: judged, Message: "words"}
			if d := p.Decide(c); !slices.Contains([]retry.Verdict{retry.Retry, retry.Wait, retry.Stop}, d.Verdict) || d.Reason == "" {
				t.Fatalf("%s, %s: %+v", class, label, d)
			}
		}
	}
}

var (
	judged     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ranking    = retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "nightly-ranking", ID: "e"}
	deployment = policy.Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
		BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
	}
)

// texts are all strings that a value holds.
func texts(v reflect.Value) (all []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, texts(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			all = append(append(all, texts(key)...), texts(v.MapIndex(key))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	}
	return all
}

// large are sources that no file should hold, each about that many bytes.
func large(size int) map[string][]byte {
	many := func(unit string) []byte { return []byte("version: 1\n" + strings.Repeat(unit, size/len(unit))) }
	return map[string][]byte{
		"one line":      bytes.Repeat([]byte("x"), size),
		"empty lines":   many("\n"),
		"comments":      many("# x\n"),
		"brackets":      many("["),
		"lists in rows": many("- \n"),
		"keys":          many("key: value\n"),
		"the same key":  many("mode: off\n"),
		"rules":         append([]byte("version: 1\nrules:\n"), strings.Repeat("  - {name: x, verdict: stop}\n", size/30)...),
		"anchors":       many("a: &a [*a, *a]\n"),
		"quotes":        many("'\n"),
		"deep":          deep(size),
		"NUL":           make([]byte, size),
		"not UTF-8":     bytes.Repeat([]byte{0xff}, size),
		"folded":        append([]byte("version: 1\ndescription: >\n"), strings.Repeat("  words words\n", size/14)...),
		"escapes":       many("\"\\u202e\": \"\\e\"\n"),
		"colons":        many(": "),
		"documents":     many("---\n"),
	}
}

// deep is a mapping in a mapping, as deep as lines allow, again and again.
func deep(size int) []byte {
	var b bytes.Buffer
	for b.Len() < size {
		for i := range 200 {
			b.WriteString(strings.Repeat(" ", i) + "k:\n")
		}
	}
	return b.Bytes()
}

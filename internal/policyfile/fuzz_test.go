package policyfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"mulligan/internal/policy"
)

// Whatever the bytes are: no panic, findings that can be shown, a File exactly
// without an error, the same again, and a body that the function reads.
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
		file, findings := Read("p.yaml", src)
		again, findingsAgain := Read("p.yaml", src)
		if !slices.Equal(findings, findingsAgain) {
			t.Fatalf("findings: got\n%sand\n%s", told(findings), told(findingsAgain))
		}
		if (file == nil) != Failed(findings) || len(findings) > MaxFindings {
			t.Fatalf("got a file: %t, %d findings:\n%s", file != nil, len(findings), told(findings))
		}
		for _, one := range findings {
			if one.Line < 1 || one.Column < 1 || one.Message == "" || one.Instead == "" || one.File != "p.yaml" {
				t.Fatalf("a finding that nobody can use: %+v", one)
			}
		}
		if file == nil {
			return
		}
		if file.Hash() != again.Hash() {
			t.Fatalf("hash: got %s and %s", file.Hash(), again.Hash())
		}
		if _, err := policy.Decode(string(file.Body()), file.Hash()); err != nil {
			t.Fatalf("decode: %v", err)
		}
		for _, v := range Effective(file, "nightly-ranking") {
			if v.Path == "" || v.Origin == "" {
				t.Fatalf("a value from nowhere: %+v", v)
			}
		}
	})
}

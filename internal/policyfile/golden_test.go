package policyfile

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the findings of testdata/*.yaml anew")

// Each file in testdata has its findings beside it; no such file means none.
func TestLintOfTestdata(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("files: got %d (%v), want at least 5", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compiled, findings := Read(filepath.Base(file), src)
			if Failed(findings) == (compiled != nil) {
				t.Errorf("got a file: %t, an error: %t", compiled != nil, Failed(findings))
			}
			compareGolden(t, strings.TrimSuffix(file, ".yaml")+".want", told(findings))
		})
	}
}

func told(findings []Finding) string {
	var text strings.Builder
	for _, f := range findings {
		text.WriteString(f.String() + "\n")
	}
	return text.String()
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := writeGolden(file, got); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", file, got, want)
	}
}

func writeGolden(file, text string) error {
	if text == "" {
		return os.RemoveAll(file)
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

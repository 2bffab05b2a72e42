package policyfile

import (
	"os"
	"strings"
	"testing"
)

func TestEffective(t *testing.T) {
	src, err := os.ReadFile("../../docs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, findings := Read("team.yaml", src)
	if len(findings) > 0 {
		t.Fatalf("findings: got\n%swant none", told(findings))
	}
	for _, c := range []struct {
		golden, pipeline string
		file             *File
	}{
		{"built-in", "any", nil},
		{"section", "Sandbox-anna", file},
		{"document", "nightly-ranking", file},
	} {
		t.Run(c.golden, func(t *testing.T) {
			var text strings.Builder
			for _, v := range Effective(c.file, c.pipeline) {
				text.WriteString(v.Path + " = " + v.Text + "  <" + v.Origin + ">\n")
			}
			compareGolden(t, "testdata/effective-"+c.golden+".txt", text.String())
		})
	}
}

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

// A rule whose patterns do not fit the pipeline is not told of it, and the others
// keep their order. Without a pipeline all are.
func TestEffectiveLeavesOtherPipelinesOut(t *testing.T) {
	file, findings := Read("p", []byte(head+`rules:
  - {name: nightly, when: {pipeline: ["nightly-*", "*-nightly"]}, verdict: wait}
  - {name: any, when: {class: network}, verdict: wait}
  - {name: money, when: {pipeline: "payments-*"}, verdict: stop}
`))
	if file == nil {
		t.Fatalf("got\n%s", told(findings))
	}
	for pipeline, want := range map[string]string{
		"payments-eu": "any money scarce", "Ranking-Nightly": "nightly any scarce", "other": "any scarce", "": "nightly any money scarce",
	} {
		got := ""
		for _, v := range Effective(file, pipeline) {
			if name, _, _ := strings.Cut(v.Text, ":"); strings.HasPrefix(v.Path, "rules[") {
				got += name + " "
			}
		}
		if !strings.HasPrefix(got, want+" ") {
			t.Errorf("%q: got %s, want %s first", pipeline, got, want)
		}
	}
}

package awstest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
)

// vocabulary are the classes as internal/cause declares them.
func vocabulary(t *testing.T) (classes []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../cause/cause.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Class" {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			classes = append(classes, word)
		}
		return true
	})
	slices.Sort(classes)
	return classes
}

// Every class has a reason, which is read as that class, and as one that passes
// where a demonstration of the class needs a retry.
func TestReasonsAreReadAsTheirClass(t *testing.T) {
	classes := vocabulary(t)
	if got := awstest.Classes(); !slices.Equal(got, classes) {
		t.Fatalf("reasons for %q, want those of the vocabulary: %q", got, classes)
	}
	passing := []string{"capacity", "quota_contention", "throttling", "service_fault", "spot_interruption", "network"}
	for _, class := range classes {
		reason, ok := awstest.ReasonFor(class)
		got := cause.ReadReason(reason, "Training")
		if !ok || string(got.Class) != class {
			t.Errorf("%s: %q is read as %s, by rule %q", class, reason, got.Class, got.Rule)
		}
		if want := slices.Contains(passing, class); want != (got.Label == cause.Transient) {
			t.Errorf("%s: %q is read as %s", class, reason, got.Label)
		}
		if len(reason) > 1024 {
			t.Errorf("%s: a reason of %d bytes is cut by the API", class, len(reason))
		}
	}
	if _, ok := awstest.ReasonFor("capacityy"); ok {
		t.Error("a reason for a class that is none")
	}
}

package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What the function must not link, and why. The first two call methods by
// name, at which the linker gives up and keeps every method of every client:
// the binary doubles, and its start with it.
var unwanted = map[string]string{
	"text/template":                         "keeps every exported method",
	"html/template":                         "keeps every exported method",
	"net/rpc":                               "comes with html/template; the tag lambda.norpc keeps it out",
	"github.com/spf13/cobra":                "belongs to the operator's program",
	"mulligan/internal/awstest":             "a stand-in has no place in production",
	"mulligan/internal/bench/plain/handler": "what is measured against",
}

func TestLinkedPackages(t *testing.T) {
	linked := dependencies(t, "mulligan/functions/retrier")
	if !slices.Contains(linked, "mulligan/internal/retry") {
		t.Fatalf("got %d packages without internal/retry: this is not the function's list", len(linked))
	}
	for name, why := range unwanted {
		if slices.Contains(linked, name) {
			t.Errorf("functions/retrier links %s: %s", name, why)
		}
	}
}

// dependencies lists what a package needs, under the function's build tags.
func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", "lambda.norpc", "-deps", pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return strings.Fields(string(output))
}

// What is measured is built as what is deployed.
func TestFlagsAreTheMakefiles(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(makefile)) {
		value, ok := strings.CutPrefix(line, "FUNCTION_FLAGS := ")
		if !ok {
			continue
		}
		value = strings.ReplaceAll(value, " -X main.build=$(BUILD)", "")
		got := strings.Fields(strings.ReplaceAll(value, `"`, ""))
		if want := strings.Fields(strings.Join(functionFlags, " ")); !slices.Equal(got, want) {
			t.Errorf("FUNCTION_FLAGS in the Makefile: got %q, this program builds with %q", got, want)
		}
		return
	}
	t.Error("the Makefile has no FUNCTION_FLAGS")
}

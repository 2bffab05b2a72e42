package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// lab runs tests on mutants of the repository in root.
type lab struct {
	root     string
	dir      string        // for what the mutants change
	timeout  time.Duration // for one mutant's tests: one that never ends is caught too
	endpoint string        // of DynamoDB Local; "": there is none
}

// event is one of go test -json (go doc test2json) and of go build -json.
type event struct {
	Action, Package, Test, Output string
}

// run is how a run of tests ended.
type run struct {
	failed string   // first test that failed, package.Test; "": none
	passed []string // tests that passed, by name
	built  bool
	said   string // what the build said
}

// test runs tests, with the overlay of a file where there is one.
func (l lab) test(ctx context.Context, t tests, overlay string) (run, error) {
	args := []string{"test", "-json", "-failfast", "-count=1", "-vet=off", "-timeout", l.timeout.String()}
	for _, each := range []struct{ name, value string }{{"-overlay", overlay}, {"-run", t.run}, {"-tags", t.tag}} {
		if each.value != "" {
			args = append(args, each.name+"="+each.value)
		}
	}
	cmd := exec.CommandContext(ctx, "go", append(args, t.pkg)...)
	cmd.Dir = l.root
	cmd.Env = append(os.Environ(), "MULLIGAN_DYNAMODB_ENDPOINT="+l.endpoint)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return run{}, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return run{}, err
	}
	r := read(out)
	if err != nil && r.built && r.failed == "" {
		return run{}, fmt.Errorf("go %s: %w\n%s", strings.Join(cmd.Args[1:], " "), err, errs.String())
	}
	return r, nil
}

// read reads what go test -json wrote.
func read(out []byte) run {
	r := run{built: true}
	lines := json.NewDecoder(bytes.NewReader(out))
	for {
		var e event
		if lines.Decode(&e) != nil {
			return r
		}
		switch {
		case e.Action == "build-output":
			r.said += e.Output
		case e.Action == "build-fail":
			r.built = false
		case e.Action == "pass" && e.Test != "":
			r.passed = append(r.passed, e.Test)
		case e.Action == "fail" && r.failed == "":
			r.failed = strings.TrimSuffix(shorter.Replace(e.Package)+"."+e.Test, ".")
		}
	}
}

// shorter leaves out of a package's path what all have in common.
var shorter = strings.NewReplacer("mulligan/internal/", "", "mulligan/", "")

// overlay writes the mutant's file, and the overlay that puts it in its place.
func (l lab) overlay(m mutant) (string, error) {
	text, err := m.mutated(l.root)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(l.dir, "mutant-")
	if err != nil {
		return "", err
	}
	mutated := filepath.Join(dir, "mutant.go")
	original := filepath.Join(l.root, filepath.FromSlash(m.file))
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutated}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, errors.Join(os.WriteFile(mutated, text, 0o600), os.WriteFile(overlay, replace, 0o600))
}

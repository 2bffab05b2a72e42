package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mulligan/internal/runtimeapi"
)

// An answer that is not the promised one ends the program.
func TestCheck(t *testing.T) {
	right := runtimeapi.Answer{Body: `{"verdict":"retry","reason":"retryable"}`}
	for name, test := range map[string]struct {
		s    subject
		a    runtimeapi.Answer
		good bool
	}{
		"right":               {subject{retrier: true}, right, true},
		"another verdict":     {subject{retrier: true}, runtimeapi.Answer{Body: `{"verdict":"wait","reason":"retryable"}`}, false},
		"another reason":      {subject{retrier: true}, runtimeapi.Answer{Body: `{"verdict":"retry","reason":"probe"}`}, false},
		"an error":            {subject{retrier: true}, runtimeapi.Answer{Body: right.Body, Failed: true}, false},
		"no JSON":             {subject{retrier: true}, runtimeapi.Answer{Body: "null and void"}, false},
		"plain":               {subject{}, runtimeapi.Answer{Body: "null"}, true},
		"plain ends in error": {subject{}, runtimeapi.Answer{Failed: true}, false},
	} {
		if err := retried.check(test.s, test.a); (err == nil) != test.good {
			t.Errorf("%s: got %v, want good %t", name, err, test.good)
		}
	}
}

func TestController(t *testing.T) {
	enabled, disabled := t.TempDir(), t.TempDir()
	for dir, controllers := range map[string]string{enabled: "cpuset cpu io\n", disabled: "cpuset memory\n"} {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte(controllers), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		mounts, root string
		version      int
	}{
		"version 1":           {"cgroup /cg/acct cgroup rw,cpuacct 0 0\ncgroup /cg/cpu cgroup rw,cpu,cpuacct 0 0\n", "/cg/cpu", 1},
		"version 2":           {"cgroup2 " + enabled + " cgroup2 rw 0 0\n", enabled, 2},
		"both":                {"cgroup2 " + disabled + " cgroup2 rw 0 0\ncgroup /cg/cpu cgroup rw,cpu 0 0\n", "/cg/cpu", 1},
		"2 without the CPU":   {"cgroup2 " + disabled + " cgroup2 rw 0 0\n", "", 0},
		"neither":             {"proc /proc proc rw 0 0\nodd\n", "", 0},
		"cpuset is not a CPU": {"cgroup /cg/cpuset cgroup rw,cpuset 0 0\n", "", 0},
	} {
		if root, version := controller(test.mounts); root != test.root || version != test.version {
			t.Errorf("%s: got %q, %d, want %q, %d", name, root, version, test.root, test.version)
		}
	}
}

func TestQuantile(t *testing.T) {
	values := []time.Duration{5, 1, 4, 2, 3}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 3, 0.9: 5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("%g: got %d, want %d", q, got, want)
		}
	}
}

//go:build e2e

package main

import (
	"strings"
	"testing"
)

// A small storm through the real binaries and DynamoDB Local keeps every promise.
func TestSmallStorm(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, options{failures: 20, only: mulligan}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), mulligan) {
		t.Errorf("no figures:\n%s", &out)
	}
}

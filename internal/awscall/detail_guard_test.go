package awscall

import (
	"errors"
	"strings"
	"testing"
)

// Of an error's text a bounded line is kept: it stands in records.
func TestDetailIsBounded(t *testing.T) {
	got := Detail(errors.New(strings.Repeat("no\n", 10_000)))
	if n := len([]rune(got)); n > maxDetail+1 || strings.Contains(got, "\n") {
		t.Errorf("got %d characters, want %d on one line", n, maxDetail)
	}
}

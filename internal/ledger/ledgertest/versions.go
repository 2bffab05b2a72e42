package ledgertest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// with is the first policy with another body, whole.
func with(body string) ledger.Version {
	v := version(1)
	v.Body, v.Hash = body, digest(body)
	return v
}

func impossibleVersions(t *testing.T, l Ledger) {
	tests := map[string]struct {
		change func(*ledger.Version)
		want   string
	}{
		"body too large":     {func(v *ledger.Version) { *v = with(strings.Repeat("x", ledger.MaxBody+1)) }, "the compiled policy has 16385 bytes, and the ledger keeps at most 16384"},
		"source too large":   {func(v *ledger.Version) { v.Source = strings.Repeat("x", ledger.MaxSource+1) }, "the policy's source has 65537 bytes"},
		"author too long":    {func(v *ledger.Version) { v.Author = strings.Repeat("x", ledger.MaxAuthor+1) }, "the author has 257 bytes"},
		"note too long":      {func(v *ledger.Version) { v.Note = strings.Repeat("x", ledger.MaxNote+1) }, "the note has 1025 bytes"},
		"body of no text":    {func(v *ledger.Version) { *v = with("\xff") }, "the compiled policy is not UTF-8"},
		"another's hash":     {func(v *ledger.Version) { v.Hash = version(2).Hash }, "expected the hash of the compiled policy, " + version(1).Hash + ", got "},
		"no hash":            {func(v *ledger.Version) { v.Hash = "" }, "expected the hash of the compiled policy"},
		"hash in capitals":   {func(v *ledger.Version) { v.Hash = strings.ToUpper(v.Hash) }, "expected the hash of the compiled policy"},
		"hash without body":  {func(v *ledger.Version) { v.Body = "" }, "expected a compiled policy"},
		"source without one": {func(v *ledger.Version) { v.Body, v.Hash = "", "" }, "expected a compiled policy"},
		"no time":            {func(v *ledger.Version) { v.At = time.Time{} }, "expected the time at which it is applied"},
	}
	for name, test := range tests {
		v := version(1)
		test.change(&v)
		says(t, name, refusePolicy(t, l, v, 0), "apply policy: "+test.want)
	}
	same(t, "history", len(history(t, l, 1)), 0)
}

func largestVersion(t *testing.T, l Ledger) {
	largest := func(c string) ledger.Version {
		v := with(strings.Repeat(c, ledger.MaxBody))
		v.Source, v.Author, v.Note = strings.Repeat(c, ledger.MaxSource), strings.Repeat(c, ledger.MaxAuthor), strings.Repeat(c, ledger.MaxNote)
		return v
	}
	put(t, l, largest("x"), 0)
	put(t, l, largest("y"), 1)
	want := largest("y")
	want.Rev, want.Before = 2, largest("x").Body
	same(t, "current", current(t, l), want)
}

func sourceKept(t *testing.T, l Ledger) {
	put(t, l, version(1), 0)
	put(t, l, version(2), 1)
	bare := version(1)
	bare.Source = ""
	put(t, l, bare, 2)
	same(t, "source that was not given again", current(t, l).Source, version(1).Source)
	other := version(1)
	other.Source = "# the same in other words\n"
	put(t, l, other, 3)
	same(t, "source that was", current(t, l).Source, other.Source)
}

func historyIsBounded(t *testing.T, l Ledger) {
	for n := range 12 { // more than one digit
		put(t, l, version(n), n)
	}
	got := history(t, l, 100)
	same(t, "all of it", len(got), 12)
	for i, v := range got {
		want := version(11 - i)
		want.Rev, want.Body, want.Source = 12-i, "", ""
		same(t, fmt.Sprintf("version %d of history", i), v, want)
	}
	same(t, "the newest two", history(t, l, 2), got[:2])
	same(t, "none asked for", len(history(t, l, 0)), 0)
}

// sharing are versions whose hashes begin with one digit.
func sharing(n int) (digit string, versions []ledger.Version) {
	byDigit := map[string][]ledger.Version{}
	for i := 0; ; i++ {
		v := version(i)
		digit := v.Hash[:1]
		if byDigit[digit] = append(byDigit[digit], v); len(byDigit[digit]) == n {
			return digit, byDigit[digit]
		}
	}
}

func byHash(t *testing.T, l Ledger) {
	digit, versions := sharing(7)
	for i, v := range versions {
		put(t, l, v, i)
		if i == 1 {
			_, err := l.ByHash(t.Context(), digit)
			says(t, "two candidates", err, "several policies have a hash that begins with "+digit, versions[0].Hash, versions[1].Hash)
		}
	}
	_, err := l.ByHash(t.Context(), digit)
	says(t, "seven candidates", err, ", ...")
	for name, asked := range map[string]string{
		"in full": versions[3].Hash, "in capitals": strings.ToUpper(versions[3].Hash), "in short": versions[3].Hash[:16],
	} {
		got, err := l.ByHash(t.Context(), asked)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name, got, ledger.Version{Hash: versions[3].Hash, Body: versions[3].Body, Source: versions[3].Source})
	}
	if _, err := l.ByHash(t.Context(), digest("none of them")); !errors.Is(err, ledger.ErrNoPolicy) {
		t.Errorf("unknown: got error %v, want %v", err, ledger.ErrNoPolicy)
	}
	for _, asked := range []string{"", "xyz", "12 ", digest("") + "0"} {
		_, err := l.ByHash(t.Context(), asked)
		says(t, fmt.Sprintf("%q", asked), err, "expected the first digits of a policy's hash")
	}
}

func lastDecisions(t *testing.T, l Ledger) {
	decisions := func(most int) ([]retry.Trail, bool) {
		trails, more, err := l.Decisions(t.Context(), most)
		if err != nil {
			t.Fatalf("decisions: %v", err)
		}
		return trails, more
	}
	trails, more := decisions(10)
	same(t, "of none", len(trails), 0)
	same(t, "more than none", more, false)
	put(t, l, version(1), 0)
	seen := map[int]retry.State{}
	for i := range 12 { // three executions in turn
		c := change(i%3, seen[i%3], now.Add(time.Duration(i)*time.Second), bucket(99))
		c.Trail = fullTrail()
		c.Trail.At = c.Now
		seen[i%3] = apply(t, l, c)
		seen[(i+1)%3] = retry.State{Record: seen[(i+1)%3].Record, Full: seen[i%3].Full}
	}
	trails, more = decisions(12)
	same(t, "all of them", len(trails), 12)
	same(t, "more than all", more, false)
	for i, trail := range trails {
		want := fullTrail()
		want.At = now.Add(time.Duration(i) * time.Second)
		same(t, fmt.Sprintf("trail %d", i), trail, want)
	}
	last, more := decisions(5)
	same(t, "the last five", last, trails[7:])
	same(t, "more than five", more, true)
	none, more := decisions(0)
	same(t, "none asked for", len(none), 0)
	same(t, "more than none asked for", more, true)
}

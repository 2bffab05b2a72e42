package ledgertest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// digest is the hash of a body.
func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// version is the n-th policy of the suite.
func version(n int) ledger.Version {
	body := fmt.Sprintf(`{"schema":1,"description":"policy %d"}`, n)
	return ledger.Version{
		Hash: digest(body), Body: body, Source: fmt.Sprintf("# %s\ndescription: policy %d\n", awkward, n),
		Author: fmt.Sprintf("anna %d %s", n, awkward), Note: awkward, At: now.Add(time.Duration(n) * time.Second),
	}
}

// put applies what must be applied.
func put(t *testing.T, l Ledger, v ledger.Version, seen int) ledger.Version {
	t.Helper()
	applied, err := l.Apply(t.Context(), v, seen)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return applied
}

// refusePolicy refuses what must be refused.
func refusePolicy(t *testing.T, l Ledger, v ledger.Version, seen int) error {
	t.Helper()
	applied, err := l.Apply(t.Context(), v, seen)
	if err == nil {
		t.Fatalf("the policy was applied: %+v", applied)
	}
	same(t, "version beside the error", applied, ledger.Version{})
	return err
}

func current(t *testing.T, l Ledger) ledger.Version {
	t.Helper()
	v, err := l.Current(t.Context())
	if err != nil {
		t.Fatalf("current: %v", err)
	}
	return v
}

func history(t *testing.T, l Ledger, most int) []ledger.Version {
	t.Helper()
	versions, err := l.History(t.Context(), most)
	if err != nil {
		t.Fatalf("history: %v", err)
	}
	return versions
}

// spoilPolicy spoils the policy in force.
func spoilPolicy(t *testing.T, l Ledger, attribute, value string) {
	t.Helper()
	spoil(t, l, "policy", "current", attribute, value)
}

func spoil(t *testing.T, l Ledger, pk, sk, attribute, value string) {
	t.Helper()
	if err := l.Spoil(t.Context(), pk, sk, attribute, value); err != nil {
		t.Fatalf("spoil: %v", err)
	}
}

// says fails the test unless the error says all of it.
func says(t *testing.T, what string, err error, want ...string) {
	t.Helper()
	for _, part := range want {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: got error %v, want it to say %q", what, err, part)
		}
	}
}

func noPolicy(t *testing.T, l Ledger) {
	same(t, "policy read", read(t, l, 1).Policy, retry.Stored{})
	same(t, "current", current(t, l), ledger.Version{})
	same(t, "history", len(history(t, l, 10)), 0)
	if _, err := l.ByHash(t.Context(), digest("")); !errors.Is(err, ledger.ErrNoPolicy) {
		t.Errorf("by hash: got error %v, want %v", err, ledger.ErrNoPolicy)
	}
}

func appliedPolicyIsRead(t *testing.T, l Ledger) {
	first := put(t, l, version(1), 0)
	given := version(2)
	given.Rev, given.Before, given.Fault = 77, "made up", "made up" // none of the caller's business
	given.At = given.At.In(time.FixedZone("somewhere", 5*3600+1800))
	want := version(2)
	want.Rev, want.Before = 2, first.Body
	same(t, "what Apply returns", put(t, l, given, 1), want)
	same(t, "current", current(t, l), want)
	same(t, "policy read", read(t, l, 1).Policy, retry.Stored{Rev: 2, Hash: want.Hash, Body: want.Body, Before: first.Body})
	want.Fault = "-" // the one field that must be zero here
	complete(t, "Version", reflect.ValueOf(want))
}

// policyStaysThroughChange: what was read goes along, whether a change is
// applied or refused, so that nobody reads again for it.
func policyStaysThroughChange(t *testing.T, l Ledger) {
	put(t, l, version(1), 0)
	b := bucket(1)
	seen := read(t, l, 1, b)
	same(t, "policy of a state applied", apply(t, l, change(1, seen, now, b)).Policy, seen.Policy)
	stands := refuse(t, l, change(1, seen, now, b))
	same(t, "policy of a state refused", stands.Policy, seen.Policy)
	same(t, "rev of the record that stands", stands.Record.Rev, 1)
}

func policyKnowsBefore(t *testing.T, l Ledger) {
	first := put(t, l, version(1), 0)
	same(t, "before the first", first.Before, "")
	same(t, "before the second", put(t, l, version(2), 1).Before, first.Body)
	same(t, "before the second once more", put(t, l, version(2), 2).Before, first.Body)
	same(t, "before the first again", put(t, l, version(1), 3).Before, version(2).Body)
	same(t, "rev read", read(t, l, 1).Policy.Rev, 4)
}

func builtInAgain(t *testing.T, l Ledger) {
	first := put(t, l, version(1), 0)
	none := ledger.Version{Author: "anna", Note: "back to the start", At: now}
	want := none
	want.Rev, want.Before = 2, first.Body
	same(t, "what Apply returns", put(t, l, none, 1), want)
	same(t, "current", current(t, l), want)
	stored := read(t, l, 1).Policy
	same(t, "policy read", stored, retry.Stored{Rev: 2, Before: first.Body})
	same(t, "none", stored.None(), true)
	same(t, "newest of history", history(t, l, 1), []ledger.Version{{Rev: 2, Author: none.Author, Note: none.Note, At: now}})
	same(t, "before the next", put(t, l, version(2), 2).Before, "")
}

// damagedIsNotBefore: what nobody can have had in force is nothing to fall back to.
func damagedIsNotBefore(t *testing.T, l Ledger) {
	first := put(t, l, version(1), 0)
	second := put(t, l, version(2), 1)
	spoilPolicy(t, l, "body", `{"schema":1,`)
	same(t, "policy read", read(t, l, 1).Policy, retry.Stored{Rev: 2, Hash: second.Hash, Body: `{"schema":1,`, Before: first.Body})
	same(t, "before the third", put(t, l, version(3), 2).Before, first.Body)
	spoilPolicy(t, l, "schema", "2")
	same(t, "before the fourth", put(t, l, version(4), 3).Before, first.Body)
	same(t, "what is read in the end", read(t, l, 1).Policy.Fault, "")
}

// unreadablePolicy: nobody's failure waits for somebody to mend the policy, and
// whoever mends it needs nothing but to apply one.
func unreadablePolicy(t *testing.T, l Ledger) {
	record := apply(t, l, change(1, retry.State{}, now)).Record
	rev := put(t, l, version(1), 0).Rev
	for _, test := range []struct{ attribute, value, fault string }{
		{"schema", "2", "its schema is not a number, this build reads schema 1 only"},
		{"hash", "", "expected a hash and a body or neither, got 0 and "},
		{"body", "", "expected a hash and a body or neither, got 64 and 0 bytes"},
	} {
		rev = put(t, l, version(2), rev).Rev
		spoilPolicy(t, l, test.attribute, test.value)
		state := read(t, l, 1)
		same(t, test.attribute+": record", state.Record, record)
		same(t, test.attribute+": rev", state.Policy.Rev, rev)
		same(t, test.attribute+": before", state.Policy.Before, version(1).Body)
		if got := state.Policy; !strings.HasPrefix(got.Fault, test.fault) || got.Body != "" || got.None() {
			t.Errorf("%s: got %+v, want fault %q and no body", test.attribute, got, test.fault)
		}
		same(t, test.attribute+": fault of current", current(t, l).Fault, state.Policy.Fault)
		record = apply(t, l, change(1, state, now)).Record
		rev = put(t, l, version(1), rev).Rev
		same(t, test.attribute+": mended", read(t, l, 1).Policy.Body, version(1).Body)
	}
}

// policyWithoutRev: nobody can have agreed to replace it.
func policyWithoutRev(t *testing.T, l Ledger) {
	put(t, l, version(1), 0)
	spoilPolicy(t, l, "rev", "x")
	same(t, "rev", read(t, l, 1).Policy, retry.Stored{Hash: version(1).Hash, Fault: "expected its rev as a number, got something else"})
	says(t, "apply", refusePolicy(t, l, version(2), 0), "expected its rev as a number", "remove the item with pk policy and sk current")
}

func policyMoved(t *testing.T, l Ledger) {
	put(t, l, version(1), 0)
	second := put(t, l, version(2), 1)
	for _, seen := range []int{0, 1, 3} {
		err := refusePolicy(t, l, version(3), seen)
		moved, ok := errors.AsType[*ledger.MovedError](err)
		if !errors.Is(err, ledger.ErrPolicyMoved) || !ok {
			t.Fatalf("rev %d seen: got error %v, want %v", seen, err, ledger.ErrPolicyMoved)
		}
		same(t, "rev that stands", moved.Stands.Rev, 2)
		same(t, "author of what stands", moved.Stands.Author, second.Author)
		same(t, "time of what stands", moved.Stands.At, second.At)
		says(t, "words", err, fmt.Sprintf("rev %d was seen, now rev 2 stands, applied by anna 2 Kapazit", seen), "at 2026-03-01T12:00:02Z")
		if strings.ContainsAny(err.Error(), "\n\t\x00") {
			t.Errorf("the error is not one line: %q", err)
		}
	}
	same(t, "current", current(t, l), second)
	same(t, "history", len(history(t, l, 10)), 2)
	if _, err := l.ByHash(t.Context(), version(3).Hash); !errors.Is(err, ledger.ErrNoPolicy) {
		t.Errorf("the refused one: got error %v, want %v", err, ledger.ErrNoPolicy)
	}
}

func twentyPeople(t *testing.T, l Ledger) {
	for seen := range 2 { // the first policy, and one after it
		var applied atomic.Int32
		var people sync.WaitGroup
		for i := range 20 {
			people.Go(func() {
				v, err := l.Apply(t.Context(), version(100*seen+i), seen)
				switch {
				case err == nil && v.Rev == seen+1:
					applied.Add(1)
				case !errors.Is(err, ledger.ErrPolicyMoved):
					t.Errorf("person %d: got rev %d, error %v", i, v.Rev, err)
				}
			})
		}
		people.Wait()
		same(t, "people who applied", applied.Load(), int32(1))
		same(t, "rev", read(t, l, 1).Policy.Rev, seen+1)
		same(t, "history", len(history(t, l, 100)), seen+1)
	}
}

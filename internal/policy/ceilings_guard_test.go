package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// The deployment's settings are ceilings over any policy, which may only be
// stricter.
func TestPolicyStaysUnderTheCeilings(t *testing.T) {
	for want, asked := range map[int]int{defaults.MaxRetries: 9, 1: 1} {
		d := &Document{Schema: Schema, Terms: Terms{Budgets: Budgets{Execution: Budget{Set: true, Size: asked}}}}
		if got := NewFrom(defaults, d, "h").MaxRetries("p"); got != want {
			t.Errorf("%d retries in the policy: got %d, want %d", asked, got, want)
		}
	}
	for want, asked := range map[time.Duration]time.Duration{defaults.ExpireAfter: 72 * time.Hour, time.Hour: time.Hour} {
		d := &Document{Schema: Schema, Terms: Terms{ExpireAfter: asked}}
		if got := NewFrom(defaults, d, "h").TermsFor(arn).ExpireAfter; got != want {
			t.Errorf("%s in the policy: got %s, want %s", asked, got, want)
		}
	}
}

// A refused call is due at a whole second, which a schedule can say, and not
// before an invocation that knows the older token has ended.
func TestDeferGuards(t *testing.T) {
	c := failure(cause.ServiceFault, cause.Transient)
	got := New(Settings{FunctionTimeout: 20 * time.Second, BackoffInterval: time.Second, BackoffMaxDelay: time.Second}).Defer(c, 2)
	if got.Nanosecond() != 0 || got.Before(c.Now.Add(20*time.Second)) {
		t.Errorf("due %s, want a whole second at least 20 s after %s", got, c.Now)
	}
}

// A doubtful cause gets a retry that is counted as one.
func TestCarefulGuard(t *testing.T) {
	for label, want := range map[cause.Label]bool{cause.Ambiguous: true, cause.Transient: false} {
		if got := New(defaults).Decide(failure(cause.Network, label)); got.Careful != want {
			t.Errorf("%s: careful %t, want %t", label, got.Careful, want)
		}
	}
}

// What is in force is not taken for what stands under its hash with another body.
func TestKnownByItsContent(t *testing.T) {
	text, hash := body(t, Document{Schema: Schema})
	b := NewBook(defaults)
	for said, stored := range map[string]retry.Stored{"": {Rev: 1, Hash: hash, Body: text}} {
		if terms, err := b.Terms(arn, &stored); err != nil || terms.Problem != said {
			t.Fatalf("got %q, %v", terms.Problem, err)
		}
	}
	terms, err := b.Terms(arn, &retry.Stored{Rev: 2, Hash: hash, Body: text + " ", Before: text})
	if err != nil || !strings.Contains(terms.Problem, "not whole") {
		t.Errorf("another body under the hash in force: got problem %q, %v", terms.Problem, err)
	}
}

// What this build cannot honour, or would have to hold each failure against.
func TestCheckGuards(t *testing.T) {
	rule := func(name, message string) Rule { return Rule{Name: name, Message: message, Verdict: retry.Stop} }
	var many []Rule
	for i := range maxRules + 1 {
		many = append(many, rule(fmt.Sprint("r", i), ""))
	}
	for name, rules := range map[string][]Rule{"too many rules": many, "an endless message": {rule("r", strings.Repeat("x", maxMessage+1))}} {
		if err := (&Document{Schema: Schema, Rules: rules}).check(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := (&Document{Schema: Schema, Rules: append(many[:maxRules-1:maxRules-1], rule("r", strings.Repeat("x", maxMessage)))}).check(); err != nil {
		t.Errorf("as many and as long as can be: %v", err)
	}
}

package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// longest is the longest duration that a policy can name: 28 days, as long as an
// execution can live (SageMaker quota "pipeline execution timeout", 672 hours).
const longest = 28 * 24 * time.Hour

// maxSize is the largest bucket, as for the deployment's.
const maxSize = 100_000

// check says what this build could not honour, all of it. People are told more,
// and where, by internal/policyfile; this is the function's own guard against a
// ledger that was written by something else.
func (d *Document) check() error {
	if n := d.size(); n > maxRules {
		return fmt.Errorf("expected at most %d rules and sections, got %d", maxRules, n)
	}
	faults := d.Terms.check("policy")
	faults = append(faults, checkRules("policy", d.Rules)...)
	for _, s := range d.Pipelines {
		where := fmt.Sprintf("section %.*q", maxName, s.Name) // a name of any length would stand in every fault
		if s.Name == "" || len(s.Name) > maxName || len(s.Pipelines) == 0 {
			faults = append(faults, fmt.Errorf("%s: expected a name of up to 64 bytes and patterns of pipelines", where))
		}
		faults = append(faults, s.Terms.check(where)...)
		if b := s.Breaker; b.Within != 0 || b.Executions != nil && *b.Executions != 0 {
			faults = append(faults, fmt.Errorf("%s: expected no breaker but one of 0 executions", where))
		}
		faults = append(faults, checkRules(where, s.Rules)...)
	}
	return errors.Join(faults...)
}

// maxRules bounds rules and sections together: each failure is held against them.
const maxRules = 200

func (d *Document) size() int {
	n := len(d.Rules) + len(d.Pipelines)
	for _, s := range d.Pipelines {
		n += len(s.Rules)
	}
	return n
}

// MostAlike is the most executions that a breaker can count: it remembers each.
const MostAlike = 100

// maxName and maxMessage bound, in bytes, what stands in records and log lines.
const (
	maxName    = 64
	maxMessage = 800 // 200 characters
)

func (t Terms) check(where string) (faults []error) {
	fault := func(what string, got any) { faults = append(faults, fmt.Errorf("%s: %s: got %v", where, what, got)) }
	if t.Mode != "" && !slices.Contains([]retry.Mode{retry.Enforce, retry.Observe, retry.ModeOff}, t.Mode) {
		fault("expected a mode that is known", t.Mode)
	}
	if !within(t.ExpireAfter) {
		fault("expected expire_after up to 28 days", t.ExpireAfter)
	}
	if !t.BackOff.sound() {
		fault("expected back_off with first up to longest, up to 28 days", t.BackOff)
	}
	t.Budgets.check(fault)
	if n := t.Breaker.Executions; n != nil && (*n < 0 || *n > MostAlike) {
		fault("expected a breaker of up to 100 executions", *n)
	}
	if !within(t.Breaker.Within) {
		fault("expected a breaker within up to 28 days", t.Breaker.Within)
	}
	for _, class := range slices.Sorted(maps.Keys(t.Repeats)) { // sorted: the same fault has the same words
		if n := t.Repeats[class]; n < Unlimited || !slices.Contains(cause.Classes(), class) {
			fault("expected repeats of a class that is known", fmt.Sprintf("%s: %d", class, n))
		}
	}
	return faults
}

func (b Budgets) check(fault func(what string, got any)) {
	for _, b := range []Budget{b.Execution, b.Pipeline, b.Account} {
		if b.Size < 0 || b.Size > maxSize || !within(b.Refill) {
			fault("expected a budget of up to 100000 per up to 28 days", b)
		}
		if b.RefillOnSuccess && (b.Size <= 0 || b.Refill <= 0) {
			fault("expected a budget with refill to be filled by a success", b)
		}
	}
	for _, b := range []Budget{b.Pipeline, b.Account} {
		if b.Set && b.Size > 0 && b.Refill == 0 {
			fault("expected a shared budget with refill", b)
		}
	}
	if b.Account.RefillOnSuccess {
		fault("expected a budget of the account that no success fills", b.Account)
	}
}

func checkRules(where string, rules []Rule) (faults []error) {
	for i, r := range rules {
		fault := func(what string, got any) {
			faults = append(faults, fmt.Errorf("%s, rule %.*q: %s: got %.64s", where, maxName, r.Name, what, fmt.Sprint(got)))
		}
		if r.Name == "" || len(r.Name) > maxName || len(r.Message) > maxMessage {
			fault("expected a name of up to 64 bytes and a message of up to 800", len(r.Message))
		}
		if slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Name == r.Name }) {
			fault("expected a name that no other rule has", r.Name)
		}
		if !slices.Contains([]retry.Verdict{retry.Retry, retry.Wait, retry.Stop}, r.Verdict) {
			fault("expected retry, wait or stop", r.Verdict)
		}
		if !r.BackOff.sound() || !within(r.Limits.Age) || !within(r.When.Age.From) || !within(r.When.Age.To) {
			fault("expected durations up to 28 days, first no longer than longest", r.BackOff)
		}
		if r.Limits.Retries < 0 || r.Parallelism.Most < 0 || r.When.Retry.From < 0 || r.When.Retry.To < 0 {
			fault("expected numbers from 0", r.Limits.Retries)
		}
		for _, class := range r.When.Classes {
			if !slices.Contains(cause.Classes(), class) {
				fault("expected a class that is known", class)
			}
		}
		for _, label := range r.When.Labels {
			if !slices.Contains([]cause.Label{cause.Transient, cause.Ambiguous, cause.Permanent}, label) {
				fault("expected a label that is known", label)
			}
		}
	}
	return faults
}

func within(d time.Duration) bool { return d >= 0 && d <= longest }

func (b BackOff) sound() bool {
	return within(b.First) && within(b.Longest) && (b.First == 0 || b.Longest == 0 || b.First <= b.Longest)
}

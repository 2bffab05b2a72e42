package policy

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

var no = false

// team is a policy with something of everything.
var team = Document{
	Schema: Schema,
	Terms: Terms{
		ExpireAfter: 12 * time.Hour, BackOff: BackOff{First: time.Minute}, SideEffects: []string{"EMR", "Lambda"},
		Budgets: Budgets{Execution: Budget{Set: true, Size: 2}, Pipeline: Budget{Set: true, Size: 5, Refill: time.Hour}},
		Repeats: map[cause.Class]int{cause.Network: 0},
	},
	Rules: []Rule{
		{Name: "gpu", When: When{Classes: []cause.Class{cause.Capacity}}, Verdict: retry.Wait, Message: "GPUs are scarce",
			BackOff: BackOff{First: 20 * time.Minute, Longest: 4 * time.Hour}, Limits: Limits{Retries: 1, Age: 6 * time.Hour}},
		{Name: "contention", When: When{Classes: []cause.Class{cause.QuotaContention}}, Verdict: retry.Wait, Parallelism: Parallelism{Halve: true}},
		{Name: "ask", When: When{Classes: []cause.Class{cause.Throttling}}, Verdict: retry.Stop, NeedsPerson: true},
		{Name: "denied", When: When{Classes: []cause.Class{cause.AccessDenied}, Labels: []cause.Label{cause.Permanent}}, Verdict: retry.Wait},
	},
	Pipelines: []Section{
		{Name: "payments", Pipelines: []string{"pay*"}, Terms: Terms{
			Mode: retry.Observe, Superseded: &no, Budgets: Budgets{Execution: Budget{Set: true, Size: 1, Refill: time.Hour}},
			SideEffects: []string{},
		}, Rules: []Rule{{Name: "gpu-at-once", When: When{Classes: []cause.Class{cause.Capacity}}, Verdict: retry.Retry}}},
		{Name: "all-pay", Pipelines: []string{"pay-later"}, Terms: Terms{Mode: retry.ModeOff}},
	},
}

func body(t testing.TB, d Document) (string, string) {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), hashOf(string(text))
}

func of(d Document) Policy { return NewFrom(defaults, &d, "hash") }

func pay(c retry.Case) retry.Case {
	c.Execution.Pipeline = "Pay-later"
	return c
}

func TestDecideUnderADocument(t *testing.T) {
	with := func(c retry.Case, change func(*retry.Case)) retry.Case { change(&c); return c }
	gpu := failure(cause.Capacity, cause.Transient)
	tests := []struct {
		name    string
		c       retry.Case
		verdict retry.Verdict
		reason  retry.Reason
		rule    string
	}{
		{"a rule of the document", gpu, retry.Wait, retry.BackingOff, "gpu"},
		{"its limit of retries", with(gpu, func(c *retry.Case) { c.Used, c.Retry, c.Granted = 1, 2, map[string]int{"gpu": 1} }), retry.Stop, retry.BudgetExhausted, "gpu"},
		{"units of another rule", with(gpu, func(c *retry.Case) { c.Used, c.Retry, c.Granted = 1, 2, map[string]int{"x": 1} }), retry.Wait, retry.BackingOff, "gpu"},
		{"its limit of age", with(gpu, func(c *retry.Case) { c.Age = 7 * time.Hour }), retry.Stop, retry.Expired, "gpu"},
		{"the document's limit of age", with(gpu, func(c *retry.Case) { c.Age = 13 * time.Hour }), retry.Stop, retry.Expired, ""},
		{"a rule of the section comes first", pay(gpu), retry.Retry, retry.Retryable, "gpu-at-once"},
		{"a built-in rule comes last", failure(cause.ServiceFault, cause.Transient), retry.Retry, retry.Retryable, "passing"},
		{"a person is needed", failure(cause.Throttling, cause.Transient), retry.Stop, retry.NeedsPerson, "ask"},
		{"permanent, asked for by name", failure(cause.AccessDenied, cause.Permanent), retry.Wait, retry.BackingOff, "denied"},
		{"permanent, not asked for", failure(cause.Capacity, cause.Permanent), retry.Stop, retry.PermanentCause, "lasting"},
		{"side effects", with(gpu, func(c *retry.Case) {
			c.Rerun = []retry.Rerun{{Name: "Train", Type: "Training"}, {Name: "Load", Type: "emr"}}
		}), retry.Stop, retry.NeedsPerson, "gpu"},
		{"a type that nothing tells", with(gpu, func(c *retry.Case) { c.Rerun = []retry.Rerun{{Name: "Train", Type: ""}} }), retry.Stop, retry.NeedsPerson, "gpu"},
		{"no side effects there", pay(with(gpu, func(c *retry.Case) { c.Rerun = []retry.Rerun{{Name: "Load", Type: "EMR"}} })), retry.Retry, retry.Retryable, "gpu-at-once"},
		{"a permanent cause is named before side effects", with(failure(cause.UserCode, cause.Permanent), func(c *retry.Case) { c.Rerun = []retry.Rerun{{Name: "Load", Type: "EMR"}} }), retry.Stop, retry.PermanentCause, "lasting"},
		{"the same failure again", with(failure(cause.Network, cause.Transient), func(c *retry.Case) { c.Repeats = 1 }), retry.Stop, retry.SameFailureAgain, "passing"},
		{"as often as it may", with(failure(cause.DependencyTimeout, cause.Transient), func(c *retry.Case) { c.Repeats = 1 }), retry.Retry, retry.Retryable, "passing"},
		{"any number of times", with(gpu, func(c *retry.Case) { c.Repeats = 99 }), retry.Wait, retry.BackingOff, "gpu"},
		{"the document's budget", with(failure(cause.ServiceFault, cause.Transient), func(c *retry.Case) { c.Used, c.Retry = 2, 3 }), retry.Stop, retry.BudgetExhausted, "passing"},
		{"the document's shared budget", with(gpu, func(c *retry.Case) {
			c.Full = map[string]time.Time{of(team).Budgets(arn)[2].Key: now.Add(time.Hour)}
		}), retry.Wait, retry.SharedBudgetEmpty, "gpu"},
		{"the execution's bucket", pay(with(gpu, func(c *retry.Case) {
			c.Full = map[string]time.Time{of(team).Budgets(pay(gpu).Execution)[2].Key: now.Add(time.Minute)}
		})), retry.Stop, retry.BudgetExhausted, "gpu-at-once"},
	}
	for _, test := range tests {
		got := of(team).Decide(test.c)
		if got.Verdict != test.verdict || got.Reason != test.reason || got.Rule != test.rule {
			t.Errorf("%s: got %s, %s by %q; want %s, %s by %q", test.name, got.Verdict, got.Reason, got.Rule, test.verdict, test.reason, test.rule)
		}
		explained, tried := of(team).Explain(test.c)
		if explained != got || len(tried) == 0 {
			t.Errorf("%s: explained as %+v in %d steps", test.name, explained, len(tried))
		}
	}
}

func TestTermsOfAPipeline(t *testing.T) {
	p := of(team)
	if got := p.TermsFor(arn); got.Mode != retry.Enforce || !got.Supersedes {
		t.Errorf("Train: got %+v, want the built-in mode, stepping back", got)
	}
	later := arn
	later.Pipeline = "PAY-LATER"
	if got := p.TermsFor(later); got.Mode != retry.Observe || got.Supersedes {
		t.Errorf("PAY-LATER: got %+v, want what the first section says", got)
	}
	if got := New(defaults).TermsFor(arn); got.Mode != retry.Enforce || !got.Supersedes {
		t.Errorf("built in: got %+v", got)
	}
}

// A rule's back-off may be longer than the document's, never than the
// deployment's.
func TestBackOffLayers(t *testing.T) {
	gpu := of(team).Decide(failure(cause.Capacity, cause.Transient)).Due.Sub(now)
	if gpu < 10*time.Minute || gpu > 20*time.Minute+time.Second {
		t.Errorf("the rule's: due in %s", gpu)
	}
	c := failure(cause.Capacity, cause.Transient)
	c.Retry = 9
	if late := of(team).Decide(c).Due.Sub(now); late > defaults.BackoffMaxDelay+time.Second || late < defaults.BackoffMaxDelay/2 {
		t.Errorf("retry 9: due in %s, want the deployment's longest", late)
	}
	if doc := of(team).Decide(failure(cause.SpotInterruption, cause.Transient)).Due.Sub(now); doc > time.Minute+time.Second {
		t.Errorf("the document's: due in %s", doc)
	}
}

// The deployment's budgets stay beside the policy's, and a budget of another
// shape starts a balance of its own.
func TestBudgetsBesideTheDeployments(t *testing.T) {
	builtin, got := New(defaults).Budgets(arn), of(team).Budgets(arn)
	if len(builtin) != 2 || len(got) != 3 || got[0] != builtin[0] || got[1] != builtin[1] {
		t.Fatalf("got %+v, want the deployment's first", got)
	}
	other := team
	other.Budgets.Pipeline.Size++
	if a, b := got[2].Key, of(other).Budgets(arn)[2].Key; a == b || !strings.HasPrefix(a, got[0].Key+"#") {
		t.Errorf("got keys %q and %q", a, b)
	}
}

func TestParallelism(t *testing.T) {
	tests := []struct {
		name       string
		p          Parallelism
		now, steps int
		want       int32
	}{
		{"left alone", Parallelism{}, 8, 9, 0},
		{"half", Parallelism{Halve: true}, 8, 9, 4},
		{"half of one", Parallelism{Halve: true}, 1, 9, 1},
		{"half of what may run at once", Parallelism{Halve: true}, 0, 9, 4},
		{"half of nothing known", Parallelism{Halve: true}, 0, 0, 1},
		{"no more than", Parallelism{Most: 3}, 8, 9, 3},
		{"no more than, already so", Parallelism{Most: 3}, 2, 9, 0},
		{"no more than, never set", Parallelism{Most: 3}, 0, 2, 3},
	}
	for _, test := range tests {
		c := failure(cause.QuotaContention, cause.Transient)
		c.Parallelism, c.Steps = int32(test.now), test.steps
		if got := test.p.of(c); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
	c := failure(cause.QuotaContention, cause.Transient)
	c.Parallelism = 10
	if got := of(team).Decide(c).Parallelism; got != 5 {
		t.Errorf("got %d, want 5", got)
	}
}

// Records of builds that did not count by rule tell what they granted to
// doubtful causes.
func TestCarefulRecordsOfOlderBuilds(t *testing.T) {
	c := failure(cause.Unknown, cause.Ambiguous)
	c.Careful, c.Used, c.Retry = 1, 1, 2
	if got := New(defaults).Decide(c); got.Reason != retry.UnknownCause {
		t.Errorf("got %s, want no second careful retry", got.Reason)
	}
	c.Granted, c.Used, c.Retry = map[string]int{"scarce": 1}, 2, 3
	if got := New(defaults).Decide(c); got.Reason != retry.UnknownCause {
		t.Errorf("after a retry that was counted by rule: got %s, want no second careful retry", got.Reason)
	}
	c.Granted, c.Used, c.Careful = map[string]int{"passing": 2}, 2, 0
	if got := New(defaults).Decide(c); got.Reason != retry.BackingOff {
		t.Errorf("got %s, want the careful retry", got.Reason)
	}
}

// Nothing but the built-in policy is left where a rule names a class: what is
// decided without a document is decided by an empty one too.
func TestEmptyDocumentIsTheBuiltIn(t *testing.T) {
	for _, class := range cause.Classes() {
		for _, label := range cause.Labels() {
			c := failure(class, label)
			if got, want := of(Document{Schema: Schema}).Decide(c), New(defaults).Decide(c); got != want {
				t.Errorf("%s, %s: got %+v, want %+v", class, label, got, want)
			}
		}
	}
}

// A budget of nothing grants nothing, whether it refills or not.
func TestBudgetOfNothing(t *testing.T) {
	for name, b := range map[string]Budgets{
		"execution":              {Execution: Budget{Set: true}},
		"execution that refills": {Execution: Budget{Set: true, Refill: time.Hour}},
		"pipeline":               {Pipeline: Budget{Set: true}},
		"account that refills":   {Account: Budget{Set: true, Refill: time.Hour}},
	} {
		d := Document{Schema: Schema, Terms: Terms{Budgets: b}}
		if got := of(d).Decide(failure(cause.ServiceFault, cause.Transient)); got.Reason != retry.BudgetExhausted {
			t.Errorf("%s: got %s, %s", name, got.Verdict, got.Reason)
		}
	}
}

// What a claim was granted by decides on its next ordinal too, though another
// rule would match by now.
func TestDeferByTheClaimsRule(t *testing.T) {
	c := failure(cause.ServiceFault, cause.Transient)
	c.Rule = "gpu"
	if got := of(team).Defer(c, 2).Sub(now); got < 20*time.Minute {
		t.Errorf("due in %s, want by the back-off of rule gpu", got)
	}
	c.Rule = "gone"
	if got := of(team).Defer(c, 2).Sub(now); got > 2*time.Minute {
		t.Errorf("due in %s, want by what matches now", got)
	}
}

// What a team's rule stops although it may pass is left to a person.
func TestRuleThatStops(t *testing.T) {
	d := Document{Schema: Schema, Rules: []Rule{{Name: "none", Verdict: retry.Stop, When: When{Labels: cause.Labels()}}}}
	for c, want := range map[retry.Reason]cause.Label{retry.NeedsPerson: cause.Transient, retry.PermanentCause: cause.Permanent} {
		if got := of(d).Decide(failure(cause.Capacity, want)); got.Reason != c {
			t.Errorf("%s: got %s (%s), want %s", want, got.Reason, got.Evidence, c)
		}
	}
}

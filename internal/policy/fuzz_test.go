package policy

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// FuzzDecode: a policy that somebody put into the ledger is refused, or judges
// every case: the same twice, in known words, within its bounds, and never beyond
// the guards and the deployment's ceilings, which no policy lifts.
func FuzzDecode(f *testing.F) {
	whole, _ := body(f, team)
	for _, text := range []string{whole, `{"schema":1}`, `{"schema":1,"rules":[{"name":"x","verdict":"wait","when":{"retry":{"from":3,"to":1}}}]}`} {
		f.Add(text, uint8(0), uint8(0), 3, 2, int64(time.Minute), "Training", "no capacity", "Executing")
		f.Add(text, uint8(8), uint8(1), 1, 0, int64(-time.Hour), "", strings.Repeat("no ", 400), "Stopping")
	}
	f.Fuzz(func(t *testing.T, text string, class, label uint8, n, used int, age int64, stepType, message, previous string) {
		d, err := Decode(text, hashOf(text))
		if err != nil {
			if err.Error() == "" || d != nil {
				t.Errorf("refused as %v, %v", d, err)
			}
			return
		}
		c := failure(cause.Classes()[int(class)%len(cause.Classes())], cause.Labels()[int(label)%len(cause.Labels())])
		c.Retry, c.Used, c.Age, c.Cause.Type, c.Message, c.Previous = n, used, time.Duration(age), stepType, message, previous
		p := NewFrom(defaults, d, hashOf(text))
		got, tried := p.Explain(c)
		if again := p.Decide(c); again != got || len(tried) == 0 {
			t.Errorf("got %+v, then %+v", got, again)
		}
		checkDecision(t, c, got)
		if due := p.Defer(c, 2); !due.After(now) || due.After(now.Add(2*longest)) {
			t.Errorf("deferred until %s", due)
		}
		p.TermsFor(arn)
	})
}

// checkDecision holds a decision to what no policy can change.
func checkDecision(t *testing.T, c retry.Case, d retry.Decision) {
	t.Helper()
	if !utf8.ValidString(d.Rule) || len(d.Rule) > maxName || len(d.Message) > maxMessage {
		t.Errorf("the rule %q says %q", d.Rule, d.Message)
	}
	switch d.Verdict {
	case retry.Stop:
		return
	case retry.Wait:
		if !d.Due.After(now) || d.Due.After(now.Add(2*longest)) {
			t.Errorf("due %s", d.Due)
		}
	case retry.Retry:
	default:
		t.Fatalf("the verdict is %q", d.Verdict)
	}
	if c.Age > defaults.ExpireAfter || strings.EqualFold(c.Previous, "Stopping") || c.Used >= defaults.MaxRetries || d.Parallelism < 0 {
		t.Errorf("granted %+v to %+v", d, c)
	}
}

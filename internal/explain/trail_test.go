package explain

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// quiet is SageMaker as recorded, which takes every retry, and a scheduler.
type quiet struct{ Looks }

func (quiet) Retry(context.Context, retry.ExecutionARN, retry.Claim) (retry.Answer, error) {
	return retry.Answer{Kind: retry.Accepted}, nil
}

func (quiet) Ensure(context.Context, retry.Wake, retry.Notice) error { return nil }

// decided is what the function itself makes of a question, and the last trail
// that the ledger keeps of it.
func decided(t *testing.T, q Question) (retry.Decision, retry.Trail) {
	t.Helper()
	memory := ledger.NewMemory()
	corridor := retry.Corridor{
		Mode: retry.Enforce, Rules: policy.NewBook(settings), Build: "b1", Ledger: memory,
		Pipelines: quiet{q.Looks}, Background: q.Looks, Schedules: quiet{}, Now: func() time.Time { return q.Now },
	}
	decision, err := corridor.Handle(context.Background(), q.Notice)
	if err != nil {
		t.Fatal(err)
	}
	trails, err := memory.Trails(context.Background(), q.Notice.Execution)
	if err != nil || len(trails) == 0 {
		t.Fatalf("got %d trails, %v", len(trails), err)
	}
	return decision, trails[len(trails)-1]
}

// What is told of an event is what the function decides on it.
func TestToldIsDecided(t *testing.T) {
	throttled := func(f map[string]any) { firstStep(f)["FailureReason"] = "ThrottlingException: Rate exceeded" }
	tests := []struct {
		event  string
		change func(map[string]any)
	}{
		{"failed-capacity", nil}, {"failed-user-code", nil}, {"stopping-to-failed", nil},
		{"failed-quota", func(f map[string]any) { delete(f, "balances") }}, {"failed-capacity", throttled},
	}
	for _, tt := range tests {
		q := ask(t, tt.event, tt.change)
		story := tell(t, q)
		want, _ := decided(t, q)
		if verdict(story) != string(want.Verdict)+", "+string(want.Reason) || !story.Due.Equal(want.Due) ||
			story.Evidence != want.Evidence || story.Rule != want.Rule || story.Retry != want.Retry {
			t.Errorf("%s: told %s (%s), due %s, decided %+v", tt.event, verdict(story), story.Evidence, story.Due, want)
		}
	}
}

// A trail tells the decision as the event told it when it was fresh.
func TestTrail(t *testing.T) {
	for _, event := range []string{"failed-capacity", "failed-user-code", "stopping-to-failed"} {
		q := ask(t, event, nil)
		fresh := tell(t, q)
		_, trail := decided(t, q)
		text, err := json.Marshal(trail)
		if err != nil {
			t.Fatal(err)
		}
		read, err := ReadTrail(text)
		if err != nil {
			t.Fatal(err)
		}
		story, err := TellTrail(read, template, "a file")
		if err != nil {
			t.Fatal(err)
		}
		if verdict(story) != verdict(fresh) || !story.Due.Equal(fresh.Due) || len(story.Tried) != len(fresh.Tried) {
			t.Errorf("%s: got %s, due %s, %d steps; want %s, %s, %d", event,
				verdict(story), story.Due, len(story.Tried), verdict(fresh), fresh.Due, len(fresh.Tried))
		}
		if len(story.Notes) != 1 || story.Notes[0] != "Decided by build b1." {
			t.Errorf("%s: got notes %q", event, story.Notes)
		}
	}
}

// What decided then stands, whatever this build would decide.
func TestTrailOfAnotherPolicy(t *testing.T) {
	_, trail := decided(t, ask(t, "failed-capacity", nil))
	trail.Decision.Verdict, trail.Decision.Reason, trail.Policy = retry.Stop, retry.NeedsPerson, "of old"
	story, err := TellTrail(trail, template, "a file")
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(story.Notes, "\n")
	if verdict(story) != "stop, needs_person" || !strings.Contains(notes, "wait, backing_off") || !strings.Contains(notes, "decided under policy of old") {
		t.Errorf("got %s, %s", verdict(story), notes)
	}
}

func TestTrailRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"no":                            "expected a decision of the ledger as JSON",
		`{"shape": 1}`:                  `unknown field "shape"`,
		`{}`:                            "got none",
		`{"at":"2026-11-20T06:00:00Z"}`: "got none",
	} {
		if _, err := ReadTrail([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	trail := retry.Trail{Decision: retry.Decision{Verdict: retry.Stop, Execution: "arn"}}
	if _, err := TellTrail(trail, template, ""); err == nil || !strings.Contains(err.Error(), "decision.execution") {
		t.Errorf("a trail of nothing: got %v", err)
	}
}

// The past is told oldest first, in a line each.
func TestBefore(t *testing.T) {
	q := ask(t, "failed-capacity", nil)
	_, trail := decided(t, q)
	q.Before = []retry.Trail{trail, trail}
	story := tell(t, q)
	var page strings.Builder
	if err := story.Text(&page); err != nil {
		t.Fatal(err)
	}
	if len(story.Before) != 2 || strings.Count(page.String(), "  2026-11-20 06:24:42 UTC  wait, backing_off, retry 1") != 2 {
		t.Errorf("got %+v\n%s", story.Before, page.String())
	}
}

package explain

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// record is the ledger's, after so many retries of the failure before.
func record(used int) map[string]any {
	return map[string]any{
		"rev": 2 * used, "used": used, "kind": "retried", "granted": map[string]any{"scarce": used},
		"failure": map[string]any{"last_modified": "2026-11-20T05:00:00Z", "round": "2026-11-20T04:59:58Z", "ended": "2026-11-20T04:59:58Z"},
	}
}

func TestWhatWouldHaveChangedIt(t *testing.T) {
	tests := []struct {
		name   string
		event  string
		change func(map[string]any)
		want   []string // "had: verdict, reason", the first ones, in this order
		never  string
	}{
		{"a wait", "failed-capacity", nil, []string{
			"it been a lasting failure (user_code, config_validation, access_denied and others): stop, permanent_cause",
			"all retries of this execution been used: stop, budget_exhausted",
			"the budget of the pipeline been empty: wait, shared_budget_empty",
			"a newer execution of the pipeline succeeded: ignore, superseded",
		}, "nothing been on record"},
		{"no retry left", "failed-capacity", func(f map[string]any) { f["record"] = record(3) }, []string{
			"one retry fewer been used: wait, backing_off",
		}, "enforce"},
		{"no unit left", "failed-capacity", func(f map[string]any) { f["balances"] = map[string]any{"pipeline": "2026-11-21T06:24:42Z"} }, []string{
			"every shared budget had a unit left: wait, backing_off",
		}, ""},
		{"too old", "failed-capacity", func(f map[string]any) { f["now"] = "2026-11-22T06:24:42Z" }, []string{
			"it been judged as soon as it failed: wait, backing_off",
		}, ""},
		{"a newer success", "failed-capacity", func(f map[string]any) {
			f["newer_success"] = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/newer"
		}, []string{"no newer execution of the pipeline succeeded: wait, backing_off"}, ""},
		{"a lasting cause", "failed-user-code", nil, []string{
			"it been a passing failure (capacity, quota_contention, spot_interruption): wait, backing_off",
			"it been a passing failure (throttling, service_fault, network, dependency_timeout): retry, retryable",
		}, "older than"},
		{"a stale answer", "failed-capacity", func(f map[string]any) { at(f, "execution")["LastModifiedTime"] = "2026-11-20T06:20:00Z" }, []string{
			"SageMaker's answer been as young as the event: wait, backing_off",
		}, ""},
		{"a claim that waits", "failed-mixed-case", nil, []string{"it come when the retry is due: retry, retryable"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story := tell(t, ask(t, tt.event, tt.change))
			var got []string
			for _, c := range story.Changes {
				got = append(got, c.Had+": "+string(c.Verdict)+", "+string(c.Reason))
			}
			if len(got) < len(tt.want) || len(got) > maxChanges {
				t.Fatalf("%s: got %q, want %q", verdict(story), got, tt.want)
			}
			for i, want := range tt.want {
				if got[i] != want {
					t.Errorf("%s: got %q, want %q first", verdict(story), got, tt.want)
				}
			}
			if tt.never != "" && strings.Contains(strings.Join(got, "\n"), tt.never) {
				t.Errorf("got %q, which has %q", got, tt.never)
			}
		})
	}
}

// What would have changed it changes nothing of what is told.
func TestSuppositionsLeaveTheFactsAlone(t *testing.T) {
	q := ask(t, "failed-user-code", func(f map[string]any) { f["record"] = record(1) })
	first, err := tell(t, q).JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, err := tell(t, q).JSON()
	if err != nil || string(first) != string(again) {
		t.Errorf("%v: first\n%s\nthen\n%s", err, first, again)
	}
}

func TestBudgets(t *testing.T) {
	now := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	b := retry.Bucket{Key: "k", Name: "pipeline", Size: 20, Per: 24 * time.Hour}
	tests := []struct {
		name string
		full time.Time
		left int
		next time.Time
	}{
		{"full", time.Time{}, 20, time.Time{}},
		{"one taken", now.Add(72 * time.Minute), 19, now.Add(72 * time.Minute)},
		{"two taken, a while ago", now.Add(100 * time.Minute), 18, now.Add(28 * time.Minute)},
		{"empty", now.Add(24 * time.Hour), 0, now.Add(72 * time.Minute)},
	}
	for _, tt := range tests {
		got := balance("pipeline", b, tt.full, now)
		if got.Left != tt.left || !got.Next.Equal(tt.next) {
			t.Errorf("%s: got %d left, next %s; want %d, %s", tt.name, got.Left, got.Next, tt.left, tt.next)
		}
		if !got.Next.IsZero() && b.Left(tt.full, got.Next) != tt.left+1 {
			t.Errorf("%s: at %s there are %d", tt.name, got.Next, b.Left(tt.full, got.Next))
		}
	}
}

// The steps that are told are those of the very decision.
func TestStepsAreThePolicysOwn(t *testing.T) {
	story := tell(t, ask(t, "failed-capacity", nil))
	var rules, guards int
	for _, step := range story.Tried {
		switch step.Kind {
		case string(policy.TriedRule):
			rules++
			if step.Applies != (step.Name == story.Rule) || step.Place != ofBuiltin {
				t.Errorf("got rule %+v, and %s decided", step, story.Rule)
			}
		case string(policy.TriedGuard):
			guards++
			if _, named := shownNames[step.Name]; !named || step.Applies {
				t.Errorf("got guard %+v of a failure that is granted its retry", step)
			}
		}
	}
	if rules != 1 || guards < 8 {
		t.Errorf("%d rules and %d guards were tried", rules, guards)
	}
}

func TestOtherEvents(t *testing.T) {
	tests := map[string]string{
		"executing.json":         "detail.currentPipelineExecutionStatus been Failed",
		"other-account.json":     "Mulligan run in account 210987654321, eu-west-1",
		"other-region.json":      "Mulligan run in account 123456789012, us-east-1",
		"other-source.json":      "source been aws.sagemaker",
		"other-detail-type.json": "",
		"missing-arn.json":       "detail.pipelineExecutionArn named the execution that resources name",
		"array.json":             "the event come by itself, and not in a list",
		"string.json":            "the event come as JSON, and not as a text with JSON inside",
		"empty.json":             "",
		"not-json.txt":           "",
	}
	for name, want := range tests {
		_, story := ReadEvent(file(t, events+name), template, name)
		if story == nil || story.Verdict != retry.Ignore {
			t.Errorf("%s: got %+v", name, story)
			continue
		}
		got := ""
		for _, c := range story.Changes {
			got += c.Had
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	narrow := template
	narrow.Prefix = "nightly-"
	if _, story := ReadEvent(file(t, events+"failed-quota.json"), narrow, ""); story == nil || len(story.Changes) != 1 ||
		!strings.Contains(story.Changes[0].Had, "PipelineNamePrefix") {
		t.Errorf("outside of the prefix: got %+v", story)
	}
}

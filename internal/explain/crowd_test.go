package explain

import (
	"strings"
	"testing"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// The quota that failed-quota.json ran into, and its breaker's scope.
const quotaScope = "scarce ml.g5.2xlarge for training job usage"

// other is an execution that is not the one of any sample.
const other = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/other/execution/b"

func holding(scope string) map[string]any {
	return map[string]any{"scope": scope, "author": "ada", "note": "repairs", "since": "2026-11-20T05:00:00Z", "until": "2026-11-20T08:00:00Z"}
}

// open is a breaker that another execution probes, with what is changed.
func open(scope string, changed map[string]any) map[string]any {
	b := map[string]any{
		"scope": scope, "opened": "2026-11-20T05:12:04Z", "why": "it was short", "probe": other,
		"next": "2026-11-20T05:40:11Z", "rate": 25,
	}
	for key, value := range changed {
		b[key] = value
	}
	return b
}

func among(key string, one ...map[string]any) func(map[string]any) {
	return func(f map[string]any) { f[key] = one }
}

// Whatever a failure waits for that others wait for, it is told in people's words,
// with what a person can do about it.
func TestHeldBack(t *testing.T) {
	fingerprint := "fingerprint c739e82ae676af16"
	plain := &policy.Document{Schema: policy.Schema, Terms: policy.Terms{Scarce: new(bool)}}
	for _, test := range []struct {
		name   string
		change func(map[string]any)
		doc    *policy.Document
		want   string // verdict
		says   []string
	}{
		{"a hold on the pipeline", among("holds", holding("pipeline Demand-Forecast"), holding("class user_code")), nil, "wait, held", []string{
			"A person has stopped retries for a while: the pipeline demand-forecast is held.", "`mulligan release --pipeline demand-forecast`",
			"the end of the hold on the pipeline demand-forecast", "ada, at 2026-11-20 05:00:00 UTC", "note             repairs",
			"check held by a person       applies:", "had no hold been in force: wait, backing_off",
		}},
		{"a hold on everything", among("holds", holding("all")), nil, "wait, held", []string{"everything is held", "`mulligan release --all`"}},
		{"a hold on the account", among("holds", holding("account 123456789012 eu-west-1")), nil, "wait, held", []string{
			"the account 123456789012 in eu-west-1 is held", "`mulligan release` ends"}},
		{"a hold on its class", among("holds", holding("class quota_contention")), nil, "wait, held", []string{
			"failures of class quota_contention are held", "mulligan release --class quota_contention"}},
		{"a hold that ends too late", among("holds", map[string]any{"scope": "all", "until": "2026-11-25T00:00:00Z"}), nil, "wait, held",
			[]string{"It is older than 24 h by then, and is stopped as expired unless it comes back before."}},
		{"a hold of others", among("holds", holding("pipeline other")), nil, "wait, backing_off", []string{"no hold is in force on it"}},
		{"a hold that is over", func(f map[string]any) {
			f["holds"], f["now"] = []any{holding("all")}, "2026-11-20T08:00:01Z"
		}, nil, "wait, backing_off", []string{"no hold is in force on it"}},
		{"found scarce", among("breakers", open(quotaScope, nil)), nil, "wait, scarce", []string{
			"found scarce, and is taken to be so for everybody", "ml.g5.2xlarge for training job usage, found scarce",
			"its turn         2026-11-20 05:40:11 UTC, and nobody is before it", "one turn         every 1 min",
			other + ", whose retry is to be called", "another may go at 2026-11-20 05:40:11 UTC", "because of       it was short",
			"it lets go       at 25 %", "check behind a breaker       applies:", "`mulligan holds` shows who probes",
			"had no breaker been open, and nobody waited before it: wait, backing_off", "Explaining takes none",
		}},
		{"nobody probes", among("breakers", open(quotaScope, map[string]any{"probe": "", "failed": 2})), nil, "wait, scarce", []string{
			"nobody; the next may go at 2026-11-20 05:40:11 UTC", "2 probes in a row"}},
		{"its probe runs", among("breakers", open(quotaScope, map[string]any{"called": true})), nil, "wait, scarce",
			[]string{"whose retry was accepted: if it has not failed by 2026-11-20 05:40:11 UTC, it has succeeded"}},
		{"the probe is given up", among("breakers", open(quotaScope, map[string]any{"next": "2026-11-20T05:30:00Z"})), nil, "wait, backing_off",
			[]string{"it is the probe of ml.g5.2xlarge for training job usage, found scarce, and need not wait", "this execution, whose retry"}},
		{"many fail alike", among("breakers", open(fingerprint, nil)), plain, "wait, held", []string{
			"Many executions fail alike, and one of them is tried first", "failures with the fingerprint c739e82ae676af16",
			"had no breaker been open, and nobody waited before it: wait, backing_off",
		}},
		{"some fail alike", among("breakers", map[string]any{"scope": "class quota_contention", "seen": []any{
			map[string]any{"execution": other, "at": "2026-11-20T05:30:00Z"}}}), plain, "wait, backing_off",
			[]string{"failures of class quota_contention (2 of 10 executions within 10 min)"}},
		{"enough fail alike", among("breakers", map[string]any{"scope": "class quota_contention", "seen": []any{
			map[string]any{"execution": other, "at": "2026-11-20T05:30:00Z"}}}),
			&policy.Document{Schema: policy.Schema, Terms: policy.Terms{Scarce: new(bool), Breaker: policy.Breaker{Executions: two()}}}, "wait, backing_off",
			[]string{"it opens           the breaker of failures of class quota_contention", "open since       2026-11-20 05:31:53 UTC, by this failure"}},
		{"nothing of its own", among("breakers", open("scarce ml.p5.48xlarge", nil)), nil, "wait, backing_off",
			[]string{`The breaker that was recorded of "scarce ml.p5.48xlarge" is none that it met.`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := ask(t, "failed-quota", test.change)
			if test.doc != nil {
				q.Policy = policy.NewFrom(settings, test.doc, strings.Repeat("a", 64))
			}
			tells(t, tell(t, q), test.want, test.says)
		})
	}
}

func two() *int { n := 2; return &n }

// tells has a story say its verdict and all of the words, however they are wrapped.
func tells(t *testing.T, s *Story, want string, says []string) {
	t.Helper()
	page := text(t, s)
	flat := strings.Join(strings.Fields(page), " ")
	if verdict(s) != want {
		t.Errorf("got %s, want %s", verdict(s), want)
	}
	for _, words := range says {
		if !strings.Contains(flat, strings.Join(strings.Fields(words), " ")) {
			t.Errorf("got\n%s\nwhich lacks %q", page, words)
		}
	}
}

// A claimed retry is held or made as a probe out of the unit that it has.
func TestClaimedInACrowd(t *testing.T) {
	const scope = "scarce ml.p4d.24xlarge"
	mine := "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/p4jn9xou8a8s"
	seen := []any{map[string]any{"execution": other, "at": "2026-11-20T06:25:00Z"}, map[string]any{"execution": mine, "at": "2026-11-20T06:24:42Z"}}
	later := map[string]any{"next": "2026-11-20T06:44:17Z", "opened": "2026-11-20T06:24:42Z"}
	for _, test := range []struct {
		name   string
		change func(map[string]any)
		want   string
		says   []string
	}{
		{"held", among("holds", holding("all")), "wait, held", []string{"Its unit stays taken, and nothing more is.", "on record its failure of"}},
		{"behind a probe", among("breakers", open(scope, later)), "wait, scarce", []string{"Its unit stays taken", "what follows"}},
		{"behind the probe of the calls", among("breakers", open(retry.CallScope, later)), "wait, scarce",
			[]string{"SageMaker refuses to start retries for now, and one execution asks for all", "RetryPipelineExecution itself"}},
		{"as the probe", among("breakers", open(scope, map[string]any{"next": "2026-11-20T06:44:17Z", "probe": mine, "seen": seen})), "retry, probe", []string{
			"tells for all that wait for the same thing", "out of the unit that was taken", "faster with every success", "it is the probe of ml.p4d.24xlarge"}},
	} {
		t.Run(test.name, func(t *testing.T) { tells(t, tell(t, ask(t, "wake", test.change)), test.want, test.says) })
	}
}

// The ends of executions settle retries, or nothing.
func TestEndings(t *testing.T) {
	story := tell(t, ask(t, "succeeded", nil))
	tells(t, story, "ignore, recovered", []string{
		"The execution has succeeded after a retry of Mulligan's.", "number 2 of this execution", "as Succeeded, out of the status Executing",
		"check how a retry ended applies:", "`mulligan outcomes`", "had no retry of Mulligan's been on record: ignore, not_failed",
	})
	settled := tell(t, ask(t, "succeeded", func(f map[string]any) {
		at(f, "record")["outcome"] = map[string]any{"result": "recovered", "at": "2026-11-20T07:41:56Z"}
	}))
	tells(t, settled, "ignore, duplicate", []string{"recovered: the execution succeeded after it"})
	again := tell(t, ask(t, "failed-again", nil))
	if again.Outcome != retry.FailedAnew || !again.Facts.Same {
		t.Errorf("got outcome %q, the same %t", again.Outcome, again.Facts.Same)
	}
	tells(t, again, "wait, backing_off", []string{"failed again: in the same step, with the same words"})
	for name, had := range map[string]string{
		"succeeded": "ignore, recovered", "stopped": "stop, stopped_by_person",
	} {
		n, ignored := ReadEvent(file(t, events+name+".json"), template, name)
		if ignored != nil {
			t.Fatalf("%s: %s", name, ignored.Evidence)
		}
		story := tell(t, Question{Setting: template, Notice: n})
		tells(t, story, "ignore, not_failed", []string{
			"It is taken that the ledger has no retry of Mulligan's", "had the execution ended Failed: it would be a failure to look at",
			"had a retry of Mulligan's been running: " + had,
		})
	}
}

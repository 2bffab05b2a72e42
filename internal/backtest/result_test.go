package backtest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// sample has a failure of each kind that Result counts.
func sample(t *testing.T) string {
	t.Helper()
	answer := decide(builtin, look(noCapacity), retry.Record{}, nil, 0)
	answer.Stood = retry.Record{Used: 1, Kind: retry.Claimed}
	answer.Decision.Reason = retry.RefusedForNow
	return strings.Join([]string{
		asLine(t, decide(builtin, look(noCapacity), retry.Record{}, nil, 0)),
		asLine(t, decide(builtin, look(broken), retry.Record{}, nil, 0)),
		asLine(t, answer),
		`{"id": "bug", "pipeline": "churn", "message": "` + bug + `"}`,
		`{"message": "` + broken + `", "retry": 2}`,
		`{"id": "odd", "pipeline": "churn", "message": "", "previous": "Stopping"}`,
	}, "\n")
}

// hopeful stops what the built-in policy retries, and the other way round.
func hopeful() policy.Policy {
	return under(policy.Document{
		Terms: policy.Terms{BackOff: policy.BackOff{First: time.Minute}},
		Rules: []policy.Rule{
			{Name: "costly", Verdict: retry.Stop, When: policy.When{Classes: []cause.Class{cause.Capacity}}},
			{Name: "hope", Verdict: retry.Retry, When: policy.When{
				Labels: []cause.Label{cause.Permanent}, Classes: []cause.Class{cause.UserCode}}},
		},
	})
}

func TestWrite(t *testing.T) {
	r, err := Run(Read("in", strings.NewReader(sample(t))), builtin, hopeful())
	if err != nil {
		t.Fatal(err)
	}
	r.Old = Side{"the built-in policy", "v1", r.Old.Retries}
	r.New = Side{"", "v2", r.New.Retries}
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `5 recorded failures judged under two policies
  old  the built-in policy (v1)
  new  v2

verdict  reason                   old     new    then
retry    retryable                  1       2       1
wait     backing_off                2       1       1
stop     needs_person               0       1       0
stop     permanent_cause            1       0       0
stop     stopped_by_person          1       1       0
retries  granted                    3       3       2
then: as decided at the time, known of 2, which are judged on the balances of their time

2 differences

wait backing_off -> stop needs_person: 1
  abc123def456 (churn, capacity, transient)
    CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance typ…
    old: rule scarce: it matches: a retry after a back-off
    new: rule costly: it matches: no retry

stop permanent_cause -> retry retryable: 1
  bug (churn, user_code, permanent)
    KeyError: 'label', exit code: 1
    old: rule lasting: it matches: no retry
    new: rule hope: it matches: a retry at once, then backing off

The same verdict, due at another time: 1.

The new policy would retry 1 failure whose cause is permanent:
  bug (churn, user_code, permanent)
    KeyError: 'label', exit code: 1
    old: rule lasting: it matches: no retry
    new: rule hope: it matches: a retry at once, then backing off

Not on record:
  1 left out: they note what SageMaker answered to a call, which no policy decides
  1 without a pipeline: only what holds for all pipelines fits them
  1 without an id: named by their places
  2 granted a retry without balances: every shared budget is taken as full, each time anew
  2 where a newer execution would have been asked for: taken as none that succeeded
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is taken as something is counted, and permanent failures only where the
// new policy is what retries them.
func TestCounted(t *testing.T) {
	manual := under(policy.Document{Terms: policy.Terms{SideEffects: []string{"RegisterModel"}}})
	crowd := func(line string, rows int) string { return strings.Repeat(line+"\n", rows) }
	for _, test := range []struct {
		name, text    string
		old, proposed policy.Policy
		got           func(Result) int
		want          int
		says          string
	}{
		{"balances", crowd(`{"message": "`+noCapacity+`"}`, 30), builtin, builtin, func(r Result) int { return r.Unknown.Balances }, 30,
			"  30 granted a retry without balances: every shared budget is taken as full"},
		{"no balances needed", `{"message": "` + bug + `"}`, builtin, builtin, func(r Result) int { return r.Unknown.Balances }, 0, ""},
		{"balances on record", asLine(t, decide(builtin, look(noCapacity), retry.Record{}, nil, 0)), builtin, builtin,
			func(r Result) int { return r.Unknown.Balances }, 0, "judged on the balances of their time"},
		{"untyped", `{"message": "` + broken + `"}`, builtin, manual, func(r Result) int { return r.Unknown.Untyped }, 1,
			"  1 left to a person by side_effects, as the type of a step is not told"},
		{"typed", `{"message": "` + broken + `", "step_type": "registermodel"}`, builtin, manual, func(r Result) int { return r.Unknown.Untyped + r.Unknown.Types }, 0, ""},
		{"bogus type", `{"message": "` + broken + `", "step_type": "Bogus"}`, builtin, manual, func(r Result) int { return r.Unknown.Types }, 1,
			"  1 with a step type that SageMaker does not have"},
		{"permanent", `{"message": "` + bug + `"}`, builtin, hopeful(), func(r Result) int { return r.Permanent - 10*r.Already }, 1, "The new policy would retry 1 failure"},
		{"permanent already", `{"message": "` + bug + `"}`, hopeful(), hopeful(), func(r Result) int { return r.Permanent + 10*r.Already }, 10,
			"Already so: both policies would retry 1 failure whose cause is permanent."},
		{"permanent no more", `{"message": "` + bug + `"}`, hopeful(), builtin, func(r Result) int { return r.Permanent + 10*r.Already }, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Run(Read("in", strings.NewReader(test.text)), test.old, test.proposed)
			var b strings.Builder
			if err != nil || r.Write(&b) != nil {
				t.Fatal(err)
			}
			if got := test.got(r); got != test.want || !strings.Contains(b.String(), test.says) {
				t.Errorf("got %d and\n%s\nwant %d and %s", got, b.String(), test.want, test.says)
			}
		})
	}
}

// The same failures give the same bytes, and no list is null.
func TestJSON(t *testing.T) {
	encode := func(text string) string {
		r, err := Run(Read("in", strings.NewReader(text)), builtin, hopeful())
		if err != nil {
			t.Fatal(err)
		}
		all, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(all)
	}
	first := encode(sample(t))
	for range 20 {
		if again := encode(sample(t)); again != first {
			t.Fatalf("got\n%s\nthen\n%s", first, again)
		}
	}
	if none := encode(""); strings.Contains(none, "null") || !strings.Contains(none, `"rows":0`) {
		t.Errorf("got %s", none)
	}
}

func TestFromTrails(t *testing.T) {
	trail := decide(builtin, look(noCapacity), retry.Record{}, nil, 0)
	r, err := Run(FromTrails([]retry.Trail{trail, trail}), builtin, builtin)
	if err != nil || r.Rows != 2 || r.Differ != 0 || r.Then.Retries != 2 || r.Permanent != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	_, err = Run(FromTrails([]retry.Trail{trail, {At: ended}}), builtin, builtin)
	if err == nil || !strings.HasPrefix(err.Error(), "decision 2: decision.execution: expected arn:") {
		t.Errorf("got %v, want the second one named", err)
	}
}

// What was counted before an error is there.
func TestRunEndsAtAnError(t *testing.T) {
	fault := errors.New("fault")
	r, err := Run(func(yield func(Recorded, error) bool) {
		if yield(only(t, `{}`), nil) {
			yield(Recorded{}, fault)
		}
	}, builtin, builtin)
	if !errors.Is(err, fault) || r.Rows != 1 || len(r.Verdicts) != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}

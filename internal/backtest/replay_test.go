package backtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

var (
	ended = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	arn   = retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "churn", ID: "abc123def456"}

	limits = policy.Settings{
		MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
		BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
	}
	builtin = policy.New(limits)
)

// Reasons that the tables fail of.
const (
	noCapacity = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
	broken     = "InternalServerError: We encountered an internal error. Please try again."
	bug        = "AlgorithmError: ExecuteUserScriptError: KeyError: 'label', exit code: 1"
)

// under makes a policy of a document.
func under(d policy.Document) policy.Policy {
	d.Schema = policy.Schema
	return policy.NewFrom(limits, &d, "0123456789abcdef")
}

// look is what SageMaker shows of an execution that failed of a reason.
func look(reason string) retry.Facts {
	return retry.NewFacts(retry.Execution{ARN: arn, Status: retry.StatusFailed, LastModified: ended},
		[]retry.Step{{Name: "Train", Type: "Training", Status: retry.StatusFailed, Reason: reason, Ended: ended}})
}

// decide makes the trail that the corridor would write.
func decide(p policy.Policy, facts retry.Facts, stood retry.Record, full map[string]time.Time, after time.Duration) retry.Trail {
	s := retry.Situation{
		Terms: p.TermsFor(arn), Facts: facts, Now: ended.Add(after), State: retry.State{Record: stood, Full: full},
		Notice: retry.Notice{Door: retry.DoorEvent, Execution: arn, EventID: "e-1", EndedAt: ended, Ended: ended.Format(time.RFC3339), Previous: "Executing"},
	}
	move := retry.Plan(s)
	for move.Then == retry.AskNewer || s.Suppose(move) {
		s.Facts.NewerAsked = s.Facts.NewerAsked || move.Then == retry.AskNewer
		move = retry.Plan(s)
	}
	used := stood.Used
	if move.Write != nil {
		used = move.Write.Used
	}
	return retry.Trail{At: s.Now, Policy: s.Version, Mode: s.Mode, Supersedes: s.Supersedes, Notice: s.Notice, Stood: stood, Facts: s.Facts,
		Balances: full, Used: used, Decision: move.Decision}
}

// asLine is a trail as it is handed in.
func asLine(t *testing.T, trail retry.Trail) string {
	t.Helper()
	line, err := json.Marshal(trail)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// only reads the only failure of a text.
func only(t *testing.T, text string) Recorded {
	t.Helper()
	var last Recorded
	n := 0
	for rec, err := range Read("in", strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		last, n = rec, n+1
	}
	if n != 1 {
		t.Fatalf("got %d failures, want 1", n)
	}
	return last
}

// A trail judged under the policy that it was decided under comes to the very
// same decision: nothing that decides is lost on the way through JSON.
func TestTrailReplaysToItself(t *testing.T) {
	failure := retry.Failure{LastModified: ended, Round: ended, Ended: ended}
	claim := retry.Claim{EventID: "e-1", Retry: 1, Ordinal: 1, Token: "token", Due: ended.Add(time.Hour)}
	gone := retry.Facts{Gone: true, Detail: "no such execution"}
	stale := look(broken)
	stale.LastModified = ended.Add(-time.Hour)
	empty := map[string]time.Time{builtin.Budgets(arn)[0].Key: ended.Add(100 * time.Hour)}
	newer := look(broken)
	newer.NewerAsked, newer.Newer = true, "arn:newer"
	for name, test := range map[string]struct {
		facts  retry.Facts
		stood  retry.Record
		full   map[string]time.Time
		after  time.Duration
		reason retry.Reason
	}{
		"capacity":           {look(noCapacity), retry.Record{}, nil, 0, retry.BackingOff},
		"service fault":      {look(broken), retry.Record{}, nil, 0, retry.Retryable},
		"bug":                {look(bug), retry.Record{}, nil, 0, retry.PermanentCause},
		"exhausted":          {look(broken), retry.Record{Used: 3}, nil, 0, retry.BudgetExhausted},
		"expired":            {look(broken), retry.Record{}, nil, 25 * time.Hour, retry.Expired},
		"no unit":            {look(broken), retry.Record{}, empty, 0, retry.SharedBudgetEmpty},
		"gone":               {gone, retry.Record{}, nil, 0, retry.CannotRetry},
		"stale":              {stale, retry.Record{}, nil, 0, retry.LookingAgain},
		"replaced":           {newer, retry.Record{}, nil, 0, retry.Superseded},
		"claim not due":      {look(broken), retry.Record{Used: 1, Kind: retry.Claimed, Failure: failure, Claim: claim}, nil, 0, retry.BackingOff},
		"claim expired":      {look(broken), retry.Record{Used: 1, Kind: retry.Claimed, Failure: failure, Claim: claim}, nil, 48 * time.Hour, retry.Expired},
		"a rule's own count": {look("what is this"), retry.Record{Used: 1, Granted: map[string]int{"doubtful": 1}}, nil, 0, retry.UnknownCause},
	} {
		t.Run(name, func(t *testing.T) {
			trail := decide(builtin, test.facts, test.stood, test.full, test.after)
			if trail.Decision.Reason != test.reason {
				t.Fatalf("the trail says %s, want %s", trail.Decision.Reason, test.reason)
			}
			rec := only(t, asLine(t, trail))
			got := judge(rec, builtin)
			want := trail.Decision
			if got.Verdict != want.Verdict || got.Reason != want.Reason || !got.due.Equal(want.Due) || got.units != trail.Used-test.stood.Used ||
				got.rule != want.Rule || got.evidence != want.Evidence {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got.jobUnknown || got.newerAsked {
				t.Error("something was asked for that the trail holds")
			}
			if rec.ID != arn.ID || rec.Pipeline != arn.Pipeline || rec.then.outcome != got.Outcome {
				t.Errorf("got %s of %s, then %v", rec.ID, rec.Pipeline, rec.then.outcome)
			}
		})
	}
}

// What another policy would have asked for, and the trail does not hold, is
// taken as not known.
func TestNotKnown(t *testing.T) {
	retried := under(policy.Document{Rules: []policy.Rule{{Name: "hope", Verdict: retry.Retry,
		When: policy.When{Labels: []cause.Label{cause.Permanent}}}}})
	trail := decide(builtin, look(bug), retry.Record{}, nil, 0)
	got := judge(only(t, asLine(t, trail)), retried)
	if want := (Outcome{retry.Retry, retry.Retryable}); got.Outcome != want || !got.newerAsked || !got.permanent || got.units != 1 {
		t.Errorf("got %+v, want a retry without a newer execution", got)
	}
	const bare = `{"id": "a", "steps": [{"name": "Train", "type": "Training", "reason": "AlgorithmError: See job logs for more information",
		"ref": "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x"}]}`
	if got := judge(only(t, strings.ReplaceAll(bare, "\n", " ")), builtin); !got.jobUnknown {
		t.Errorf("got %+v, want the job to be missed", got)
	}
	said := strings.Replace(strings.ReplaceAll(bare, "\n", " "), `"ref"`, `"job": {"reason": "CapacityError: no capacity"}, "ref"`, 1)
	if got := judge(only(t, said), builtin); got.jobUnknown || got.Reason != retry.BackingOff {
		t.Errorf("got %+v, want what the job says to count", got)
	}
}

// Trails that note what SageMaker, people or other executions did are no decisions
// of a policy.
func TestNotesAreLeftOut(t *testing.T) {
	claimed, retried := retry.Record{Used: 1, Kind: retry.Claimed}, retry.Record{Used: 1, Kind: retry.Retried}
	for name, test := range map[string]struct {
		stood   retry.Record
		used    int
		verdict retry.Verdict
		reason  retry.Reason
		want    noting
	}{
		"accepted":                    {claimed, 1, retry.Retry, retry.Retryable, answer},
		"a probe accepted":            {claimed, 1, retry.Retry, retry.Probing, answer},
		"refused":                     {claimed, 1, retry.Wait, retry.RefusedForNow, answer},
		"granted":                     {retry.Record{}, 1, retry.Retry, retry.Retryable, decides},
		"granted beside an old claim": {claimed, 2, retry.Retry, retry.Retryable, decides},
		"a claim given up":            {claimed, 1, retry.Stop, retry.Expired, decides},
		"asked again":                 {retried, 1, retry.Retry, retry.Retryable, answer},
		"a new failure":               {retried, 2, retry.Retry, retry.Retryable, decides},
		"runs on":                     {retried, 1, retry.Ignore, retry.NotFailed, ending},
		"held":                        {retry.Record{}, 0, retry.Wait, retry.Held, heldUp},
		"a claim held":                {claimed, 1, retry.Wait, retry.Held, heldUp},
		"scarce":                      {retried, 1, retry.Wait, retry.Scarce, heldUp},
		"observed":                    {retry.Record{}, 0, retry.Stop, retry.Observing, decides},
	} {
		trail := retry.Trail{Stood: test.stood, Used: test.used, Decision: retry.Decision{Verdict: test.verdict, Reason: test.reason}}
		if got := notes(trail); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
	for outcome, want := range map[retry.Result]noting{
		retry.WasRecovered: ending, retry.WasStopped: ending, retry.EndedElse: ending, retry.FailedAnew: decides, "": decides,
	} {
		trail := retry.Trail{Stood: retried, Used: 1, Decision: retry.Decision{Verdict: retry.Stop, Reason: retry.PermanentCause, Outcome: outcome}}
		if got := notes(trail); got != want {
			t.Errorf("%s: got %d, want %d", outcome, got, want)
		}
	}
}

// The policy's own mode holds, whatever the deployment's was.
func TestModes(t *testing.T) {
	trail := decide(builtin, look(broken), retry.Record{}, nil, 0)
	trail.Mode = retry.Observe
	rec := only(t, asLine(t, trail))
	for _, test := range []struct {
		mode  retry.Mode
		want  Outcome
		units int
	}{
		{retry.Enforce, Outcome{retry.Retry, retry.Retryable}, 1},
		{retry.Observe, Outcome{retry.Stop, retry.Observing}, 0},
		{retry.ModeOff, Outcome{retry.Ignore, retry.Off}, 0},
	} {
		got := judge(rec, under(policy.Document{Terms: policy.Terms{Mode: test.mode}}))
		if got.Outcome != test.want || got.units != test.units || got.why() == "" {
			t.Errorf("%s: got %v, %d units, want %v, %d", test.mode, got.Outcome, got.units, test.want, test.units)
		}
	}
}

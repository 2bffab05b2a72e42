package pipelines_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// clocked is a stand-in whose clock a test moves, with one failed execution.
func clocked(t *testing.T, c awstest.Config) (account *awstest.Account, pass func(time.Duration), search func() (string, error)) {
	t.Helper()
	account, sagemaker, arn := stand(t, failing, c)
	now := start
	account.Configure(func(c *awstest.Config) { c.Now = func() time.Time { return now } })
	search = func() (string, error) {
		found, err := sagemaker.NewerSuccesses(t.Context(), arn, start)
		return join(found), err
	}
	return account, func(d time.Duration) { account.Configure(func(*awstest.Config) { now = now.Add(d) }) }, search
}

// join writes the ARNs one after the other.
func join(found []retry.ExecutionARN) string {
	var all []string
	for _, arn := range found {
		all = append(all, arn.String())
	}
	return strings.Join(all, " ")
}

func TestNewerSuccesses(t *testing.T) {
	account, pass, search := clocked(t, awstest.Config{})
	wants := func(when, want string) {
		t.Helper()
		if got, err := search(); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", when, got, err, want)
		}
	}
	succeeding := awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.Succeeds()}}
	wants("alone", "")
	pass(time.Hour)
	account.Add(awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.KeepsRunning()}})
	account.Add(failing)
	other := succeeding
	other.Pipeline = "Churn-2"
	account.Add(other)
	wants("none has succeeded", "")
	first := account.Add(succeeding)
	wants("one has", first)
	pass(time.Minute)
	second := account.Add(succeeding)
	wants("of two the newest first", second+" "+first)
	for range 9 {
		pass(time.Minute)
		account.Add(succeeding)
	}
	if got, _ := search(); len(strings.Fields(got)) != 5 {
		t.Errorf("of many: got %s, want five", got)
	}
	if v := account.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// What succeeded before, or is this one itself, is nothing newer.
func TestOlderSuccess(t *testing.T) {
	account, sagemaker, arn := stand(t, awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.Succeeds()}}, awstest.Config{})
	later := start.Add(time.Hour)
	account.Configure(func(c *awstest.Config) { c.Now = func() time.Time { return later } })
	failed, err := retry.ParseExecutionARN(account.Add(failing))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sagemaker.NewerSuccesses(t.Context(), failed, later); len(got) > 0 || err != nil {
		t.Errorf("an older one: got %q, %v", got, err)
	}
	// The filter goes out in whole milliseconds, and so lets through what is a little older.
	if got, err := sagemaker.NewerSuccesses(t.Context(), failed, start.Add(400*time.Microsecond)); len(got) > 0 || err != nil {
		t.Errorf("one that is older by less than a millisecond: got %q, %v", got, err)
	}
	lower, _ := retry.ParseExecutionARN(arn.Key())
	if got, err := sagemaker.NewerSuccesses(t.Context(), lower, start); len(got) > 0 || err != nil {
		t.Errorf("itself: got %q, %v", got, err)
	}
}

// The search is bounded: past three pages it takes it that there is none.
func TestNewerSuccessesAreSearchedInThreePages(t *testing.T) {
	for _, c := range []struct {
		size  int // of a page
		found bool
		pages int
	}{{100, true, 1}, {3, true, 3}, {2, false, 3}} {
		account, pass, search := clocked(t, awstest.Config{PageSize: c.size})
		pass(time.Minute)
		want := account.Add(awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.Succeeds()}})
		for range 7 {
			pass(time.Minute)
			account.Add(failing)
		}
		if got, err := search(); err != nil || (got == want) != c.found {
			t.Errorf("pages of %d: got %q, %v; want %s found %t", c.size, got, err, want, c.found)
		}
		if n := account.Count("ListPipelineExecutions"); n != c.pages {
			t.Errorf("pages of %d: made %d calls, want %d", c.size, n, c.pages)
		}
	}
}

func TestNewerSuccessesErrors(t *testing.T) {
	const op = "ListPipelineExecutions"
	account, pass, search := clocked(t, awstest.Config{})
	pass(time.Minute)
	want := account.Add(awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.Succeeds()}})
	account.FailNext(op, 1, awstest.Fault{Code: "AccessDeniedException"})
	if _, err := search(); err == nil || !strings.Contains(err.Error(), "sagemaker:"+op+" on arn:aws:sagemaker:eu-west-1:123456789012:pipeline/Churn is not allowed") || !errors.Is(err, retry.ErrNotTold) {
		t.Errorf("denied: got %v, want it to name the action and the pipeline", err)
	}
	account.FailNext(op, 1, awstest.Fault{Code: "ResourceNotFound"})
	if got, err := search(); got != "" || err != nil {
		t.Errorf("no such pipeline: got %q, %v; want none", got, err)
	}
	account.FailNext(op, 1, awstest.Fault{Status: 404})
	if _, err := search(); !errors.Is(err, retry.ErrNotTold) {
		t.Errorf("nothing there, in words of no service: got %v, want one that stands", err)
	}
	account.FailNext(op, 3, awstest.Fault{Status: 503})
	if _, err := search(); err == nil || errors.Is(err, retry.ErrNotTold) {
		t.Errorf("no answer for now: got %v, want an error for another delivery", err)
	}
	account.FailNext(op, 1, awstest.Fault{Code: "UnknownOperationException"})
	if _, err := search(); !errors.Is(err, retry.ErrNotTold) {
		t.Errorf("no such operation: got %v, want one that stands", err)
	}
	account.FailNext(op, 2, awstest.Fault{Code: "ThrottlingException"})
	if got, err := search(); err != nil || got != want {
		t.Errorf("two throttles: got %q, %v", got, err)
	}
	for _, spoil := range []awstest.Spoil{awstest.Truncated, awstest.Foreign, awstest.WrongType, awstest.Huge} {
		account, _, search := clocked(t, awstest.Config{})
		account.FailNext(op, 3, awstest.Fault{Body: spoil})
		if got, err := search(); err == nil {
			t.Errorf("spoil %v: got %q, want an error", spoil, got)
		}
	}
}

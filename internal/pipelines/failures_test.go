package pipelines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/pipelines"
	"mulligan/internal/retry"
)

// a land has a stand-in whose clock a test moves, and the adapter before it.
type land struct {
	*awstest.Account
	*pipelines.SageMaker
	t   *testing.T
	now time.Time
}

func newLand(t *testing.T, c awstest.Config) *land {
	t.Helper()
	l := &land{t: t, now: start}
	first := awstest.Script{Pipeline: "Churn", ID: "first", Runs: []awstest.Run{awstest.KeepsRunning()}}
	l.Account, l.SageMaker, _ = stand(t, first, c)
	l.Configure(func(c *awstest.Config) { c.Now = func() time.Time { return l.now } })
	return l
}

func (l *land) pass(d time.Duration) { l.Configure(func(*awstest.Config) { l.now = l.now.Add(d) }) }

// fails adds an execution that fails at once.
func (l *land) fails(pipeline, id string) {
	l.Add(awstest.Script{Pipeline: pipeline, ID: id, Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity), awstest.KeepsRunning()}})
}

// since are the ids that FailedSince finds on all its pages.
func (l *land) since(at time.Time) (ids string, err error) {
	return idsOf(func(page string) ([]retry.Found, string, error) { return l.FailedSince(l.t.Context(), at, page) })
}

func (l *land) of(pipeline string) (ids string, err error) {
	return idsOf(func(page string) ([]retry.Found, string, error) { return l.FailedOf(l.t.Context(), pipeline, page) })
}

func idsOf(ask func(page string) ([]retry.Found, string, error)) (string, error) {
	var ids []string
	for page := ""; ; {
		found, next, err := ask(page)
		for _, f := range found {
			ids = append(ids, f.Execution.ID)
		}
		if page = next; err != nil || page == "" {
			return strings.Join(ids, " "), err
		}
	}
}

func (l *land) clean() {
	l.t.Helper()
	if v := l.Violations(); len(v) > 0 {
		l.t.Errorf("violations: %q", v)
	}
}

// Failed executions come in the order of their last modification, on however
// many pages, from the instant that was asked for, and no others.
func TestFailedSince(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		l := newLand(t, awstest.Config{PageSize: size})
		for _, id := range []string{"c", "a", "d", "b"} {
			l.pass(time.Minute)
			l.fails("Churn", id)
			l.Add(awstest.Script{Pipeline: "other", ID: "ok-" + id})
			l.Add(awstest.Script{Pipeline: "other", ID: "half-" + id, Runs: []awstest.Run{awstest.CompletesWithFailures(awstest.Step{Name: "Train"})}})
		}
		l.pass(time.Minute)
		l.EditDescription("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/Churn/execution/a", "looked at")
		for at, want := range map[time.Time]string{
			start:                                  "c d b a",
			start.Add(2*time.Minute + time.Second): "d b a",
			start.Add(3 * time.Minute):             "d b a",
			start.Add(3*time.Minute + 500*time.Millisecond):           "d b a", // in whole seconds
			start.Add(4 * time.Minute).In(time.FixedZone("", 5*3600)): "b a",
			start.Add(time.Hour): "",
		} {
			if got, err := l.since(at); got != want || err != nil {
				t.Errorf("pages of %d, since %s: got %q, %v; want %q", size, at, got, err, want)
			}
		}
		l.clean()
	}
}

func TestWhatASearchTells(t *testing.T) {
	l := newLand(t, awstest.Config{})
	l.Add(awstest.Script{Pipeline: "Churn", ID: "a", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonCapacity).After(time.Hour)}})
	l.pass(time.Hour)
	found, next, err := l.FailedSince(t.Context(), start, "")
	if err != nil || next != "" || len(found) != 1 {
		t.Fatalf("got %+v, %q, %v; want one", found, next, err)
	}
	if got := found[0]; got.Execution.Pipeline != "Churn" || !got.Started.Equal(start) || !got.LastModified.Equal(start.Add(time.Hour)) {
		t.Errorf("got %+v, want it as spelled, to the millisecond", got)
	}
	found, _, err = l.FailedOf(t.Context(), "churn", "")
	if err != nil || len(found) != 1 || !found[0].Started.Equal(start) || !found[0].LastModified.IsZero() {
		t.Errorf("the list: got %+v, %v; want its start alone", found, err)
	}
}

// An index that lags shows a failure later, and one that is retried for longer.
func TestFailedSinceLags(t *testing.T) {
	l := newLand(t, awstest.Config{Unknowns: awstest.Unknowns{SearchLag: time.Minute}})
	l.fails("Churn", "a")
	wants := func(when, want string) {
		t.Helper()
		if got, err := l.since(start); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", when, got, err, want)
		}
	}
	wants("at once", "")
	l.pass(time.Minute)
	wants("later", "a")
	if err := l.HumanRetry("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/Churn/execution/a"); err != nil {
		t.Fatal(err)
	}
	wants("retried just now", "a")
	l.pass(time.Minute)
	wants("retried", "")
}

// What the search refuses for good is told from what another time may bring.
func TestSearchRefusals(t *testing.T) {
	asks := map[string]func(*land) error{
		"Search":                 func(l *land) error { _, err := l.since(start); return err },
		"ListPipelines":          func(l *land) error { _, _, err := l.Pipelines(t.Context(), ""); return err },
		"ListPipelineExecutions": func(l *land) error { _, err := l.of("Churn"); return err },
	}
	for op, ask := range asks {
		for name, c := range map[string]struct {
			fault awstest.Fault
			times int
			fails bool
			says  bool // that it stays
		}{
			"denied":            {awstest.Fault{Code: "AccessDeniedException"}, 1, true, true},
			"refused":           {awstest.Fault{Code: "ValidationException"}, 1, true, true},
			"no such operation": {awstest.Fault{Code: "UnknownOperationException"}, 1, true, true},
			"nothing there":     {awstest.Fault{Status: 404}, 1, true, true},
			"two throttles":     {awstest.Fault{Code: "ThrottlingException"}, 2, false, false},
			"throttled":         {awstest.Fault{Code: "ThrottlingException"}, 3, true, false},
			"no answer":         {awstest.Fault{Status: 503}, 3, true, false},
			"no credentials":    {awstest.Fault{Code: "ExpiredTokenException"}, 3, true, false},
			"empty":             {awstest.Fault{Body: awstest.Empty}, 3, true, false},
			"cut":               {awstest.Fault{Body: awstest.Truncated}, 3, true, false},
			"a page of HTML":    {awstest.Fault{Body: awstest.WrongType}, 3, true, false},
			"without end":       {awstest.Fault{Body: awstest.Huge}, 3, true, false},
		} {
			l := newLand(t, awstest.Config{})
			l.FailNext(op, c.times, c.fault)
			err := ask(l)
			if (err != nil) != c.fails || errors.Is(err, retry.ErrNotTold) != c.says {
				t.Errorf("%s, %s: got %v, want an error %t that stays %t", op, name, err, c.fails, c.says)
			}
			if err != nil && !strings.Contains(err.Error(), "sagemaker:"+op) {
				t.Errorf("%s, %s: got %v, want it to name the action", op, name, err)
			}
		}
	}
}

func TestSearchDenied(t *testing.T) {
	l := newLand(t, awstest.Config{Denied: []string{"Search"}})
	if _, err := l.since(start); !errors.Is(err, retry.ErrNotTold) || !strings.Contains(err.Error(), "sagemaker:Search on * is not allowed") {
		t.Errorf("denied: got %v", err)
	}
	if got, err := l.of("Churn"); got != "" || err != nil {
		t.Errorf("the list: got %q, %v; want what is allowed", got, err)
	}
	l.Configure(func(c *awstest.Config) { c.Denied, c.Unknowns.SearchRefusesFilter = nil, true })
	if _, err := l.since(start); !errors.Is(err, retry.ErrNotTold) || !strings.Contains(err.Error(), "ValidationException") {
		t.Errorf("no such filter: got %v", err)
	}
	l.clean()
	l.Configure(func(c *awstest.Config) { c.Unknowns.SearchRefusesFilter = false })
	if _, _, err := l.FailedSince(t.Context(), start, "of-another-search"); !errors.Is(err, retry.ErrNotTold) {
		t.Errorf("a page that is not known: got %v", err)
	}
}

// The names come on however many pages; each pipeline's failures, too.
func TestPipelinesAndTheirFailures(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		l := newLand(t, awstest.Config{PageSize: size})
		for i, name := range []string{"b", "a", "b", "c", "b"} {
			l.pass(time.Minute)
			l.fails(name, fmt.Sprint(name, i))
			l.Add(awstest.Script{Pipeline: name})
		}
		var names []string
		for page := ""; ; {
			found, next, err := l.Pipelines(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, found...)
			if page = next; page == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != "Churn a b c" {
			t.Errorf("pages of %d: got %q", size, got)
		}
		for pipeline, want := range map[string]string{"b": "b4 b2 b0", "B": "b4 b2 b0", "c": "c3", "Churn": "", "gone": ""} {
			if got, err := l.of(pipeline); got != want || err != nil {
				t.Errorf("pages of %d, %s: got %q, %v; want %q", size, pipeline, got, err, want)
			}
		}
		l.clean()
	}
}

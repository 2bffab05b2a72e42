package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/spf13/cobra"

	"mulligan/internal/account"
	"mulligan/internal/awstest"
	"mulligan/internal/deployment"
	"mulligan/internal/event"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// watched is an account with a failed execution, and a stack that heard of it.
type watched struct {
	*desk
	aws    *awstest.Account
	memory *ledger.Memory
	cfg    aws.Config
	arn    string
	event  []byte
	now    time.Time
}

func newWatched(t *testing.T, reason string) *watched {
	t.Helper()
	w := &watched{desk: newDesk(), memory: ledger.NewMemory(), now: midnight}
	w.desk.ledger = w.memory
	w.aws = awstest.New(awstest.Config{
		Region: "eu-west-1", Now: func() time.Time { return w.now },
		OnEvent: func(e awstest.Event) {
			if e.Status == awstest.Failed {
				w.event = e.JSON()
			}
		},
	})
	server := httptest.NewServer(w.aws)
	t.Cleanup(server.Close)
	w.cfg = aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
	w.arn = w.aws.Add(awstest.Script{Pipeline: "churn", Runs: []awstest.Run{awstest.FailsAt("Train", reason)}})
	if w.event == nil {
		t.Fatal("the execution did not fail")
	}
	return w
}

// scheduling takes every wake.
type scheduling struct{}

func (scheduling) Ensure(context.Context, retry.Wake, retry.Notice) error { return nil }

// hears has the function handle the failure, and forgets the calls that it took.
func (w *watched) hears(t *testing.T) {
	t.Helper()
	n, problem := event.Parse(w.event, w.stack.Home)
	if problem != nil {
		t.Fatal(problem)
	}
	adapter := pipelines.New(w.cfg)
	corridor := retry.Corridor{
		Mode: w.stack.Mode, Rules: policy.NewBook(w.stack.Settings), Build: "b1", Ledger: w.memory, Pipelines: adapter,
		Background: adapter, Schedules: scheduling{}, Now: func() time.Time { return w.now }, Keep: time.Hour,
	}
	if _, err := corridor.Handle(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	w.aws.ForgetCalls()
}

// explains types `mulligan explain` about the stack.
func (w *watched) explains(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	around := w.world()
	around.load = func(context.Context, deployment.Options) (aws.Config, error) { return w.cfg, nil }
	around.now = func() time.Time { return w.now }
	cmd := &cobra.Command{Use: "mulligan", SilenceUsage: true}
	cmd.AddGroup(&cobra.Group{ID: policyGroup, Title: "Policy:"})
	cmd.AddCommand(explainCommand(around))
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetIn(bytes.NewReader(w.event))
	cmd.SetArgs(append([]string{"explain"}, args...))
	code = exitCode(cmd.ExecuteContext(t.Context()))
	return out.String(), problems.String(), code
}

// states fails the test unless the output says all of it, and SageMaker was
// asked for nothing but facts.
func (w *watched) states(t *testing.T, want []string, args ...string) {
	t.Helper()
	out, problems, code := w.explains(t, args...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, problems)
	}
	for _, part := range want {
		if !strings.Contains(out, part) {
			t.Errorf("got\n%s\nwhich lacks %q", out, part)
		}
	}
	for _, call := range w.aws.Calls() {
		if !strings.HasPrefix(call.Op, "Describe") && !strings.HasPrefix(call.Op, "List") {
			t.Errorf("it called %s", call.Op)
		}
	}
	if bad := w.aws.Violations(); len(bad) > 0 {
		t.Errorf("AWS would not have understood: %q", bad)
	}
}

const noCapacity = "CapacityError: Unable to provision requested ML compute capacity."

// An event that no function heard of is judged on what is there.
func TestExplainLiveEvent(t *testing.T) {
	w := newWatched(t, noCapacity)
	w.states(t, []string{
		"Verdict: wait, backing_off\n", "asked at 2026-03-01T00:00:00Z", "none is applied to stack mulligan",
		"Nothing: this is its first failure", "had it been a lasting failure",
	}, "--stack", "mulligan", "--event", "-")
	state, err := w.memory.Read(t.Context(), parsed(t, w.arn), nil)
	if err != nil || state.Record.Rev != 0 {
		t.Errorf("it wrote rev %d, %v", state.Record.Rev, err)
	}
}

func parsed(t *testing.T, arn string) retry.ExecutionARN {
	t.Helper()
	e, err := retry.ParseExecutionARN(arn)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Once the function has decided, an event is met by the record, and the last
// decision can be told from the ledger.
func TestExplainLiveDecided(t *testing.T) {
	w := newWatched(t, "AlgorithmError: , exit code: 137")
	w.hears(t)
	before := "2026-03-01 00:00:00 UTC  stop, permanent_cause: Train:"
	w.states(t, []string{"Verdict: ignore, duplicate\n", before}, "--stack", "mulligan", "--event", "-")
	w.states(t, []string{
		"Verdict: stop, permanent_cause\n", "the ledger of stack mulligan", "Decided by build b1.", before, "out_of_memory",
	}, "--stack", "mulligan", "--execution", w.arn)
}

// An execution that the ledger knows nothing of is judged as it stands.
func TestExplainLiveUnknownExecution(t *testing.T) {
	w := newWatched(t, noCapacity)
	w.states(t, []string{"Verdict: wait, backing_off\n", "What is asked about\n", "the ledger has nothing on it"},
		"--stack", "mulligan", "--execution", w.arn)
}

// The policy that is applied there judges, and says where its rules stand.
func TestExplainLivePolicy(t *testing.T) {
	w := newWatched(t, noCapacity)
	source := "version: 1\nrules:\n  - name: never\n    when: {class: capacity}\n    verdict: stop\n    message: buy more\n"
	file, findings := policyfile.Read("p.yaml", []byte(source))
	if file == nil {
		t.Fatal(findings)
	}
	if _, err := w.memory.Apply(t.Context(), ledger.Version{
		Hash: file.Hash(), Body: string(file.Body()), Source: source, Author: "ada", At: midnight,
	}, 0); err != nil {
		t.Fatal(err)
	}
	w.states(t, []string{
		"Verdict: stop, needs_person\n", "buy more", "rev 1 of stack mulligan (eu-west-1, account 123456789012), applied by ada",
		"rule  never", "had it been",
	}, "--stack", "mulligan", "--event", "-")
}

// What cannot be read leaves the policy before it in force, and is told. Where
// there is none of that either, nothing is told that the function would not do.
func TestExplainLiveUnreadablePolicy(t *testing.T) {
	w := newWatched(t, noCapacity)
	for rev, body := range []string{`{"schema":9}`, `{"schema":10}`} {
		sum := sha256.Sum256([]byte(body))
		if _, err := w.memory.Apply(t.Context(), ledger.Version{Hash: hex.EncodeToString(sum[:]), Body: body, At: midnight}, rev); err != nil {
			t.Fatal(err)
		}
		if rev == 0 {
			w.states(t, []string{"Verdict: wait, backing_off\n", "rev 1 cannot be read", "the built-in policy"}, "--stack", "mulligan", "--event", "-")
		}
	}
	_, problems, code := w.explains(t, "--stack", "mulligan", "--event", "-")
	for _, part := range []string{"has no policy to judge by: rev 2 cannot be read", "version 10", "--policy"} {
		if code != exitError || !strings.Contains(problems, part) {
			t.Errorf("exit %d\n%s\nwhich lacks %q", code, problems, part)
		}
	}
}

// The local account's SageMaker answers elsewhere than the rest of it.
func TestExplainLocal(t *testing.T) {
	w := newWatched(t, noCapacity)
	w.desk.local = account.State{Region: "eu-west-1", Number: "123456789012", Endpoint: "http://127.0.0.1:9", LogGroup: "g", Stack: "mulligan"}
	if _, problems, code := w.explains(t, "--local", "--event", "-"); code != exitError || !strings.Contains(problems, "older build") {
		t.Errorf("exit %d, %s", code, problems)
	}
	w.desk.local.SageMaker = aws.ToString(w.cfg.BaseEndpoint)
	w.states(t, []string{"Verdict: wait, backing_off\n"}, "--local", "--event", "-")
}

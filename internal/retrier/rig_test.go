package retrier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/announce"
	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
)

const (
	account = "123456789012"
	region  = "eu-west-1"
	group   = "mulligan"
)

var home = retry.Home{Partition: "aws", Region: region, Account: account}

var target = schedule.Target{
	Group:       group,
	FunctionARN: "arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live",
	RoleARN:     "arn:aws:iam::123456789012:role/mulligan-scheduler",
	DeadLetters: "arn:aws:sqs:eu-west-1:123456789012:mulligan-dead-letters",
}

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// A rig is the whole of Mulligan's retrier in front of a stand-in for AWS: the
// real handler, corridor, policy and clients over HTTP, the ledger's in-memory
// twin, and one clock for all of them, which only the test moves.
type rig struct {
	testing.TB
	aws       *awstest.Account
	ledger    *ledger.Memory
	transport http.RoundTripper
	url       string
	settings  policy.Settings
	mode      retry.Mode
	prefix    string // of the pipelines' names
	config    awstest.Config

	mu      sync.Mutex
	now     time.Time
	log     bytes.Buffer
	dead    [][]byte               // payloads whose three deliveries all failed
	claims  map[string]retry.Claim // by token, from the moment they were written
	takes   map[string][]time.Time // by bucket key, when a unit was taken
	seen    map[string]retry.Record
	tallies []retry.Tally
}

// An option changes a rig before it starts.
type option func(*rig)

func under(u awstest.Unknowns) option { return func(r *rig) { r.config.Unknowns = u } }
func inMode(m retry.Mode) option      { return func(r *rig) { r.mode = m } }
func with(change func(*policy.Settings)) option {
	return func(r *rig) { change(&r.settings) }
}
func inAccount(change func(*awstest.Config)) option { return func(r *rig) { change(&r.config) } }

// inProcess hands requests to the stand-in without a socket between.
func inProcess(r *rig) { r.transport = direct{r} }

func newRig(t testing.TB, options ...option) *rig {
	r := &rig{
		TB: t, ledger: ledger.NewMemory(), now: start, mode: retry.Enforce,
		claims: map[string]retry.Claim{}, takes: map[string][]time.Time{}, seen: map[string]retry.Record{},
		settings: policy.Settings{
			MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60,
			BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
			FunctionTimeout: 20 * time.Second,
		},
	}
	for _, o := range options {
		o(r)
	}
	r.config.Now, r.config.Number, r.config.Region, r.config.Groups = r.clock, account, region, []string{group}
	r.aws = awstest.New(r.config)
	if r.url = "http://stand-in.invalid"; r.transport == nil {
		shared, stop := &http.Transport{MaxIdleConnsPerHost: 32}, func() {}
		r.url, stop = r.aws.Serve()
		r.transport = shared
		t.Cleanup(func() { shared.CloseIdleConnections(); stop() })
	}
	return r
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// pass lets time go by. It never goes back.
func (r *rig) pass(d time.Duration) { r.passTo(r.clock().Add(d)) }

func (r *rig) passTo(t time.Time) {
	r.mu.Lock()
	if t.After(r.now) {
		r.now = t
	}
	r.mu.Unlock()
	r.aws.Tick()
}

// handler is one process of the function, all of whose calls go down the line.
func (r *rig) handler(l *line) *retrier.Handler {
	cfg, err := awscall.Config(l)
	if err != nil {
		r.Fatal(err)
	}
	cfg.BaseEndpoint = aws.String(r.url)
	executions := pipelines.New(cfg)
	return &retrier.Handler{
		Home: home, Prefix: r.prefix,
		Log: slog.New(slog.NewJSONHandler(&guarded{r: r}, nil)),
		Corridor: &retry.Corridor{
			Mode: r.mode, Rules: policy.NewBook(r.settings), Build: "test",
			Keep: r.settings.ExpireAfter + retrier.KeepAfterExpiry, Ledger: l, Pipelines: executions, Background: executions,
			Schedules: schedule.New(cfg, target, r.clock), Now: r.clock,
		},
	}
}

// guarded is the log, written to by many deliveries.
type guarded struct{ r *rig }

func (g *guarded) Write(p []byte) (int, error) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	return g.r.log.Write(p)
}

// An outcome is how a delivery ended.
type outcome struct {
	announce.Answer
	raw   []byte
	err   error
	calls []string // in the order in which they began
}

// invoke is one invocation of the function.
func (r *rig) invoke(payload []byte, taps ...tap) outcome {
	return r.invokeIn(context.Background(), payload, taps...)
}

func (r *rig) invokeIn(ctx context.Context, payload []byte, taps ...tap) outcome {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &line{rig: r, taps: taps, cancel: cancel}
	o := outcome{}
	o.raw, o.err = r.handler(l).Invoke(ctx, payload)
	l.mu.Lock()
	defer l.mu.Unlock()
	o.calls = l.calls
	if o.err != nil {
		return o
	}
	if err := json.Unmarshal(o.raw, &o.Answer); err != nil {
		r.Errorf("the answer is no JSON: %v", err)
	}
	return o
}

// deliver is one delivery of an event.
func (r *rig) deliver(e awstest.Event, taps ...tap) outcome { return r.invoke(e.JSON(), taps...) }

// fail adds an execution whose runs end so, lets the first one end, and returns
// the event of its failure.
func (r *rig) fail(pipeline string, runs ...awstest.Run) awstest.Event {
	r.Helper()
	arn := r.aws.Add(awstest.Script{Pipeline: pipeline, Runs: runs})
	r.pass(runs[0].Lasts)
	return r.failed(arn)
}

// failed is the latest event of the execution, which has to tell of a failure.
func (r *rig) failed(arn string) awstest.Event {
	r.Helper()
	e, ok := r.aws.LastEvent(arn)
	if !ok || e.Status != awstest.Failed {
		r.Fatalf("the last event of %s is %q, not of a failure", arn, e.Status)
	}
	return e
}

// record is what the ledger keeps of an execution.
func (r *rig) record(arn string) retry.Record {
	r.Helper()
	parsed, err := retry.ParseExecutionARN(arn)
	if err != nil {
		r.Fatal(err)
	}
	state, err := r.ledger.Read(context.Background(), parsed, nil)
	if err != nil {
		r.Fatal(err)
	}
	return state.Record
}

type settings = policy.Settings

// lagging is how long reads of the stand-in may be stale, and a bit.
func lagging(r *rig) time.Duration {
	u := r.config.Unknowns
	return max(u.StepLag, u.DescribeLag) + time.Second
}

const minute = time.Minute

// matched tells whether the rule hands the event to the function: the ends.
func matched(e awstest.Event) bool {
	return e.Status != awstest.Executing && e.Status != awstest.Stopping
}

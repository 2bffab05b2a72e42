package retrier_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/event"
	"mulligan/internal/ledger"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// ways are all ways by which text that others wrote comes to the function: each
// prepares a rig and tells what is delivered, and how.
var ways = map[string]func(*rig, string) visit{
	"steps and events": func(r *rig, text string) visit { return visit{payload: r.failing(text).JSON()} },
	"a job":            inJob,
	"a duplicate": func(r *rig, text string) visit {
		e := r.failing(text)
		r.deliver(e)
		r.lines()
		return visit{payload: e.JSON()}
	},
	"a wake": inWake,
	"a hold": func(r *rig, text string) visit {
		return visit{r.failing("").JSON(), nil, func(s *retry.State) {
			s.Holds = retry.Holds{Rev: 1, Holds: []retry.Hold{{Scope: retry.HoldOfAll, Author: text, Note: text, Until: r.clock().Add(time.Hour)}}}
		}}
	},
	"a policy": inPolicy,
	"an unreadable policy": func(r *rig, text string) visit {
		body := `{"schema":1,"pipelines":[{"name":` + quoted(text) + `}],` + quoted(text) + `:` + quoted(text) + `}`
		return visit{r.failing("").JSON(), nil, func(s *retry.State) { s.Policy = retry.Stored{Rev: 1, Hash: hashOf(body), Body: body, Before: text} }}
	},
	"faults of the ledger": func(r *rig, text string) visit {
		return visit{r.failing("").JSON(), nil, func(s *retry.State) {
			s.Policy, s.Holds = retry.Stored{Rev: 1, Fault: "not whole: " + text}, retry.Holds{Fault: "not whole: " + text}
		}}
	},
	"a record": inRecord,
	"breakers": inBreakers,
	"an error of a read": func(r *rig, text string) visit {
		return visit{r.failing("").JSON(), on(opRead, 1, false, errHostile(text)), nil}
	},
	"an error of a commit": func(r *rig, text string) visit {
		return visit{r.failing("").JSON(), on(opCommit, 1, true, errHostile(text)), nil}
	},
	"refusals of looks":   func(r *rig, text string) visit { return r.refused(text, opDescribe, opSteps, opJob, opNewer) },
	"refusals of a retry": func(r *rig, text string) visit { return r.refused(text, opRetry) },
	"refusals of schedules": func(r *rig, text string) visit {
		v := r.refused(text, opSchedule)
		v.payload = r.fail("waits", waiting).JSON()
		return v
	},
}

// A visit is one delivery to a function in whose ledger somebody else has written.
type visit struct {
	payload []byte
	tap     tap
	spoil   func(*retry.State) // nil: nobody has
}

// spoiled is a ledger that shows what nobody of ours wrote.
type spoiled struct {
	retry.Ledger
	spoil func(*retry.State)
}

func (s spoiled) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	state, err := s.Ledger.Read(ctx, arn, buckets, scopes...)
	if s.spoil != nil {
		s.spoil(&state)
	}
	return state, err
}

// failing is the event of an execution in whose every free text that stands.
func (r *rig) failing(text string) awstest.Event {
	reason := "InternalServerError: " + text
	e := r.fail("churn", awstest.Fails(awstest.Step{Name: "Train" + text, Reason: reason}, awstest.Step{Name: text, Reason: text}), awstest.KeepsRunning())
	if text != "" {
		e.DisplayName, e.Description, e.ID, e.Previous = text, text, text[:min(len(text), 200)], awstest.Status(text[:min(len(text), 30)])
	}
	return e
}

func inJob(r *rig, text string) visit {
	job := &awstest.Job{Reason: "InternalServerError: " + text, Exit: text}
	return visit{payload: r.fail("churn", awstest.Fails(awstest.Step{Name: "Train", Job: job}), awstest.KeepsRunning()).JSON()}
}

func inWake(r *rig, text string) visit {
	n, problem := event.Parse(r.failing("").JSON(), home)
	if problem != nil {
		r.Fatal(problem)
	}
	short := strings.ToValidUTF8(text[:min(len(text), 60)], "")
	n.EventID, n.Ended, n.Previous, n.Status = short, short, short, short
	payload, err := event.WakePayload(retry.Wake{Wait: short}, n)
	if err != nil {
		r.Fatal(err)
	}
	return visit{payload: payload}
}

// inPolicy is a policy that no linter has seen, in which every text is that.
func inPolicy(r *rig, text string) visit {
	short := func(n int) string { return strings.ToValidUTF8(text[:min(len(text), n)], "") }
	doc := policy.Document{Schema: policy.Schema, Description: short(2000), Rules: []policy.Rule{
		{Name: "a" + short(60), Verdict: retry.Stop, NeedsPerson: true, Message: short(800)},
	}}
	body, err := json.Marshal(doc)
	if err != nil {
		r.Fatal(err)
	}
	r.stores(ledger.Version{Hash: hashOf(string(body)), Body: string(body), Author: short(60), Note: short(60), At: r.clock()})
	return visit{payload: r.failing("").JSON()}
}

// inRecord is the record of a settled failure, whose every other text is that.
func inRecord(r *rig, text string) visit {
	e := r.failing("")
	return visit{e.JSON(), nil, func(s *retry.State) {
		plaintexttest.Fill(&s.Record, text)
		s.Record.Rev, s.Record.Kind, s.Record.Failure.LastModified, s.Record.Updated = 3, retry.Closed, e.End, e.Time
		s.Record.Aliases = append(s.Record.Aliases, e.End.UTC().Format(time.RFC3339))
	}}
}

func inBreakers(r *rig, text string) visit {
	return visit{r.failing("").JSON(), nil, func(s *retry.State) {
		for scope, b := range s.Breakers {
			b.Opened, b.Why, b.Probe, b.Next, b.Rev = r.clock().Add(-time.Hour), text, text, r.clock().Add(time.Hour), 2
			s.Breakers[scope] = b
		}
	}}
}

// refused has SageMaker or the scheduler refuse calls with these words.
func (r *rig) refused(text string, ops ...string) visit {
	payload := r.fail("churn", atOnce, awstest.KeepsRunning()).JSON()
	for _, op := range ops {
		for _, code := range []string{"AccessDeniedException", "ValidationException", text} {
			r.aws.FailNext(op, 1, awstest.Fault{Code: code, Message: text})
		}
	}
	return visit{payload: payload}
}

func quoted(text string) string {
	b, _ := json.Marshal(text) // a string is always JSON
	return string(b)
}

//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"mulligan/internal/awstest"
)

// What goes in by the front door, EventBridge, by the test's own hand.

// runs starts an execution that runs until the test ends it; its retries end as
// the others of runs say.
func (s *stack) runs(t *testing.T, retries ...awstest.Run) *story {
	t.Helper()
	return s.fails(t, awstest.Script{Runs: append([]awstest.Run{awstest.KeepsRunning()}, retries...)})
}

// fail ends the execution as Failed at its training step.
func (st *story) fail(reason string) {
	st.standIn().Fail(st.arn, awstest.Step{Name: "Train", Reason: reason})
}

// failUnheard does the same without SageMaker's event, and returns it: the test
// puts it on the bus as often and as late as it likes.
func (st *story) failUnheard(reason string) awstest.Event {
	st.t.Helper()
	st.withhold()
	st.fail(reason)
	event, ok := st.standIn().LastEvent(st.arn)
	if !ok || event.Status != awstest.Failed {
		st.t.Fatalf("the last event is %+v, want one of Failed", event)
	}
	return event
}

// withhold keeps the execution's events from the bus from now on.
func (st *story) withhold() { st.withheld.Store(st.arn, true) }

// entry is an event as PutEvents takes it.
func entry(e awstest.Event) types.PutEventsRequestEntry {
	var envelope struct{ Detail json.RawMessage }
	if err := json.Unmarshal(e.JSON(), &envelope); err != nil {
		panic(err) // the stand-in wrote it
	}
	return types.PutEventsRequestEntry{
		Source: aws.String(awstest.EventSource), DetailType: aws.String(awstest.EventDetailType), Time: &e.Time,
		Resources: []string{e.PipelineARN, e.ARN}, Detail: aws.String(string(envelope.Detail)),
	}
}

// put puts entries on the bus, all at once, each by a request of its own, and
// returns the ids that EventBridge gave them.
func (s *stack) put(t *testing.T, entries ...types.PutEventsRequestEntry) (ids []string) {
	t.Helper()
	ids = make([]string, len(entries))
	client := eventbridge.NewFromConfig(s.AWS(s.home))
	var all sync.WaitGroup
	for i, e := range entries {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), readLimit)
			defer cancel()
			out, err := client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{e}})
			if err != nil || out.FailedEntryCount != 0 {
				t.Errorf("put %.300s on the bus: %v %+v", aws.ToString(e.Detail), err, out)
				return
			}
			ids[i] = aws.ToString(out.Entries[0].EventId)
		})
	}
	all.Wait()
	return ids
}

// handled waits until each of those events has come to a decision, and returns
// their lines in the order of the ids.
func (st *story) handled(ids ...string) (lines []line) {
	st.t.Helper()
	st.until(fmt.Sprintf("a decision on each of %d events", len(ids)), func() bool {
		lines = nil
		all := st.log.of(st.arn)
		for _, id := range ids {
			i := slices.IndexFunc(all, func(l line) bool { return l.Event == id && l.Door == "event" && l.Verdict != "" })
			if i >= 0 {
				lines = append(lines, all[i])
			}
		}
		return len(lines) == len(ids)
	})
	return lines
}

// lateEvent puts an event on the bus, and returns what was decided on it.
func (st *story) lateEvent(e awstest.Event) line {
	st.t.Helper()
	return st.handled(st.put(st.t, entry(e))...)[0]
}

// requests are the bodies of an operation's requests about the execution, in
// the order of their arrival, as the gate keeps them.
func (st *story) requests(op string) (bodies []string) {
	st.gate.mu.Lock()
	defer st.gate.mu.Unlock()
	for _, p := range st.gate.seen {
		if p.op == op && p.about(st.arn) {
			bodies = append(bodies, p.body)
		}
	}
	return bodies
}

const retryOp = "RetryPipelineExecution"

// tokens are those of the RetryPipelineExecution calls that the function made,
// whatever became of them.
func (st *story) tokens() (tokens []string) {
	for _, body := range st.requests(retryOp) {
		var in struct {
			Token string `json:"clientrequesttoken"`
		}
		if err := json.Unmarshal([]byte(body), &in); err != nil {
			st.t.Errorf("a call that is no JSON: %v: %s", err, body)
		}
		tokens = append(tokens, in.Token)
	}
	return tokens
}

// differentTokens are those tokens, each once.
func (st *story) differentTokens() []string {
	return slices.Compact(slices.Sorted(slices.Values(st.tokens())))
}

// calledTimes checks how many calls were made, and with how many tokens.
func (st *story) calledTimes(calls, tokens int) {
	st.t.Helper()
	if made, different := len(st.tokens()), len(st.differentTokens()); made != calls || different != tokens {
		st.t.Errorf("%d calls with %d tokens, want %d with %d\n%s", made, different, calls, tokens, st)
	}
}

// unharmed checks that nothing about the execution is among the dead letters,
// and that SageMaker understood all that it was asked.
func (st *story) unharmed() {
	st.t.Helper()
	letters, err := st.deadLetters()
	if err != nil {
		st.t.Error(err)
	}
	for _, l := range letters {
		if strings.Contains(strings.ToLower(l.body), strings.ToLower(st.arn)) {
			st.t.Errorf("a dead letter: %s", l.body)
		}
	}
	for _, v := range st.standIn().Violations() {
		if strings.Contains(strings.ToLower(v), strings.ToLower(st.arn)) {
			st.t.Errorf("SageMaker did not understand: %s", v)
		}
	}
}

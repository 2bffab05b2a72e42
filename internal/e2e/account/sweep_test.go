//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"mulligan/internal/awstest"
	"mulligan/internal/sweep"
)

// swept is the stack whose sweeps tests ask for, as its rule would every five
// minutes. Sweeps mind whatever they find, so that tests on it have in mind that
// those of others come at any time. Delays are long enough for three deliveries.
var swept = parameters{"LogRetentionDays": "30", "BackoffInterval": "12", "BackoffMaxDelay": "12"}

// longAgo is older than what a sweep leaves to its event or its schedule.
const longAgo = 3 * time.Minute

// misses lets an execution fail that long ago, of which no event came. What its
// retries do is told.
func (s *stack) misses(t *testing.T, ago time.Duration, runs ...awstest.Run) *story {
	t.Helper()
	return s.fails(t, awstest.Script{Ago: ago, Silent: 1, Runs: runs})
}

// sweeps has the stack swept once, by Lambda, and returns what the sweep answers.
// Tests share stacks and count calls, so their sweeps come one after another, as
// the rule's do: two at a time make the same call twice, with one token.
func (s *stack) sweeps(t *testing.T) sweep.Report {
	t.Helper()
	s.sweeping.Lock()
	defer s.sweeping.Unlock()
	return s.sweepsNow(t)
}

func (s *stack) sweepsNow(t *testing.T) sweep.Report {
	t.Helper()
	r, failed := s.triesToSweep(t)
	for again := 0; strings.Contains(failed, tooSlow) && again < 3; again++ {
		r, failed = s.triesToSweep(t)
	}
	if failed != "" {
		t.Errorf("sweep: %s", failed)
	}
	return r
}

// tooSlow is how an error ends if the machine is so busy that a call did not
// have its answer in time.
const tooSlow = "context deadline exceeded"

// triesToSweep has the stack swept once; failed is the error that the function
// ended in, if it did.
func (s *stack) triesToSweep(t *testing.T) (r sweep.Report, failed string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := s.lambda().Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(s.Outputs["SweeperFunction"])})
	if err != nil {
		t.Errorf("sweep: %v", err)
		return r, ""
	}
	t.Logf("swept: %s", out.Payload)
	if out.FunctionError != nil {
		return r, string(out.Payload)
	}
	if err := json.Unmarshal(out.Payload, &r); err != nil {
		t.Errorf("sweep: %v in %s", err, out.Payload)
	}
	return r, ""
}

// sweepsAtOnce has several sweeps run at the same time.
func (s *stack) sweepsAtOnce(t *testing.T, n int) {
	t.Helper()
	s.sweeping.Lock()
	defer s.sweeping.Unlock()
	var all sync.WaitGroup
	for range n {
		all.Go(func() { s.sweepsNow(t) })
	}
	all.Wait()
}

// ages makes what the ledger has of the execution older than it is, so that it
// comes due: nothing in it but the time when something is to be done moves, and
// no test's sweep is at work on it meanwhile.
func (st *story) ages(d time.Duration) {
	st.t.Helper()
	st.sweeping.Lock()
	defer st.sweeping.Unlock()
	it := st.item()
	earlier(it, d, "open_order", "open_due", "watch")
	for _, part := range []string{"claim", "pause"} {
		if inner, ok := it[part].(*types.AttributeValueMemberM); ok {
			earlier(inner.Value, d, "due")
		}
	}
	_, err := dynamodb.NewFromConfig(st.AWS(st.home)).PutItem(st.t.Context(), &dynamodb.PutItemInput{
		TableName: aws.String(st.Outputs["LedgerTable"]), Item: it,
		ConditionExpression: aws.String("#rev = :rev"), ExpressionAttributeNames: map[string]string{"#rev": "rev"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":rev": it["rev"]},
	})
	if err != nil {
		st.t.Fatal(err)
	}
}

// earlier moves times back, in the form in which they stand there.
func earlier(it map[string]types.AttributeValue, d time.Duration, names ...string) {
	for _, name := range names {
		text, ok := it[name].(*types.AttributeValueMemberS)
		if !ok {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, text.Value)
		if err != nil || at.IsZero() {
			continue
		}
		form := time.RFC3339Nano
		if strings.HasPrefix(name, "open_") {
			form = "2006-01-02T15:04:05.000000000Z" // which sorts
		}
		text.Value = at.Add(-d).UTC().Format(form)
	}
}

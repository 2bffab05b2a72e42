//go:build e2e

package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// crowdPatience is for hundreds of failures on a machine that does other things.
const crowdPatience = 4 * time.Minute

// Two hundred executions of twenty pipelines fail within a minute, of causes
// that pass at once, of such that wait, and of such that do not pass: none is
// lost, none is retried twice (scenario 57).
func twoHundred(t *testing.T, s *stack) {
	passing := []string{awstest.ReasonCapacity, awstest.ReasonThrottled, awstest.ReasonInternal, awstest.ReasonQuotaContention(4, 4, 1)}
	began := time.Now()
	var all, permanent []*story
	for i := range 200 {
		reason, list := passing[i%len(passing)], &all
		if i%10 == 9 {
			reason, list = awstest.ReasonUserCode, &permanent
		}
		*list = append(*list, s.fails(t, awstest.Script{Pipeline: fmt.Sprintf("crowd-%d", i%20), Runs: []awstest.Run{
			awstest.FailsAt("Train", reason).After(time.Duration(i) * 50 * time.Millisecond), awstest.Succeeds()}}))
	}
	s.settled(t, all, 1)
	t.Logf("180 failures were retried and succeeded, 20 others stopped, %.1f s after the first; they failed within %.0f s",
		time.Since(began).Seconds(), (200 * 50 * time.Millisecond).Seconds())
	for _, st := range permanent {
		st.settles(retry.Closed, 0)
		st.calledTimes(0, 0)
	}
	s.undisturbed(t, "/"+s.prefix+"crowd-")
}

// settled waits until every one of those executions has succeeded, and checks
// that each took n effective retries and as many units, with a token for each.
func (s *stack) settled(t *testing.T, all []*story, n int) {
	t.Helper()
	sageMaker := s.StandIn(s.home)
	end := time.Now().Add(crowdPatience)
	waiting := slices.Clone(all)
	for len(waiting) > 0 {
		if time.Now().After(end) {
			t.Fatalf("%d of %d have not succeeded, the first being\n%s", len(waiting), len(all), waiting[0])
		}
		time.Sleep(200 * time.Millisecond)
		waiting = slices.DeleteFunc(waiting, func(st *story) bool { return sageMaker.Execution(st.arn).Status == awstest.Succeeded })
	}
	for _, st := range all {
		st.succeeds(n)
		st.settles(retry.Retried, n)
		st.calledTimes(n, n)
	}
}

// undisturbed checks that nothing went wrong with executions that nobody
// disturbed, known by a part of their ARNs: no error, no dead letter, no request
// that SageMaker did not understand.
func (s *stack) undisturbed(t *testing.T, words string) {
	t.Helper()
	about := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(words)) }
	for _, l := range s.log.all() {
		if l.Error != "" && (about(l.Execution) || about(l.Error)) {
			t.Errorf("a delivery came to nothing: %s: %s", l.Execution, l.Error)
		}
	}
	letters, err := s.deadLetters()
	if err != nil {
		t.Error(err)
	}
	for _, l := range letters {
		if about(l.body) {
			t.Errorf("a dead letter: %s", l.body)
		}
	}
	for _, v := range s.StandIn(s.home).Violations() {
		if about(v) {
			t.Errorf("SageMaker did not understand: %s", v)
		}
	}
}

// All fail at one moment and want a unit of one budget (7200 an hour), which has
// three left and gets one every half second. Each that finds none is given a turn of
// its own: hardly anybody comes in vain (schedules know whole seconds alone), there
// are never more retries than units, and all are made in the end (scenarios 57 and 58, invariant I9).
func stampede(t *testing.T, s *stack) {
	const failures, left, interval = 40, 3, time.Hour / 7200
	script := func(i int) awstest.Script {
		return awstest.Script{Pipeline: fmt.Sprintf("stampede-%d", i%5), Runs: []awstest.Run{
			awstest.FailsAt("Train", awstest.ReasonInternal).After(2 * time.Second), awstest.Succeeds()}}
	}
	var all []*story
	for i := range failures {
		all = append(all, s.fails(t, script(i)))
	}
	began := time.Now()
	s.spend(t, began.Add(time.Hour-left*interval))
	s.settled(t, all, 1)

	var retries []time.Time
	for _, st := range all {
		retries = append(retries, st.standIn().Retries(st.arn)[0].At)
	}
	slices.SortFunc(retries, time.Time.Compare)
	for i, at := range retries {
		if units := left + int(at.Sub(began)/interval) + 1; i+1 > units {
			t.Errorf("retry %d at %s: only %d units had been there", i+1, at.Sub(began), units)
		}
	}
	parked := map[string]int{}
	for _, l := range s.log.all() {
		if l.is("wait", "shared_budget_empty") && strings.Contains(l.Execution, "/"+s.prefix+"stampede-") {
			parked[l.Execution]++
		}
	}
	vain := 0
	for _, times := range parked {
		vain += times - 1
	}
	if len(parked) < failures/2 || vain > len(parked)/4 {
		t.Errorf("%d found no unit, and %d times again, want most of %d, and hardly any again", len(parked), vain, failures)
	}
	t.Logf("%d retries within %.1f s of the first; %d waited for a unit, and came %d times in vain", failures, retries[failures-1].Sub(retries[0]).Seconds(), len(parked), vain)
	s.undisturbed(t, "/"+s.prefix+"stampede-")
}

// spend writes into the ledger that the account's budget is full again only
// then, as a busy hour would leave it.
func (s *stack) spend(t *testing.T, full time.Time) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	table := s.Outputs["LedgerTable"]
	number := func(n int64) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
	}
	_, err := dynamodb.NewFromConfig(s.AWS(s.home)).PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
		"pk":   &types.AttributeValueMemberS{Value: strings.ToLower("budget#account#" + s.home.Number + "#" + s.home.Region)},
		"sk":   &types.AttributeValueMemberS{Value: "bucket"},
		"full": number(full.UnixMilli()), "ttl": number(full.Add(48 * time.Hour).Unix()),
	}})
	if err != nil {
		t.Fatal(err)
	}
}

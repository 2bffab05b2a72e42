package ledger

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// learning is a later write with everything that a change can hold: a claim as
// in next, one breaker written again and one for the first time, a bucket to
// refill and an outcome to count.
func learning() retry.Change {
	c := next()
	first, again := retry.Breaker{Scope: alike, Rev: 1, Seen: []retry.Sighting{{Execution: churn.Key(), At: noon}}}, opened()
	again.Rev++
	c.Seen.Breakers = map[string]retry.Breaker{scarce: opened(), alike: {Scope: alike}}
	c.Seen.Lines = map[string]time.Time{retry.BreakerLine(scarce): instant(noonMS)}
	c.Breakers = []retry.Breaker{again, first}
	c.Refills = []retry.Bucket{{Key: "budget#pipeline#other"}}
	c.Tally = &retry.Tally{Pipeline: "Churn", Class: cause.Capacity, Result: retry.FailedAnew, Same: true}
	return c
}

func TestWholeChangeOnTheWire(t *testing.T) {
	ledger, w := connect(t, ok(`{}`))
	c := learning()
	got, applied, err := ledger.Commit(t.Context(), c)
	if err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	want := retry.State{
		Record: c.Record, Holds: c.Seen.Holds, Lines: c.Seen.Lines,
		Breakers: map[string]retry.Breaker{scarce: c.Breakers[0], alike: c.Breakers[1]},
		Full: map[string]time.Time{
			pipeline.Key: instant(noonMS).Add(pipeline.Interval()), account.Key: instant(noonMS + 90_000).Add(account.Interval()),
			"budget#pipeline#other": instant(noonMS),
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	w.asked(t, "TransactWriteItems")
	golden(t, "commit_whole.json", w.calls[0].body)
}

// Each outcome is counted under its own name.
func TestTallies(t *testing.T) {
	tests := []struct {
		tally retry.Tally
		want  string
	}{
		{retry.Tally{Result: retry.WasRecovered}, "#recovered :one"},
		{retry.Tally{Result: retry.WasRecovered, Same: true}, "#recovered :one"},
		{retry.Tally{Result: retry.FailedAnew}, "#failed_again :one"},
		{retry.Tally{Result: retry.FailedAnew, Same: true}, "#failed_again :one, #failed_again_same :one"},
		{retry.Tally{Result: retry.WasStopped}, "#stopped_by_person :one"},
		{retry.Tally{Result: retry.EndedElse}, "#superseded :one"},
	}
	for _, test := range tests {
		got := (&DynamoDB{}).counting(test.tally)
		if want := "SET #pipeline = :pipeline, #class = :class ADD " + test.want; *got.UpdateExpression != want {
			t.Errorf("%+v: got %q, want %q", test.tally, *got.UpdateExpression, want)
		}
		if names := got.ExpressionAttributeNames; len(names) != 2+len(counters(test.tally)) {
			t.Errorf("%+v: got names %v", test.tally, names)
		}
	}
}

// moved is the whole change as it stands after somebody else's: the holds at rev
// 5, the first breaker at rev 4, the second at rev 2.
func moved() (holds retry.Holds, again, first retry.Breaker) {
	holds, again, first = held(), opened(), retry.Breaker{Scope: alike, Rev: 2}
	holds.Rev, again.Rev, again.Probe = 5, 4, "another"
	return holds, again, first
}

func TestRefusalsOfWhatIsLearned(t *testing.T) {
	holds, again, first := moved()
	byHolds, byAgain, byFirst := failedBy(asHolds(t, holds)), failedBy(asBreaker(t, again)), failedBy(asBreaker(t, first))
	tests := []struct {
		name              string
		held, again, both string // reasons of the holds and the two breakers
		want              func(*retry.State)
	}{
		{"holds", byHolds, none, none, func(s *retry.State) { s.Holds = holds }},
		{"breaker", none, byAgain, none, func(s *retry.State) { s.Breakers[scarce] = again }},
		{"first breaker, a conflict elsewhere", conflict, none, byFirst, func(s *retry.State) { s.Breakers[alike] = first }},
		{"all of them", byHolds, byAgain, byFirst, func(s *retry.State) {
			s.Holds, s.Breakers[scarce], s.Breakers[alike] = holds, again, first
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, cancelled(none, none, none, none, test.held, test.again, test.both, none, none))
			c := learning()
			got, applied, err := ledger.Commit(t.Context(), c)
			want := unchanged(c)
			test.want(&want)
			if err != nil || applied || !reflect.DeepEqual(got, want) {
				t.Errorf("applied %t, error %v\n got %+v\nwant %+v", applied, err, got, want)
			}
			w.asked(t, "TransactWriteItems")
		})
	}
}

// Where a refusal does not show what stands, one read brings all that the change
// was to write, and leaves the rest as it was seen.
func TestWhatIsLearnedIsReadAgain(t *testing.T) {
	holds, again, _ := moved()
	ledger, w := connect(t, cancelled(none, none, none, none, failed, none, none, none, none),
		responses(standing(t, 7), asHolds(t, holds), asBreaker(t, again), turnAt(t, pipeline.Key, noonMS+5)))
	c := learning()
	c.Seen.Full["elsewhere"] = noon
	got, applied, err := ledger.Commit(t.Context(), c)
	want := unchanged(c)
	want.Record.Rev, want.Holds, want.Lines[pipeline.Key] = 7, holds, instant(noonMS+5)
	want.Breakers = map[string]retry.Breaker{scarce: again, alike: {Scope: alike}}
	maps.DeleteFunc(want.Full, func(key string, _ time.Time) bool { return key != "elsewhere" })
	if err != nil || applied || !reflect.DeepEqual(got, want) {
		t.Errorf("applied %t, error %v\n got %+v\nwant %+v", applied, err, got, want)
	}
	w.asked(t, "TransactWriteItems", "BatchGetItem")
	golden(t, "commit_read.json", w.calls[1].body)
}

// A breaker of another build is neither believed nor written over, and holds of
// another build hold: they are told as a fault.
func TestWhatIsLearnedCannotBeRead(t *testing.T) {
	newer := `{"pk":{"S":"breaker"},"sk":{"S":"x"},"rev":{"N":"3"},"schema":{"N":"2"}}`
	ledger, _ := connect(t, cancelled(none, none, none, none, none, failedBy(newer), none, none, none))
	got, applied, err := ledger.Commit(t.Context(), learning())
	fails(t, err, `breaker "scarce ml.p5.48xlarge" in table Ledger`, "its schema is 2, this build reads schema 1 only")
	if applied || !errors.Is(err, retry.ErrUnreadable) || !reflect.DeepEqual(got, retry.State{}) {
		t.Errorf("applied %t, error %v, got %+v", applied, err, got)
	}
	ledger, _ = connect(t, cancelled(none, none, none, none, failedBy(newer), none, none, none, none))
	got, applied, err = ledger.Commit(t.Context(), learning())
	want := retry.Holds{Rev: 3, Fault: "its schema is 2, this build reads schema 1 only"}
	if err != nil || applied || !reflect.DeepEqual(got.Holds, want) {
		t.Errorf("applied %t, error %v, got %+v, want %+v", applied, err, got.Holds, want)
	}
}

// A change that takes nothing asks nobody about holds.
func TestNoHoldOnWhatTakesNothing(t *testing.T) {
	ledger, w := connect(t, ok(`{}`))
	c := next()
	c.Takes, c.Seen.Holds = nil, retry.Holds{Fault: "its schema is 2"}
	if _, applied, err := ledger.Commit(t.Context(), c); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	golden(t, "commit_bare.json", w.calls[0].body)
}

func TestReadBreakerFailsClosed(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(item)
		want   string
	}{
		"newer schema":     {func(it item) { it[attrSchema] = number(2) }, "its schema is 2"},
		"no opening":       {func(it item) { delete(it, "opened") }, "expected a breaker of schema 1, got one without opened"},
		"no rev yet":       {func(it item) { it[attrRev] = number(0) }, "got rev 0"},
		"negative rate":    {func(it item) { it["rate"] = number(-1) }, "rate -1"},
		"negative failed":  {func(it item) { it["failed"] = number(-1) }, "failed -1"},
		"another's scope":  {func(it item) { it["scope"] = text("class x") }, `scope "class x"`},
		"opened as a word": {func(it item) { it["opened"] = text("yesterday") }, "expected a breaker of schema 1"},
	} {
		it, err := newItem(breakerKey(scarce), opened(), noon)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readBreaker(scarce, it); err != nil || !reflect.DeepEqual(got, opened()) {
			t.Fatalf("whole: got %+v, error %v", got, err)
		}
		test.damage(it)
		got, err := readBreaker(scarce, it)
		fails(t, err, test.want)
		if !reflect.DeepEqual(got, retry.Breaker{}) {
			t.Errorf("%s: got %+v beside the error", name, got)
		}
	}
}

func TestReadHolds(t *testing.T) {
	long := text(fmt.Sprintf("%300d\n", 1))
	for name, test := range map[string]struct {
		damage func(item)
		want   retry.Holds
	}{
		"whole":             {func(item) {}, held()},
		"no holds any more": {func(it item) { it[attrHolds] = list() }, retry.Holds{Rev: 4}},
		"newer schema":      {func(it item) { it[attrSchema] = number(2) }, retry.Holds{Rev: 4, Fault: "its schema is 2, this build reads schema 1 only"}},
		"no rev":            {func(it item) { delete(it, attrRev) }, retry.Holds{Fault: "expected its rev as a number, got none"}},
		"no list":           {func(it item) { delete(it, attrHolds) }, retry.Holds{Rev: 4, Fault: "expected its holds as a list: got none"}},
		"holds as text":     {func(it item) { it[attrHolds] = long }, retry.Holds{Rev: 4, Fault: "expected its holds as a list: got something else"}},
		"no scope":          {func(it item) { it[attrHolds] = list(item{"until": text("2026-03-01T14:00:00Z")}) }, retry.Holds{Rev: 4, Fault: "expected holds with a scope and an end, got scope  until 2026-03-01 14:00:00 +0000 UTC"}},
		"no end":            {func(it item) { it[attrHolds] = list(item{"scope": text("all")}) }, retry.Holds{Rev: 4, Fault: "expected holds with a scope and an end, got scope all until 0001-01-01 00:00:00 +0000 UTC"}},
	} {
		it, err := holdsItem(held())
		if err != nil {
			t.Fatal(err)
		}
		test.damage(it)
		if got := readHolds(it); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
	}
	if got := readHolds(nil); !reflect.DeepEqual(got, retry.Holds{}) {
		t.Errorf("none: got %+v", got)
	}
	it, err := holdsItem(retry.Holds{Rev: 9})
	if got := readHolds(it); err != nil || !reflect.DeepEqual(got, retry.Holds{Rev: 9}) || it[attrTTL] != nil {
		t.Errorf("empty: got %+v, error %v, ttl %v", got, err, it[attrTTL])
	}
}

// A fault is one bounded line, whatever was stored.
func TestFaultOfHoldsIsBounded(t *testing.T) {
	it, err := holdsItem(held())
	if err != nil {
		t.Fatal(err)
	}
	it[attrHolds] = list(item{"scope": text(fmt.Sprintf("all\n%900d", 1))})
	if got := readHolds(it).Fault; len([]rune(got)) != maxFault+1 {
		t.Errorf("got %d characters: %q", len([]rune(got)), got)
	}
}

// list is a list of maps.
func list(maps ...item) types.AttributeValue {
	all := &types.AttributeValueMemberL{Value: []types.AttributeValue{}}
	for _, m := range maps {
		all.Value = append(all.Value, &types.AttributeValueMemberM{Value: m})
	}
	return all
}

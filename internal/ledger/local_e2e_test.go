//go:build e2e

package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/cause"
	"mulligan/internal/dynamodblocal"
	"mulligan/internal/retry"
)

// Local is a ledger in DynamoDB Local, with all its sides and the client, for
// what production never does.
type Local struct {
	*DynamoDB
	*Policies
	*Sweeping
	client *dynamodb.Client
}

// OpenLocal makes a table of the test's own, and deletes it when that ends.
// MULLIGAN_DYNAMODB_ENDPOINT says where DynamoDB Local listens.
func OpenLocal(t *testing.T) Local {
	t.Helper()
	return openLocal(t, func(*dynamodb.CreateTableInput) {})
}

func openLocal(t *testing.T, adapt func(*dynamodb.CreateTableInput)) Local {
	t.Helper()
	endpoint := os.Getenv("MULLIGAN_DYNAMODB_ENDPOINT")
	if endpoint == "" {
		t.Fatal("MULLIGAN_DYNAMODB_ENDPOINT: expected the URL of DynamoDB Local, got nothing")
	}
	cfg := aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
	table := "ledger-" + rand.Text()
	ledger := NewDynamoDB(cfg, table)
	client := ledger.Client.(*dynamodb.Client)
	asked := dynamodblocal.Table(table)
	adapt(asked)
	if err := dynamodblocal.Make(t.Context(), client, asked); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
			t.Error(err)
		}
	})
	return Local{ledger, &Policies{Ledger: ledger, Client: client}, &Sweeping{Ledger: ledger, Client: client}, client}
}

// Spoil implements ledgertest.Ledger.
func (l Local) Spoil(ctx context.Context, pk, sk, attribute, value string) error {
	_, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.Table, Key: item{attrPK: text(pk), attrSK: text(sk)}, UpdateExpression: aws.String("SET #name = :value"),
		ExpressionAttributeNames: map[string]string{"#name": attribute}, ExpressionAttributeValues: item{":value": text(value)},
	})
	return err
}

// PlaceHolds implements ledgertest.Ledger.
func (l Local) PlaceHolds(ctx context.Context, h retry.Holds) error {
	it, err := holdsItem(h)
	if err != nil {
		return err
	}
	for { // a claim may be in the way for a moment
		_, err = l.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &l.Table, Item: it})
		if !contended(err, nil) {
			return err
		}
	}
}

// Counters implements ledgertest.Ledger.
func (l Local) Counters(ctx context.Context, pipeline string, class cause.Class) (map[string]int64, error) {
	answer, err := l.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &l.Table, Key: tallyKey(retry.Tally{Pipeline: pipeline, Class: class}), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	return numbers(answer.Item), nil
}

func (l Local) item(t *testing.T, key item) item {
	t.Helper()
	answer, err := l.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &l.Table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Item
}

// One transaction whose answer was lost and that is sent again is one write: it is
// not refused for the record that it wrote itself, and counts an outcome once.
func TestLocalSameTokenIsOneWrite(t *testing.T) {
	l := OpenLocal(t)
	token := rand.Text() // DynamoDB remembers tokens by account, not by table
	l.Token = func() string { return token }
	c := claim()
	c.Tally = &retry.Tally{Pipeline: "churn", Class: cause.Capacity, Result: retry.FailedAnew, Same: true}
	for attempt := range 2 {
		if _, applied, err := l.Commit(t.Context(), c); err != nil || !applied {
			t.Fatalf("attempt %d: applied %t, error %v", attempt, applied, err)
		}
	}
	l.Token = rand.Text
	stands, applied, err := l.Commit(t.Context(), c)
	if err != nil || applied || stands.Record.Rev != 1 {
		t.Errorf("another token: applied %t, error %v, rev %d that stands; want it refused by rev 1", applied, err, stands.Record.Rev)
	}
	if got, want := stands.Full[c.Takes[0].Key], c.Now.Truncate(time.Millisecond).Add(c.Takes[0].Interval()); !got.Equal(want) {
		t.Errorf("bucket: full at %s, want one unit taken: %s", got, want)
	}
	if got, err := l.Counters(t.Context(), "churn", cause.Capacity); err != nil || got["failed_again"] != 1 || got["failed_again_same"] != 1 {
		t.Errorf("got counters %v, error %v, want one failed again", got, err)
	}
}

// A table of an older build has no index: the sweep is told what to do, and the
// function works as before.
func TestLocalTableWithoutIndex(t *testing.T) {
	l := openLocal(t, func(in *dynamodb.CreateTableInput) {
		in.GlobalSecondaryIndexes, in.AttributeDefinitions = nil, in.AttributeDefinitions[:2]
	})
	if _, applied, err := l.Commit(t.Context(), claim()); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	_, _, err := l.Open(t.Context(), retry.StandsClaimed, "")
	if !errors.Is(err, ErrNoIndex) || !strings.Contains(err.Error(), "give it a global secondary index named open") {
		t.Errorf("got error %v, want %v", err, ErrNoIndex)
	}
	if known, _, err := l.Known(t.Context(), []retry.ExecutionARN{churn}); err != nil || len(known) != 1 {
		t.Errorf("known: got %v, error %v", known, err)
	}
}

// Every item says when housekeeping may remove it: never before Expires, and a
// bucket never within a day of being full again.
func TestLocalTimeToLive(t *testing.T) {
	l := OpenLocal(t)
	c := claim()
	slow := retry.Bucket{Key: "slow", Size: 3, Per: 3 * 365 * 24 * time.Hour}
	c.Takes, c.Refills = append(c.Takes, slow), []retry.Bucket{{Key: "r"}}
	c.Breakers = []retry.Breaker{{Scope: "s", Rev: 1}}
	if _, applied, err := l.Commit(t.Context(), c); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	line := retry.Line{Key: "k", Every: time.Hour, First: c.Expires, Last: c.Expires.Add(2 * time.Hour)}
	for range 2 { // with nobody there, and behind somebody
		if _, given, err := l.Queue(t.Context(), line); err != nil || !given {
			t.Fatalf("given %t, error %v", given, err)
		}
	}
	for name, want := range map[string]struct {
		key      item
		earliest time.Time
	}{
		"line":        {lineKey("k"), line.Last.Add(24 * time.Hour)},
		"breaker":     {breakerKey("s"), c.Expires},
		"refilled":    {bucketKey("r"), c.Expires},
		"record":      {recordKey(c.Execution), c.Expires},
		"trail":       {trailKey(c.Execution, 1), c.Expires},
		"bucket":      {bucketKey(c.Takes[0].Key), c.Expires},
		"slow bucket": {bucketKey(slow.Key), c.Now.Add(slow.Interval() + 24*time.Hour)},
	} {
		n, _ := l.item(t, want.key)[attrTTL].(*types.AttributeValueMemberN)
		if n == nil {
			t.Errorf("%s: no ttl", name)
			continue
		}
		if got, err := strconv.ParseInt(n.Value, 10, 64); err != nil || got < want.earliest.Unix() {
			t.Errorf("%s: ttl %s, error %v, want %d or later", name, n.Value, err, want.earliest.Unix())
		}
	}
}

// What was counted and how far the sweep has come stay for good.
func TestLocalKeptForGood(t *testing.T) {
	l := OpenLocal(t)
	c := claim()
	c.Tally = &retry.Tally{Pipeline: "churn", Class: cause.Capacity, Result: retry.WasRecovered}
	if _, applied, err := l.Commit(t.Context(), c); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	if err := l.KeepCursor(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]item{"outcome": tallyKey(*c.Tally), "cursor": cursorKey()} {
		if it := l.item(t, key); len(it) == 0 || it[attrTTL] != nil {
			t.Errorf("%s: got %d attributes, ttl %v; want an item without", name, len(it), it[attrTTL])
		}
	}
}

// A record that another build wrote is neither read nor written over, even
// where its rev is the one that was seen.
func TestLocalNewerSchemaStays(t *testing.T) {
	l := OpenLocal(t)
	c := claim()
	written, _, err := l.Commit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	newer := l.item(t, recordKey(c.Execution))
	newer[attrSchema] = number(2)
	if _, err := l.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &l.Table, Item: newer}); err != nil {
		t.Fatal(err)
	}
	const want = "its schema is 2, this build reads schema 1 only"
	if _, err := l.Read(t.Context(), c.Execution, nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("read: got error %v, want %q", err, want)
	}
	next := claim()
	next.Seen, next.Record.Rev = written, 2
	if _, applied, err := l.Commit(t.Context(), next); applied || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("commit: applied %t, error %v, want %q", applied, err, want)
	}
	if got := l.item(t, recordKey(c.Execution)); shown(got[attrSchema]) != "2" || shown(got[attrRev]) != "1" {
		t.Errorf("the record was written over: schema %s, rev %s", shown(got[attrSchema]), shown(got[attrRev]))
	}
}

// The policy's items stay, whatever housekeeping removes.
func TestLocalPolicyItems(t *testing.T) {
	l := OpenLocal(t)
	first, second := strict(), lenient()
	for seen, v := range []Version{first, second} {
		if _, err := l.Apply(t.Context(), v, seen); err != nil {
			t.Fatal(err)
		}
	}
	for name, key := range map[string]item{
		"current": policyKey(currentSK), "history": policyKey(entrySK(2)), "by hash": policyKey(hashSK + second.Hash),
	} {
		if it := l.item(t, key); len(it) == 0 || it[attrTTL] != nil {
			t.Errorf("%s: got %d attributes, ttl %v; want an item without", name, len(it), it[attrTTL])
		}
	}
	if got := stored(l.item(t, policyKey(currentSK))[attrBefore]); got != first.Body {
		t.Errorf("before: got %q, want %q", got, first.Body)
	}
}

// A person's program of this build replaces what a later build applied; the
// function of this build only says that it cannot read it.
func TestLocalNewerPolicy(t *testing.T) {
	l := OpenLocal(t)
	newer := current(strict())
	newer[attrSchema] = number(2)
	if _, err := l.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &l.Table, Item: newer}); err != nil {
		t.Fatal(err)
	}
	state, err := l.Read(t.Context(), claim().Execution, nil)
	if err != nil || state.Policy.Fault != "its schema is 2, this build reads schema 1 only" || state.Policy.Before != strict().Before {
		t.Errorf("read: got %+v, error %v", state.Policy, err)
	}
	got, err := l.Apply(t.Context(), lenient(), 3)
	if err != nil || got.Rev != 4 || got.Before != strict().Before {
		t.Errorf("apply: got %+v, error %v", got, err)
	}
}

func TestLocalMissingTable(t *testing.T) {
	l := OpenLocal(t)
	l.Table = "no-such-table"
	for name, call := range map[string]func() error{
		"read":   func() error { _, err := l.Read(t.Context(), claim().Execution, nil); return err },
		"commit": func() error { _, _, err := l.Commit(t.Context(), claim()); return err },
		"apply":  func() error { _, err := l.Apply(t.Context(), lenient(), 0); return err },
		"queue":  func() error { _, _, err := l.Queue(t.Context(), before()); return err },
		"keep":   func() error { return l.KeepCursor(t.Context(), "x") },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), "table no-such-table does not exist") {
			t.Errorf("%s: got error %v, want the missing table named", name, err)
		}
	}
}

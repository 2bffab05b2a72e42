//go:build e2e

package ledger

import (
	"context"
	"crypto/rand"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// Local is a ledger in DynamoDB Local, with both its sides and the client, for
// what production never does.
type Local struct {
	*DynamoDB
	*Policies
	client *dynamodb.Client
}

// OpenLocal makes a table of the test's own, and deletes it when that ends.
// MULLIGAN_DYNAMODB_ENDPOINT says where DynamoDB Local listens.
func OpenLocal(t *testing.T) Local {
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
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
			t.Error(err)
		}
	})
	warm(t, client, table)
	return Local{ledger, &Policies{Ledger: ledger, Client: client}, client}
}

// warm makes a transaction that writes nothing: DynamoDB Local loads half of
// itself with its first, which can take longer than a function would wait.
func warm(t *testing.T, client *dynamodb.Client, table string) {
	t.Helper()
	check := &types.ConditionCheck{TableName: &table, Key: bucketKey("warm"), ConditionExpression: aws.String("attribute_not_exists(pk)")}
	ask := &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{ConditionCheck: check}}}
	if _, err := client.TransactWriteItems(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
}

// Spoil implements ledgertest.Ledger.
func (l Local) Spoil(ctx context.Context, attribute, value string) error {
	_, err := l.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &l.Table, Key: policyKey(currentSK), UpdateExpression: aws.String("SET #name = :value"),
		ExpressionAttributeNames: map[string]string{"#name": attribute}, ExpressionAttributeValues: item{":value": text(value)},
	})
	return err
}

func (l Local) item(t *testing.T, key item) item {
	t.Helper()
	answer, err := l.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &l.Table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Item
}

// One transaction whose answer was lost and that is sent again is one write,
// and is not refused for the record that it wrote itself.
func TestLocalSameTokenIsOneWrite(t *testing.T) {
	l := OpenLocal(t)
	token := rand.Text() // DynamoDB remembers tokens by account, not by table
	l.Token = func() string { return token }
	c := claim()
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
}

// Every item says when housekeeping may remove it: never before Expires, and a
// bucket never within a day of being full again.
func TestLocalTimeToLive(t *testing.T) {
	l := OpenLocal(t)
	c := claim()
	slow := retry.Bucket{Key: "slow", Size: 3, Per: 3 * 365 * 24 * time.Hour}
	c.Takes = append(c.Takes, slow)
	if _, applied, err := l.Commit(t.Context(), c); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	for name, want := range map[string]struct {
		key      item
		earliest time.Time
	}{
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
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), "table no-such-table does not exist") {
			t.Errorf("%s: got error %v, want the missing table named", name, err)
		}
	}
}

//go:build e2e

package e2e

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awstest"
	"mulligan/internal/dynamodblocal"
)

// Where the events in events/ come from, and so where Mulligan is taken to be.
const (
	region = "eu-west-1"
	number = "123456789012"
)

// world is all that the function meets: the stand-in for SageMaker and
// Scheduler and an empty ledger on DynamoDB Local, each behind a gate.
type world struct {
	*awstest.Account
	traffic
	table     string
	client    *dynamodb.Client // for the test itself, past the gate
	sagemaker string           // URLs for the function
	dynamodb  string
	connected chan struct{} // something has connected to a gate
}

// newWorld makes a world whose ledger has that name, and ends it with the test.
func newWorld(t *testing.T, table string) *world {
	t.Helper()
	return newWorldBehind(t, table, func(service http.Handler) http.Handler { return service })
}

// newWorldBehind makes a world with something else between gates and services.
func newWorldBehind(t *testing.T, table string, behind func(http.Handler) http.Handler) *world {
	t.Helper()
	w := &world{
		Account: awstest.New(awstest.Config{Region: region, Number: number, Groups: []string{scheduleGroup}, StopTakes: time.Hour}),
		table:   table, client: dynamodb.NewFromConfig(config(dynamoDBURL)), connected: make(chan struct{}, 1),
	}
	upstream, err := url.Parse(dynamoDBURL)
	if err != nil {
		t.Fatal(err)
	}
	w.sagemaker = w.listen(t, behind(w.Account))
	w.dynamodb = w.listen(t, behind(forward(upstream)))
	w.createTable(t)
	t.Cleanup(func() {
		for _, violation := range w.Violations() {
			t.Errorf("a request that AWS would not understand: %s", violation)
		}
	})
	return w
}

// forward hands requests on to a service. Whoever sends one may die over it, which
// is nothing to report.
func forward(service *url.URL) http.Handler {
	proxy := httputil.NewSingleHostReverseProxy(service)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	return proxy
}

// listen puts a gate before a service, at an address that containers reach.
func (w *world) listen(t *testing.T, service http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(bridge, "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: w.gate(service), ReadHeaderTimeout: 10 * time.Second, ConnState: w.connecting}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(listener) // ends by Close
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return "http://" + listener.Addr().String()
}

func (w *world) connecting(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		select {
		case w.connected <- struct{}{}:
		default:
		}
	}
}

// config is that of the tests' own clients, of an endpoint that knows no accounts.
func config(endpoint string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// createTable makes the ledger's table.
func (w *world) createTable(t *testing.T) {
	t.Helper()
	if err := dynamodblocal.Make(t.Context(), w.client, dynamodblocal.Table(w.table)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := w.client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &w.table}); err != nil {
			t.Error(err)
		}
	})
}

// record is what these tests read of an execution's record.
type record struct {
	Used  int
	Kind  string
	Claim struct {
		Retry, Ordinal int
		Token          string
		Due            time.Time
	}
	Outcome struct{ Result string }
}

// decision is what they read of one decision.
type decision struct {
	Build, Policy string
	Used          int
	Decision      struct{ Verdict, Reason string }
}

func (d decision) words() string { return d.Decision.Verdict + ", " + d.Decision.Reason }

// recordKey is the partition key of an execution's items.
func recordKey(arn string) string { return "execution#" + strings.ToLower(arn) }

// read reads the items of an execution as they lie in the table: its record and
// its decisions, oldest first.
func (w *world) read(t *testing.T, key string) (r record, decisions []decision) {
	t.Helper()
	answer, err := w.client.Query(t.Context(), &dynamodb.QueryInput{
		TableName: &w.table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range answer.Items {
		if sk, _ := item["sk"].(*types.AttributeValueMemberS); sk != nil && sk.Value == "record" {
			decode(t, item, &r)
			continue
		}
		var d decision
		decode(t, item, &d)
		decisions = append(decisions, d)
	}
	return r, decisions
}

// fullAt is when a bucket is full again; the zero time where nothing was ever
// taken from it.
func (w *world) fullAt(t *testing.T, bucket string) time.Time {
	t.Helper()
	answer, err := w.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &w.table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: bucket}, "sk": &types.AttributeValueMemberS{Value: "bucket"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Item == nil {
		return time.Time{}
	}
	var item struct{ Full int64 }
	decode(t, answer.Item, &item)
	return time.UnixMilli(item.Full)
}

func decode(t *testing.T, item map[string]types.AttributeValue, into any) {
	t.Helper()
	if err := attributevalue.UnmarshalMap(item, into); err != nil {
		t.Fatal(err)
	}
}

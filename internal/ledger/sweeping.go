package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// ErrNoIndex says that the table lacks the index of the open records, such as one
// that was made by an older build, or that it is still being made.
var ErrNoIndex = errors.New("the table has no index of its open records yet")

// howToIndex is what to do about ErrNoIndex.
const howToIndex = "give it a global secondary index named open with the partition key open and the sort key open_order (both S) " +
	"that includes open_due, open_for and open_execution, as the template's Ledger has; each record enters it with its next write"

// openPage is how many entries of the index one page has at most.
const openPage = 500

// SweepClient is what the sweep asks of DynamoDB beside Client. The function that
// takes the events has no permission for it.
type SweepClient interface {
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// Sweeping is what the sweep looks at in a ledger. It may be used concurrently.
// Make one with NewSweeping.
//
// Errors of all methods are awscall.ErrNoTime and those of the SDK, with the
// permission or table that they are about, beside those named.
type Sweeping struct {
	Ledger *DynamoDB // also the one that the sweep goes down the corridor with
	Client SweepClient
}

// NewSweeping opens the ledger of a table. Options are for the SDK's client,
// applied last.
func NewSweeping(cfg aws.Config, table string, options ...func(*dynamodb.Options)) *Sweeping {
	return &Sweeping{Ledger: NewDynamoDB(cfg, table, options...), Client: newClient(cfg, options)}
}

// Known are the records of those executions that have one, by ExecutionARN.Key,
// as of about now; unreadable are those whose record this build cannot read. It
// takes any number, a hundred a call.
func (s *Sweeping) Known(ctx context.Context, executions []retry.ExecutionARN) (known map[string]retry.Record, unreadable []retry.ExecutionARN, err error) {
	known = map[string]retry.Record{}
	for batch := range slices.Chunk(distinct(executions), maxKeys) {
		found, err := s.fetch(ctx, recordKeys(batch))
		if err != nil {
			return nil, nil, err
		}
		unreadable = append(unreadable, sorted(batch, found, known)...)
	}
	return known, unreadable, nil
}

// distinct are the executions, each once in its first spelling.
func distinct(executions []retry.ExecutionARN) []retry.ExecutionARN {
	once := make(map[string]bool, len(executions))
	var all []retry.ExecutionARN
	for _, arn := range executions {
		if key := arn.Key(); !once[key] {
			once[key], all = true, append(all, arn)
		}
	}
	return all
}

func recordKeys(executions []retry.ExecutionARN) []item {
	asked := make([]item, len(executions))
	for i, arn := range executions {
		asked[i] = recordKey(arn)
	}
	return asked
}

// sorted adds the records that were found to those known, and returns the
// executions of those that cannot be read.
func sorted(executions []retry.ExecutionARN, found []item, known map[string]retry.Record) (unreadable []retry.ExecutionARN) {
	items := make(map[string]item, len(found))
	for _, it := range found {
		items[stored(it[attrPK])] = it
	}
	for _, arn := range executions {
		it := items[stored(recordKey(arn)[attrPK])]
		if len(it) == 0 {
			continue
		}
		record, err := readRecord(it)
		if err != nil {
			unreadable = append(unreadable, arn)
			continue
		}
		known[arn.Key()] = record
	}
	return unreadable
}

// Open is a page of the records that stand so, at most 500, in the order of
// Open.Order; next asks for the one after it, "" at the end. The index is written
// a moment after the records (eventually consistent). An entry that names no
// execution is not Mulligan's, and left out. Errors: ErrNoIndex.
func (s *Sweeping) Open(ctx context.Context, standing retry.Standing, page string) (open []retry.Open, next string, err error) {
	ask, err := s.asking(standing, page)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", queryAction, err)
	}
	defer cancel()
	answer, err := s.Client.Query(ctx, ask)
	if err != nil {
		return nil, "", s.explain(err)
	}
	for _, it := range answer.Items {
		if o, ok := readOpen(it); ok {
			open = append(open, o)
		}
	}
	return open, pageAfter(answer.LastEvaluatedKey), nil
}

func (s *Sweeping) asking(standing retry.Standing, page string) (*dynamodb.QueryInput, error) {
	from, err := startOf(standing, page)
	if err != nil {
		return nil, err
	}
	return &dynamodb.QueryInput{
		TableName: &s.Ledger.Table, IndexName: aws.String(openIndex), Limit: aws.Int32(openPage), ExclusiveStartKey: from,
		KeyConditionExpression:    aws.String("#open = :standing"),
		ExpressionAttributeNames:  map[string]string{"#open": attrOpen},
		ExpressionAttributeValues: item{":standing": text(string(standing))},
	}, nil
}

// pageAfter is the page that begins after a key of the index: when the last of
// this page is due, and which it is.
func pageAfter(last item) string {
	if len(last) == 0 {
		return ""
	}
	return stored(last[attrOrder]) + " " + stored(last[attrPK])
}

// startOf is the key that pageAfter was made of; nil for the first page.
func startOf(standing retry.Standing, page string) (item, error) {
	if page == "" {
		return nil, nil
	}
	order, pk, ok := strings.Cut(page, " ")
	if !ok || order == "" || pk == "" {
		return nil, fmt.Errorf("expected a page of the open records, got %.80q", page)
	}
	return item{attrOpen: text(string(standing)), attrOrder: text(order), attrPK: text(pk), attrSK: text(recordSK)}, nil
}

// explain tells a table without the index from other errors. DynamoDB has no code
// of its own for it, only the words "The table does not have the specified index"
// and "Cannot read from backfilling global secondary index".
func (s *Sweeping) explain(err error) error {
	if awscall.KindOf(err) == awscall.Invalid && strings.Contains(err.Error(), " index: "+openIndex) {
		return fmt.Errorf("%s on table %s: %w: %s: %w", queryAction, s.Ledger.Table, ErrNoIndex, howToIndex, err)
	}
	return awscall.Explain(err, queryAction, "index "+openIndex+" of table "+s.Ledger.Table)
}

// fetch is DynamoDB.fetch with a time limit of its own.
func (s *Sweeping) fetch(ctx context.Context, asked []item) ([]item, error) {
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", readAction, err)
	}
	defer cancel()
	return s.Ledger.fetch(ctx, asked)
}

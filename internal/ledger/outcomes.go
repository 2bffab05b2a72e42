package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// Outcome counts what became of the retries of one pipeline for one class of
// causes, since the ledger was made.
type Outcome struct {
	Pipeline        string // its name, lower-cased
	Class           cause.Class
	Recovered       int // the execution ended Succeeded
	FailedAgain     int // it ended Failed
	FailedAgainSame int // of these: in the same step, with the same fingerprint
	StoppedByPerson int // it ended Stopped
	Superseded      int // it ended otherwise
}

// Settled is how many retries are counted.
func (o Outcome) Settled() int { return o.Recovered + o.FailedAgain + o.StoppedByPerson + o.Superseded }

// Outcomes are all that were counted, by pipeline and class. What an item does
// not say in numbers counts as zero.
func (h *Holds) Outcomes(ctx context.Context) ([]Outcome, error) {
	found, err := h.table.all(ctx, outcomePK)
	if err != nil {
		return nil, err
	}
	return readOutcomes(found), nil
}

// Outcomes is Holds.Outcomes.
func (h *MemoryHolds) Outcomes(ctx context.Context) ([]Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h.memory.mu.Lock()
	defer h.memory.mu.Unlock()
	var found []item
	for _, it := range h.memory.outcomes {
		found = append(found, it)
	}
	return readOutcomes(found), nil
}

func readOutcomes(found []item) []Outcome {
	outcomes := make([]Outcome, len(found))
	for i, it := range found {
		number := func(counter string) int { return int(count(it, counter)) }
		outcomes[i] = Outcome{
			Pipeline: stored(it[attrPipeline]), Class: cause.Class(stored(it[attrClass])),
			Recovered: number(string(retry.WasRecovered)), StoppedByPerson: number(string(retry.WasStopped)),
			FailedAgain: number(string(retry.FailedAnew)), FailedAgainSame: number(attrFailedSame),
			Superseded: number(string(retry.EndedElse)),
		}
	}
	slices.SortFunc(outcomes, func(a, b Outcome) int {
		return cmp.Or(strings.Compare(a.Pipeline, b.Pipeline), cmp.Compare(a.Class, b.Class))
	})
	return outcomes
}

// all gives the items of a partition.
func (p *Policies) all(ctx context.Context, pk string) ([]item, error) {
	ask := &dynamodb.QueryInput{
		TableName: &p.Ledger.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#pk = :pk"),
		ExpressionAttributeNames:  map[string]string{"#pk": attrPK},
		ExpressionAttributeValues: item{":pk": text(pk)},
	}
	var found []item
	for range maxPages {
		answer, err := p.query(ctx, ask)
		if err != nil {
			return nil, err
		}
		found = append(found, answer.Items...)
		if ask.ExclusiveStartKey = answer.LastEvaluatedKey; len(ask.ExclusiveStartKey) == 0 {
			return found, nil
		}
	}
	return nil, fmt.Errorf("%s on table %s: more than %d pages of %s", queryAction, p.Ledger.Table, maxPages, pk)
}

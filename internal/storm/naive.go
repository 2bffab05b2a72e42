package main

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awstest"
)

// counter reads the table in which the plain handler counts.
type counter struct {
	client *dynamodb.Client
	table  string
	most   int
}

func hearsFailed(s awstest.Status) bool { return s == awstest.Failed }

// rests: the plain handler is done with an execution that it has retried as often
// as it may. Of any other nobody will think again.
func (n counter) rests(ctx context.Context, unrecovered []string) (left int, why map[string]int, err error) {
	why = map[string]int{}
	counted, err := n.counted(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, arn := range unrecovered {
		if counted[arn] >= n.most {
			why["all retries used"]++
			continue
		}
		why["forgotten after "+strconv.Itoa(counted[arn])+" retries"]++
	}
	return 0, why, nil
}

// counted are the retries that it has counted, by execution.
func (n counter) counted(ctx context.Context) (map[string]int, error) {
	counted := map[string]int{}
	pages := dynamodb.NewScanPaginator(n.client, &dynamodb.ScanInput{TableName: &n.table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			if number, ok := it["retries"].(*types.AttributeValueMemberN); ok {
				counted[textOf(it["pk"])], _ = strconv.Atoi(number.Value) // DynamoDB keeps numbers only
			}
		}
	}
	return counted, nil
}

// noUnits: it has no budget.
func noUnits(context.Context, []string) (map[string][]time.Time, error) { return nil, nil }

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/awstest"
	"mulligan/internal/ledger"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// environment is that of the template, with an account's addresses and a storm's
// settings: what takes minutes and hours otherwise takes seconds here.
func environment(s shape, sagemaker, dynamo, table string) []string {
	return []string{
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_LAMBDA_FUNCTION_NAME=mulligan-retrier", "HOME=/nonexistent",
		"AWS_ENDPOINT_URL_SAGEMAKER=" + sagemaker, "AWS_ENDPOINT_URL_SCHEDULER=" + sagemaker, "AWS_ENDPOINT_URL_DYNAMODB=" + dynamo,
		"MODE=enforce", "LEDGER_TABLE=" + table, "SCHEDULE_GROUP=" + group, "SCHEDULE_TARGET_ARN=" + functionARN,
		"SCHEDULE_ROLE_ARN=arn:aws:iam::" + accountNumber + ":role/scheduler",
		"DEAD_LETTERS_ARN=arn:aws:sqs:" + region + ":" + accountNumber + ":dead-letters",
		"MAX_RETRIES=" + strconv.Itoa(s.Retries), "PIPELINE_RETRIES_PER_DAY=100000", "ACCOUNT_RETRIES_PER_HOUR=100000",
		"BACKOFF_INTERVAL=5", "BACKOFF_MAX_DELAY=30", "EXPIRE_AFTER=3600", "FUNCTION_TIMEOUT=20",
	}
}

// policyText is the policy in force: it bounds the rate further than a
// deployment's settings can.
func policyText(s shape) string {
	return fmt.Sprintf("version: 1\ndescription: a storm\nbudgets:\n  account: {size: %d, refill: %s}\n", s.Size, s.Refill)
}

// applyPolicy puts the policy in force, as the operator's program does.
func applyPolicy(ctx context.Context, s shape, url, table string) error {
	file, findings := policyfile.Read("storm.yaml", []byte(policyText(s)))
	if file == nil {
		return fmt.Errorf("the policy is at fault: %v", findings)
	}
	_, err := ledger.NewPolicies(config(url), table).Apply(ctx, ledger.Version{
		Hash: file.Hash(), Body: string(file.Body()), Source: policyText(s), Author: "storm", Note: "storm", At: time.Now(),
	}, 0)
	return err
}

// book reads the ledger from outside.
type book struct {
	records *ledger.Sweeping
	client  *dynamodb.Client
	table   string
}

func newBook(url, table string) book {
	return book{ledger.NewSweeping(config(url), table), dynamodb.NewFromConfig(config(url)), table}
}

// hears is what the template's rule matches.
func hears(s awstest.Status) bool {
	return s == awstest.Failed || s == awstest.Succeeded || s == awstest.Stopped || s == awstest.CompletedWithFailures
}

// rests reads the records of those that have not succeeded: one that is open, or
// that there is none of, is not done with.
func (b book) rests(ctx context.Context, unrecovered []string) (left int, why map[string]int, err error) {
	why = map[string]int{}
	arns := make([]retry.ExecutionARN, len(unrecovered))
	for i, text := range unrecovered {
		if arns[i], err = retry.ParseExecutionARN(text); err != nil {
			return 0, nil, err
		}
	}
	known, _, err := b.records.Known(ctx, arns)
	if err != nil {
		return 0, nil, err
	}
	for _, arn := range arns {
		r, has := known[arn.Key()]
		if !has || r.Kind == retry.Claimed || r.Kind == retry.Parked || r.Kind == retry.Retried {
			left++
			continue
		}
		why[string(r.Decision.Verdict)+", "+string(r.Decision.Reason)]++
	}
	return left, why, nil
}

// units are when units were taken, by execution: the decisions on it keep that.
// They are asked for one by one: DynamoDB Local takes minutes to scan a large table.
func (b book) units(ctx context.Context, executions []string) (map[string][]time.Time, error) {
	taken, errs := make([][]time.Time, len(executions)), make([]error, len(executions))
	var running sync.WaitGroup
	for from := range readers {
		running.Go(func() {
			for i := from; i < len(executions); i += readers {
				taken[i], errs[i] = b.unitsOf(ctx, strings.ToLower(executions[i]))
			}
		})
	}
	running.Wait()
	units := map[string][]time.Time{}
	for i, arn := range executions {
		units[strings.ToLower(arn)] = taken[i]
	}
	return units, errors.Join(errs...)
}

// readers is how many read the decisions side by side.
const readers = 4

func (b book) unitsOf(ctx context.Context, key string) (taken []time.Time, err error) {
	pages := dynamodb.NewQueryPaginator(b.client, &dynamodb.QueryInput{
		TableName: &b.table, KeyConditionExpression: aws.String("#pk = :pk AND begins_with(#sk, :sk)"),
		ProjectionExpression:      aws.String("#pk, #at, #used, #stood.#used"),
		ExpressionAttributeNames:  map[string]string{"#pk": "pk", "#sk": "sk", "#at": "at", "#used": "used", "#stood": "stood"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": text("execution#" + key), ":sk": text("decision#")},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the decisions on %s: %w", key, err)
		}
		for _, it := range page.Items {
			at, took, err := unit(it)
			if err != nil {
				return nil, err
			}
			if took {
				taken = append(taken, at)
			}
		}
	}
	return taken, nil
}

// unit tells whether a decision took one, and when.
func unit(it map[string]types.AttributeValue) (at time.Time, took bool, err error) {
	stood, _ := it["stood"].(*types.AttributeValueMemberM)
	if stood == nil {
		return at, false, fmt.Errorf("a decision of %s says nothing of what stood", textOf(it["pk"]))
	}
	if textOf(it["used"]) == textOf(stood.Value["used"]) {
		return at, false, nil
	}
	at, err = time.Parse(time.RFC3339Nano, textOf(it["at"]))
	return at, true, err
}

// textOf is a text or a number as it stands.
func textOf(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

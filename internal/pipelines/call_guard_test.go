package pipelines_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mulligan/internal/awscall"
	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// The call wants time for what has to be written down after it, which the reads
// do not want.
func TestRetryWantsTimeToSettle(t *testing.T) {
	account, sagemaker, arn := stand(t, failing, awstest.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
	defer cancel()
	if _, err := sagemaker.Describe(ctx, arn); err != nil {
		t.Fatal(err)
	}
	before := len(account.Calls())
	if _, err := sagemaker.Retry(ctx, arn, claim("a")); !errors.Is(err, awscall.ErrNoTime) || len(account.Calls()) != before {
		t.Errorf("got %v and %d calls more, want ErrNoTime and none", err, len(account.Calls())-before)
	}
}

// An execution that has succeeded meanwhile does not replace itself.
func TestNoExecutionReplacesItself(t *testing.T) {
	account, sagemaker, _ := stand(t, failing, awstest.Config{})
	arn, err := retry.ParseExecutionARN(account.Add(awstest.Script{Pipeline: "Churn", Runs: []awstest.Run{awstest.Succeeds()}}))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := sagemaker.NewerSuccesses(t.Context(), arn, start.Add(-time.Hour)); err != nil || len(found) != 0 {
		t.Errorf("got %v, %v; want none", found, err)
	}
}

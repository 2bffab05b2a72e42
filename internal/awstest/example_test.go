package awstest_test

import (
	"fmt"
	"time"

	"mulligan/internal/awstest"
)

// A pipeline fails for want of capacity, a person retries it, and it succeeds.
func Example() {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	aws := awstest.New(awstest.Config{Now: func() time.Time { return now }})
	arn := aws.Add(awstest.Script{Pipeline: "churn", Runs: []awstest.Run{
		awstest.FailsAt("Train", awstest.ReasonCapacity).After(time.Minute),
		awstest.Succeeds().After(time.Hour),
	}})
	now = now.Add(time.Minute)
	fmt.Println(aws.Execution(arn).Status, "at", aws.Execution(arn).Steps[0].Name)
	fmt.Println("retried:", aws.HumanRetry(arn) == nil)
	now = now.Add(time.Hour)
	for _, e := range aws.Events() {
		fmt.Println(e.Time.Format(time.TimeOnly), e.Status)
	}
	// Output:
	// Failed at Train
	// retried: true
	// 09:00:00 Executing
	// 09:01:00 Failed
	// 09:01:00 Executing
	// 10:01:00 Succeeded
}

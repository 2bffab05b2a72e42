//go:build e2e

package e2e

import "mulligan/internal/awstest"

// recovered has an execution retried at once, and tells how it ended.
func recovered(n *narrator) {
	arn := n.Add(awstest.Script{
		Pipeline: "churn-training", ID: "p4jn9xou8a8s",
		Runs: []awstest.Run{awstest.FailsAt("train", awstest.ReasonInternal), awstest.Succeeds()},
	})
	failed := n.Events()[1]
	same(n.T, "the failure", n.invoke(write(n.T, "event.json", failed.JSON()), retryCalls...).words(), "retry, retryable")
	same(n.T, "its end", n.event("succeeded.json", "BatchGetItem", "DescribePipelineExecution", "BatchGetItem", "TransactWriteItems").words(), "ignore, recovered")
	r, _ := n.read(n.T, recordKey(arn))
	same(n.T, "outcome", r.Outcome.Result, "recovered")
	same(n.T, "effective retries", len(n.Retries(arn)), 1)
}

// endOfNoConcern is that of an execution that no retry of ours is known of.
func endOfNoConcern(n *narrator) {
	same(n.T, "answer", n.event("stopped.json", "BatchGetItem").words(), "ignore, not_failed")
}

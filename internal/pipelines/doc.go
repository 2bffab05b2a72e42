// Package pipelines is SageMaker as the corridor sees it: how an execution
// stands, what became of its steps, what their jobs say, whether a newer
// execution has succeeded, which executions have failed, and the one call that
// restarts it. What the API's errors allow next is decided here, by their codes.
package pipelines

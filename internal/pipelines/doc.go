// Package pipelines is SageMaker as the corridor sees it: how an execution
// stands, what became of its steps, and the one call that restarts it. What the
// API's errors allow next is decided here, by their codes.
package pipelines

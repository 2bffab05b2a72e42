// Package demo shows Mulligan at work on a laptop: the real handler and the real
// SageMaker and Scheduler clients, over HTTP against a stand-in, with the
// ledger's in-memory twin and a clock that is hurried from one moment at which
// something happens to the next.
package demo

package demo

import (
	"time"

	"mulligan/internal/awstest"
)

// pipeline is one pipeline of the story: how its runs end, and what else
// happens to it.
type pipeline struct {
	what       string // the trouble in a few words
	script     awstest.Script
	duplicates int           // further events for its first failure
	person     time.Duration // a person retries this long after the start; zero: nobody does
}

// story is what the demo plays. Runs take minutes, as real ones take hours.
func story() []pipeline {
	quota := awstest.FailsAt("Train", awstest.ReasonQuotaContention(4, 4, 1)).After(time.Second)
	fault := awstest.FailsAt("Prepare", awstest.ReasonInternal).After(4 * time.Minute)
	capacity := awstest.FailsAt("Train", awstest.ReasonCapacity).After(6 * time.Minute)
	recovers := awstest.Succeeds().After(20 * time.Minute)
	return []pipeline{
		{what: "no capacity for its instance type",
			script: awstest.Script{Pipeline: "nightly-churn", Runs: []awstest.Run{capacity, recovers}}},
		{what: "a quota in use by others, freed later",
			script: awstest.Script{Pipeline: "fraud-scoring", Runs: []awstest.Run{quota, quota, recovers}}},
		{what: "a bug in the training script",
			script: awstest.Script{Pipeline: "price-forecast", Runs: []awstest.Run{
				awstest.FailsAt("Train", awstest.ReasonUserCode).After(3 * time.Minute)}}},
		{what: "a service fault, reported three times",
			script: awstest.Script{Pipeline: "image-labels", Runs: []awstest.Run{fault, recovers}}, duplicates: 2},
		{what: "a service fault that does not pass",
			script: awstest.Script{Pipeline: "search-ranking", Runs: []awstest.Run{fault}}},
		{what: "no capacity, and a person is faster",
			script: awstest.Script{Pipeline: "ad-clicks", Runs: []awstest.Run{capacity, recovers}}, person: 8 * time.Minute},
	}
}

package main

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"mulligan/internal/awstest"
)

// The handlers over recorded answers, for profiles of what the table reports:
// go test -run=- -bench=. -cpuprofile=cpu.out ./internal/bench
func BenchmarkRetrier(b *testing.B) { benchmark(b, retrierInProcess) }

func BenchmarkPlain(b *testing.B) { benchmark(b, plainInProcess) }

func benchmark(b *testing.B, make func(aws.Config) func(context.Context, awstest.Event) error) {
	invoke, event := inProcess(make)
	b.ReportAllocs()
	for b.Loop() {
		if err := invoke(b.Context(), event); err != nil {
			b.Fatal(err)
		}
	}
}

// Both handlers come to their answer, each time, over recorded answers: the
// counted events are all handled in full.
func TestRecordedAnswers(t *testing.T) {
	for name, make := range map[string]func(aws.Config) func(context.Context, awstest.Event) error{
		"retrier": retrierInProcess, "plain": plainInProcess,
	} {
		invoke, event := inProcess(make)
		for n := range 3 {
			if err := invoke(t.Context(), event); err != nil {
				t.Errorf("%s, event %d: %v", name, n+1, err)
			}
		}
	}
}

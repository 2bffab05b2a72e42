package account

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// Executions tells how an execution stands, as [Remote] does.
type Executions interface {
	Execution(ctx context.Context, arn string) (awstest.Execution, error)
}

// Sources are where [Follow] and [Log] look.
type Sources struct {
	Logs       Logs
	Group      string // the log group of the function that events and schedules invoke
	Sweeps     string // the sweep's; empty: none
	Executions Executions
	Every      time.Duration // from one look to the next; zero: half a second
}

// Sources are those of a local account. Its root user's access key is the
// account's number, with IAM or without.
func (s State) Sources() Sources {
	return Sources{
		Group: s.LogGroup, Sweeps: s.SweepLogGroup, Executions: Remote{URL: s.Control},
		Logs: cloudwatchlogs.New(cloudwatchlogs.Options{
			Region: s.Region, BaseEndpoint: aws.String(s.Endpoint),
			Credentials: credentials.NewStaticCredentialsProvider(s.Number, "test", ""),
		}),
	}
}

// Follow tells what becomes of an execution, from an instant on, as it happens:
// the functions' log lines about it and each change of its status that is seen.
// It ends with the story: when the execution has succeeded or was stopped, or
// when the function has stopped or left it for good. Otherwise the last error
// is the context's, or says which source failed.
func Follow(ctx context.Context, from Sources, arn string, since time.Time) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		log := from.open(since)
		var s story
		for {
			lines, err := s.look(ctx, from, log, arn)
			if err != nil {
				yield(Line{}, cmp.Or(ctx.Err(), err))
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			if s.ended() {
				return
			}
			if err := from.rest(ctx); err != nil {
				yield(Line{}, err)
				return
			}
		}
	}
}

// Log tells the functions' log lines, of all executions, from an instant on: the
// zero time for all that there are. With follow it goes on until the context
// ends, which is no error then.
func Log(ctx context.Context, from Sources, since time.Time, follow bool) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		log := from.open(since)
		for {
			lines, err := log.next(ctx)
			switch {
			case follow && ctx.Err() != nil:
				return
			case err != nil:
				yield(Line{}, err)
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
			}
			if !follow || from.rest(ctx) != nil {
				return
			}
		}
	}
}

// rest waits for the next look, or tells why there is none.
func (from Sources) rest(ctx context.Context) error {
	timer := time.NewTimer(cmp.Or(from.Every, 500*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// quietLooks are how many looks without a new log line follow the end of an
// execution whose retry the log has not told yet: a function's line is written
// when its invocation ends, after the call that it tells of.
const quietLooks = 6

// A story is what is known of an execution that is followed.
type story struct {
	status  awstest.Status
	run     int
	last    Line // the function's last decision
	retries int  // that the log tells of
	quiet   int  // looks without a new log line, since it ended
}

// look asks both sources, the execution first, and returns what is new in the
// order in which it happened.
func (s *story) look(ctx context.Context, from Sources, log logReader, arn string) (news []Line, err error) {
	e, err := from.Executions.Execution(ctx, arn)
	if err != nil {
		return nil, fmt.Errorf("look at the execution: %w", err)
	}
	if e.Status != s.status || e.Run != s.run {
		s.status, s.run, s.quiet = e.Status, e.Run, 0
		news = append(news, Line{At: e.Modified, Execution: e.ARN, Status: string(e.Status), Run: e.Run})
	}
	all, err := log.next(ctx)
	if err != nil {
		return nil, err
	}
	s.quiet++
	for _, line := range all {
		if strings.EqualFold(line.Execution, arn) {
			news = append(news, line)
			s.learn(line)
		}
	}
	slices.SortStableFunc(news, func(a, b Line) int { return a.At.Compare(b.At) })
	return news, nil
}

func (s *story) learn(line Line) {
	s.quiet = 0
	if line.Verdict == string(retry.Retry) {
		s.retries++
	}
	// Another event of a failure that was dealt with settles nothing.
	if line.Verdict != "" && line.Reason != string(retry.Duplicate) {
		s.last = line
	}
}

// ended tells whether nothing more is to come.
func (s *story) ended() bool {
	switch retry.Verdict(s.last.Verdict) {
	case retry.Stop:
		return true
	case retry.Ignore: // superseded: who moved it on may still see it fail again
		return s.last.Reason != string(retry.Superseded) || s.atRest()
	}
	return s.atRest()
}

// atRest tells whether the execution will not move by itself, and the log has
// had its time to say how it came to that.
func (s *story) atRest() bool {
	over := s.status == awstest.Succeeded || s.status == awstest.Stopped
	return over && (s.retries >= s.run-1 || s.quiet >= quietLooks)
}

package backtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/jsonlines"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// plain is a failure without a trail: a line of a collection.
type plain struct {
	ID       string       `json:"id"`
	Message  string       `json:"message"`
	StepType string       `json:"step_type"`
	Pipeline string       `json:"pipeline"`
	Retry    *int         `json:"retry"` // n of the retry in question; 1 if absent
	Used     *int         `json:"used"`  // retries before it; one less than retry if absent
	Age      string       `json:"age"`   // since it ended, "2h" or "2d"; none if absent
	Previous string       `json:"previous"`
	Steps    []cause.Step `json:"steps"` // instead of message and step_type
}

// plainTime is when plain failures are judged: any time does, as long as it is
// always the same.
var plainTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// maxEarlier is the most retries that a deployment can allow an execution
// (parameter MaxRetries of the template).
const maxEarlier = 1000

func readPlain(line jsonlines.Line) (Recorded, error) {
	var p plain
	if err := line.Decode(&p); err != nil {
		return Recorded{}, err
	}
	if err := spelled(line); err != nil {
		return Recorded{}, err
	}
	if err := p.before(); err != nil {
		return Recorded{}, fmt.Errorf("%s: %w", line.Place, err)
	}
	earlier, err := p.earlier()
	if err != nil {
		return Recorded{}, fmt.Errorf("%s: %w", line.Place, err)
	}
	ended, err := p.ended()
	if err != nil {
		return Recorded{}, fmt.Errorf("%s: %w", line.Place, err)
	}
	facts, err := p.facts(ended)
	if err != nil {
		return Recorded{}, fmt.Errorf("%s: %w", line.Place, err)
	}
	rec := Recorded{ID: p.ID, Pipeline: p.Pipeline, Place: line.Place, earlier: earlier}
	rec.situation = retry.Situation{Facts: facts, Now: plainTime, Notice: retry.Notice{
		Door: retry.DoorEvent, Execution: facts.ARN, EventID: line.Place, // spreads delays; any name does
		EndedAt: ended, Previous: p.Previous,
	}}
	return rec, nil
}

// statuses are those of an execution (SageMaker API reference,
// DescribePipelineExecution, PipelineExecutionStatus).
var statuses = []string{"Executing", "Stopping", "Stopped", "Failed", "Succeeded"}

// before checks the status that the execution failed from.
func (p plain) before() error {
	if p.Previous == "" || slices.ContainsFunc(statuses, func(s string) bool { return strings.EqualFold(s, p.Previous) }) {
		return nil
	}
	return fmt.Errorf("previous: expected Executing, Stopping, Stopped, Failed or Succeeded, got %.40q", p.Previous)
}

// earlier is how many retries came before the one in question.
func (p plain) earlier() (int, error) {
	n := 0
	switch {
	case p.Retry != nil && p.Used != nil && *p.Used != *p.Retry-1:
		return 0, fmt.Errorf("used: expected %d, one less than retry, got %d", *p.Retry-1, *p.Used)
	case p.Retry != nil:
		n = *p.Retry - 1
	case p.Used != nil:
		n = *p.Used
	}
	if n < 0 || n > maxEarlier {
		return 0, fmt.Errorf("retry: expected a number from 1 to %d, got %d", maxEarlier+1, n+1)
	}
	return n, nil
}

func (p plain) ended() (time.Time, error) {
	if p.Age == "" {
		return plainTime, nil
	}
	age, ok := policyfile.ParseLength(p.Age)
	if !ok {
		return time.Time{}, fmt.Errorf("age: expected a time such as 90m, 2h or 2d, got %.40q", p.Age)
	}
	return plainTime.Add(-age), nil
}

// facts are those of an execution that failed of these steps and shows no others.
func (p plain) facts(ended time.Time) (retry.Facts, error) {
	steps := p.Steps
	if len(steps) == 0 {
		steps = []cause.Step{{Type: p.StepType, Reason: p.Message}}
	}
	rows := make([]retry.Step, len(steps))
	for i, s := range steps {
		if s.Name == "" && len(p.Steps) > 0 {
			return retry.Facts{}, fmt.Errorf("steps[%d].name: expected the name of the step, got none", i)
		}
		rows[i] = retry.Step{
			Name: s.Name, Type: s.Type, Status: retry.StatusFailed, Reason: s.Reason,
			Attempts: s.Attempts, Ref: s.Ref, Ended: ended,
		}
	}
	facts := retry.NewFacts(retry.Execution{
		ARN:    retry.ExecutionARN{Partition: "aws", Pipeline: p.Pipeline, ID: p.ID},
		Status: retry.StatusFailed, LastModified: ended,
	}, rows)
	return withJobs(facts, steps), nil
}

// withJobs adds what the jobs of the steps said, where that is recorded too.
func withJobs(facts retry.Facts, steps []cause.Step) retry.Facts {
	said := map[string]*cause.Job{}
	for _, s := range steps {
		if s.Job != nil {
			said[s.Name] = s.Job
		}
	}
	if len(said) == 0 {
		return facts
	}
	for i, s := range facts.Failed {
		facts.Failed[i].Job = said[s.Name]
	}
	facts.Cause = cause.Read(facts.Failed)
	return facts
}

package simulate

import (
	"slices"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// What SageMaker answers, as the adapter reads it.

// stale is how old an answer is: each is as old as the worst, or fresh.
func (r *run) stale(worst time.Duration) time.Duration {
	if worst == 0 {
		return 0
	}
	return time.Duration(r.n(2)) * worst
}

func (r *run) rows(arn retry.ExecutionARN) ([]retry.Step, error) {
	listed, exists := r.aws.Listed(arn.String(), r.stale(r.stepLag))
	if !exists {
		return nil, retry.ErrGone
	}
	rows := make([]retry.Step, len(listed))
	for i, s := range listed {
		rows[i] = retry.Step{
			Name: s.Name, Type: stepType(s.Kind), Status: string(s.Status), Ref: r.aws.JobARN(s),
			Attempts: s.Attempts, Started: s.Start.UTC(), Ended: s.End.UTC(),
		}
		if s.Status == awstest.Failed {
			rows[i].Reason = s.Reason
		}
	}
	return rows, nil
}

func stepType(k awstest.Kind) string {
	if k == "" {
		k = awstest.Training
	}
	return strings.TrimSuffix(string(k), "Job")
}

// retried is RetryPipelineExecution.
func (p *port) retried(arn retry.ExecutionARN, c retry.Claim) (retry.Answer, error) {
	l := p.byKey[arn.Key()]
	f := l.last()
	p.calling(l, c)
	out := p.aws.Retry(arn.String(), c.Token, c.Parallelism)
	if out.Effective {
		p.effective(l, f, c)
	}
	switch out.Code {
	case "":
		if s := l.claims[p.claimed[c.Token].n]; s != nil {
			s.accepted = true
		}
		return retry.Answer{Kind: retry.Accepted}, nil
	case "ResourceLimitExceeded":
		return retry.Answer{Kind: retry.Refused, Detail: out.Code}, nil
	case "ResourceNotFound":
		return retry.Answer{Kind: retry.NoSuchRetry, Detail: out.Code}, nil
	default:
		return retry.Answer{Kind: retry.WrongStatus, Detail: out.Code}, nil
	}
}

func (r *run) job(ref string) (cause.Job, error) {
	parts := strings.SplitN(ref, ":", 6)
	kind, name, _ := strings.Cut(parts[len(parts)-1], "/")
	said, exists := r.aws.Job(kind, name)
	if !exists {
		return cause.Job{}, retry.ErrGone
	}
	return cause.Job{Name: name, Status: said.Status, Secondary: said.Secondary, Reason: said.Reason, Exit: said.Exit, Instance: "ml.m5.large"}, nil
}

// newer are executions of the same pipeline that were started after and succeeded.
func (r *run) newer(arn retry.ExecutionARN, after time.Time) (found []retry.ExecutionARN) {
	for _, l := range r.lives {
		if l.gone {
			continue
		}
		e := r.aws.Execution(l.arn)
		if l.parsed.PipelineKey() == arn.PipelineKey() && l.key != arn.Key() && e.Created.After(after) && e.Status == awstest.Succeeded {
			found = append(found, l.parsed)
		}
	}
	slices.Reverse(found)
	return found
}

// failedSince is one page of a search, the oldest modification first.
func (r *run) failedSince(since time.Time) (found []retry.Found) {
	for _, e := range r.aws.Indexed(r.stale(r.searchLag)) {
		if l := r.byKey[keyOf(e.ARN)]; e.Status == awstest.Failed && !e.Modified.Before(since.Truncate(time.Second)) {
			found = append(found, retry.Found{Execution: l.parsed, LastModified: e.Modified.UTC(), Started: e.Created.UTC()})
		}
	}
	slices.SortStableFunc(found, func(a, b retry.Found) int { return a.LastModified.Compare(b.LastModified) })
	return found
}

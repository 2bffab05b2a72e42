package retrier_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// committed watches every write that the ledger took.
func (r *rig) committed(c retry.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := c.Execution.Key()
	was, is := r.seen[key], c.Record
	if is.Used < was.Used {
		r.Errorf("units of %s went from %d back to %d", key, was.Used, is.Used)
	}
	startsAgain := was.Kind == retry.Retried && is.Claim.Unstarted == was.Claim.Unstarted+1 && is.Claim.Token == was.Claim.Token
	if closed(was.Kind) && !startsAgain && was.Failure == is.Failure && was.Failure != (retry.Failure{}) && !closed(is.Kind) {
		r.Errorf("the failure of %s at %s was %s and became %s", key, is.Failure.LastModified, was.Kind, is.Kind)
	}
	if is.Used-was.Used > 1 || (is.Used > was.Used) != (len(c.Takes) > 0) {
		r.Errorf("units of %s went from %d to %d with %d taken from shared budgets", key, was.Used, is.Used, len(c.Takes))
	}
	r.seen[key] = is
	if c.Tally != nil {
		r.tallies = append(r.tallies, *c.Tally)
	}
	if is.Kind == retry.Claimed {
		r.claims[is.Claim.Token] = is.Claim
	}
	for _, b := range c.Takes {
		r.takes[b.Key] = append(r.takes[b.Key], c.Now)
	}
}

func closed(k retry.Kind) bool {
	return k == retry.Retried || k == retry.MovedOn || k == retry.Closed
}

// calling watches every RetryPipelineExecution as it leaves: its token is one
// that was claimed before, and it is due.
func (r *rig) calling(q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	q.Body = io.NopCloser(bytes.NewReader(body))
	var in struct{ ClientRequestToken string }
	json.Unmarshal(body, &in)
	r.mu.Lock()
	defer r.mu.Unlock()
	claim, known := r.claims[in.ClientRequestToken]
	switch {
	case !known:
		r.Errorf("a retry was called with token %.8s, which was never claimed", in.ClientRequestToken)
	case r.now.Before(claim.Due):
		r.Errorf("retry %d was called %s before it was due", claim.Retry, claim.Due.Sub(r.now))
	}
}

// audit checks what holds whenever nothing is under way.
func (r *rig) audit() {
	r.Helper()
	if v := r.aws.Violations(); len(v) > 0 {
		r.Errorf("requests that AWS would not understand: %q", v)
	}
	if len(r.dead) > 0 {
		r.Errorf("%d payloads became dead letters, the first: %.300s", len(r.dead), r.dead[0])
	}
	for _, e := range r.aws.Executions() {
		r.auditExecution(e)
	}
	r.auditBuckets()
}

func (r *rig) auditExecution(e awstest.Execution) {
	r.Helper()
	record, effective := r.record(e.ARN), r.aws.Retries(e.ARN)
	if len(effective) > record.Used {
		r.Errorf("%s: %d retries took effect, %d units were spent", e.ARN, len(effective), record.Used)
	}
	if record.Used > r.settings.MaxRetries {
		r.Errorf("%s: %d units were spent of %d", e.ARN, record.Used, r.settings.MaxRetries)
	}
	byRetry := map[int]bool{}
	for _, one := range effective {
		n := r.claims[one.Token].Retry
		if byRetry[n] {
			r.Errorf("%s: retry %d took effect twice", e.ARN, n)
		}
		byRetry[n] = true
	}
	switch {
	case record.Kind == retry.Claimed && record.Pause.Reason == "" && !r.scheduledBy(e.ARN, record.Claim.Due):
		r.Errorf("%s: claimed, due %s, and no schedule brings it back", e.ARN, record.Claim.Due)
	case record.Pause.Reason != "" && (!closed(record.Kind) || record.Pause.Due.After(r.clock())) && !r.scheduledBy(e.ARN, record.Pause.Due):
		r.Errorf("%s: waits (%s) until %s, and no schedule brings it back", e.ARN, record.Pause.Reason, record.Pause.Due)
	}
}

// scheduledBy tells whether a schedule of that execution fires not long after due.
func (r *rig) scheduledBy(arn string, due time.Time) bool {
	for _, s := range r.aws.Schedules() {
		if strings.Contains(strings.ToLower(s.Input), strings.ToLower(arn)) && !s.Due.After(due.Add(time.Minute)) {
			return true
		}
	}
	return false
}

// auditBuckets holds the units taken against what evenly refilled buckets give:
// in any window no more than a full bucket and what flowed in meanwhile.
func (r *rig) auditBuckets() {
	r.Helper()
	for key, at := range r.takes {
		size, per := r.settings.AccountRetriesPerHour, time.Hour
		if strings.Contains(key, "pipeline") {
			size, per = r.settings.PipelineRetriesPerDay, 24*time.Hour
		}
		for i := range at {
			for j := i; j < len(at); j++ {
				flowed := int(at[j].Sub(at[i]) * time.Duration(size) / per)
				if took := j - i + 1; took > size+flowed {
					r.Errorf("%s gave %d units within %s", key, took, at[j].Sub(at[i]))
					return
				}
			}
		}
	}
}

// effective asserts how many retries took effect.
func (r *rig) effective(arn string, want int) {
	r.Helper()
	if got := len(r.aws.Retries(arn)); got != want {
		r.Errorf("%d retries took effect, want %d", got, want)
	}
}

// used asserts how many units were spent.
func (r *rig) used(arn string, want int) {
	r.Helper()
	if got := r.record(arn).Used; got != want {
		r.Errorf("%d units were spent, want %d", got, want)
	}
}

// stands asserts how the failure on record stands.
func (r *rig) stands(arn string, want retry.Kind) {
	r.Helper()
	if got := r.record(arn).Kind; got != want {
		r.Errorf("the record stands %q (%+v), want %q", got, r.record(arn).Decision, want)
	}
}

// said asserts a delivery's answer.
func (r *rig) said(o outcome, verdict retry.Verdict, reason retry.Reason) {
	r.Helper()
	if o.err != nil {
		r.Errorf("ended in the error %q, want %s, %s", o.err, verdict, reason)
	} else if o.Verdict != string(verdict) || o.Reason != string(reason) {
		r.Errorf("said %s, %s (%s), want %s, %s", o.Verdict, o.Reason, o.Evidence, verdict, reason)
	}
}

// erred asserts that a delivery is left to the next one.
func (r *rig) erred(o outcome) {
	r.Helper()
	if o.err == nil {
		r.Errorf("said %s, %s, want an error", o.Verdict, o.Reason)
	}
}

package simulate

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// A life is what is true of one execution, whoever sees it or not.
type life struct {
	nth     int
	arn     string
	key     string
	parsed  retry.ExecutionARN
	ends    []end
	created time.Time
	ended   int // runs so far
	status  awstest.Status
	lastEnd time.Time // of a run

	failures  []*failed       // the one that it rests in last
	events    map[string]bool // ids that were sent
	record    retry.Record    // as it was committed last
	claims    map[int]*spent  // by retry n
	tokens    map[string]int32
	effective int  // retries of ours
	ignored   bool // some of ours are accepted for nothing
	stops     int
	gone      bool // somebody deleted it
}

// failed is one failure.
type failed struct {
	run      int
	at       time.Time
	modified []time.Time // LastModifiedTime, and what editing made of it
	end      end
	left     string // how it was left: "", byUs or byPerson
}

// spent is one unit that was taken.
type spent struct {
	of        *failed // nil: of none that there was
	effective int
	accepted  bool // SageMaker accepted a call of it
	settles   bool // the ledger knows that, and an outcome has to follow
	settled   int  // outcomes counted
}

func (l *life) set(arn string) {
	parsed, err := retry.ParseExecutionARN(arn)
	if err != nil {
		panic(err) // the stand-in spelled it
	}
	l.arn, l.key, l.parsed = arn, parsed.Key(), parsed
}

func (l *life) name() string { return fmt.Sprintf("execution %d", l.nth) }

// failure is the one that the time of an answer belongs to.
func (l *life) failure(modified time.Time) *failed {
	for _, f := range l.failures {
		for _, m := range f.modified {
			if m.Equal(modified) {
				return f
			}
		}
	}
	return nil
}

// last is the failure that it rests in; nil if it does not.
func (l *life) last() *failed {
	if l.status != awstest.Failed {
		return nil
	}
	return l.failures[len(l.failures)-1]
}

// happened is told of every change of status, and has it on its way.
func (r *run) happened(e awstest.Event) {
	l := r.byKey[strings.ToLower(e.ARN)]
	if l == nil { // it is being added
		return
	}
	l.status = e.Status
	switch e.Status {
	case awstest.Executing, awstest.Stopping:
		r.tell(l.name(), "is %s", e.Status)
		return
	}
	if l.events[e.ID] {
		return
	}
	copied := e.End.Equal(l.lastEnd) // another event of the same change
	l.events[e.ID] = true
	if !copied {
		r.ends(l, e)
	}
	r.send(l, e)
}

// ends notes the end of a run.
func (r *run) ends(l *life, e awstest.Event) {
	spec := l.ends[min(l.ended, len(l.ends)-1)]
	l.ended++
	l.lastEnd = e.End
	r.mark(uint64(l.nth), uint64(l.ended), uint64(e.End.UnixMilli()))
	switch {
	case e.Status == awstest.Failed:
		r.totals.Failures++
		l.failures = append(l.failures, &failed{run: l.ended, at: e.End, modified: []time.Time{e.End}, end: spec})
		r.tell(l.name(), "FAILS in run %d: %s", l.ended, spec.name)
	case e.Status == awstest.Succeeded && l.recovers():
		r.totals.Recovered++
		fallthrough
	default:
		r.tell(l.name(), "ended %s in run %d", e.Status, l.ended)
	}
}

// recovers tells whether the run that ends is one that we started.
func (l *life) recovers() bool {
	return len(l.failures) > 0 && l.failures[len(l.failures)-1].left == byUs
}

// transient tells whether the failure is one that a retry can help.
func (f *failed) transient() bool { return f.end.label == cause.Transient }

// How a failure was left.
const (
	byUs     = "retried"
	byPerson = "retried by a person"
)

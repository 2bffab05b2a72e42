//go:build e2e

package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// patience is how long a test waits for what must come. It is many times what
// it takes: the machine is busy with other tests.
const patience = 90 * time.Second

// A story is one execution in one stack, and what became of it.
type story struct {
	*stack
	t   *testing.T
	arn string
}

// fails starts an execution of a pipeline of this stack, named after the test
// where the script names none. Its events go by the rule.
func (s *stack) fails(t *testing.T, script awstest.Script) *story {
	t.Helper()
	if script.Pipeline == "" {
		name := strings.NewReplacer("/", "-", "_", "-", "#", "-", ",", "").Replace(strings.TrimPrefix(t.Name(), "Test"))
		script.Pipeline = name[:min(len(name), 150)]
	}
	script.Pipeline = s.prefix + script.Pipeline
	return &story{stack: s, t: t, arn: s.StandIn(s.home).Add(script)}
}

// standIn is SageMaker, where the execution lives.
func (st *story) standIn() *awstest.Account { return st.StandIn(st.home) }

// until waits for a condition and fails the test, with all that is known, when
// it does not come true.
func (st *story) until(what string, holds func() bool) {
	st.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			st.t.Fatalf("waited for %s in vain\n%s", what, st)
		}
	}
}

// String is all that is known, for the message of a test that failed.
func (st *story) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "execution %s\n", st.arn)
	for _, l := range st.log.of(st.arn) {
		fmt.Fprintf(&b, "  log: %s (%s, retry %d, due %s) %s\n", l, l.Door, l.Retry, l.Due.Format(time.TimeOnly), l.Evidence)
	}
	for _, c := range st.standIn().CallsFor(st.arn) {
		fmt.Fprintf(&b, "  SageMaker: %s %d %s\n", c.Op, c.Status, c.Code)
	}
	record, err := st.record()
	fmt.Fprintf(&b, "  record: %s, used %d, %+v %v\n", record.Kind, record.Used, record.Decision, err)
	letters, err := st.deadLetters()
	fmt.Fprintf(&b, "  dead letters of the stack: %d %v", len(letters), err)
	return b.String()
}

// awaits waits for a line with that verdict and reason and returns it.
func (st *story) awaits(verdict, reason string) (found line) {
	st.t.Helper()
	st.until(verdict+" "+reason, func() bool {
		lines := st.log.of(st.arn)
		i := slices.IndexFunc(lines, func(l line) bool { return l.is(verdict, reason) })
		if i >= 0 {
			found = lines[i]
		}
		return i >= 0
	})
	return found
}

// retried is how many retries took effect by Mulligan.
func (st *story) retried() int { return len(st.standIn().Retries(st.arn)) }

// succeeds waits until the execution has succeeded after n effective retries.
func (st *story) succeeds(n int) {
	st.t.Helper()
	st.until("success", func() bool { return st.standIn().Execution(st.arn).Status == awstest.Succeeded })
	if got := st.retried(); got != n {
		st.t.Errorf("effective retries: got %d, want %d\n%s", got, n, st)
	}
}

// settles waits until the record is of a kind, and checks the units used.
func (st *story) settles(kind retry.Kind, used int) (record retry.Record) {
	st.t.Helper()
	st.until("a record that is "+string(kind), func() bool {
		record, _ = st.record()
		return record.Kind == kind
	})
	if record.Used != used {
		st.t.Errorf("units used: got %d, want %d\n%s", record.Used, used, st)
	}
	return record
}

// schedules are the names of those that wait in the stack's group.
func (s *stack) schedules(ctx context.Context) (names []string, err error) {
	group := s.Outputs["ScheduleGroup"]
	pages := scheduler.NewListSchedulesPaginator(scheduler.NewFromConfig(s.AWS(s.home)), &scheduler.ListSchedulesInput{GroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, schedule := range page.Schedules {
			names = append(names, *schedule.Name)
		}
	}
	return names, nil
}

//go:build e2e

package account

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mulligan/internal/account/host"
	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// apart opens an account of the test's own, with what was built for the shared
// one: for crowds, which would hold up other tests, for the clock, for other
// homes, and for what has to happen with nothing else under way.
func apart(t *testing.T, o host.Options) *place {
	t.Helper()
	folder := t.TempDir()
	if err := os.Symlink(filepath.Join(shared.Folder, "build"), filepath.Join(folder, "build")); err != nil {
		t.Fatal(err)
	}
	p, err := open(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// The parts are one after the other, but each stands for itself.
func TestApart(t *testing.T) {
	t.Parallel()
	s := apart(t, host.Options{Homes: []host.Home{home}, IAM: true}).stack(t, parameters{"AccountRetriesPerHour": "7200"})
	t.Run("garbage", func(t *testing.T) { garbage(t, s) })
	t.Run("a failure of last week", func(t *testing.T) { lastWeek(t, s) })
	t.Run("two hundred failures", func(t *testing.T) { twoHundred(t, s) })
	t.Run("all for one budget", func(t *testing.T) { stampede(t, s) })
}

// An execution that failed a week ago, and whose event comes only now, is left
// alone (scenario 7).
func lastWeek(t *testing.T, s *stack) {
	sageMaker := s.StandIn(s.home)
	sageMaker.Configure(func(c *awstest.Config) { c.Now = func() time.Time { return time.Now().Add(-7 * 24 * time.Hour) } })
	st := s.runs(t)
	failed := st.failUnheard(awstest.ReasonInternal)
	sageMaker.Configure(func(c *awstest.Config) { c.Now = time.Now })

	for _, l := range st.handled(s.put(t, copies(failed, 2)...)...) {
		if !l.is("stop", "expired") && !l.is("ignore", "duplicate") {
			t.Errorf("got %s, want stop expired", l)
		}
	}
	st.awaits("stop", "expired")
	st.settles(retry.Closed, 0)
	st.calledTimes(0, 0)
	st.unharmed()
}

//go:build e2e

package account

import (
	"strings"
	"testing"
)

// A function killed before and after every call that it makes, on each course
// of a failure: Lambda delivers again, and it comes to one effective retry for
// one unit, or to none where a person was faster (scenarios 11 to 18, 64).
// Where the call goes to SageMaker, its effect happened or did not, and its
// answer was lost.
func TestKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, faulty)
	for _, c := range []course{retriedAtOnce, waitsFirst, byPerson} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var killed []*ailing
			all := s.moments(t, c)
			for _, m := range all {
				killed = append(killed, s.ails(t, c, m.String(), func(a *ailing) { a.halts(m, a.killed) }))
			}
			for i, m := range all {
				t.Run(m.String(), func(t *testing.T) {
					a := killed[i].in(t)
					a.ends(c.answers, c.retries)
					if a.met.Load() != 1 {
						t.Errorf("killed %d times, want once\n%s", a.met.Load(), a)
					}
					a.endedInSilence()
				})
			}
		})
	}
}

// endedInSilence checks that no delivery ended in an error: one that is killed or
// hangs has no time for that, and the others have no reason, unless a busy
// machine kept an answer from them for too long.
func (a *ailing) endedInSilence() {
	a.t.Helper()
	for _, l := range a.log.of(a.arn) {
		if l.Error != "" && !strings.HasSuffix(l.Error, tooSlow) {
			a.t.Errorf("an error: %s\n%s", l.Error, a)
		}
	}
	a.unharmed()
}

package sweep

import (
	"context"
	"errors"
	"time"

	"mulligan/internal/awscall"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// failures looks for failures without a record, by search or, where SageMaker
// refuses that, by lists.
func (s *sweeping) failures(ctx context.Context) {
	kept, err := s.Cursors.Cursor(ctx)
	if err != nil {
		s.fault(about("read the cursor", err))
	}
	c := readCursor(kept, s.Prefix, s.start)
	if c.searches(s.start) {
		c = s.bySearch(ctx, c)
	}
	if !c.Refused.IsZero() {
		s.report.Sweep.Fallback = c.Why
		c = s.byLists(ctx, c)
	}
	if text := c.String(); text != kept {
		if err := s.Cursors.KeepCursor(ctx, text); err != nil {
			s.fault(about("keep the cursor", err))
		}
	}
}

// bySearch goes on with a round by search, page after page. It leaves the cursor
// where the next sweep has to go on, or says in it that the search is refused.
func (s *sweeping) bySearch(ctx context.Context, c cursor) cursor {
	r, resumed := c.next(s.start, false, s.ExpireAfter)
	since, page := r.Since, ""
	for {
		if !s.may(ctx, 1, 0) {
			return c
		}
		found, next, err := s.Search.FailedSince(ctx, since, page)
		if s.report.Sweep.Pages == 0 && errors.Is(err, retry.ErrNotTold) {
			return c.refuse(s.start, plaintext.Line(err.Error(), maxWhy))
		}
		if !s.readable(len(found), next, about("search for failures", err)) {
			return c
		}
		s.worksOn("search", r, resumed, since)
		old, handled := s.oldEnough(found), len(s.seen)
		reached, whole := s.dealWith(ctx, old)
		r.Since = later(r.Since, reached)
		if c = c.at(r); !whole {
			return c
		}
		page = next
		if page != "" && len(s.seen) > handled { // a retry took some out of the list that its next page counts on in
			since, page = r.Since, ""
			continue
		}
		if page == "" || len(old) < len(found) {
			s.report.Sweep.Completed = true
			return c.completed()
		}
	}
}

// worksOn notes which round this sweep works on, page by page.
func (s *sweeping) worksOn(searched string, r round, resumed bool, since time.Time) {
	n := &s.report.Sweep
	n.Searched, n.FullRound, n.Resumed = searched, r.Full, resumed
	n.Since, n.Until = stamp(since), stamp(s.start.Add(-grace))
	n.Pages++
}

// oldEnough are those found whose event has had its time, of a page ordered by
// when they were modified.
func (s *sweeping) oldEnough(found []retry.Found) []retry.Found {
	old := found
	for i, f := range found {
		if f.LastModified.After(s.start.Add(-grace)) {
			old = found[:i]
			break
		}
	}
	s.report.Sweep.Failed += len(found)
	s.report.Sweep.Young += len(found) - len(old)
	return old
}

// dealWith handles those found that are news. False: it did not come to all of
// them; it came as far as to those modified at that instant.
func (s *sweeping) dealWith(ctx context.Context, found []retry.Found) (reached time.Time, whole bool) {
	fresh, ok := s.news(ctx, found)
	if !ok {
		return time.Time{}, false
	}
	came := s.hand(ctx, executionsOf(fresh), 0)
	switch {
	case len(came) < len(fresh):
		return fresh[len(came)].LastModified, false
	case len(found) == 0:
		return time.Time{}, true
	default:
		return found[len(found)-1].LastModified, true
	}
}

// news are those found that are to be handled: not too old, this deployment's,
// and without a record of that failure. False: the ledger did not tell.
func (s *sweeping) news(ctx context.Context, found []retry.Found) ([]retry.Found, bool) {
	var asked []retry.Found
	for _, f := range found {
		expired := !f.LastModified.IsZero() && f.LastModified.Before(s.start.Add(-s.ExpireAfter))
		if !expired && s.minds(f.Execution) && !s.seen[f.Execution.Key()] {
			asked = append(asked, f)
		}
	}
	known, unreadable, err := s.known(ctx, asked)
	if err != nil {
		s.cannotRead(about("read the records", err))
		return nil, false
	}
	var fresh []retry.Found
	for _, f := range asked {
		r, has := known[f.Execution.Key()]
		if !unreadable[f.Execution.Key()] && (!has || isNews(f, r)) {
			fresh = append(fresh, f)
		}
	}
	s.report.Sweep.Unknown += len(fresh)
	return fresh, true
}

// known reads the records of those found. One that this build cannot read is an
// error, since nobody can handle its failure.
func (s *sweeping) known(ctx context.Context, found []retry.Found) (map[string]retry.Record, map[string]bool, error) {
	if len(found) == 0 {
		return nil, nil, nil
	}
	known, unreadable, err := s.Records.Known(ctx, executionsOf(found))
	broken := map[string]bool{}
	for _, execution := range unreadable {
		broken[execution.Key()] = true
		s.fault(about(execution.String(), retry.ErrUnreadable))
	}
	return known, broken, err
}

// readable tells whether a page gave anything to go on with. Errors come with
// pages too, of which only a part could be read.
func (s *sweeping) readable(found int, next string, err error) bool {
	switch {
	case err == nil:
		return true
	case found == 0 && next == "":
		s.cannotRead(err)
		return false
	default:
		s.fault(err)
		return true
	}
}

// cannotRead notes that SageMaker or the ledger did not answer, which ends that
// part of the sweep. A throttle slows down what follows, too.
func (s *sweeping) cannotRead(err error) {
	s.fault(err)
	if awscall.KindOf(err) != awscall.Throttled {
		s.cut(cutByError)
		if s.unread == nil {
			s.unread = err
		}
		return
	}
	s.meter.throttled()
	s.cut(cutByThrottle)
}

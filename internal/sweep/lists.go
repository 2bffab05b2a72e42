package sweep

import (
	"context"
	"slices"
	"strings"
	"time"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// How many pages of 100 executions of one pipeline are read, the newest first.
// With that, 500 pipelines take one sweep, and two in a full round.
const (
	listPages     = 1
	listPagesFull = 2
)

// byLists goes on with a round by lists, pipeline after pipeline in the order of
// their names. It leaves the cursor at the pipeline where the next sweep goes on.
func (s *sweeping) byLists(ctx context.Context, c cursor) cursor {
	r, resumed := c.next(s.start, true, s.ExpireAfter)
	names, ok := s.pipelines(ctx)
	if !ok {
		return c
	}
	after, _ := slices.BinarySearchFunc(names, r.Pipeline, func(name, at string) int { return strings.Compare(strings.ToLower(name), at) })
	old, completed := &longAgo{}, true
	for _, name := range names[after:] {
		r.Pipeline = strings.ToLower(name)
		if completed = s.listed(ctx, name, r, resumed, old); !completed {
			break
		}
		s.report.Sweep.Pipelines++
	}
	s.hand(ctx, old.executions, 0)
	c = c.at(r)
	if completed {
		s.report.Sweep.Completed = true
		c = c.completed()
	}
	return c
}

// longAgo are executions without a record that were started before ExpireAfter.
// Nothing tells when they failed, and nearly all of them failed long ago: they get
// what listing the pipelines leaves, and so many in a sweep that it must leave.
type longAgo struct{ executions []retry.ExecutionARN }

const longAgoInASweep = 10

// spare is what listing the pipelines is to leave.
func (l *longAgo) spare() int { return min(len(l.executions), longAgoInASweep) * handleCost }

// pipelines lists the names of those within the prefix, ordered lower-cased. They
// are listed anew in each sweep: a page of the service's may not keep until then.
func (s *sweeping) pipelines(ctx context.Context) ([]string, bool) {
	var names []string
	for page, first := "", true; first || page != ""; first = false {
		if !s.may(ctx, 1, 0) {
			return nil, false
		}
		listed, next, err := s.Lists.Pipelines(ctx, page)
		if !s.readable(len(listed), next, about("list the pipelines", err)) {
			return nil, false
		}
		s.report.Sweep.Pages++
		for _, name := range listed {
			if s.mindsPipeline(name) {
				names = append(names, name)
			}
		}
		page = next
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.Compact(names), true
}

// listed looks through one pipeline, and adds to those of long ago. False: its end
// was not reached, for lack of requests or time, or for a throttle. A pipeline
// that cannot be read stops no other.
func (s *sweeping) listed(ctx context.Context, name string, r round, resumed bool, old *longAgo) bool {
	pages, page := listPages, ""
	if r.Full {
		pages = listPagesFull
	}
	for range pages {
		if !s.may(ctx, 1, old.spare()) {
			return false
		}
		found, next, err := s.Lists.FailedOf(ctx, name, page)
		if err = about("list the executions of "+name, err); err != nil && awscall.KindOf(err) == awscall.Throttled {
			s.cannotRead(err)
			return false
		}
		if err != nil {
			s.fault(err)
		}
		if err != nil && len(found) == 0 && next == "" {
			return true
		}
		s.worksOn("lists", r, resumed, s.horizon())
		near := s.near(found)
		if !s.dealWithListed(ctx, near, old) {
			return false
		}
		if page = next; page == "" || len(near) < len(found) {
			break
		}
	}
	return true
}

// horizon is when an execution must have been started to have failed since a
// failure is not too old.
func (s *sweeping) horizon() time.Time { return s.start.Add(-longestRun - s.ExpireAfter) }

// near are those found that were started after the horizon, of a page with the
// newest start first.
func (s *sweeping) near(found []retry.Found) []retry.Found {
	for i, f := range found {
		if f.Started.Before(s.horizon()) {
			return found[:i]
		}
	}
	return found
}

// dealWithListed handles those found that have no record and were started lately,
// and adds the others to those of long ago.
func (s *sweeping) dealWithListed(ctx context.Context, found []retry.Found, old *longAgo) bool {
	settled := slices.DeleteFunc(slices.Clone(found), func(f retry.Found) bool { return f.Started.After(s.start.Add(-grace)) })
	s.report.Sweep.Failed += len(found)
	s.report.Sweep.Young += len(found) - len(settled)
	fresh, ok := s.news(ctx, settled)
	if !ok {
		return false
	}
	lately := slices.IndexFunc(fresh, func(f retry.Found) bool { return f.Started.Before(s.start.Add(-s.ExpireAfter)) })
	if lately < 0 {
		lately = len(fresh)
	}
	old.executions = append(old.executions, executionsOf(fresh[lately:])...)
	return len(s.hand(ctx, executionsOf(fresh[:lately]), 0)) == lately
}

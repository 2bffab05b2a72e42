package model

import "fmt"

// A Notice is what a delivery brings: an event id, and whether it names the end
// that it tells of. The door is the delivery's to know.
type Notice uint8

// The notices that are no failure's. Event ids of failures come between them.
const (
	noNotice    Notice = 0
	sweepNotice Notice = 1
	firstEvent  Notice = 2
	endNotice   Notice = firstEvent + copies*mostFailures
	endRecalled        = endNotice + 1 // as the sweep recalls it: it has lost its status
	nameless    Notice = 16            // flag: without executionEndTime
)

// copies is how many event ids one failure is told under.
const copies = 2

// noticeOf is one copy of the event of a failure.
func noticeOf(failure, copy uint8) Notice { return firstEvent + Notice(copies*(failure-1)+copy) }

// id is the event id alone.
func (n Notice) id() Notice {
	if n&^nameless == endRecalled {
		return endNotice
	}
	return n &^ nameless
}

// failure is the failure that the notice was sent for; 0 if it tells of none.
func (n Notice) failure() uint8 {
	if id := n.id(); id >= firstEvent && id < endNotice {
		return uint8(id-firstEvent)/copies + 1
	}
	return 0
}

// tellsEnd tells whether it says that the execution has ended otherwise than Failed.
func (n Notice) tellsEnd() bool { return n&^nameless == endNotice }

// named is when the end was that it names, zero if it names none.
func (w *World) named(n Notice) Stamp {
	switch f := n.failure(); {
	case n&nameless != 0:
		return 0
	case f != 0:
		return w.FailedAt[f]
	case n.id() == endNotice:
		return w.EndedAt
	default:
		return 0
	}
}

// alias is the bit of the end that a notice names; 0 if it names none.
func (n Notice) alias() uint8 {
	switch {
	case n&nameless != 0 || n == sweepNotice:
		return 0
	default:
		return 1 << n.failure() // bit 0: the end that is no failure
	}
}

// Notices is a set of them.
type Notices uint32

func (s Notices) has(n Notice) bool { return s&(1<<n) != 0 }

func (s *Notices) add(n Notice)    { *s |= 1 << n }
func (s *Notices) remove(n Notice) { *s &^= 1 << n }

// String names the notice in a trace.
func (n Notice) String() string {
	name := "nothing"
	switch f := n.failure(); {
	case f != 0:
		name = fmt.Sprintf("event %d%c", f, 'a'+(n.id()-firstEvent)%copies)
	case n.id() == endNotice:
		name = "event of the end"
	case n.id() == sweepNotice:
		name = "sweep"
	}
	if n&nameless != 0 {
		name += " without its end"
	}
	return name
}

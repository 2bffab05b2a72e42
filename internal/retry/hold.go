package retry

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/cause"
)

// Hold is a kill switch that a person sets: while it lasts, nothing in its
// scope is claimed or called. What it holds back waits, and comes back when it ends.
type Hold struct {
	Scope  string    `json:"scope"` // as HoldOf... make it
	Author string    `json:"author"`
	Note   string    `json:"note"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"` // it ends by itself
}

// Holds are those that stand in the ledger, ended ones too until the next is
// set. The zero Holds: none was ever set.
type Holds struct {
	Rev   int    `json:"rev"` // changes so far: a claim is refused if it is not the one that was seen
	Holds []Hold `json:"holds"`
	Fault string `json:"-"` // why what stands there cannot be read, on one line; "" if it can
}

// The scopes of holds. Everything is all that shares the ledger; an account is
// that of one Region.
const HoldOfAll = "all"

// HoldOfAccount is the scope of one account in one Region.
func HoldOfAccount(account, region string) string {
	return "account " + strings.ToLower(account+" "+region)
}

// HoldOfPipeline is the scope of one pipeline by its name; case does not matter.
func HoldOfPipeline(name string) string { return "pipeline " + strings.ToLower(name) }

// HoldOfClass is the scope of one class of causes.
func HoldOfClass(class cause.Class) string { return "class " + string(class) }

// unreadableHold is how long a failure waits where the holds cannot be read: a
// build that can read them may be in force by then.
const unreadableHold = 15 * time.Minute

// On is the hold in force at now on a retry of the execution for a cause of that
// class: the one that ends last, so that nothing comes back only to be held
// again. Holds that cannot be read hold everything.
func (h Holds) On(a ExecutionARN, class cause.Class, now time.Time) (Hold, bool) {
	if h.Fault != "" {
		return Hold{Scope: HoldOfAll, Author: "mulligan", Note: "the holds cannot be read: " + h.Fault,
			Since: now, Until: now.Add(unreadableHold)}, true
	}
	var last Hold
	for _, hold := range h.Holds {
		if hold.covers(a, class) && hold.Until.After(now) && hold.Until.After(last.Until) {
			last = hold
		}
	}
	return last, !last.Until.IsZero()
}

func (h Hold) covers(a ExecutionARN, class cause.Class) bool {
	switch h.Scope {
	case HoldOfAll, HoldOfAccount(a.Account, a.Region), HoldOfPipeline(a.Pipeline), HoldOfClass(class):
		return true
	}
	return false
}

func (h Hold) evidence() string {
	return fmt.Sprintf("held until %s (%s) by %s: %s", h.Until.UTC().Format(time.RFC3339), h.Scope, h.Author, h.Note)
}

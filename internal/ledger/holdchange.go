package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// The most that is kept of holds. The function reads all of them with every
// decision, and pays a read unit for each 4 KB.
const (
	MaxHolds    = 100       // in force at once
	MaxHoldNote = 256       // bytes
	maxScope    = 256 + 100 // bytes: the longest name of a pipeline (API_CreatePipeline), and what stands before it
)

// MaxHold is how long a hold may last: as long as an execution can live
// (SageMaker quota "pipeline execution timeout", 672 hours).
const MaxHold = 28 * 24 * time.Hour

// By is who changes a hold, why and when.
type By struct {
	Author string
	Note   string
	At     time.Time
}

// HoldChange is one change of the holds.
type HoldChange struct {
	Rev   int       // of the holds that it made; they count from 1
	Scope string    // as retry.HoldOfAccount and its like make it
	Until time.Time // when the hold ends by itself; zero: it was released
	By

	// Fault says on one line why what is stored cannot be read; "" if it can.
	// Nobody sets it but the ledger.
	Fault string
}

// Released tells whether the change ended a hold.
func (c HoldChange) Released() bool { return c.Until.IsZero() }

// The errors of changes that are refused.
var (
	ErrNotHeld      = errors.New("no hold of this scope is set")
	ErrTooManyHolds = fmt.Errorf("%d holds are set, and the ledger keeps no more: release one, or hold more with one", MaxHolds)
	ErrHoldsNotRead = errors.New("the holds that stand cannot be read, and are not replaced unread")
	ErrHoldMoved    = errors.New("somebody else has changed the hold meanwhile") // comes as a *HoldMovedError
)

// HoldMovedError is ErrHoldMoved with the hold that stands now.
type HoldMovedError struct{ Stands retry.Hold }

// Error names who set what stands, and until when.
func (e *HoldMovedError) Error() string {
	return fmt.Sprintf("%v: one set by %s stands until %s", ErrHoldMoved,
		plaintext.Line(e.Stands.Author, MaxAuthor), e.Stands.Until.UTC().Format(time.RFC3339))
}

// Is makes it ErrHoldMoved for errors.Is.
func (e *HoldMovedError) Is(target error) bool { return target == ErrHoldMoved }

// check refuses a change that must not be written, and gives the others with
// their texts on one line each.
func (c HoldChange) check() (HoldChange, error) {
	for _, part := range []struct {
		name, text string
		most       int
	}{{"author", c.Author, MaxAuthor}, {"note", c.Note, MaxHoldNote}} {
		if n := len(part.text); n > part.most {
			return c, fmt.Errorf("the %s has %d bytes, and the ledger keeps at most %d", part.name, n, part.most)
		}
	}
	c.Author, c.Note = oneLine(c.Author, MaxAuthor), oneLine(c.Note, MaxHoldNote)
	lasts := c.Until.Sub(c.At)
	switch {
	case !isScope(c.Scope):
		return c, fmt.Errorf("expected the scope of a hold, got %.80q", c.Scope)
	case c.At.IsZero():
		return c, errors.New("expected the time at which it is done, got none")
	case c.Author == "":
		return c, errors.New("expected who does it, got nobody")
	case !c.Released() && c.Note == "":
		return c, errors.New("expected a note that says why, got none")
	case !c.Released() && (lasts <= 0 || lasts > MaxHold):
		return c, fmt.Errorf("expected a hold of up to %s, got %s", MaxHold, lasts)
	}
	return c, nil
}

func oneLine(text string, most int) string { return strings.TrimSpace(plaintext.Line(text, most)) }

// isScope tells whether the scope is one that a hold can have.
func isScope(scope string) bool {
	kind, name, _ := strings.Cut(scope, " ")
	first, second, _ := strings.Cut(name, " ")
	switch {
	case len(scope) > maxScope || plaintext.Line(scope, maxScope) != scope:
		return false
	case scope == retry.HoldOfAll:
		return true
	case kind == "account":
		return first != "" && second != "" && scope == retry.HoldOfAccount(first, second)
	case kind == "pipeline":
		return first != "" && second == "" && scope == retry.HoldOfPipeline(first)
	}
	return slices.Contains(cause.Classes(), cause.Class(name)) && scope == retry.HoldOfClass(cause.Class(name))
}

// on are the holds after the change, where these stand and the person agreed to
// change what was seen; those that have ended are left out. Newest is the last rev
// that history knows: it counts on where a person had to remove what stood.
func (c HoldChange) on(stands, seen retry.Holds, newest int) (retry.Holds, error) {
	if stands.Fault != "" {
		return retry.Holds{}, UnreadHolds(stands)
	}
	if err := c.fits(HoldOn(stands, c.Scope, c.At), HoldOn(seen, c.Scope, c.At)); err != nil {
		return retry.Holds{}, err
	}
	next := retry.Holds{Rev: max(stands.Rev, newest) + 1}
	for _, hold := range stands.Holds {
		if hold.Scope != c.Scope && hold.Until.After(c.At) {
			next.Holds = append(next.Holds, hold)
		}
	}
	if c.Released() {
		return next, nil
	}
	if len(next.Holds) >= MaxHolds {
		return retry.Holds{}, ErrTooManyHolds
	}
	hold := retry.Hold{Scope: c.Scope, Author: c.Author, Note: c.Note, Since: c.At.UTC(), Until: c.Until.UTC()}
	next.Holds = append(next.Holds, hold)
	return next, nil
}

// UnreadHolds is the error for holds with a Fault, which are not replaced: it is
// ErrHoldsNotRead, with what to do.
func UnreadHolds(h retry.Holds) error {
	return fmt.Errorf("%w (%s): a newer build of this program may read them, or remove the item with pk %s and sk %s from the table",
		ErrHoldsNotRead, plaintext.Line(h.Fault, maxFault), holdsPK, currentSK)
}

// fits tells whether the change may be made of the hold that stands, where
// another was seen. Nobody releases a hold that they know nothing of, nor cuts it
// short; beyond that, what holds longer wins.
func (c HoldChange) fits(stands, seen retry.Hold) error {
	switch {
	case c.Released() && stands.Scope == "":
		return ErrNotHeld
	case sameHold(stands, seen), !c.Released() && !stands.Until.After(c.Until):
		return nil
	}
	return &HoldMovedError{Stands: stands}
}

// HoldOn is the hold of that very scope that is in force at now; the zero Hold if
// none is.
func HoldOn(h retry.Holds, scope string, now time.Time) retry.Hold {
	for _, hold := range h.Holds {
		if hold.Scope == scope && hold.Until.After(now) {
			return hold
		}
	}
	return retry.Hold{}
}

func sameHold(a, b retry.Hold) bool {
	return a.Since.Equal(b.Since) && a.Until.Equal(b.Until) && a.Author == b.Author && a.Note == b.Note
}

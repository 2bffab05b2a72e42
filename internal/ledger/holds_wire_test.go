package ledger

import (
	"errors"

	"reflect"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// watcher is connect for a person who watches and stops retries.
func watcher(t *testing.T, answers ...answer) (*Holds, *wire) {
	t.Helper()
	p, w := operator(t, answers...)
	return p.Holds(), w
}

// everything is a hold of two hours, set by a person.
func everything(author string) retry.Hold {
	return retry.Hold{Scope: retry.HoldOfAll, Author: author, Note: "on fire", Since: noon, Until: noon.Add(2 * time.Hour)}
}

// three are holds as they stand at rev 3: one that has ended, and one of a pipeline.
func three() retry.Holds {
	ended := retry.Hold{Scope: "class capacity", Author: "carl", Note: "full", Since: noon.Add(-time.Hour), Until: noon}
	churn := retry.Hold{Scope: "pipeline churn", Author: "dora", Note: "bad input", Since: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}
	return retry.Holds{Rev: 3, Holds: []retry.Hold{ended, churn}}
}

func holdsAt(t *testing.T, holds retry.Holds) item {
	t.Helper()
	it, err := holdsItem(holds)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func changeOf(rev int) HoldChange {
	return HoldChange{Rev: rev, Scope: "pipeline churn", Until: noon.Add(time.Hour), By: By{Author: "dora", Note: "bad input", At: noon.Add(-time.Hour)}}
}

var noChanges = ok(`{"Items":[]}`)

func TestHoldOnTheWire(t *testing.T) {
	h, w := watcher(t, noChanges, ok(`{}`))
	got, err := h.Place(t.Context(), everything("ben"), retry.Holds{})
	if want := (retry.Holds{Rev: 1, Holds: []retry.Hold{everything("ben")}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v, error %v\nwant %+v", got, err, want)
	}
	w.asked(t, "Query", "TransactWriteItems")
	golden(t, "hold_query.json", w.calls[0].body)
	golden(t, "hold_first.json", w.calls[1].body)
}

func TestLaterHoldOnTheWire(t *testing.T) {
	h, w := watcher(t, found(t, holdsAt(t, three())), pageOf(t, nil, changeOf(3).entry()), ok(`{}`))
	seen, err := h.Current(t.Context())
	if err != nil || !reflect.DeepEqual(seen, three()) {
		t.Errorf("\n got %+v, error %v\nwant %+v", seen, err, three())
	}
	if got, err := h.Place(t.Context(), everything("ben"), seen); err != nil || got.Rev != 4 || len(got.Holds) != 2 {
		t.Errorf("got %+v, error %v", got, err)
	}
	golden(t, "hold_get.json", w.calls[0].body)
	golden(t, "hold_later.json", w.calls[2].body)
}

func TestReleaseOnTheWire(t *testing.T) {
	h, w := watcher(t, pageOf(t, nil, changeOf(3).entry()), ok(`{}`))
	got, err := h.Release(t.Context(), "pipeline churn", By{Author: "ben", At: noon}, three())
	if err != nil || got.Rev != 4 || got.Holds != nil {
		t.Errorf("got %+v, error %v", got, err)
	}
	golden(t, "hold_release.json", w.calls[1].body)
}

// Where somebody removed what stood, the revs of history are not written again,
// and a claim that saw an earlier one stays refused.
func TestHoldRevsCountOn(t *testing.T) {
	broken := changeOf(7).entry()
	delete(broken, attrSchema)
	h, _ := watcher(t, pageOf(t, nil, broken), ok(`{}`))
	if got, err := h.Place(t.Context(), everything("ben"), retry.Holds{}); err != nil || got.Rev != 8 {
		t.Errorf("got %+v, error %v, want rev 8", got, err)
	}
}

// A race that is lost to a change of another scope is run again, on what stands.
func TestHoldLosesARace(t *testing.T) {
	moved := three()
	moved.Rev = 4
	moved.Holds[0] = retry.Hold{Scope: "class network", Author: "carl", Note: "new", Since: noon, Until: noon.Add(time.Hour)}
	last := pageOf(t, nil, changeOf(4).entry())
	for _, test := range []struct {
		name  string
		lost  []answer
		calls []string
	}{
		{"what stands is shown", []answer{cancelled(failedBy(asJSON(t, holdsAt(t, moved))), none)}, nil},
		{"what stands is not shown", []answer{cancelled(failed, none), found(t, holdsAt(t, moved))}, []string{"GetItem"}},
		{"the rev is in history", []answer{cancelled(none, failed), found(t, holdsAt(t, moved))}, []string{"GetItem"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := append([]answer{pageOf(t, nil, changeOf(3).entry())}, test.lost...)
			h, w := watcher(t, append(answers, last, ok(`{}`))...)
			got, err := h.Place(t.Context(), everything("ben"), three())
			if err != nil || got.Rev != 5 || len(got.Holds) != 3 {
				t.Errorf("got %+v, error %v, want rev 5 and three holds", got, err)
			}
			w.asked(t, append(append([]string{"Query", "TransactWriteItems"}, test.calls...), "Query", "TransactWriteItems")...)
			if len(w.pauses) != 1 {
				t.Errorf("got %d pauses, want one before the other try", len(w.pauses))
			}
		})
	}
}

// The tries end some time.
func TestHoldLosesAllRaces(t *testing.T) {
	h, w := watcher(t)
	for rev := range maxRaces {
		moved := three()
		moved.Rev = 4 + rev
		w.answers = append(w.answers, noChanges, cancelled(failedBy(asJSON(t, holdsAt(t, moved))), none))
	}
	_, err := h.Place(t.Context(), everything("ben"), three())
	fails(t, err, "others were in the way each time that the holds were to be changed: try again")
	if len(w.calls) != 2*maxRaces {
		t.Errorf("got %d calls, want %d", len(w.calls), 2*maxRaces)
	}
}

// The claims of a storm do not keep a person from stopping it.
func TestHoldInAStorm(t *testing.T) {
	h, w := watcher(t)
	for range 2 {
		w.answers = append(w.answers, noChanges)
		for range maxTries {
			w.answers = append(w.answers, cancelled(conflict, none))
		}
		w.answers = append(w.answers, found(t, holdsAt(t, three())))
	}
	w.answers = append(w.answers, noChanges, ok(`{}`))
	if got, err := h.Place(t.Context(), everything("ben"), three()); err != nil || got.Rev != 4 {
		t.Errorf("got %+v, error %v", got, err)
	}
	if len(w.calls) != len(w.answers) {
		t.Errorf("got %d calls, want %d", len(w.calls), len(w.answers))
	}
}

// Tries after a conflict are one write.
func TestHoldTriesWithOneToken(t *testing.T) {
	h, w := watcher(t, noChanges, cancelled(none, conflict), refusal("TransactionInProgressException"), ok(`{}`))
	if _, err := h.Place(t.Context(), everything("ben"), retry.Holds{}); err != nil {
		t.Fatal(err)
	}
	w.calls = w.calls[1:]
	tokens(t, w, 3)
}

// What cannot be read is not replaced.
func TestUnreadableHoldsStay(t *testing.T) {
	newer := holdsAt(t, three())
	newer[attrSchema] = number(2)
	h, _ := watcher(t, found(t, newer))
	unread, err := h.Current(t.Context())
	if err != nil || unread.Fault != "its schema is 2, this build reads schema 1 only" {
		t.Errorf("got %+v, error %v", unread, err)
	}
	for _, test := range []struct {
		name    string
		seen    retry.Holds
		answers []answer
	}{
		{"as it was seen", unread, []answer{noChanges}},
		{"written meanwhile", three(), []answer{noChanges, cancelled(failedBy(asJSON(t, newer)), none), noChanges}},
	} {
		h, w := watcher(t, test.answers...)
		got, err := h.Place(t.Context(), everything("ben"), test.seen)
		if !errors.Is(err, ErrHoldsNotRead) || got.Holds != nil {
			t.Errorf("%s: got %+v, error %v, want %v", test.name, got, err, ErrHoldsNotRead)
		}
		fails(t, err, "schema is 2", "remove the item with pk hold and sk current")
		if len(w.calls) != len(test.answers) {
			t.Errorf("%s: got %d calls, want %d", test.name, len(w.calls), len(test.answers))
		}
	}
}

func TestHoldHistoryOnTheWire(t *testing.T) {
	odd := changeOf(2).entry()
	odd[attrUntil] = text("tomorrow")
	bare := item{attrPK: text(holdsPK), attrSK: text(entrySK(1))}
	h, w := watcher(t, pageOf(t, holdsKey(), changeOf(3).entry()), pageOf(t, nil, odd, bare))
	got, err := h.History(t.Context(), 9)
	if err != nil || len(got) != 3 || got[0] != changeOf(3) || got[1].Rev != 2 || got[2].Rev != 1 {
		t.Fatalf("got %+v, error %v", got, err)
	}
	if got[1].Fault != `expected its until as a time of RFC 3339, got "tomorrow"` || !strings.HasPrefix(got[2].Fault, "its schema is not a number") {
		t.Errorf("got faults %q and %q", got[1].Fault, got[2].Fault)
	}
	w.asked(t, "Query", "Query")
}

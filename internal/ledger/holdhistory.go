package ledger

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Its attributes, beside those of a policy's history.
const (
	attrScope = "scope"
	attrUntil = "until"
)

// History are the changes of the holds, newest first and at most so many. One
// that cannot be read has a Fault.
func (h *Holds) History(ctx context.Context, most int) ([]HoldChange, error) {
	found, err := h.table.find(ctx, holdsPK, revSK, false, most)
	if err != nil {
		return nil, err
	}
	var changes []HoldChange
	for _, it := range found {
		changes = append(changes, readChange(it))
	}
	return changes, nil
}

// entry is the change as an item of history. It has no ttl: who held what is
// kept for good, as who applied which policy is.
func (c HoldChange) entry() item {
	it := item{attrPK: text(holdsPK), attrSK: text(entrySK(c.Rev))}
	it[attrSchema], it[attrRev], it[attrScope] = ourSchema(), number(int64(c.Rev)), text(c.Scope)
	it[attrAt], it[attrAuthor], it[attrNote] = text(c.At.UTC().Format(time.RFC3339Nano)), text(c.Author), text(c.Note)
	if !c.Released() {
		it[attrUntil] = text(c.Until.UTC().Format(time.RFC3339Nano))
	}
	return it
}

// readChange reads the item that entry makes. Its key says the rev, whatever
// else it holds, so that one which cannot be read does not stop the counting.
func readChange(it item) HoldChange {
	r := reading{it: it}
	r.schema()
	rev, err := strconv.Atoi(strings.TrimPrefix(stored(it[attrSK]), revSK))
	if err != nil {
		r.wrong("expected its key to end in a rev, got %.40q", stored(it[attrSK]))
	}
	c := HoldChange{Rev: rev, Scope: r.text(attrScope), Until: r.time(attrUntil)}
	c.At, c.Author, c.Note = r.time(attrAt), stored(it[attrAuthor]), stored(it[attrNote])
	c.Fault = r.fault
	return c
}

// time reads a time that may be left out.
func (r *reading) time(name string) time.Time {
	written := r.optional(name)
	if written == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, written)
	if err != nil {
		r.wrong("expected its %s as a time of RFC 3339, got %.40q", name, written)
		return time.Time{}
	}
	return at.UTC()
}

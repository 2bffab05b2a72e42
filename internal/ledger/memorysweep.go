package ledger

import (
	"cmp"
	"context"
	"slices"

	"mulligan/internal/retry"
)

// Known is Sweeping.Known.
func (m *Memory) Known(ctx context.Context, executions []retry.ExecutionARN) (known map[string]retry.Record, unreadable []retry.ExecutionARN, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	executions, known = distinct(executions), map[string]retry.Record{}
	var found []item
	for _, arn := range executions {
		if it := m.records[arn.Key()]; it != nil {
			found = append(found, it)
		}
	}
	return known, sorted(executions, found, known), nil
}

// Open is Sweeping.Open, its index written at once.
func (m *Memory) Open(ctx context.Context, standing retry.Standing, page string) (open []retry.Open, next string, err error) {
	from, err := startOf(standing, page)
	if err != nil {
		return nil, "", err
	}
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	for _, it := range m.index(standing) {
		if from != nil && byOrder(it, from) <= 0 {
			continue
		}
		if len(open) == openPage {
			return open, next, nil
		}
		if o, ok := readOpen(it); ok {
			open = append(open, o)
		}
		next = pageAfter(it)
	}
	return open, "", nil
}

// index are the records that stand so, in their order.
func (m *Memory) index(standing retry.Standing) []item {
	m.mu.Lock()
	defer m.mu.Unlock()
	var entries []item
	for _, it := range m.records {
		if stored(it[attrOpen]) == string(standing) {
			entries = append(entries, it)
		}
	}
	slices.SortFunc(entries, byOrder)
	return entries
}

// byOrder sorts the index. Where DynamoDB leaves the order open it is by key.
func byOrder(a, b item) int {
	return cmp.Or(cmp.Compare(stored(a[attrOrder]), stored(b[attrOrder])), cmp.Compare(stored(a[attrPK]), stored(b[attrPK])))
}

// Cursor is Sweeping.Cursor.
func (m *Memory) Cursor(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return readCursor(m.cursor), nil
}

// KeepCursor is Sweeping.KeepCursor.
func (m *Memory) KeepCursor(ctx context.Context, cursor string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cursor = cursorItem(cursor)
	return nil
}

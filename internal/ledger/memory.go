package ledger

import (
	"context"
	"fmt"
	"sync"

	"mulligan/internal/retry"
)

// Memory is a ledger in memory, with the semantics of DynamoDB. It keeps items
// as they would be stored there: nothing is shared with a caller, and what does
// not survive the encoding does not survive here either. It keeps everything
// for as long as it lives. Make one with NewMemory; it may be used concurrently.
type Memory struct {
	mu      sync.Mutex
	records map[string]item
	trails  map[string][]item // oldest first
	full    map[string]int64  // epoch milliseconds
	policy  map[string]item   // by sort key
}

// NewMemory makes an empty ledger.
func NewMemory() *Memory {
	return &Memory{
		records: map[string]item{}, trails: map[string][]item{}, full: map[string]int64{}, policy: map[string]item{},
	}
}

// Read implements retry.Ledger.
func (m *Memory) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket) (retry.State, error) {
	if err := ctx.Err(); err != nil {
		return retry.State{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	record, err := readRecord(m.records[arn.Key()])
	if err != nil {
		return retry.State{}, fmt.Errorf("record of %s: %w: %w", arn.Key(), retry.ErrUnreadable, err)
	}
	state := retry.State{Record: record, Full: balances(nil), Policy: readPolicy(m.policy[currentSK])}
	for _, b := range buckets {
		if full, exists := m.full[b.Key]; exists {
			state.Full[b.Key] = instant(full)
		}
	}
	return state, nil
}

// Commit implements retry.Ledger.
func (m *Memory) Commit(ctx context.Context, c retry.Change) (retry.State, bool, error) {
	if err := check(c); err != nil {
		return retry.State{}, false, err
	}
	if err := ctx.Err(); err != nil {
		return retry.State{}, false, err
	}
	record, trail, err := items(c)
	if err != nil {
		return retry.State{}, false, err
	}
	takes, key := newTakes(c), c.Execution.Key()
	m.mu.Lock()
	defer m.mu.Unlock()
	if stands, refused, err := m.refusal(c, takes); refused || err != nil {
		return stands, false, err
	}
	m.records[key] = record
	m.trails[key] = append(m.trails[key], trail)
	for _, t := range takes {
		m.full[t.key] = t.after(m.full[t.key])
	}
	return done(c, takes), true, nil
}

// refusal tells whether a condition of the change is refused, and what stands.
func (m *Memory) refusal(c retry.Change, takes []take) (retry.State, bool, error) {
	stands := unchanged(c)
	record, err := readRecord(m.records[c.Execution.Key()])
	refused := record.Rev != c.Seen.Record.Rev
	if refused {
		stands.Record = record
	}
	for _, t := range takes {
		full, exists := m.full[t.key]
		if t.allowed(full, exists) {
			continue
		}
		refused = true
		delete(stands.Full, t.key)
		if exists {
			stands.Full[t.key] = instant(full)
		}
	}
	return stands, refused, err
}

// Trails are the decisions on an execution, oldest first.
func (m *Memory) Trails(_ context.Context, arn retry.ExecutionARN) ([]retry.Trail, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return readTrails(m.trails[arn.Key()])
}

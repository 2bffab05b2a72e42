package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mulligan/internal/retry"
)

// Memory is a ledger in memory, with the semantics of DynamoDB. It keeps items
// as they would be stored there: nothing is shared with a caller, and what does
// not survive the encoding does not survive here either. It keeps everything
// for as long as it lives. Make one with NewMemory; it may be used concurrently.
type Memory struct {
	mu       sync.Mutex
	records  map[string]item
	trails   map[string][]item // oldest first
	full     map[string]int64  // epoch milliseconds
	turns    map[string]int64  // by Line.Key, epoch milliseconds
	breakers map[string]item   // by scope
	outcomes map[string]item   // by sort key
	holds    item              // nil: none was ever set
	policy   map[string]item   // by sort key
	cursor   item
}

// NewMemory makes an empty ledger.
func NewMemory() *Memory {
	return &Memory{
		records: map[string]item{}, trails: map[string][]item{}, full: map[string]int64{}, turns: map[string]int64{},
		breakers: map[string]item{}, outcomes: map[string]item{}, policy: map[string]item{},
	}
}

// Read implements retry.Ledger.
func (m *Memory) Read(ctx context.Context, arn retry.ExecutionARN, buckets []retry.Bucket, scopes ...string) (retry.State, error) {
	if _, err := keys(arn, buckets, scopes); err != nil {
		return retry.State{}, err
	}
	if err := ctx.Err(); err != nil {
		return retry.State{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	record, err := readRecord(m.records[arn.Key()])
	if err != nil {
		return retry.State{}, fmt.Errorf("record of %s: %w: %w", arn.Key(), retry.ErrUnreadable, err)
	}
	state := empty(scopes)
	state.Record, state.Policy, state.Holds = record, readPolicy(m.policy[currentSK]), readHolds(m.holds)
	for _, b := range buckets {
		if full, exists := m.full[b.Key]; exists {
			state.Full[b.Key] = instant(full)
		}
		m.turn(state, b.Key)
	}
	for _, scope := range scopes {
		if state.Breakers[scope], err = m.breaker(scope); err != nil {
			return retry.State{}, err
		}
		m.turn(state, retry.BreakerLine(scope))
	}
	return state, nil
}

// turn adds the turn that was given last in a line.
func (m *Memory) turn(state retry.State, line string) {
	if turn, exists := m.turns[line]; exists {
		state.Lines[line] = instant(turn)
	}
}

func (m *Memory) breaker(scope string) (retry.Breaker, error) {
	b, err := readBreaker(scope, m.breakers[scope])
	if err != nil {
		return retry.Breaker{}, fmt.Errorf("breaker %q: %w: %w", scope, retry.ErrUnreadable, err)
	}
	return b, nil
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
	breakers, err := breakerItems(c)
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
	for _, b := range c.Refills {
		m.full[b.Key] = c.Now.UnixMilli()
	}
	for i, b := range c.Breakers {
		m.breakers[b.Scope] = breakers[i]
	}
	m.tally(c.Tally)
	return done(c, takes), true, nil
}

// tally adds one to the counters of an outcome.
func (m *Memory) tally(t *retry.Tally) {
	if t == nil {
		return
	}
	sk := stored(tallyKey(*t)[attrSK])
	m.outcomes[sk] = counted(*t, m.outcomes[sk])
}

// refusal tells whether a condition of the change is refused, and what stands.
func (m *Memory) refusal(c retry.Change, takes []take) (stands retry.State, refused bool, err error) {
	stands = unchanged(c)
	record, err := readRecord(m.records[c.Execution.Key()])
	if err != nil {
		return retry.State{}, false, fmt.Errorf("record of %s: %w: %w", c.Execution.Key(), retry.ErrUnreadable, err)
	}
	if record.Rev != c.Seen.Record.Rev {
		stands.Record, refused = record, true
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
	if len(takes) > 0 && !holdsStand(m.holds, c.Seen.Holds.Rev) {
		stands.Holds, refused = readHolds(m.holds), true
	}
	for _, next := range c.Breakers {
		b, err := m.breaker(next.Scope)
		if err != nil {
			return retry.State{}, false, err
		}
		if b.Rev != next.Rev-1 {
			stands.Breakers[next.Scope], refused = b, true
		}
	}
	return stands, refused, nil
}

// Queue implements retry.Ledger.
func (m *Memory) Queue(ctx context.Context, line retry.Line) (time.Time, bool, error) {
	l, err := newLine(line)
	if err != nil {
		return time.Time{}, false, err
	}
	if err := ctx.Err(); err != nil {
		return time.Time{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	turn, inTime := l.next(m.turns[l.key])
	if !inTime {
		return time.Time{}, false, nil
	}
	m.turns[l.key] = turn
	return instant(turn), true, nil
}

// Trails are the decisions on an execution, oldest first.
func (m *Memory) Trails(_ context.Context, arn retry.ExecutionARN) ([]retry.Trail, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return readTrails(m.trails[arn.Key()])
}

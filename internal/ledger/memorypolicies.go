package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mulligan/internal/retry"
)

// Current is Policies.Current.
func (m *Memory) Current(ctx context.Context) (Version, error) {
	if err := ctx.Err(); err != nil {
		return Version{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v := readCurrent(m.policy[currentSK])
	if v.Hash != "" {
		v.Source = stored(m.policy[hashSK+v.Hash][attrSource])
	}
	return v, nil
}

// Apply is Policies.Apply.
func (m *Memory) Apply(ctx context.Context, v Version, seenRev int) (Version, error) {
	if err := v.check(); err != nil {
		return Version{}, fmt.Errorf("apply policy: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return Version{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	was, newest := readCurrent(m.policy[currentSK]), 0
	if err := replaceable(was, seenRev); err != nil {
		return Version{}, err
	}
	if last := m.find(revSK); len(last) > 0 {
		newest = readEntry(last[len(last)-1]).Rev
	}
	v = v.after(was, newest)
	m.policy[currentSK], m.policy[entrySK(v.Rev)] = current(v), entry(v)
	if v.Hash != "" {
		m.policy[hashSK+v.Hash] = kept(v, m.policy[hashSK+v.Hash])
	}
	return v, nil
}

// History is Policies.History.
func (m *Memory) History(ctx context.Context, most int) ([]Version, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var versions []Version
	for _, it := range slices.Backward(m.find(revSK)) {
		if len(versions) < most {
			versions = append(versions, readEntry(it))
		}
	}
	return versions, nil
}

// ByHash is Policies.ByHash.
func (m *Memory) ByHash(ctx context.Context, hashPrefix string) (Version, error) {
	digits, err := prefix(hashPrefix)
	if err != nil {
		return Version{}, err
	}
	if err := ctx.Err(); err != nil {
		return Version{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return only(digits, m.find(hashSK+digits))
}

// find gives the policy's items whose sort key begins with this, in its order.
func (m *Memory) find(sk string) []item {
	var found []item
	for _, key := range slices.Sorted(maps.Keys(m.policy)) {
		if strings.HasPrefix(key, sk) {
			found = append(found, m.policy[key])
		}
	}
	return found
}

// Decisions is Policies.Decisions.
func (m *Memory) Decisions(ctx context.Context, most int) (trails []retry.Trail, more bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	last := latest{most: max(0, most)}
	for _, found := range m.trails {
		last.add(found)
	}
	return last.trails(), last.more, nil
}

package ledger

import (
	"context"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// PlaceHolds implements ledgertest.Ledger.
func (m *Memory) PlaceHolds(_ context.Context, h retry.Holds) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.holds, err = holdsItem(h)
	return err
}

// Counters implements ledgertest.Ledger.
func (m *Memory) Counters(_ context.Context, pipeline string, class cause.Class) (map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return numbers(m.outcomes[pipeline+"#"+string(class)]), nil
}

// numbers are the attributes of an item that are numbers.
func numbers(it item) map[string]int64 {
	all := map[string]int64{}
	for name, value := range it {
		if _, ok := value.(*types.AttributeValueMemberN); ok {
			all[name] = count(it, name)
		}
	}
	return all
}

// Spoil implements ledgertest.Ledger.
func (m *Memory) Spoil(_ context.Context, pk, sk, attribute, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	spoiled := func(it item) item {
		it = maps.Clone(it)
		it[attribute] = text(value)
		return it
	}
	switch execution, isRecord := strings.CutPrefix(pk, executionPK); {
	case isRecord:
		m.records[execution] = spoiled(m.records[execution])
	case pk == holdsPK:
		m.holds = spoiled(m.holds)
	case pk == breakerPK:
		m.breakers[sk] = spoiled(m.breakers[sk])
	default:
		m.policy[sk] = spoiled(m.policy[sk])
	}
	return nil
}

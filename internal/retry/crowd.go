package retry

import (
	"context"
	"fmt"
	"maps"
)

// askScopes reads the breakers of scopes. True: the record was moved on since it
// was read, and what was seen of the execution may be old.
func (c *Corridor) askScopes(ctx context.Context, s *Situation, scopes []string) (bool, error) {
	fresh, err := c.Ledger.Read(ctx, s.Notice.Execution, nil, scopes...)
	if err != nil {
		return false, fmt.Errorf("read the ledger: %w", err)
	}
	moved := fresh.Record.Rev != s.State.Record.Rev
	s.State.Record, s.State.Holds = fresh.Record, fresh.Holds
	s.State.Lines = joined(s.State.Lines, fresh.Lines)
	s.State.Breakers = joined(s.State.Breakers, fresh.Breakers)
	return moved, nil
}

// standInLine takes the next turn in a line. Who only observes takes none from
// those that wait.
func (c *Corridor) standInLine(ctx context.Context, s *Situation, l Line) error {
	s.Turn = Turn{Line: l.Key}
	at, ok := l.Next(s.State.Lines[l.Key])
	if s.Mode == Enforce {
		var err error
		if at, ok, err = c.Ledger.Queue(ctx, l); err != nil {
			return fmt.Errorf("stand in line: %w", err)
		}
	}
	s.Turn.At, s.Turn.None = at, !ok
	return nil
}

// joined is a map with the entries of both, in a copy.
func joined[V any](a, b map[string]V) map[string]V {
	all := make(map[string]V, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

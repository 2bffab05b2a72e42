package retry

// Suppose answers a move that asks the ledger for more, for whoever judges
// without one: nobody waits for the same thing but those that are known of. It
// tells whether that is what the move asks for.
func (s *Situation) Suppose(m Move) bool {
	switch m.Then {
	case AskScopes:
		supposed := map[string]Breaker{}
		for _, scope := range m.Scopes {
			supposed[scope] = Breaker{Scope: scope}
		}
		s.State.Breakers = joined(s.State.Breakers, supposed)
	case StandInLine:
		at, ok := m.Line.Next(s.State.Lines[m.Line.Key])
		s.Turn = Turn{Line: m.Line.Key, At: at, None: !ok}
	default:
		return false
	}
	return true
}

package retry

// planned plans in a ledger that remembers no crowd: every breaker that is asked
// for is closed, every line empty.
func planned(s Situation) Move {
	for {
		move := Plan(s)
		if !s.Suppose(move) {
			return move
		}
	}
}

package simulate

import "slices"

// maxShrinks bounds how many runs are made to shrink one.
const maxShrinks = 3000

// Shrink makes a run that breaks an invariant again and again, with choices left
// out or made tamer, as long as it breaks the same one. What it gives is the
// shortest that it found, with its timeline. The same seed gives the same.
func Shrink(o Options, seed uint64) Result {
	found := Run(o, seed, false)
	if found.Violation == nil {
		return Run(o, seed, true)
	}
	s := &shrinking{options: o, breaks: found.Violation.Invariant, best: found.made, left: maxShrinks}
	for improved := true; improved && s.left > 0; {
		improved = s.leaveOut()
		improved = s.tame() || improved
	}
	result := replay(o, fromRecord(s.best), true)
	result.Seed = seed
	return result
}

type shrinking struct {
	options Options
	breaks  string
	best    []int32
	left    int
}

// try takes choices that break the same invariant.
func (s *shrinking) try(made []int32) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	got := replay(s.options, fromRecord(slices.Clone(made)), false)
	if got.Violation == nil || got.Violation.Invariant != s.breaks {
		return false
	}
	s.best = trimmed(got.made)
	return true
}

// trimmed is without the tamest choices at its end, which follow by themselves.
func trimmed(made []int32) []int32 {
	for len(made) > 0 && made[len(made)-1] == 0 {
		made = made[:len(made)-1]
	}
	return made
}

// leaveOut tries without the end, then without pieces, large ones first.
func (s *shrinking) leaveOut() (improved bool) {
	for size := len(s.best) / 2; size > 0; size /= 2 {
		for from := len(s.best) - size; from >= 0 && s.left > 0; from -= size {
			if from+size <= len(s.best) && s.try(slices.Delete(slices.Clone(s.best), from, from+size)) {
				improved = true
			}
		}
	}
	return improved
}

// tame tries with pieces of the tamest choices, then with single ones tamer.
func (s *shrinking) tame() (improved bool) {
	for size := max(1, len(s.best)/4); size > 0; size /= 2 {
		for from := 0; from+size <= len(s.best) && s.left > 0; from += size {
			if piece := s.best[from : from+size]; !slices.ContainsFunc(piece, func(n int32) bool { return n != 0 }) {
				continue
			}
			tamer := slices.Clone(s.best)
			clear(tamer[from : from+size])
			improved = s.try(tamer) || improved
		}
	}
	return improved
}

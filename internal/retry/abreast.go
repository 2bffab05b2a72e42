package retry

import "sync"

// SideBySide makes calls that do not depend on one another at the same time, and
// returns when all have been made.
func SideBySide(calls ...func()) {
	var others sync.WaitGroup
	for _, call := range calls[1:] {
		others.Go(call)
	}
	calls[0]()
	others.Wait()
}

// abreast makes calls that do not depend on one another.
func (c *Corridor) abreast(calls ...func()) {
	switch {
	case len(calls) == 0:
	case c.Abreast != nil:
		c.Abreast(calls...)
	default:
		SideBySide(calls...)
	}
}

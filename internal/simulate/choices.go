package simulate

import "math/rand/v2"

// choices are where a run's choices come from: drawn from a seed, or those of an
// earlier run. They are kept, so that a run can be made again with some of them
// changed. 0 is always the tamest choice: no fault, the first in order, the least.
type choices struct {
	random *rand.Rand // nil: from the record alone
	made   []int32
	at     int
}

func fromSeed(seed uint64) *choices {
	return &choices{random: rand.New(rand.NewPCG(seed, 0x6d756c6c6967616e))}
}

// fromRecord makes the choices again; after the last of them, the tamest.
func fromRecord(made []int32) *choices { return &choices{made: made} }

// n chooses one of n: 0 to n-1.
func (c *choices) n(n int) int {
	switch {
	case n <= 1:
		return 0
	case c.random != nil:
		c.made = append(c.made, int32(c.random.IntN(n)))
	case c.at >= len(c.made):
		return 0
	}
	chosen := int(c.made[c.at]) % n
	c.at++
	return chosen
}

// chance is true so many times in a hundred.
func (c *choices) chance(percent int) bool { return percent > 0 && c.n(100) >= 100-percent }

// of chooses one of a list.
func of[T any](c *choices, all []T) T { return all[c.n(len(all))] }

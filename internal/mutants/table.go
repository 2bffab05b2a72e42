package main

import "slices"

// all is the whole table.
func all() []mutant {
	return slices.Concat(
		conditions, transactions, twin, changes, items,
		telling, recalling, planning, claiming, answering, settling, tokens, holding, passing, turning, corridor, looking, names,
		judging, ceilings, applied,
		calling, reading, spending, waking, arriving, leaving,
		sweeping, searching,
	)
}

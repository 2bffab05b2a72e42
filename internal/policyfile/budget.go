package policyfile

import (
	"fmt"

	"mulligan/internal/policy"
)

// budgets reads the three buckets.
func (v value) budgets() policy.Budgets {
	f := v.fields("budgets: {execution: 3}", "execution", "pipeline", "account")
	return policy.Budgets{
		Execution: f["execution"].budget(false, value.onSuccess),
		Pipeline:  f["pipeline"].budget(true, value.onSuccess),
		Account:   f["account"].budget(true, value.neverFilled),
	}
}

// budget is a bucket. One that is shared must refill: nobody would ever fill it
// by hand. The last argument reads whether a success fills it.
func (v value) budget(shared bool, filled func(value, policy.Budget) bool) (b policy.Budget) {
	if !v.given() {
		return b
	}
	before := v.errors
	var onSuccess value
	if v.node.kind == scalar {
		b.Size, b.Set = v.number(0, maxSize)
	} else {
		f := v.fields("{size: 10, refill: 24h}", "size", "refill", "on_success")
		b.Refill = f["refill"].length()
		b.Size, b.Set = f["size"].number(0, maxSize)
		if !b.Set && v.errors == before {
			v.wrong("a budget without its size", "write {size: 10, refill: 24h}")
		}
		onSuccess = f["on_success"]
	}
	if shared && b.Set && b.Size > 0 && b.Refill == 0 && v.errors == before {
		v.wrong("a shared budget without the time in which it refills", fmt.Sprintf("write {size: %d, refill: 24h}", b.Size))
	}
	if onSuccess.given() && v.errors == before {
		b.RefillOnSuccess = filled(onSuccess, b)
	}
	return b
}

// The words for what becomes of a bucket when a retry recovers its execution.
const (
	refills = "refill"
	keeps   = "keep"
)

// onSuccess reads one of them. A bucket that is to be filled has to be one that
// fills at all.
func (v value) onSuccess(b policy.Budget) bool {
	switch word := v.word("word", []string{refills, keeps}); {
	case word != refills:
		return false
	case b.Size == 0:
		v.wrong("a budget of no retry has nothing to be filled with", "leave it out")
		return false
	case b.Refill == 0:
		v.wrong("a budget without refill counts all retries that an execution ever has, whatever becomes of them", "write refill beside it, or leave it out")
		return false
	default:
		return true
	}
}

// neverFilled is for the account's bucket.
func (v value) neverFilled(policy.Budget) bool {
	v.wrong("no success fills the budget of the account, which bounds what all pipelines spend together", "leave it out")
	return false
}

// breaker reads how many executions that fail alike are too many.
func (v value) breaker() (b policy.Breaker) {
	f := v.fields("{executions: 10, within: 10m}", "executions", "within")
	if f["executions"].given() {
		if n, ok := f["executions"].number(0, policy.MostAlike); ok {
			b.Executions = &n
		}
	}
	b.Within = f["within"].length()
	return b
}

package retry

import "time"

// Bucket is a shared budget: Size retries, refilled evenly over Per. Its whole
// state is one instant, when it will be full again (the generic cell rate
// algorithm). Refilled evenly, a bucket of 20 a day lets 39 through in the
// worst 24 hours: 20 that had gathered and 19 that flow in.
type Bucket struct {
	Key  string // where the ledger keeps it
	Name string // how it is called to people: "pipeline", "account"
	Size int
	Per  time.Duration
	Ends bool // whether it ends a failure when it is empty, instead of parking it

	Refills bool // whether a retry that recovers its execution fills it
}

// Interval is how long one unit takes to flow in, in whole milliseconds,
// rounded up so that the bucket never gives more than Size per Per.
func (b Bucket) Interval() time.Duration {
	unit := time.Millisecond * time.Duration(b.Size)
	return (b.Per + unit - 1) / unit * time.Millisecond
}

// Free is the earliest instant, not before now, at which a unit can be taken.
func (b Bucket) Free(full, now time.Time) time.Time {
	return later(now, full.Add(-b.Interval()*time.Duration(b.Size-1)))
}

// Take takes one unit: it returns when the bucket is full again after it, or
// false if it is empty. The condition that the ledger writes is this one.
func (b Bucket) Take(full, now time.Time) (time.Time, bool) {
	if b.Free(full, now).After(now) {
		return full, false
	}
	return later(full, now).Add(b.Interval()), true
}

// Left is how many units can be taken now.
func (b Bucket) Left(full, now time.Time) int {
	missing := full.Sub(now)
	if missing <= 0 {
		return b.Size
	}
	used := int((missing + b.Interval() - 1) / b.Interval())
	return max(b.Size-used, 0)
}

package ledger

import (
	"time"

	"mulligan/internal/retry"
)

// bucketSlack is how long a bucket outlives the instant at which it is full
// again. DynamoDB deletes an expired item at some time after its ttl, never
// before; the day is room for clocks that are set wrong.
const bucketSlack = 24 * time.Hour

// take is one unit to be taken from one bucket: retry.Bucket.Take, split into
// the two branches that a DynamoDB condition can say. All times are epoch
// milliseconds. Now is cut to the millisecond, which changes no answer of
// Bucket.Take: what is stored and the interval are whole milliseconds, and a
// whole number is above now exactly if it is above now cut down.
type take struct {
	key      string
	drawn    bool  // seen below full: counts on from what is stored, else from now
	seen     int64 // when the bucket was seen to be full again
	now      int64
	interval int64
	limit    int64 // the latest full that still has a unit to give
	ttl      int64 // epoch seconds
}

// newTake works out the take of one unit as of now; seen is zero where no item
// was read.
func newTake(b retry.Bucket, seen, now, expires time.Time) take {
	t := take{key: b.Key, seen: seen.UnixMilli(), now: now.UnixMilli(), interval: b.Interval().Milliseconds()}
	t.drawn = t.seen > t.now
	t.limit = t.now + int64(b.Size-1)*t.interval
	// No take leaves a bucket that is full later than an interval past the limit.
	lasts := instant(t.limit + t.interval).Add(bucketSlack)
	t.ttl = max(seconds(expires), seconds(lasts))
	return t
}

// newTakes are the takes of a change, in its order.
func newTakes(c retry.Change) []take {
	takes := make([]take, len(c.Takes))
	for i, b := range c.Takes {
		takes[i] = newTake(b, c.Seen.Full[b.Key], c.Now, c.Expires)
	}
	return takes
}

// allowed is the condition: whether the unit may be taken from a bucket that is
// full again at full, or that has no item.
func (t take) allowed(full int64, exists bool) bool {
	if t.drawn {
		return exists && full > t.now && full <= t.limit
	}
	return !exists || full <= t.now
}

// after is when the bucket is full again once the unit is taken.
func (t take) after(full int64) int64 {
	if t.drawn {
		return full + t.interval
	}
	return t.now + t.interval
}

// instant is the time of epoch milliseconds.
func instant(milli int64) time.Time { return time.UnixMilli(milli).UTC() }

// seconds is t in epoch seconds, rounded up: a ttl must never come early.
func seconds(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

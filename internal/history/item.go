package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"mulligan/internal/retry"
)

// Items are named as in the table: partition key, slash, sort key.

const (
	recordPrefix, recordSuffix = "execution#", "/record"
	lineSuffix                 = "/line"
)

// HoldsItem is the item of all holds.
const HoldsItem = "hold/current"

// RecordItem is the item of an execution's record.
func RecordItem(arn retry.ExecutionARN) string { return recordPrefix + arn.Key() + recordSuffix }

// recordOf is the execution whose record an item is.
func recordOf(item string) (retry.ExecutionARN, bool) {
	key, isRecord := strings.CutPrefix(strings.TrimSuffix(item, recordSuffix), recordPrefix)
	arn, err := retry.ParseExecutionARN(key)
	return arn, isRecord && err == nil
}

// BucketItem is the item of a bucket.
func BucketItem(key string) string { return key + "/bucket" }

// LineItem is the item of a line.
func LineItem(key string) string { return key + lineSuffix }

// BreakerItem is the item of a breaker.
func BreakerItem(scope string) string { return "breaker/" + scope }

// CountItem stands for one counter in the item of a pipeline's outcomes.
func CountItem(pipeline, class, counter string) string {
	return "outcome/" + pipeline + "#" + class + "#" + counter
}

// RecordValue is what stands in a record's item.
func RecordValue(r retry.Record) Value {
	if r.Rev == 0 {
		return Value{}
	}
	return Value{N: int64(r.Rev), Used: r.Used, Text: digest(r)}
}

func breakerValue(b retry.Breaker) Value {
	if b.Rev == 0 {
		return Value{}
	}
	return Value{N: int64(b.Rev), Text: digest(b)}
}

func holdsValue(h retry.Holds) Value {
	if h.Rev == 0 {
		return Value{}
	}
	return Value{N: int64(h.Rev)}
}

// ofMilli is the value of a bucket or line.
func ofMilli(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{N: t.UnixMilli()}
}

// digest tells values apart.
func digest(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // of types that always can be
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

package ledger

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// openIndex is the global secondary index of the open records: hash attrOpen,
// range attrOrder, and the other three projected.
const openIndex = "open"

// The attributes of an open record that the index is made of. A record that
// nothing is to become of any more has none of them, and is not in the index.
const (
	attrOpen      = "open"           // retry.Standing
	attrOrder     = "open_order"     // as ordered writes it
	attrDue       = "open_due"       // likewise
	attrFor       = "open_for"       // left out where it waits for nothing of a name
	attrExecution = "open_execution" // the ARN as it was spelled: the key is lower-cased
)

// ordered are times that sort as text: in UTC, with all nine digits.
const ordered = "2006-01-02T15:04:05.000000000Z"

// indexed adds to a record's item what the index is to show of it.
func indexed(it item, arn retry.ExecutionARN, r retry.Record) {
	open, isOpen := r.Open(arn)
	if !isOpen {
		return
	}
	it[attrOpen], it[attrExecution] = text(string(open.Standing)), text(open.Execution.String())
	it[attrOrder], it[attrDue] = text(open.Order.UTC().Format(ordered)), text(open.Due.UTC().Format(ordered))
	if open.For != "" {
		it[attrFor] = text(open.For)
	}
}

// readOpen reads what the index shows of a record; false if it names no
// execution, for which nobody could go. Times that cannot be read are zero: long
// due, and whoever goes for the execution decides by the record itself.
func readOpen(it item) (retry.Open, bool) {
	arn, err := retry.ParseExecutionARN(stored(it[attrExecution]))
	if err != nil {
		arn, err = retry.ParseExecutionARN(strings.TrimPrefix(stored(it[attrPK]), executionPK))
	}
	return retry.Open{
		Execution: arn, Standing: retry.Standing(stored(it[attrOpen])), For: stored(it[attrFor]),
		Order: readOrdered(it[attrOrder]), Due: readOrdered(it[attrDue]),
	}, err == nil
}

func readOrdered(value types.AttributeValue) time.Time {
	t, err := time.Parse(ordered, stored(value))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// item is one item of the table.
type item = map[string]types.AttributeValue

// The attributes that are not fields of the domain. Several are reserved words
// of DynamoDB's expressions, which is why those name them with a #.
const (
	attrPK     = "pk"
	attrSK     = "sk"
	attrTTL    = "ttl"
	attrSchema = "schema"
	attrRev    = "rev"
	attrFull   = "full"
)

// The sort keys.
const (
	recordSK = "record"
	bucketSK = "bucket"
	trailSK  = "decision#" // and the rev
)

// schema is the one that this build writes and reads. A field that records of
// this schema may lack is tagged omitempty or omitzero; any other change of shape
// or meaning is a new schema.
const schema = "1"

// executionPK is the partition of an execution; its key follows.
const executionPK = "execution#"

func recordKey(arn retry.ExecutionARN) item {
	return item{attrPK: text(executionPK + arn.Key()), attrSK: text(recordSK)}
}

func trailKey(arn retry.ExecutionARN, rev int) item {
	return item{attrPK: text(executionPK + arn.Key()), attrSK: text(fmt.Sprintf("%s%010d", trailSK, rev))}
}

func bucketKey(key string) item {
	return item{attrPK: text(key), attrSK: text(bucketSK)}
}

// newItem is the item of a domain value under its key.
func newItem(key item, value any, expires time.Time) (item, error) {
	it, err := encode(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	it[attrPK], it[attrSK] = key[attrPK], key[attrSK]
	it[attrTTL] = number(seconds(expires))
	it[attrSchema] = ourSchema()
	return it, nil
}

// kinds are those that this build knows what to do about.
var kinds = []retry.Kind{retry.Unseen, retry.Claimed, retry.Retried, retry.MovedOn, retry.Closed, retry.Parked}

// readRecord reads a record, or says why it must not be believed. An absent
// item is the zero Record.
func readRecord(it item) (retry.Record, error) {
	if len(it) == 0 {
		return retry.Record{}, nil
	}
	if err := whole(it, "record", recordFields()); err != nil {
		return retry.Record{}, err
	}
	var r retry.Record
	if err := decode(it, &r); err != nil {
		return retry.Record{}, fmt.Errorf("expected a record of schema %s: %w", schema, err)
	}
	if r.Rev < 1 || r.Used < 0 || r.Careful < 0 || r.Repeats < 0 || !slices.Contains(kinds, r.Kind) {
		return retry.Record{}, fmt.Errorf("expected a record of schema %s, got rev %d, used %d, careful %d, repeats %d, kind %.20q",
			schema, r.Rev, r.Used, r.Careful, r.Repeats, r.Kind)
	}
	for rule, n := range r.Granted {
		if n < 0 {
			return retry.Record{}, fmt.Errorf("expected a record of schema %s, got %d granted by rule %.40q", schema, n, rule)
		}
	}
	return r, nil
}

// recordFields are the attributes that every record has.
var recordFields = sync.OnceValue(func() []string { return required(reflect.TypeFor[retry.Record]()) })

// whole tells whether the item is of this schema and lacks nothing that is
// required. attributevalue takes an attribute that is missing or NULL for zero,
// and a counter that reads as zero would give units away.
func whole(it item, what string, required []string) error {
	if err := ofSchema(it); err != nil {
		return err
	}
	for _, name := range required {
		_, null := it[name].(*types.AttributeValueMemberNULL)
		if it[name] == nil || null {
			return fmt.Errorf("expected a %s of schema %s, got one without %s", what, schema, name)
		}
	}
	return nil
}

// ofSchema tells whether the item is of the schema that this build reads.
func ofSchema(it item) error {
	if n, ok := it[attrSchema].(*types.AttributeValueMemberN); !ok || n.Value != schema {
		return fmt.Errorf("its schema is %s, this build reads schema %s only", shown(it[attrSchema]), schema)
	}
	return nil
}

// shown is a number as stored; what is not a number is not repeated.
func shown(value types.AttributeValue) string {
	if n, ok := value.(*types.AttributeValueMemberN); ok {
		return n.Value
	}
	return "not a number"
}

// readTrail reads a trail.
func readTrail(it item) (retry.Trail, error) {
	var trail retry.Trail
	if err := decode(it, &trail); err != nil {
		return retry.Trail{}, fmt.Errorf("expected a trail of schema %s: %w", schema, err)
	}
	return trail, nil
}

func readTrails(found []item) ([]retry.Trail, error) {
	var trails []retry.Trail
	for _, it := range found {
		trail, err := readTrail(it)
		if err != nil {
			return nil, err
		}
		trails = append(trails, trail)
	}
	return trails, nil
}

// readFull reads when a bucket is full again, in epoch milliseconds.
func readFull(it item) (int64, error) { return readMilli(it, attrFull) }

// readMilli reads an attribute in epoch milliseconds.
func readMilli(it item, name string) (int64, error) {
	n, ok := it[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("expected its %s as a number, got %s", name, got(it[name]))
	}
	milli, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("expected its %s in epoch milliseconds: %w", name, err)
	}
	return milli, nil
}

func ourSchema() types.AttributeValue { return &types.AttributeValueMemberN{Value: schema} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// stored is the text of a key attribute, empty where it is none.
func stored(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

package history

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// wireItem is an item, a key or the values of an expression, in DynamoDB's JSON.
type wireItem map[string]json.RawMessage

// wireValue is one attribute.
type wireValue struct {
	S    *string
	N    *string
	BOOL *bool
	NULL *bool
	L    []json.RawMessage
	M    wireItem
}

// item is the name of an item, by its key.
func (it wireItem) item() string {
	switch pk, sk := it.text("pk"), it.text("sk"); {
	case pk == "breaker":
		return BreakerItem(sk)
	default:
		return pk + "/" + sk
	}
}

// counts tells whether the rules know about such an item.
func (it wireItem) counts() bool {
	sk := it.text("sk")
	return sk == "record" || sk == "bucket" || sk == "line" || it.text("pk") == "breaker" || it.item() == HoldsItem
}

func (it wireItem) text(name string) string {
	var v wireValue
	if json.Unmarshal(it[name], &v) != nil || v.S == nil {
		return ""
	}
	return *v.S
}

func (it wireItem) number(name string) int64 {
	var v wireValue
	if json.Unmarshal(it[name], &v) != nil || v.N == nil {
		return 0
	}
	n, err := strconv.ParseInt(*v.N, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// value is what an item says; absent, it is none.
func (x *exchange) value(name string, it wireItem) Value {
	var err error
	v := Value{}
	switch {
	case it == nil:
	case strings.HasSuffix(name, "/record"):
		var r retry.Record
		err = it.decode(&r)
		v = RecordValue(r)
	case it.text("pk") == "breaker":
		var b retry.Breaker
		err = it.decode(&b)
		v = breakerValue(b)
	case name == HoldsItem:
		v = Value{N: it.number("rev")}
	default: // a bucket has the one, a line the other
		v = Value{N: it.number("full") + it.number("turn")}
	}
	if err != nil {
		x.fault("%s: %v", name, err)
	}
	return v
}

// decode reads a domain value, as the ledger does.
func (it wireItem) decode(into any) error {
	value, err := it.attribute()
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalWithOptions(value, into, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" })
}

func (it wireItem) attribute() (types.AttributeValue, error) {
	m := &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}}
	for name, raw := range it {
		value, err := attribute(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m.Value[name] = value
	}
	return m, nil
}

// attribute is an attribute as the SDK has it.
func attribute(raw json.RawMessage) (types.AttributeValue, error) {
	var v wireValue
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	switch {
	case v.S != nil:
		return &types.AttributeValueMemberS{Value: *v.S}, nil
	case v.N != nil:
		return &types.AttributeValueMemberN{Value: *v.N}, nil
	case v.BOOL != nil:
		return &types.AttributeValueMemberBOOL{Value: *v.BOOL}, nil
	case v.NULL != nil:
		return &types.AttributeValueMemberNULL{Value: *v.NULL}, nil
	case v.M != nil:
		return v.M.attribute()
	case v.L != nil:
		list := &types.AttributeValueMemberL{}
		for _, each := range v.L {
			value, err := attribute(each)
			if err != nil {
				return nil, err
			}
			list.Value = append(list.Value, value)
		}
		return list, nil
	}
	return nil, fmt.Errorf("expected an attribute, got %s", raw)
}

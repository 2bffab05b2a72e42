package ledger

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// encode writes a domain value under the names of its JSON tags. Times are
// written in UTC, to the nanosecond; a time zone would not read back the same.
// What JSON leaves out is left out here too, for which DynamoDB would charge.
func encode(value any) (item, error) {
	it, err := attributevalue.MarshalMapWithOptions(value, func(o *attributevalue.EncoderOptions) {
		o.TagKey = "json"
		o.EncodeTime = func(t time.Time) (types.AttributeValue, error) {
			return text(t.UTC().Format(time.RFC3339Nano)), nil
		}
	})
	if err != nil {
		return nil, err
	}
	leaveOut(&types.AttributeValueMemberM{Value: it}, reflect.ValueOf(value))
	return it, nil
}

// leaveOut removes what is zero and tagged omitzero, of which attributevalue does
// not know; omitempty it does.
func leaveOut(attribute types.AttributeValue, v reflect.Value) {
	switch a := attribute.(type) {
	case *types.AttributeValueMemberL:
		for i := range a.Value {
			leaveOut(a.Value[i], v.Index(i))
		}
	case *types.AttributeValueMemberM:
		if v.Kind() != reflect.Map {
			leaveOutFields(a.Value, reflect.Indirect(v))
			return
		}
		for each := v.MapRange(); each.Next(); {
			leaveOut(a.Value[each.Key().String()], each.Value())
		}
	}
}

func leaveOutFields(it item, v reflect.Value) {
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if strings.Contains(options, "omitzero") && v.Field(i).IsZero() {
			delete(it, name)
		} else if it[name] != nil {
			leaveOut(it[name], v.Field(i))
		}
	}
}

// required are the attributes that an item of the type always has: all fields
// that are not left out when they are empty or zero.
func required(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" && !strings.Contains(options, "omit") {
			names = append(names, name)
		}
	}
	return names
}

// decode reads what encode wrote.
func decode(it item, value any) error {
	return attributevalue.UnmarshalMapWithOptions(it, value, decoding)
}

// decodeList is decode for one attribute that must be a list.
func decodeList(attribute types.AttributeValue, list any) error {
	if _, ok := attribute.(*types.AttributeValueMemberL); !ok {
		return fmt.Errorf("got %s", got(attribute))
	}
	return attributevalue.UnmarshalWithOptions(attribute, list, decoding)
}

// decoding sets how attributevalue reads. Left to itself, it would take a number
// for a time in seconds.
func decoding(o *attributevalue.DecoderOptions) {
	o.TagKey = "json"
	o.DecodeTime.N = func(string) (time.Time, error) {
		return time.Time{}, errors.New("expected a time as text, got a number")
	}
}

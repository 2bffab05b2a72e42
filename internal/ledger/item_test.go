package ledger

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// The attributes that every item has must not be names of the domain's fields,
// which they would hide.
func TestNoFieldIsHidden(t *testing.T) {
	for _, value := range []any{retry.Record{}, retry.Trail{}, retry.Breaker{}, claim().Record, claim().Trail} {
		it, err := encode(value)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{
			attrPK, attrSK, attrTTL, attrSchema, attrFull, attrTurn, attrOpen, attrOrder, attrDue, attrFor, attrExecution,
		} {
			if it[name] != nil {
				t.Errorf("%T has a field %q", value, name)
			}
		}
	}
}

func TestReadRecordFailsClosed(t *testing.T) {
	null, word := &types.AttributeValueMemberNULL{Value: true}, text("1")
	tests := []struct {
		name, attribute string
		value           types.AttributeValue
		want            string
	}{
		{"newer schema", attrSchema, number(2), "its schema is 2, this build reads schema 1 only"},
		{"no schema", attrSchema, nil, "its schema is not a number, this build reads schema 1 only"},
		{"schema as text", attrSchema, word, "its schema is not a number"},
		{"no counter", "used", nil, "got one without used"},
		{"empty counter", "used", null, "got one without used"},
		{"no claim", "claim", nil, "got one without claim"},
		{"counter as text", "used", word, "expected a record of schema 1"},
		{"counter with a fraction", "used", &types.AttributeValueMemberN{Value: "1.5"}, "expected a record of schema 1"},
		{"negative counter", "used", number(-1), "used -1"},
		{"negative careful", "careful", number(-1), "careful -1"},
		{"negative repeats", "repeats", number(-1), "repeats -1"},
		{"negative grant", "granted", &types.AttributeValueMemberM{Value: item{"busy": number(-1)}}, `got -1 granted by rule "busy"`},
		{"grant as text", "granted", &types.AttributeValueMemberM{Value: item{"busy": word}}, "expected a record of schema 1"},
		{"no rev yet", attrRev, number(0), "rev 0"},
		{"huge rev", attrRev, &types.AttributeValueMemberN{Value: "99999999999999999999"}, "expected a record of schema 1"},
		{"unknown kind", "kind", text("paused\nforever, and then some more of it"), `kind "paused\nforever, and`},
		{"time that is none", "updated", text("yesterday"), "expected a record of schema 1"},
		{"time as a number", "updated", number(1), "expected a record of schema 1"},
		{"failure as a list", "failure", &types.AttributeValueMemberL{}, "expected a record of schema 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it, err := newItem(recordKey(churn), claim().Record, noon)
			if err != nil {
				t.Fatal(err)
			}
			if it[test.attribute] = test.value; test.value == nil {
				delete(it, test.attribute)
			}
			got, err := readRecord(it)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if !reflect.DeepEqual(got, retry.Record{}) {
				t.Errorf("got %+v beside the error", got)
			}
		})
	}
}

// An attribute that a later build adds to this schema does not keep this build
// from reading the record.
func TestReadRecordIgnoresWhatItDoesNotKnow(t *testing.T) {
	it, err := newItem(recordKey(churn), claim().Record, noon)
	if err != nil {
		t.Fatal(err)
	}
	it["later"] = text("x")
	got, err := readRecord(it)
	if err != nil || !reflect.DeepEqual(got, claim().Record) {
		t.Errorf("got %+v, error %v", got, err)
	}
}

// A record that the build before this one wrote reads as what it said, and what
// it could not say yet as zero: testdata holds it as it was sent.
func TestRecordOfTheBuildBefore(t *testing.T) {
	kept, err := os.ReadFile("testdata/record_before.json")
	if err != nil {
		t.Fatal(err)
	}
	ledger, _ := connect(t, ok(fmt.Sprintf(`{"Responses":{"Ledger":[%s]}}`, kept)))
	got, err := ledger.Read(t.Context(), churn, nil)
	want := claim().Record
	want.Rev = 8
	if err != nil || !reflect.DeepEqual(got.Record, want) {
		t.Errorf("\n got %+v, error %v\nwant %+v", got.Record, err, want)
	}
}

// Records from before a policy could grant retries read as having none granted,
// and those from before outcomes were kept as having none.
func TestOlderRecordReads(t *testing.T) {
	it, err := newItem(recordKey(churn), claim().Record, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"granted", "mark", "repeats", "outcome", "watch"} {
		if it[name] != nil {
			t.Errorf("%s is written though it is empty, and older records lack it", name)
		}
	}
	got, err := readRecord(it)
	if err != nil || !reflect.DeepEqual(got, claim().Record) {
		t.Errorf("got %+v, error %v", got, err)
	}
}

// What JSON leaves out is left out of items too, however deep it stands.
func TestZerosAreLeftOut(t *testing.T) {
	full := map[string]retry.Breaker{"scarce ml.p5": {Scope: "scarce ml.p5"}}
	tests := []struct {
		name  string
		value any
	}{
		{"record", retry.Record{}}, {"record with fields", claim().Record}, {"trail", retry.Trail{}}, {"trail with fields", claim().Trail},
		{"breakers", retry.Trail{Breakers: full, Holds: []retry.Hold{{Scope: retry.HoldOfAll}}}}, {"pointer", &retry.Trail{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it, err := encode(test.value)
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if err := attributevalue.UnmarshalMap(it, &got); err != nil {
				t.Fatal(err)
			}
			written, err := json.Marshal(test.value)
			if err != nil || json.Unmarshal(written, &want) != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
		})
	}
}

func TestReadFull(t *testing.T) {
	tests := []struct {
		name string
		it   item
		want int64
		ok   bool
	}{
		{"number", item{attrFull: number(noonMS)}, noonMS, true},
		{"none", item{}, 0, false},
		{"text", item{attrFull: text("1")}, 0, false},
		{"fraction", item{attrFull: &types.AttributeValueMemberN{Value: "1.5"}}, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readFull(test.it)
			if got != test.want || (err == nil) != test.ok {
				t.Errorf("got %d, error %v; want %d, ok %t", got, err, test.want, test.ok)
			}
		})
	}
}

func TestTimeToLiveIsNeverEarly(t *testing.T) {
	whole := noon.Truncate(time.Second)
	for _, test := range []struct {
		at   time.Time
		want int64
	}{{whole, whole.Unix()}, {whole.Add(1), whole.Unix() + 1}, {noon, whole.Unix() + 1}} {
		if got := seconds(test.at); got != test.want {
			t.Errorf("%s: got %d, want %d", test.at, got, test.want)
		}
	}
}

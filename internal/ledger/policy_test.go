package ledger

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/retry"
)

// strict is the policy of the tests, as it stands at rev 3 after another one.
func strict() Version {
	const body = `{"schema":1,"description":"strict"}`
	return Version{
		Rev: 3, Hash: digest(body), Body: body, Source: "description: strict\n", Before: `{"schema":1}`,
		Author: "anna", Note: "fewer retries", At: noon,
	}
}

func TestReadPolicy(t *testing.T) {
	whole := retry.Stored{Rev: 3, Hash: strict().Hash, Body: strict().Body, Before: strict().Before}
	null := &types.AttributeValueMemberNULL{Value: true}
	fraction := &types.AttributeValueMemberN{Value: "1.5"}
	tests := []struct {
		name, attribute string
		value           types.AttributeValue // nil: the attribute is missing
		fault           string
		lost            func(*retry.Stored) // beside the body
	}{
		{"newer schema", attrSchema, number(2), "its schema is 2, this build reads schema 1 only", nil},
		{"no schema", attrSchema, nil, "its schema is not a number, this build reads schema 1 only", nil},
		{"no rev", attrRev, nil, "expected its rev as a number, got none", func(s *retry.Stored) { s.Rev = 0 }},
		{"rev as text", attrRev, text("3"), "expected its rev as a number, got something else", func(s *retry.Stored) { s.Rev = 0 }},
		{"rev before the first", attrRev, number(0), "expected its rev as a whole number from 1, got 0", func(s *retry.Stored) { s.Rev = 0 }},
		{"rev with a fraction", attrRev, fraction, "expected its rev as a whole number from 1, got 1.5", func(s *retry.Stored) { s.Rev = 0 }},
		{"no hash", attrHash, nil, "expected its hash as text, got none", func(s *retry.Stored) { s.Hash = "" }},
		{"empty hash", attrHash, text(""), "expected a hash and a body or neither, got 0 and 35 bytes", func(s *retry.Stored) { s.Hash = "" }},
		{"no body", attrBody, nil, "expected its body as text, got none", nil},
		{"body as bytes", attrBody, &types.AttributeValueMemberB{Value: []byte("{}")}, "expected its body as text, got something else", nil},
		{"body that is null", attrBody, null, "expected its body as text, got something else", nil},
		{"before as a number", attrBefore, number(1), "expected its before as text, got something else", func(s *retry.Stored) { s.Before = "" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it := current(strict())
			if it[test.attribute] = test.value; test.value == nil {
				delete(it, test.attribute)
			}
			want := whole
			want.Fault, want.Body = test.fault, ""
			if test.lost != nil {
				test.lost(&want)
			}
			if got := readPolicy(it); got != want {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
	if got := readPolicy(current(strict())); got != whole {
		t.Errorf("whole:\n got %+v\nwant %+v", got, whole)
	}
}

// What people are told about a policy, and what a later build adds, is no
// reason not to follow it.
func TestReadPolicyNeedsNoWords(t *testing.T) {
	it := current(strict())
	delete(it, attrAuthor)
	delete(it, attrNote)
	it[attrAt], it["later"] = text("yesterday"), number(1)
	if got := readPolicy(it); got.Fault != "" || got.Body != strict().Body {
		t.Errorf("got %+v", got)
	}
}

func TestFaultIsOneBoundedLine(t *testing.T) {
	it := current(strict())
	it[attrSchema] = &types.AttributeValueMemberN{Value: "2\n" + strings.Repeat("9", 1000)}
	got := readPolicy(it).Fault
	if strings.Contains(got, "\n") || len([]rune(got)) != maxFault+1 { // and the ellipsis
		t.Errorf("got %d characters: %q", len([]rune(got)), got)
	}
}

// None of the policy's items may be removed by housekeeping.
func TestPolicyIsKeptForGood(t *testing.T) {
	for name, it := range map[string]item{"current": current(strict()), "history": entry(strict()), "by hash": kept(strict(), nil)} {
		if it[attrTTL] != nil {
			t.Errorf("%s: got a ttl", name)
		}
	}
}

// A version of history that cannot be read still counts.
func TestReadEntry(t *testing.T) {
	it := entry(strict())
	delete(it, attrHash)
	got := readEntry(it)
	if got.Rev != 3 || got.Author != "anna" || got.Fault != "expected its hash as text, got none" {
		t.Errorf("got %+v", got)
	}
	it[attrSK] = text(revSK + "next")
	it[attrHash] = text(strict().Hash)
	if got := readEntry(it); got.Rev != 0 || got.Fault != `expected its key to end in a rev, got "rev#next"` {
		t.Errorf("a key without a rev: got %+v", got)
	}
}

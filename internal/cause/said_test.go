package cause

import (
	"strings"
	"testing"
)

// TestSaidByService: which codes a service stated, and where its statement starts.
func TestSaidByService(t *testing.T) {
	tests := []struct {
		name, text, want string // want: the statement from its start to the code; "" where nobody stated it
	}{
		{"sentence", "x: An error occurred (Throttling) when calling", "An error occurred ("},
		{"python", `e: {'Error': {'Code': 'Throttling', 'Message': 'm'}}`, `{'Error': {'Code': '`},
		{"json", `{"Error":{"Code":"Throttling"}}`, `{"Error":{"Code":"`},
		{"message before the code", `a {"Error": {"Message": "m", "Code": "Throttling"}}`, `{"Error": {"Message": "m", "Code": "`},
		{"body before it", `{"a": {}} {"Code": "Throttling"}`, `{"Code": "`},
		{"ruby", `{"Error"=>{"Code"=>"Throttling"}}`, `{"Error"=>{"Code"=>"`},
		{"escaped", `{\"Code\": \"Throttling\"}`, `{\"Code\": \"`},
		{"type", `{"__type":"com.amazonaws.kms#ThrottlingException"}`, `{"__type":"com.amazonaws.kms#`},
		{"type without a package", `{"__type": "ThrottlingException"}`, `{"__type": "`},
		{"xml", "x <Error><Code>Throttling</Code></Error>", "<Error><Code>"},
		{"equals", "errorCode=ThrottlingException", "errorCode="},
		{"java", "(Service: S; Error Code: Throttling; Request ID: 1)", "Error Code: "},
		{"another key", `{"Mode": "ThrottlingException"}`, ""},
		{"no key", `holds "ThrottlingException"`, ""},
		{"key without quotes", `Code: "ThrottlingException"`, ""},
		{"hash alone", "see #ThrottlingException", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := open(tt.text, "")
			got := ""
			if c, ok := m.hasCode([]string{"throttling"}); ok && c.sdk {
				got = m.text[m.stated(c):c.at]
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestBodyIsBounded: a code far behind an opening brace is not that body's.
func TestBodyIsBounded(t *testing.T) {
	if at := bodyStart("{" + strings.Repeat(" ", longestBody) + `"Code": "`); at >= 0 {
		t.Errorf("a body starts at %d, want none", at)
	}
}

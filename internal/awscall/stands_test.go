package awscall_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"mulligan/internal/awscall"
)

// A refusal stands by its code; where no code is known, by the status.
func TestStands(t *testing.T) {
	tests := []struct {
		code   string
		status int
		want   bool
	}{
		{"AccessDeniedException", 400, true}, {"ValidationException", 400, true}, {"UnknownOperationException", 400, true},
		{"ExpiredTokenException", 400, false}, {"ThrottlingException", 400, false}, {"ResourceNotFound", 400, false},
		{"Anything", 404, true}, {"Anything", 405, true}, {"Anything", 501, true},
		{"Anything", 408, false}, {"Anything", 429, false}, {"Anything", 500, false}, {"Anything", 503, false},
		{"", 404, true}, {"", 502, false}, {"", 0, false},
	}
	for _, test := range tests {
		err := errors.New("no words")
		if test.code != "" {
			err = &smithy.GenericAPIError{Code: test.code}
		}
		if test.status != 0 {
			err = &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: test.status}}, Err: err}
		}
		if got := awscall.Stands(fmt.Errorf("describe: %w", err)); got != test.want {
			t.Errorf("%q, %d: got %t", test.code, test.status, got)
		}
	}
}

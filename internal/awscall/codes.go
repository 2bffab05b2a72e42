package awscall

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"mulligan/internal/plaintext"
)

// Kind sorts API errors by what the caller may do next. It is read from the
// error's code, never from its text.
type Kind int

// The kinds of error.
const (
	Ambiguous Kind = iota // no answer, or a 5xx: the call may have taken effect
	Throttled             // refused for its rate: it took no effect
	Denied                // not allowed, or not with these credentials
	NotFound
	Conflicting
	Invalid
	OverLimit // a quota of the account, not a rate
)

// kinds lists the codes. Sources: the modelled errors of each API, the common
// errors of AWS APIs, and the SDK's own list of throttles
// (aws/retry.DefaultThrottleErrorCodes).
var kinds = map[string]Kind{
	"ThrottlingException": Throttled, "Throttling": Throttled, "ThrottledException": Throttled,
	"RequestThrottled": Throttled, "RequestThrottledException": Throttled, "TooManyRequestsException": Throttled,
	"RequestLimitExceeded": Throttled, "ProvisionedThroughputExceededException": Throttled, "SlowDown": Throttled,
	"PriorRequestNotComplete": Throttled, "TransactionInProgressException": Throttled,

	"AccessDeniedException": Denied, "AccessDenied": Denied, "UnauthorizedOperation": Denied,
	"NotAuthorized": Denied, "OptInRequired": Denied, "UnrecognizedClientException": Denied,
	"InvalidClientTokenId": Denied, "ExpiredTokenException": Denied, "ExpiredToken": Denied,
	"InvalidSignatureException": Denied, "SignatureDoesNotMatch": Denied, "IncompleteSignature": Denied,
	"MissingAuthenticationToken": Denied, "MissingAuthenticationTokenException": Denied,
	"RequestExpired": Denied, "KMSAccessDeniedException": Denied,

	"ResourceNotFound": NotFound, "ResourceNotFoundException": NotFound,
	"ConflictException": Conflicting, "TransactionConflictException": Conflicting,
	"ValidationException": Invalid, "ValidationError": Invalid,
	"ResourceLimitExceeded": OverLimit, "ServiceQuotaExceededException": OverLimit, "LimitExceededException": OverLimit,
}

// KindOf sorts an error of an SDK call. What has no known code is Ambiguous.
func KindOf(err error) Kind {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return kinds[api.ErrorCode()]
	}
	return Ambiguous
}

// unknownOperations are what an endpoint answers that does not have the
// operation (common errors of AWS APIs).
var unknownOperations = map[string]bool{"UnknownOperationException": true, "InvalidAction": true, "UnknownAction": true}

// forbidden are the codes of Denied that are about a permission and not about
// credentials, which the next delivery may have anew.
var forbidden = map[string]bool{
	"AccessDeniedException": true, "AccessDenied": true, "UnauthorizedOperation": true, "NotAuthorized": true,
	"OptInRequired": true, "KMSAccessDeniedException": true,
}

// Stands tells whether a refusal is for good: not allowed, not valid, or not
// there. Asking again changes nothing.
func Stands(err error) bool {
	code := ""
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		code = api.ErrorCode()
	}
	if _, known := kinds[code]; known {
		return forbidden[code] || KindOf(err) == Invalid
	}
	return unknownOperations[code] || blamesCaller(err)
}

// blamesCaller tells whether a status says that the request was at fault, or
// that there is no such thing to ask, whatever words came with it.
func blamesCaller(err error) bool {
	answer, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok {
		return false
	}
	switch status := answer.HTTPStatusCode(); status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	case http.StatusNotImplemented:
		return true
	default:
		return status >= 400 && status < 500
	}
}

// maxDetail bounds what is kept of an error's text; SageMaker's own bound on
// its messages is 1,024 characters.
const maxDetail = 300

// Detail is the code and message of an API error as one bounded line without
// control characters.
func Detail(err error) string {
	text := err.Error()
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		text = api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return plaintext.Line(text, maxDetail)
}

// Explain names the permission or resource where an error is about one, for
// whoever has to mend it: action as IAM spells it, and what it was called on.
func Explain(err error, action, resource string) error {
	switch KindOf(err) {
	case Denied:
		return fmt.Errorf("%s on %s is not allowed, or not with these credentials: %w", action, resource, quiet(err))
	case NotFound:
		return fmt.Errorf("%s: %s does not exist: %w", action, resource, err)
	default:
		return fmt.Errorf("%s on %s: %w", action, resource, err)
	}
}

// echoes are the codes of errors in which AWS may repeat the request as it should
// have been signed, the session token included.
var echoes = map[string]bool{"InvalidSignatureException": true, "SignatureDoesNotMatch": true, "IncompleteSignature": true}

// quiet is an error without AWS's words where they may repeat the request.
func quiet(err error) error {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok || !echoes[api.ErrorCode()] {
		return err
	}
	return &smithy.GenericAPIError{Code: api.ErrorCode(), Message: "AWS's words are left out: they may repeat the request and its session token", Fault: api.ErrorFault()}
}

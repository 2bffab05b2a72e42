package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// told is an error in words for whoever typed; it stays what it was to code.
type told struct {
	words string
	err   error
}

// Error is the words.
func (t told) Error() string { return t.words }

// Unwrap is the error.
func (t told) Unwrap() error { return t.err }

// lapsed are the codes by which AWS' services refuse credentials that have
// expired (IAM user guide, "Common errors"; each service has its own spelling).
var lapsed = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}

// byAWS says what to do about an error of the way to AWS: the SDK tells it in
// words for its developers.
func byAWS(err error) error {
	if api, ok := errors.AsType[smithy.APIError](err); ok && slices.Contains(lapsed, api.ErrorCode()) {
		return told{fmt.Sprintf("the AWS credentials have expired: sign in again with your AWS tool, or renew them (%s)", api.ErrorCode()), err}
	}
	_, unsent := errors.AsType[*smithyhttp.RequestSendError](err)
	to, ok := errors.AsType[*url.Error](err)
	if !unsent || !ok || errors.Is(err, context.Canceled) {
		return err
	}
	where, parseErr := url.Parse(to.URL)
	if parseErr != nil || where.Host == "" {
		return err
	}
	return told{fmt.Sprintf("cannot reach %s: check the network, the proxy and --region (%s)", where.Host, innermost(to.Err)), err}
}

// innermost is what failed, without how it came about.
func innermost(err error) string {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.Err
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

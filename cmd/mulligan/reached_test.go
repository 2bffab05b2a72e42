package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"

	"mulligan/internal/deployment"
)

// Where AWS cannot be reached, the host is named, and nothing of the SDK's.
func TestCannotReach(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	host := strings.TrimPrefix(gone.URL, "http://")
	for name, cfg := range map[string]aws.Config{
		host + ": check the network, the proxy and --region (connection refused)": {BaseEndpoint: &gone.URL},
		"cloudformation.nowhere-1.amazonaws.com: check the network, the proxy and --region (no such host)": {
			HTTPClient: &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}}
			}}},
		},
	} {
		cfg.Region, cfg.Credentials = "nowhere-1", credentials.NewStaticCredentialsProvider("a", "b", "")
		cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
		_, err := deployment.Find(t.Context(), cfg, "mulligan")
		if got := byAWS(err); got == nil || got.Error() != "cannot reach "+name || !errors.Is(got, err) {
			t.Errorf("got %v, want %s", got, name)
		}
	}
}

func TestByAWS(t *testing.T) {
	expired := fmt.Errorf("x is not allowed: %w", &smithy.GenericAPIError{Code: "ExpiredToken", Message: "the security token included in the request is expired"})
	if got := byAWS(expired); got.Error() != "the AWS credentials have expired: sign in again with your AWS tool, or renew them (ExpiredToken)" || !errors.Is(got, expired) {
		t.Errorf("got %v", got)
	}
	for _, err := range []error{nil, errLasting, &smithy.GenericAPIError{Code: "AccessDenied"}} {
		if got := byAWS(err); got != err {
			t.Errorf("got %v, want %v as it is", got, err)
		}
	}
}

// Commands tell such errors in these words.
func TestCommandsSayWhatToDo(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_ENDPOINT_URL", gone.URL)
	_, stderr, code := typed(t, "", "policy", "show", "--stack", "x", "--region", "eu-west-1")
	if code != exitError || !strings.HasPrefix(stderr, "Error: cannot reach "+strings.TrimPrefix(gone.URL, "http://")+": check the network") {
		t.Errorf("got exit %d, %s", code, stderr)
	}
}

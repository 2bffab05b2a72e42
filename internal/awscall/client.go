package awscall

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// maxAnswer bounds the body of an answer. DynamoDB answers with at most 16 MB
// (BatchGetItem); what Mulligan asks for is far below 4.
const maxAnswer = 4 << 20

// Config is the SDK configuration of a function: Region, credentials and
// endpoints as Lambda's environment and the SDK's AWS_ENDPOINT_URL variables
// give them. Shared files, SSO and instance roles are left out: a function has
// none, and their clients would be half of its start.
func Config(transport http.RoundTripper) (aws.Config, error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return aws.Config{}, err
	}
	if env.Region == "" {
		return aws.Config{}, errors.New("AWS_REGION: expected the Region, got nothing")
	}
	cfg := aws.Config{
		Region:        env.Region,
		Credentials:   credentials.StaticCredentialsProvider{Value: env.Credentials},
		HTTPClient:    Client(transport),
		ConfigSources: []any{env},
	}
	// A service's own AWS_ENDPOINT_URL_<SERVICE> is found in the sources, and wins.
	if env.BaseEndpoint != "" && !aws.ToBool(env.IgnoreConfiguredEndpoints) {
		cfg.BaseEndpoint = aws.String(env.BaseEndpoint)
	}
	return cfg, nil
}

// Client is an HTTP client that reads no answer without end.
func Client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: bounded{transport}}
}

// Attempts makes a retryer for calls that may be made several times: at most n
// attempts, with full jitter between them.
func Attempts(n int) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = n
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return rand.N(min(firstPause<<attempt, longestPause)), nil
		})
		o.RateLimiter = ratelimit.None
	})
}

// The spans that the pause before another attempt is drawn from. The SDK's own
// back-off has no jitter for a longest pause under a second.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// bounded refuses to read an answer without end, and hands on requests whole.
type bounded struct{ http.RoundTripper }

// RoundTrip sends the request from memory. The SDK closes the body it handed
// over as soon as the answer's headers are there; where net/http is still at the
// end of that body, it takes this for a fault and drops a good connection.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		whole, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close() // it was read from memory
		r = r.WithContext(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(whole))
	}
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = &limited{ReadCloser: answer.Body, left: maxAnswer}
	}
	return answer, err
}

// limited fails, rather than ends, past its limit: a cut answer must never be
// taken for a whole one.
type limited struct {
	io.ReadCloser
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("the answer is larger than any that was asked for")
	}
	n, err := l.ReadCloser.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

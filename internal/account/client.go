package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"mulligan/internal/awstest"
)

// maxControlAnswer bounds what is read of an answer: some ten thousand
// executions, more than anybody makes by hand.
const maxControlAnswer = 8 << 20

// controlPatience is for one answer of a control side that hangs. It may wait
// for an event to be on its way.
const controlPatience = 30 * time.Second

// What to do where an account is only half there.
const (
	wayOutEnded = "It may have ended: `make account` starts it again, `make account-down` clears it away"
	wayOutEmpty = "What was deployed may be gone: `make account` deploys it again"
)

// Remote talks to the control side of the stand-in for SageMaker in a local
// account, see [awstest.Account.Control]. Its errors are in the control side's
// words, or say that nobody answers and what to do.
type Remote struct {
	URL string // such as State.Control
}

// Fail has an execution fail, and returns it as it stands then.
func (r Remote) Fail(ctx context.Context, order awstest.FailOrder) (e awstest.Execution, err error) {
	return e, r.call(ctx, http.MethodPost, "/executions", order, &e)
}

// Execution tells how an execution stands.
func (r Remote) Execution(ctx context.Context, arn string) (e awstest.Execution, err error) {
	return e, r.call(ctx, http.MethodGet, "/executions?arn="+url.QueryEscape(arn), nil, &e)
}

// Settings tells how the account is set.
func (r Remote) Settings(ctx context.Context) (s awstest.Settings, err error) {
	return s, r.call(ctx, http.MethodGet, "/settings", nil, &s)
}

// Set sets the account, all of it as the settings say, and returns what it is set
// to then.
func (r Remote) Set(ctx context.Context, to awstest.Settings) (s awstest.Settings, err error) {
	return s, r.call(ctx, http.MethodPost, "/settings", to, &s)
}

// SendLate has the events of an execution sent that were not sent when they were
// due, and tells how many there were.
func (r Remote) SendLate(ctx context.Context, arn string) (sent int, err error) {
	var answer struct {
		Sent int `json:"sent"`
	}
	err = r.call(ctx, http.MethodPost, "/events", awstest.LateOrder{ARN: arn}, &answer)
	return answer.Sent, err
}

// call sends one request, with an order where there is one, and reads the
// answer.
func (r Remote) call(ctx context.Context, method, path string, order, into any) error {
	ctx, cancel := context.WithTimeout(ctx, controlPatience)
	defer cancel()
	var body io.Reader
	if order != nil {
		text, err := json.Marshal(order)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, r.URL+path, body)
	if err != nil {
		return fmt.Errorf("the control side's address: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the local account does not answer: %w\n%s", err, wayOutEnded)
	}
	defer answer.Body.Close()
	return readControl(answer, into)
}

// readControl reads an answer, whole or not at all.
func readControl(answer *http.Response, into any) error {
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxControlAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the control side's answer: %w", err)
	case len(text) > maxControlAnswer:
		return fmt.Errorf("read the control side's answer: more than %d bytes", maxControlAnswer)
	}
	if answer.StatusCode/100 == 2 {
		if err := json.Unmarshal(text, into); err != nil {
			return fmt.Errorf("read the control side's answer: %w", err)
		}
		return nil
	}
	var refusal struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(text, &refusal) != nil || refusal.Error == "" {
		return fmt.Errorf("the control side answered %s", answer.Status)
	}
	return errors.New(refusal.Error)
}

package letterstest

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// URL and Alias are the queue's and the function's.
const (
	URL   = "https://sqs.eu-west-1.amazonaws.com/123456789012/mulligan-DeadLetters-1"
	Alias = "arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live"
)

// Message is one in the queue.
type Message struct {
	ID         string
	Body       string
	Attributes map[string]string
	Sent       time.Time

	received int
	handle   string
	hidden   time.Time // until then nobody sees it
}

// Office is the queue and the function. Its fields are set before it is used.
type Office struct {
	Now     func() time.Time         // for how long messages are hidden; nil is the clock's
	Before  func(call string)        // is told of each call, "Invoke" or the operation's name, before it is answered
	Refuse  map[string]string        // operation → error code that it is refused with
	Invoked func(payload string) int // gives the status of an invocation; nil accepts all

	mu       sync.Mutex
	messages []*Message
	handles  int
	repeats  bool
	calls    []string
	payloads []string
}

// Put adds messages to the queue.
func (o *Office) Put(all ...Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range all {
		o.messages = append(o.messages, &m)
	}
}

// Repeat has the queue hand out what is hidden, too, as one does whose
// messages come round again.
func (o *Office) Repeat() { o.repeats = true }

// Open serves the office until the test ends, and returns the configuration of
// clients that lead there.
func (o *Office) Open(t *testing.T) aws.Config {
	t.Helper()
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
}

// Calls are the calls so far that changed something or tried to: "Invoke",
// "DeleteMessage" with the message's id.
func (o *Office) Calls() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.calls...)
}

// Payloads are those that the function has accepted.
func (o *Office) Payloads() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.payloads...)
}

// Left are the ids of the messages in the queue, hidden ones in brackets.
func (o *Office) Left() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var ids []string
	for _, m := range o.messages {
		if m.hidden.After(o.now()) {
			ids = append(ids, "("+m.ID+")")
		} else {
			ids = append(ids, m.ID)
		}
	}
	return strings.Join(ids, " ")
}

func (o *Office) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// ServeHTTP answers as SQS (AWS JSON 1.0) and as Lambda (REST).
func (o *Office) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	call := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	if call == "" {
		call = "Invoke"
	}
	if o.Before != nil {
		o.Before(call)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if code := o.Refuse[call]; code != "" {
		refuse(to, http.StatusForbidden, code)
		return
	}
	if call == "Invoke" {
		o.invoke(to, r)
		return
	}
	o.queue(to, call, r.Body)
}

func refuse(to http.ResponseWriter, status int, code string) {
	to.Header().Set("X-Amzn-Errortype", code)
	to.Header().Set("Content-Type", "application/x-amz-json-1.0")
	to.WriteHeader(status)
	fmt.Fprintf(to, `{"__type":%q,"message":"refused by the test"}`, code)
}

func digest(body string) string {
	sum := md5.Sum([]byte(body))
	return hex.EncodeToString(sum[:])
}

// nextHandle names one taking of a message.
func (o *Office) nextHandle(m *Message) string {
	o.handles++
	return m.ID + "/" + strconv.Itoa(o.handles)
}

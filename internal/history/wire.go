package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"mulligan/internal/retry"
)

// Wire stands before DynamoDB and SageMaker, and records what processes send
// there and what they are answered.
type Wire struct {
	Recorder *Recorder
	// Client tells who sends a request.
	Client func(*http.Request) int
	// Bucket is the bucket of a key: a request does not tell its size.
	Bucket func(key string) retry.Bucket

	mu     sync.Mutex
	faults []string
}

// Faults are what was sent that no history needs to tell from what is right.
func (w *Wire) Faults() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults
}

func (w *Wire) fault(format string, about ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Sprintf(format, about...))
}

// exchange is a request under way.
type exchange struct {
	*Wire
	client int
	called int64
	asked  []byte
	answer *httptest.ResponseRecorder
}

// did and saw note what was exchanged, as the Recorder does.
func (x *exchange) did(in, out any)     { x.Recorder.Did(x.client, x.called, in, out) }
func (x *exchange) saw(sights ...Sight) { x.Recorder.Saw(x.client, x.called, sights...) }
func (x *exchange) ok() bool            { return x.answer.Code == http.StatusOK }
func (x *exchange) is(exception string) bool {
	return x.answer.Code == http.StatusBadRequest && strings.Contains(x.answer.Body.String(), exception)
}

// unknown tells whether the answer says nothing about what has happened.
func (x *exchange) unknown() bool { return x.answer.Code >= http.StatusInternalServerError }

// read decodes a body of an exchange; what cannot be read is a fault.
func (x *exchange) read(body []byte, into any) bool {
	if err := json.Unmarshal(body, into); err != nil {
		x.fault("%s: %v", body, err)
		return false
	}
	return true
}

// Around records what passes to a service and back.
func (w *Wire) Around(service http.Handler) http.Handler {
	notes := map[string]func(*exchange){
		"BatchGetItem": (*exchange).batch, "TransactWriteItems": (*exchange).transaction, "UpdateItem": (*exchange).update,
		"RetryPipelineExecution": (*exchange).call,
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		note := notes[op]
		if note == nil {
			service.ServeHTTP(rw, r)
			return
		}
		asked, err := io.ReadAll(r.Body)
		if err != nil {
			return // it never was sent as a whole
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		x := &exchange{Wire: w, client: w.Client(r), called: w.Recorder.Called(), asked: asked, answer: httptest.NewRecorder()}
		service.ServeHTTP(x.answer, r)
		note(x)
		for name, values := range x.answer.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(x.answer.Code)
		_, _ = rw.Write(x.answer.Body.Bytes()) // whoever asked may be gone
	})
}

// call notes a RetryPipelineExecution. That its claim was written is looked for
// until the call is answered: it came before.
func (x *exchange) call() {
	var in struct{ PipelineExecutionArn, ClientRequestToken string }
	if !x.read(x.asked, &in) {
		return
	}
	arn, err := retry.ParseExecutionARN(in.PipelineExecutionArn)
	if err != nil {
		x.fault("%s: %v", in.PipelineExecutionArn, err)
		return
	}
	x.saw(Sight{Of: Call{RecordItem(arn), in.ClientRequestToken}})
}

// batch notes a BatchGetItem.
func (x *exchange) batch() {
	var in struct {
		RequestItems map[string]struct {
			Keys           []wireItem
			ConsistentRead bool
		}
	}
	var out struct {
		Responses       map[string][]wireItem
		UnprocessedKeys map[string]struct{ Keys []wireItem }
	}
	if !x.ok() || !x.read(x.asked, &in) || !x.read(x.answer.Body.Bytes(), &out) {
		return
	}
	var sights []Sight
	for table, ask := range in.RequestItems {
		if !ask.ConsistentRead {
			x.fault("a read that may be stale: %s", x.asked)
		}
		found := map[string]wireItem{}
		for _, it := range out.Responses[table] {
			found[it.item()] = it
		}
		unread := map[string]bool{}
		for _, key := range out.UnprocessedKeys[table].Keys {
			unread[key.item()] = true
		}
		for _, key := range ask.Keys {
			if item := key.item(); !unread[item] && key.counts() {
				sights = append(sights, Sight{Look{item}, x.value(item, found[item])})
			}
		}
	}
	x.saw(sights...)
}

// update notes a turn in a line, which is an UpdateItem of its own.
func (x *exchange) update() {
	var in struct {
		Key                       wireItem
		ExpressionAttributeValues wireItem
	}
	var out struct{ Attributes, Item wireItem }
	if !x.read(x.asked, &in) || in.Key.text("sk") != "line" {
		return
	}
	turn := turnOf(in.Key.item(), in.ExpressionAttributeValues)
	switch {
	case x.unknown():
		x.did(turn, Given{Unknown: true})
	case x.ok() && x.read(x.answer.Body.Bytes(), &out):
		x.did(turn, Given{Turn: out.Attributes.number("turn")})
	case x.is("ConditionalCheckFailedException") && x.read(x.answer.Body.Bytes(), &out):
		x.saw(Sight{Look{turn.Item}, Value{N: out.Item.number("turn")}})
	}
}

// turnOf is the turn that is asked for behind somebody, or in a free line: that
// request does not say how long the line may be.
func turnOf(item string, values wireItem) Turn {
	if every := values.number(":every"); every > 0 {
		return Turn{item, every, values.number(":free") + every, values.number(":latest") + every}
	}
	first := values.number(":first")
	return Turn{item, first - values.number(":free"), first, first}
}

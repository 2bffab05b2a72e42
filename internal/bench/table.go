package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// table is one DynamoDB table in memory, on the wire protocol, with the keys pk
// and sk: a load target for this program, and no claim of fidelity. It knows
// the operations and the few forms of expressions (expression.go) that the two
// handlers send, and refuses anything else; it has no limits, no
// types beyond text and numbers where it must compare, and no ClientRequestToken.
// DynamoDB Local is what the ledger is tested on.
type table struct {
	mu      sync.Mutex
	items   map[string]item // by key
	asked   []string        // operations so far
	unknown []string        // requests that were not understood
}

// item is one item as it came over the wire: attributes by name.
type item map[string]json.RawMessage

// write is a Put or an Update, alone or in a transaction, or there a ConditionCheck.
type write struct {
	TableName                           string
	Item, Key                           item
	ConditionExpression                 string
	UpdateExpression                    string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           item
	ReturnValues                        string
	ReturnValuesOnConditionCheckFailure string
}

func newTable() *table { return &table{items: map[string]item{}} }

// forgetBreakers forgets what many failures alike made the function remember, which
// is that they come one by one and far apart.
func (t *table) forgetBreakers() {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.items, func(_ string, it item) bool {
		var pk struct{ S string }
		return json.Unmarshal(it["pk"], &pk) == nil && pk.S == "breaker"
	})
}

func (t *table) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.asked)
}

func (t *table) operations() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.asked...)
}

func (t *table) violations() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.unknown...)
}

// ServeHTTP answers one request. The checksum is what the SDK verifies; without
// it, it complains about every answer.
func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the process is gone
	}
	answer, status := t.answer(strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_20120810."), body)
	raw, err := json.Marshal(answer)
	if err != nil {
		panic(err) // our own answers
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(raw)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

func (t *table) answer(operation string, body []byte) (answer any, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, operation)
	var err error
	switch operation {
	case "BatchGetItem":
		answer, err = t.batchGet(body)
	case "TransactWriteItems":
		answer, err = t.transact(body)
	case "UpdateItem":
		answer, err = t.update(body)
	default:
		err = errors.New("no such operation here")
	}
	var refused refusal
	switch {
	case errors.As(err, &refused):
		return refused, http.StatusBadRequest
	case err != nil:
		t.unknown = append(t.unknown, fmt.Sprintf("DynamoDB %s: %v", operation, err))
		return refusal{"__type": "ValidationException", "message": err.Error()}, http.StatusBadRequest
	}
	return answer, http.StatusOK
}

// refusal is an error of the service, as it goes over the wire.
type refusal map[string]any

func (r refusal) Error() string { return fmt.Sprint(r["__type"]) }

func (t *table) batchGet(body []byte) (any, error) {
	var in struct {
		RequestItems map[string]struct{ Keys []item }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	found := map[string][]item{}
	for name, asked := range in.RequestItems {
		found[name] = []item{}
		for _, key := range asked.Keys {
			if it, ok := t.items[keyOf(key)]; ok {
				found[name] = append(found[name], it)
			}
		}
	}
	return map[string]any{"Responses": found, "UnprocessedKeys": struct{}{}}, nil
}

// transact writes all or nothing: every condition is judged before any write.
func (t *table) transact(body []byte) (any, error) {
	var in struct {
		TransactItems []struct{ Put, Update, ConditionCheck *write }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	next := map[string]item{}
	reasons, refused := []refusal{}, false
	for _, one := range in.TransactItems {
		w := one.Put
		if w == nil {
			w = one.Update
		}
		if w == nil {
			w = one.ConditionCheck
		}
		if w == nil {
			return nil, errors.New("neither a Put, an Update nor a ConditionCheck")
		}
		it, allowed, err := t.apply(w)
		if err != nil {
			return nil, err
		}
		reason := refusal{"Code": "None"}
		if !allowed {
			reason, refused = refusal{"Code": "ConditionalCheckFailed", "Item": it}, true
		}
		reasons, next[w.key()] = append(reasons, reason), it
	}
	if refused {
		return nil, refusal{"__type": "TransactionCanceledException", "Message": "cancelled", "CancellationReasons": reasons}
	}
	for key, it := range next {
		if it != nil {
			t.items[key] = it
		}
	}
	return struct{}{}, nil
}

func (t *table) update(body []byte) (any, error) {
	w := new(write)
	if err := json.Unmarshal(body, w); err != nil {
		return nil, err
	}
	it, allowed, err := t.apply(w)
	if err != nil {
		return nil, err
	}
	if !allowed {
		return nil, refusal{"__type": "ConditionalCheckFailedException", "message": "The conditional request failed"}
	}
	t.items[w.key()] = it
	return struct{}{}, nil
}

// apply is the item after the write, or the one that stands in its way.
func (t *table) apply(w *write) (it item, allowed bool, err error) {
	old := t.items[w.key()]
	if allowed, err = w.allowed(old); err != nil || !allowed {
		return old, false, err
	}
	if w.Item != nil {
		return w.Item, true, nil
	}
	if w.UpdateExpression == "" {
		return old, true, nil
	}
	it, err = w.updated(old)
	return it, true, err
}

// key is where the write goes: an Update names it, a Put has it in its item.
func (w *write) key() string {
	if w.Item != nil {
		return keyOf(w.Item)
	}
	return keyOf(w.Key)
}

func keyOf(it item) string { return string(it["pk"]) + string(it["sk"]) }

package retrier_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"mulligan/internal/plaintext/plaintexttest"
)

// TestHostileTextEverywhere takes every hostile text down every way, as often as
// Lambda would, and holds what leaves the function to its bounds.
func TestHostileTextEverywhere(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		t.Run(name, func(t *testing.T) {
			for what, text := range plaintexttest.Texts() {
				r := newRig(t, inProcess)
				v := ways[name](r, text)
				for range 3 {
					r.tells(what, v)
				}
			}
		})
	}
}

// TestWaysAreOpen: text that is not hostile comes through each of them, so that the
// test above is about something.
func TestWaysAreOpen(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, inProcess)
			v := way(r, "zeugma")
			said := ""
			for range 4 {
				said += string(r.tells(name, v))
			}
			if !strings.Contains(said, "zeugma") {
				t.Errorf("it was never said: %s", said)
			}
		})
	}
}

// maxCalls is the most that one delivery may cost, whatever it reads: four plans
// with their looks, and what follows a decision.
const maxCalls = 40

// tells makes one delivery and holds it to what the function promises of its words:
// one line, an answer or an error, all of them bounded and printable; and few calls.
func (r *rig) tells(what string, v visit) (logged []byte) {
	r.Helper()
	ctx, cancel := context.WithCancel(lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: "r-1"}))
	defer cancel()
	l := &line{rig: r, cancel: cancel}
	if v.tap != nil {
		l.taps = []tap{v.tap}
	}
	h := r.handler(l)
	h.Corridor.Ledger = spoiled{l, v.spoil}
	r.lines()
	answer, err := h.Invoke(ctx, v.payload)
	r.mu.Lock()
	logged = bytes.Clone(r.log.Bytes())
	r.log.Reset()
	r.mu.Unlock()
	r.checkLine(what, logged)
	if len(l.calls) > maxCalls {
		r.Errorf("%s: %d calls: %v", what, len(l.calls), l.calls)
	}
	if err == nil {
		r.checkAnswer(what, answer)
	} else if fault := plaintexttest.Fault(err.Error(), 901); fault != "" || answer != nil || errors.Unwrap(err) != nil {
		r.Errorf("%s: the error %s, beside %s", what, fault, answer)
	} else if !slices.ContainsFunc(errorsBegin, func(b string) bool { return strings.HasPrefix(err.Error(), b) }) {
		r.Errorf("%s: the error begins with other people's words: %.80s", what, err)
	}
	return logged
}

// errorsBegin is the fixed set of words with which an error that leaves the
// function says what could not be done; what AWS said to it stands behind.
var errorsBegin = []string{
	"know the policy: ", "read the ledger: ", "write retry, ", "write wait, ", "write stop, ", "write ignore, ", "stand in line: ",
	"look at the execution: ", "look around the failure: ", "retry the execution: ", "schedule the wake: ", "look at the job: ", "the record kept changing",
}

// most are the most characters of the texts that leave the function.
var most = map[string]int{
	"time": 40, "level": 5, "msg": 60, "verdict": 6, "reason": 19, "class": 65, "outcome": 17, "door": 5, "due": 20, "policy": 64, "request": 65, "build": 65,
	"rule": 65, "event": 65, "pipeline": 256, "execution": 2048, "evidence": 401, "message": 401, "breaker": 401, "policy_problem": 401, "error": 901,
}

func (r *rig) checkLine(what string, logged []byte) {
	r.Helper()
	if bytes.Count(logged, []byte("\n")) != 1 || !bytes.HasSuffix(logged, []byte("\n")) {
		r.Errorf("%s: no one line: %.300q", what, logged)
	}
	r.checkObject(what, "the line", bytes.TrimSuffix(logged, []byte("\n")))
}

func (r *rig) checkAnswer(what string, answer []byte) {
	r.Helper()
	for key := range r.checkObject(what, "the answer", answer) {
		if !slices.Contains(answerKeys, key) {
			r.Errorf("%s: the answer has the key %.80q", what, key)
		}
	}
}

func (r *rig) checkObject(what, where string, text []byte) map[string]any {
	r.Helper()
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		r.Errorf("%s: %s is no JSON: %v: %.300q", what, where, err, text)
	}
	if fault := plaintexttest.Fault(string(text), 6000); fault != "" {
		r.Errorf("%s: %s %s", what, where, fault)
	}
	for key, value := range fields {
		if s, ok := value.(string); ok {
			if fault := plaintexttest.Fault(s, most[key]); fault != "" {
				r.Errorf("%s: %s: %s %s", what, where, key, fault)
			}
		}
	}
	return fields
}

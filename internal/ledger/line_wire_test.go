package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// before is the line of the tests before a breaker: a turn each second, the first
// a second from noon, not on a whole millisecond, the last ten seconds from noon.
func before() retry.Line {
	return retry.Line{Key: retry.BreakerLine(scarce), Every: time.Second, First: noon.Add(time.Second), Last: noon.Add(10 * time.Second)}
}

// Noon is not on a whole millisecond: First is that much later.
const firstMS = 1001

// updated is an answer with the turn that was given.
func updated(turn int64) answer {
	return ok(fmt.Sprintf(`{"Attributes":{"turn":{"N":"%d"},"ttl":{"N":"1"}}}`, turn))
}

// stood is a refused turn, with the line's item; nil: without it.
func stood(t *testing.T, turn ...int64) answer {
	t.Helper()
	body := `"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"`
	if len(turn) > 0 {
		body += `,"Item":` + turnAt(t, before().Key, turn[0])
	}
	return answer{status: http.StatusBadRequest, body: "{" + body + "}"}
}

func TestTurnsOnTheWire(t *testing.T) {
	behind, first, read := "behind", "first", "read"
	at := func(ms int64) int64 { return noonMS + ms }
	tests := []struct {
		name    string
		answers []answer
		calls   []string
		turn    int64 // 0: too late
	}{
		{"behind somebody", []answer{updated(at(5000))}, []string{behind}, at(5000)},
		{"nobody stands there", []answer{stood(t), updated(at(firstMS))}, []string{behind, first}, at(firstMS)},
		{"the last turn is long past", []answer{stood(t, 1), updated(at(firstMS))}, []string{behind, first}, at(firstMS)},
		{"the last turn leaves it just free", []answer{stood(t, at(firstMS-1000)), updated(at(firstMS))}, []string{behind, first}, at(firstMS)},
		{"somebody came first", []answer{stood(t), stood(t, at(firstMS)), updated(at(firstMS + 1000))}, []string{behind, first, behind}, at(firstMS + 1000)},
		{"too late", []answer{stood(t, at(9001))}, []string{behind}, 0},
		{"the others were too many meanwhile", []answer{stood(t), stood(t, at(9500))}, []string{behind, first}, 0},
		{"somebody is there whom the endpoint does not show",
			[]answer{stood(t), stood(t), responses(turnAt(t, before().Key, at(2000))), updated(at(3000))}, []string{behind, first, read, behind}, at(3000)},
		{"too late, and the endpoint does not show it",
			[]answer{stood(t), stood(t), responses(turnAt(t, before().Key, at(9001)))}, []string{behind, first, read}, 0},
		{"gone when it is read", []answer{stood(t), stood(t), responses(), updated(at(firstMS))}, []string{behind, first, read, first}, at(firstMS)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.answers...)
			got, given, err := ledger.Queue(t.Context(), before())
			want := time.Time{}
			if test.turn != 0 {
				want = instant(test.turn)
			}
			if err != nil || given != (test.turn != 0) || !got.Equal(want) {
				t.Errorf("got %s, given %t, error %v; want %s", got, given, err, want)
			}
			if fmt.Sprint(branches(w)) != fmt.Sprint(test.calls) {
				t.Errorf("asked for %v, want %v", branches(w), test.calls)
			}
		})
	}
}

// branches are the calls by what they ask for.
func branches(w *wire) []string {
	var asked []string
	for _, c := range w.calls {
		switch {
		case c.operation == "BatchGetItem":
			asked = append(asked, "read")
		case strings.Contains(c.body, "#turn + :every"):
			asked = append(asked, "behind")
		default:
			asked = append(asked, "first")
		}
	}
	return asked
}

func TestQueueRequests(t *testing.T) {
	ledger, w := connect(t, stood(t), updated(noonMS+firstMS))
	if _, given, err := ledger.Queue(t.Context(), before()); err != nil || !given {
		t.Fatalf("given %t, error %v", given, err)
	}
	w.asked(t, "UpdateItem", "UpdateItem")
	golden(t, "queue_behind.json", w.calls[0].body)
	golden(t, "queue_first.json", w.calls[1].body)
}

// Where not even the first turn comes in time, nobody is asked.
func TestNoTurnAtAll(t *testing.T) {
	late := before()
	late.Last = late.First.Add(-time.Nanosecond)
	ledger, w := connect(t)
	if got, given, err := ledger.Queue(t.Context(), late); err != nil || given || !got.IsZero() {
		t.Errorf("got %s, given %t, error %v", got, given, err)
	}
	w.asked(t)
}

func TestQueueErrors(t *testing.T) {
	tests := []struct {
		name    string
		answers []answer
		calls   int
		want    string
	}{
		{"access denied", []answer{refusal("AccessDeniedException")}, 1, "dynamodb:UpdateItem on table Ledger is not allowed"},
		{"missing table", []answer{refusal("ResourceNotFoundException")}, 1, "dynamodb:UpdateItem: table Ledger does not exist"},
		{"access to read denied", []answer{stood(t), stood(t), refusal("AccessDeniedException")}, 3, "dynamodb:BatchGetItem on table Ledger is not allowed"},
		{"no turn in the answer", []answer{ok(`{}`)}, 1, `line "breaker scarce ml.p5.48xlarge" in table Ledger: expected its turn as a number, got none`},
		{"a turn that is none", []answer{{http.StatusBadRequest, strings.Replace(stood(t, 5).body, `{"N":"5"}`, `{"S":"soon"}`, 1)}}, 1, "expected its turn as a number, got something else"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ledger, w := connect(t, test.answers...)
			got, given, err := ledger.Queue(t.Context(), before())
			fails(t, err, test.want)
			if given || !got.IsZero() {
				t.Errorf("got %s, given %t beside the error", got, given)
			}
			if len(w.calls) != test.calls {
				t.Errorf("got %d calls, want %d", len(w.calls), test.calls)
			}
		})
	}
}

func TestTurnsAreAskedForABoundedNumberOfTimes(t *testing.T) {
	ledger, w := connect(t)
	for range maxTries { // a line that is free whenever one looks, and never when one asks
		w.answers = append(w.answers, stood(t, 1))
	}
	_, given, err := ledger.Queue(t.Context(), before())
	fails(t, err, `dynamodb:UpdateItem on table Ledger: line "breaker scarce ml.p5.48xlarge" kept changing over 8 tries`)
	if given || len(w.calls) != maxTries {
		t.Errorf("given %t after %d calls", given, len(w.calls))
	}
}

func TestNoTurnWithoutTimeForIt(t *testing.T) {
	ledger, w := connect(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if _, given, err := ledger.Queue(ctx, before()); given || !errors.Is(err, awscall.ErrNoTime) {
		t.Errorf("given %t, error %v, want %v", given, err, awscall.ErrNoTime)
	}
	w.asked(t)
}

package letters

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/letters/letterstest"
)

// replayed has the letters sent on, and says in a line what became of each.
func replayed(t *testing.T, ctx context.Context, q *Queue, to *Alias, ids []string) (told []string, rest Rest, err error) {
	t.Helper()
	rest, err = q.Replay(ctx, to, ids, func(r Replayed) {
		line := r.Letter.ID
		if r.Queued {
			line += " queued"
		}
		if r.Err != nil {
			line += ": " + r.Err.Error()
		}
		told = append(told, line)
	})
	return told, rest, err
}

// Each payload reaches the function as it was, and its letter goes only then.
func TestReplay(t *testing.T) {
	o, q, to := opened(t, 12)
	told, rest, err := replayed(t, t.Context(), q, to, ids(12))
	if err != nil || len(told) != 12 || len(rest.Missing) != 0 || rest.Kept != 0 || o.Left() != "" {
		t.Errorf("got %q, %+v, error %v, left %s", told, rest, err, o.Left())
	}
	for i, call := range o.Calls() {
		if want := []string{"Invoke", "DeleteMessage " + ids(12)[i/2]}[i%2]; call != want {
			t.Errorf("call %d: got %s, want %s", i, call, want)
		}
	}
	for i, payload := range o.Payloads() {
		if want := strings.Replace(failed, "abc123", ids(12)[i], 1); payload != want {
			t.Errorf("payload %d:\n got %s\nwant %s", i, payload, want)
		}
	}
}

// Only what was named is touched, and what is gone is told.
func TestReplaySome(t *testing.T) {
	o, q, to := opened(t, 4)
	told, rest, err := replayed(t, t.Context(), q, to, []string{"m02", "gone"})
	if err != nil || !slices.Equal(told, []string{"m02 queued"}) || !slices.Equal(rest.Missing, []string{"gone"}) || o.Left() != "m00 m01 m03" {
		t.Errorf("got %q, %+v, error %v, left %s", told, rest, err, o.Left())
	}
	if told, rest, err = replayed(t, t.Context(), q, to, []string{"m02"}); err != nil || told != nil || !slices.Equal(rest.Missing, []string{"m02"}) {
		t.Errorf("again: got %q, %+v, error %v", told, rest, err)
	}
}

// A letter that Lambda has accepted and SQS did not delete is sent on twice, by
// the next replay: the same bytes.
func TestReplayTwice(t *testing.T) {
	o, q, to := opened(t, 1)
	o.Refuse["DeleteMessage"] = "AccessDenied"
	told, _, err := replayed(t, t.Context(), q, to, ids(1))
	if want := "m00 queued: sqs:DeleteMessage on queue mulligan-DeadLetters-1 is not allowed"; err != nil || len(told) != 1 || !strings.HasPrefix(told[0], want) || o.Left() != "m00" {
		t.Errorf("got %q, error %v, left %s", told, err, o.Left())
	}
	delete(o.Refuse, "DeleteMessage")
	if told, _, err = replayed(t, t.Context(), q, to, ids(1)); err != nil || !slices.Equal(told, []string{"m00 queued"}) || o.Left() != "" {
		t.Errorf("again: got %q, error %v, left %s", told, err, o.Left())
	}
	if p := o.Payloads(); len(p) != 2 || p[0] != p[1] {
		t.Errorf("got %q", p)
	}
}

// A fault of everything ends the replay; one of a letter ends that letter's. Each
// stays in the queue.
func TestReplayFails(t *testing.T) {
	large := func(payload string) int {
		if strings.Contains(payload, "m01") {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusAccepted
	}
	for _, test := range []struct {
		name    string
		refused string
		status  func(string) int
		told    []string // how each line begins
		left    string
		missing int
	}{
		{"not allowed", "AccessDeniedException", nil, []string{"m00: lambda:InvokeFunction on " + letterstest.Alias + " is not allowed"}, "m00 m01 m02", 2},
		{"no such alias", "ResourceNotFoundException", nil, []string{"m00: lambda:InvokeFunction: " + letterstest.Alias + " does not exist"}, "m00 m01 m02", 2},
		{"one is too large", "", large, []string{"m00 queued", "m01: lambda:InvokeFunction on ", "m02 queued"}, "m01", 0},
		{"not queued", "", func(string) int { return http.StatusOK }, []string{"m00: lambda:InvokeFunction on " + letterstest.Alias + ": expected status 202, got 200"}, "m00 m01 m02", 2},
		{"down", "", func(string) int { return http.StatusServiceUnavailable }, []string{"m00: lambda:InvokeFunction on "}, "m00 m01 m02", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, q, to := opened(t, 3)
			o.Invoked = test.status
			if test.refused != "" {
				o.Refuse["Invoke"] = test.refused
			}
			told, rest, err := replayed(t, t.Context(), q, to, ids(3))
			if err != nil || len(told) != len(test.told) || o.Left() != test.left || len(rest.Missing) != test.missing {
				t.Fatalf("got %q, %+v, error %v, left %s", told, rest, err, o.Left())
			}
			for i := range told {
				if !strings.HasPrefix(told[i], test.told[i]) {
					t.Errorf("got %q, want %q", told[i], test.told[i])
				}
			}
		})
	}
}

// A letter without a payload stays, as one does whose payload is no JSON.
func TestReplayNothing(t *testing.T) {
	o, q, to := opened(t, 0)
	o.Put(letterstest.Message{ID: "empty", Body: enveloped("null", "RetriesExhausted", "3", broken)}, letterstest.Message{ID: "text", Body: "hello"}, letter("m00", 0))
	told, _, err := replayed(t, t.Context(), q, to, []string{"empty", "text", "m00"})
	if err != nil || len(told) != 3 || o.Left() != "empty text" || len(o.Payloads()) != 1 ||
		!strings.HasPrefix(told[0], "empty: there is nothing to send on: Lambda left") || !strings.HasPrefix(told[1], "text: there is nothing to send on: what it holds is no JSON") {
		t.Errorf("got %q, error %v, left %s", told, err, o.Left())
	}
}

// An interruption between invocation and deletion finishes that letter and gives
// back the others.
func TestReplayInterrupted(t *testing.T) {
	o, q, to := opened(t, 12)
	ctx, cancel := context.WithCancel(t.Context())
	o.Before = func(call string) {
		if call == "Invoke" {
			cancel()
		}
	}
	told, rest, err := replayed(t, ctx, q, to, ids(12))
	if !errors.Is(err, context.Canceled) || !slices.Equal(told, []string{"m00 queued"}) || len(rest.Missing) != 11 || strings.Contains(o.Left(), "(") ||
		!slices.Equal(o.Calls(), []string{"Invoke", "DeleteMessage m00"}) {
		t.Errorf("got %q, %+v, error %v, calls %q, left %s", told, rest, err, o.Calls(), o.Left())
	}
}

package letters

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mulligan/internal/letters/letterstest"
)

var sent = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// letter is one of Lambda's about an execution of that id.
func letter(id string, minute int) letterstest.Message {
	body := enveloped(strings.Replace(failed, "abc123", id, 1), "RetriesExhausted", "3", broken)
	return letterstest.Message{ID: id, Body: body, Sent: sent.Add(time.Duration(minute) * time.Minute)}
}

// opened is an office with n letters, the newest first.
func opened(t *testing.T, n int) (*letterstest.Office, *Queue, *Alias) {
	t.Helper()
	o := &letterstest.Office{Refuse: map[string]string{}}
	for i := range n {
		o.Put(letter(fmt.Sprintf("m%02d", i), n-i))
	}
	cfg := o.Open(t)
	return o, NewQueue(cfg, letterstest.URL, home), NewAlias(cfg, letterstest.Alias)
}

func ids(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("m%02d", i))
	}
	return out
}

// A look sees every letter once, and leaves all of them where they were.
func TestLook(t *testing.T) {
	for _, n := range []int{0, 1, 10, 25} {
		o, q, _ := opened(t, n)
		before := o.Left()
		s, err := q.Look(t.Context(), 100)
		if err != nil || len(s.Letters) != n || s.More || s.Kept != 0 || s.Hidden != 0 || s.Retention != 14*24*time.Hour {
			t.Errorf("%d letters: got %d, %+v, error %v", n, len(s.Letters), s, err)
		}
		for i := 1; i < len(s.Letters); i++ {
			if s.Letters[i].Sent.Before(s.Letters[i-1].Sent) || s.Letters[i].Received != 1 {
				t.Errorf("letter %d: sent %v, received %d", i, s.Letters[i].Sent, s.Letters[i].Received)
			}
		}
		if o.Left() != before {
			t.Errorf("got %s left, want %s", o.Left(), before)
		}
	}
}

func TestLookBounds(t *testing.T) {
	o, q, _ := opened(t, 25)
	s, err := q.Look(t.Context(), 12)
	if err != nil || len(s.Letters) != 12 || !s.More || strings.Contains(o.Left(), "(") {
		t.Errorf("got %d, more %t, error %v, left %s", len(s.Letters), s.More, err, o.Left())
	}
	o, q, _ = opened(t, 3)
	big := letter("big", 0)
	big.Body = strings.Repeat("x", maxBytes+1)
	o.Put(big, letter("after", 0))
	if s, err = q.Look(t.Context(), 4); err != nil || !s.More {
		t.Errorf("got %d, more %t, error %v", len(s.Letters), s.More, err)
	}
}

// A queue that hands out what is hidden ends no look in a circle.
func TestLookComesRound(t *testing.T) {
	o, q, _ := opened(t, 12)
	o.Repeat()
	s, err := q.Look(t.Context(), 100)
	if err != nil || len(s.Letters) != 10 || strings.Contains(o.Left(), "(") {
		t.Errorf("got %d, error %v, left %s", len(s.Letters), err, o.Left())
	}
}

// What others are looking at is counted, and comes to no harm.
func TestLookBesideAnother(t *testing.T) {
	o, q, _ := opened(t, 3)
	if _, err := q.take(t.Context(), 2, time.Minute); err != nil {
		t.Fatal(err)
	}
	s, err := q.Look(t.Context(), 100)
	if err != nil || len(s.Letters) != 1 || s.Hidden != 2 || o.Left() != "(m00) (m01) m02" {
		t.Errorf("got %+v, error %v, left %s", s, err, o.Left())
	}
}

// Whoever is interrupted gives back what was taken.
func TestLookInterrupted(t *testing.T) {
	o, q, _ := opened(t, 25)
	ctx, cancel := context.WithCancel(t.Context())
	o.Before = func(call string) {
		if call == "ReceiveMessage" {
			cancel()
		}
	}
	s, err := q.Look(ctx, 100)
	if !errors.Is(err, context.Canceled) || len(s.Letters) != 0 || s.Kept != 0 || strings.Contains(o.Left(), "(") {
		t.Errorf("got %d, %d kept, error %v, left %s", len(s.Letters), s.Kept, err, o.Left())
	}
}

func TestLookRefused(t *testing.T) {
	for call, want := range map[string]string{
		"GetQueueAttributes": "sqs:GetQueueAttributes on queue mulligan-DeadLetters-1 is not allowed",
		"ReceiveMessage":     "sqs:ReceiveMessage on queue mulligan-DeadLetters-1 is not allowed",
	} {
		o, q, _ := opened(t, 1)
		o.Refuse[call] = "AccessDenied"
		if _, err := q.Look(t.Context(), 10); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	o, q, _ := opened(t, 3)
	o.Refuse["ChangeMessageVisibilityBatch"] = "AccessDenied"
	if s, err := q.Look(t.Context(), 10); err != nil || len(s.Letters) != 3 || s.Kept != 3 || o.Left() != "(m00) (m01) (m02)" {
		t.Errorf("got %+v, error %v, left %s", s, err, o.Left())
	}
	q.URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/gone"
	if _, err := q.Look(t.Context(), 10); err == nil || !strings.HasPrefix(err.Error(), "sqs:GetQueueAttributes: queue gone does not exist") {
		t.Errorf("got %v", err)
	}
}

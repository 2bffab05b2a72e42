package main

import (
	"fmt"
	"time"

	"mulligan/internal/deployment"
	"mulligan/internal/letters"
	"mulligan/internal/retry"
)

// outlook is what a replay of a letter would do, as far as it can be told
// without asking SageMaker.
type outlook struct {
	l      letters.Letter
	record retry.Record
	blind  error // why there is no record to go by
	in     deployment.Deployment
	now    time.Time
}

// String tells it in sentences.
func (o outlook) String() string {
	if o.l.Payload == nil {
		return "There is nothing to send on, so it cannot be replayed. The sweep finds the failure without it, if the execution still stands in Failed."
	}
	return "It sends what follows to " + o.in.Alias + " and then deletes the letter. " + o.function() + " Replaying it twice is harmless."
}

// function is what the function would make of it.
func (o outlook) function() string {
	switch why := o.ignored(); {
	case why != "":
		return "The function would ignore it: " + why + "."
	case o.l.Status() != retry.StatusFailed:
		return "The function would settle the retry that the ledger still has open, if there is one."
	case o.blind != nil:
		return "What the function would make of it depends on the ledger, which was not read."
	case o.record.Kind == retry.Unseen:
		return o.unseen()
	}
	return o.seen()
}

// ignored is why the function would ignore it, whatever the ledger says; "" if it
// would not.
func (o outlook) ignored() string {
	switch p := o.l.Problem; {
	case p != nil:
		return fmt.Sprintf("%s, %s", p.Reason, p.Evidence)
	case o.in.Mode == retry.ModeOff:
		return "the stack's mode is off"
	}
	return ""
}

// unseen is what becomes of a failure that nobody has dealt with.
func (o outlook) unseen() string {
	ended, limit := o.l.Notice.EndedAt, o.in.Settings.ExpireAfter
	if age := o.now.Sub(ended).Truncate(time.Second); !ended.IsZero() && limit > 0 && age > limit {
		return fmt.Sprintf("The function would judge the failure and stop it as expired: it is %s old, and the stack's ExpireAfter is %s.", mostly(age), mostly(limit))
	}
	return "The function would judge the failure as if its event came now."
}

// seen is what becomes of one that may be the failure on record.
func (o outlook) seen() string {
	switch o.record.Kind {
	case retry.Claimed:
		return "The function would go on with the retry that is claimed, when it is due and out of the same unit."
	case retry.Parked:
		return "The failure on record waits: the function would leave it or look again, and nothing is lost by either."
	default:
		return "If the letter is about the failure on record, it is a duplicate, and ignored; if the execution has failed again since, that failure is judged."
	}
}

// toldShow is all about a letter as JSON.
type toldShow struct {
	toldLetter
	Deleted time.Time   `json:"sqs_deletes,omitzero"` // when SQS deletes it
	Ledger  *toldRecord `json:"ledger,omitempty"`     // absent if it was not read
	Blind   string      `json:"ledger_problem,omitempty"`
	Replay  string      `json:"replay"`
	Payload *string     `json:"payload"` // what is sent, byte for byte; null if there is nothing
	Body    *string     `json:"body,omitempty"`
}

// toldRecord is how the ledger stands to an execution.
type toldRecord struct {
	Kind     retry.Kind     `json:"kind"` // "" if it knows nothing of it
	Used     int            `json:"used"`
	Decision retry.Decision `json:"decision,omitzero"`
	Outcome  retry.Outcome  `json:"outcome,omitzero"` // of the retry that was accepted last
	Updated  time.Time      `json:"updated,omitzero"`
}

func (s *showingLetter) asJSON() toldShow {
	t := toldShow{toldLetter: asJSON(s.l), Replay: outlook{s.l, s.record, s.blind, s.in.Deployment, s.now}.String()}
	if !s.l.Sent.IsZero() && s.seen.Retention > 0 {
		t.Deleted = s.l.Sent.Add(s.seen.Retention)
	}
	if s.blind != nil {
		t.Blind = s.blind.Error()
	} else {
		t.Ledger = &toldRecord{s.record.Kind, s.record.Used, s.record.Decision, s.record.Outcome, s.record.Updated}
	}
	if s.l.Payload == nil {
		t.Body = &s.l.Body
	} else {
		payload := string(s.l.Payload)
		t.Payload = &payload
	}
	return t
}

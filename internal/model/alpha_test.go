package model

import (
	"context"
	"slices"
	"time"

	"mulligan/internal/retry"
)

// at is the instant of a stamp.
func (t *tie) at(s Stamp) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return t.stamps[s]
}

// stamp is the stamp of an instant; 99 if it is that of none.
func (t *tie) stamp(at time.Time) Stamp {
	if at.IsZero() {
		return 0
	}
	if i := slices.IndexFunc(t.stamps, at.Equal); i > 0 {
		return Stamp(i)
	}
	return 99
}

// notice is what the event of that code brings through the real parser's eyes.
func (t *tie) notice(n Notice, door retry.Door) retry.Notice {
	w := &t.state.World
	real := retry.Notice{Door: door, Execution: t.arn, EventID: eventID(n)}
	if n.tellsEnd() {
		real.Status = statuses[w.Status]
	}
	if ended := w.named(n); ended != 0 {
		real.EndedAt = t.at(ended)
		real.Ended, real.Emitted = real.EndedAt.Format(time.RFC3339), real.EndedAt
	}
	return real
}

func eventID(n Notice) string {
	if n.id() == sweepNotice {
		return "sweep"
	}
	return "event-" + string('a'+rune(n.id()))
}

// code is the model's word for a notice.
func (t *tie) code(real retry.Notice) Notice {
	w := &t.state.World
	for n := sweepNotice; n <= endRecalled; n++ {
		if eventID(n) != real.EventID || n == endNotice && real.Status == "" || n == endRecalled && real.Status != "" {
			continue
		}
		if ended := w.named(n); ended != 0 && real.Ended == "" {
			return n | nameless
		}
		return n
	}
	return noNotice
}

var kindsOfRecord = map[retry.Kind]Kind{
	retry.Unseen: Unseen, retry.Claimed: Claimed, retry.Retried: Retried, retry.MovedOn: MovedOn, retry.Closed: Closed, retry.Parked: Parked,
}

var pauses = map[retry.Reason]PauseReason{
	"": NoPause, retry.LookingAgain: Looking, retry.SharedBudgetEmpty: Shared, retry.Held: Held,
}

var outcomes = map[retry.Result]Outcome{"": NoOutcome, retry.WasRecovered: Recovered, retry.WasStopped: WasStopped}

// alpha is the real record in the model's words.
func (t *tie) alpha() (Record, error) {
	state, err := t.ledger.Read(context.Background(), t.arn, nil)
	if err != nil {
		return Record{}, err
	}
	r := state.Record
	a := Record{
		Kind: kindsOfRecord[r.Kind], Used: uint8(r.Used), Outcome: outcomes[r.Outcome.Result],
		Modified: t.stamp(r.Failure.LastModified), Round: t.stamp(r.Failure.Round), Ended: t.stamp(r.Failure.Ended),
	}
	for n := sweepNotice; n <= endNotice; n++ {
		if ended := t.state.World.named(n); ended != 0 && slices.Contains(r.Aliases, t.at(ended).Format(time.RFC3339)) {
			a.Aliases |= n.alias()
		}
	}
	switch {
	case r.Watch.IsZero():
	case t.now.Before(r.Watch):
		a.Watch = WatchLater
	default:
		a.Watch = WatchNow
	}
	a.Claim, a.Pause = t.claim(r.Claim), t.pause(r.Pause)
	return a, nil
}

func (t *tie) claim(c retry.Claim) Claim {
	if c.Retry == 0 {
		return Claim{}
	}
	a := Claim{
		ID: t.code(retry.Notice{EventID: c.EventID, Status: "of an end"}) &^ nameless, Retry: uint8(c.Retry), Ordinal: uint8(c.Ordinal),
		Token: t.token(c.Token), Conflicts: uint8(c.Conflicts), Unstarted: uint8(c.Unstarted),
	}
	if !t.now.Before(c.Due) {
		a.Due = 1 // since when the model alone knows
	}
	return a
}

func (t *tie) pause(p retry.Pause) Pause {
	if p.Reason == "" {
		return Pause{}
	}
	return Pause{
		Reason: pauses[p.Reason], Due: !t.now.Before(p.Due), Visit: min(uint8(p.Visit), mostVisits), Seen: t.stamp(p.Seen),
		Notice: t.code(p.Notice),
	}
}

// modelled is the model's record as far as the real one can be compared with it.
func modelled(r Record) Record {
	if r.Claim.Due != 0 {
		r.Claim.Due = 1
	}
	return r
}

// token is the model's token that the real one stands for; each has one partner.
func (t *tie) token(real string) Token {
	if known, has := t.tokens[real]; has {
		return known
	}
	return 0
}

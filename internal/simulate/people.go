package simulate

import (
	"context"
	"strings"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

var background = context.Background()

// person lets somebody do something with their own hands.
func (r *run) person() {
	l := of(r.choices, r.lives)
	if l.gone {
		return
	}
	switch r.n(16) {
	case 0, 8, 9:
		r.retriesByHand(l)
	case 1, 10:
		if r.aws.Stop(l.arn) == nil {
			l.stops++
			r.tell("person", "stops %s", l.name())
		}
	case 2, 11:
		r.edits(l)
	case 3, 12:
		r.hold(l)
	case 4, 13:
		r.releases()
	case 5, 14:
		p := of(r.choices, r.policies)
		r.apply(p)
		r.tell("person", "applies a policy: %s", p.short())
	case 6, 15:
		if len(r.lives) < maxLives {
			r.add(len(r.lives))
			r.tell("person", "starts %s", r.lives[len(r.lives)-1].name())
		}
	case 7:
		r.aws.Delete(l.arn)
		l.gone = true
		r.tell("person", "deletes %s", l.name())
	default:
		r.retriesByHand(l)
	}
}

// maxLives bounds the executions of a run.
const maxLives = 7

func (r *run) retriesByHand(l *life) {
	f := l.last()
	if r.aws.HumanRetry(l.arn) != nil {
		return
	}
	if f != nil {
		f.left = byPerson
	}
	r.tell("person", "retries %s", l.name())
}

func (r *run) edits(l *life) {
	r.aws.EditDescription(l.arn, hostile)
	if f := l.last(); f != nil {
		f.modified = append(f.modified, r.aws.Execution(l.arn).Modified)
	}
	r.tell("person", "edits the description of %s", l.name())
}

// hold holds something back for a while.
func (r *run) hold(l *life) {
	scope := of(r.choices, []string{retry.HoldOfPipeline(l.parsed.Pipeline), retry.HoldOfAll, retry.HoldOfClass("capacity")})
	until := r.now.Add(of(r.choices, []time.Duration{10 * time.Minute, time.Hour, 5 * time.Hour}))
	stands, err := r.holds.Current(background)
	if err == nil {
		_, err = r.holds.Place(background, retry.Hold{Scope: scope, Author: "a person", Note: "maintenance", Since: r.now, Until: until}, stands)
	}
	if err == nil {
		r.tell("person", "holds %s until %s", scope, until.Format(time.TimeOnly))
	}
}

// releases ends all holds that are in force.
func (r *run) releases() {
	stands, _ := r.holds.Current(background)
	for _, h := range stands.Holds {
		if next, err := r.holds.Release(background, h.Scope, ledger.By{Author: "a person", At: r.now}, stands); err == nil {
			stands = next
			r.tell("person", "releases %s", h.Scope)
		}
	}
}

func (p *Policy) short() string {
	if p == nil {
		return "the built-in one"
	}
	return strings.Join(strings.Fields(p.Source), " ")
}

// replayLetter hands a dead letter in once more.
func (r *run) replayLetter() {
	if len(r.letters) == 0 {
		return
	}
	m := r.letters[0]
	r.letters = r.letters[1:]
	r.tell("person", "replays the dead letter of %s", m.what)
	r.push(m.payload, m.what+", replayed", 0)
}

func keyOf(arn string) string { return strings.ToLower(arn) }

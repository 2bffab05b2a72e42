package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mulligan/internal/announce"
	"mulligan/internal/awstest"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
)

// Run plays the story and writes its timeline to out as it happens. Beat is
// called after each line, for the eye; colour says whether out shows colours.
// Its error says that something was not as promised.
func Run(ctx context.Context, out io.Writer, colour bool, beat func()) error {
	clock := &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	account := awstest.New(awstest.Config{Now: clock.Now, Number: number, Region: region, Groups: []string{group}})
	url, stop := account.Serve()
	defer stop()
	play := &play{
		clock: clock, account: account, handler: newHandler(url, clock.Now),
		page: &page{out: out, colour: colour, beat: beat}, byARN: map[string]*part{},
	}
	play.page.opening(settings, len(story()))
	play.begin(story())
	if err := play.on(ctx); err != nil {
		return err
	}
	if err := play.check(); err != nil {
		return err
	}
	play.page.summary(play.parts, account)
	return nil
}

// play is the story under way.
type play struct {
	clock   *clock
	account *awstest.Account
	handler *retrier.Handler
	page    *page
	parts   []*part
	byARN   map[string]*part
}

// part is one pipeline's part in it.
type part struct {
	pipeline
	arn     string
	person  time.Time // when a person retries; zero: never, or done
	last    announce.Answer
	end     awstest.Status
	failed  int // how often
	started time.Time
}

func (p *play) begin(story []pipeline) {
	for _, pl := range story {
		part := &part{pipeline: pl, arn: p.account.Add(pl.script), started: p.clock.Now()}
		if pl.person > 0 {
			part.person = part.started.Add(pl.person)
		}
		p.parts, p.byARN[part.arn] = append(p.parts, part), part
	}
}

// on goes from one moment at which something happens to the next, until
// nothing is left to happen.
func (p *play) on(ctx context.Context) error {
	for {
		p.account.Tick()
		for _, event := range p.account.Events() {
			if err := p.happened(ctx, event); err != nil {
				return err
			}
		}
		if err := p.people(); err != nil {
			return err
		}
		var failed error
		fired := p.account.Fire(p.clock.Now(), func(input []byte) {
			failed = errors.Join(failed, p.deliver(ctx, input, "wake"))
		})
		if failed != nil {
			return failed
		}
		next, more := p.next()
		if fired == 0 && !more {
			return nil
		}
		if fired == 0 {
			p.clock.reach(next)
		}
	}
}

// next is the earliest moment at which something is going to happen.
func (p *play) next() (time.Time, bool) {
	next, more := p.account.NextChange()
	if due, any := p.account.NextDue(); any && (!more || due.Before(next)) {
		next, more = due, true
	}
	for _, part := range p.parts {
		if at := part.person; !at.IsZero() && (!more || at.Before(next)) {
			next, more = at, true
		}
	}
	return next, more
}

// people do what the story has them do now.
func (p *play) people() error {
	for _, part := range p.parts {
		if part.person.IsZero() || p.clock.Now().Before(part.person) {
			continue
		}
		part.person = time.Time{}
		p.page.line(p.clock.Now(), part.script.Pipeline, "a person retries it", "")
		if err := p.account.HumanRetry(part.arn); err != nil {
			return err
		}
	}
	return nil
}

// happened tells of a status change and delivers it where the rule would.
func (p *play) happened(ctx context.Context, e awstest.Event) error {
	part := p.byARN[e.ARN]
	part.end = e.Status
	switch e.Status {
	case awstest.Succeeded:
		p.page.line(e.Time, part.script.Pipeline, "succeeded", good)
	case awstest.Failed:
		p.page.line(e.Time, part.script.Pipeline, "failed: "+p.why(e.ARN), bad)
		part.failed++
		copies := part.duplicates
		part.duplicates = 0
		for n := range copies + 1 {
			again := e
			if n > 0 {
				again = e.Again(fmt.Sprint(n))
			}
			if err := p.deliver(ctx, again.JSON(), "event"); err != nil {
				return err
			}
		}
	}
	return nil
}

// why is the reason of the step that failed.
func (p *play) why(arn string) string {
	for _, step := range p.account.Execution(arn).Steps {
		if step.Status == awstest.Failed {
			return step.Name + ", " + step.Reason
		}
	}
	return "before any step ran"
}

// deliver invokes the function and tells what it answered.
func (p *play) deliver(ctx context.Context, payload []byte, door string) error {
	raw, err := p.handler.Invoke(ctx, payload)
	if err != nil {
		return fmt.Errorf("the function failed: %w", err)
	}
	var answer announce.Answer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("read the function's answer: %w", err)
	}
	part := p.byARN[answer.Execution]
	if part == nil {
		return fmt.Errorf("the function answered about no execution of the story: %s", raw)
	}
	if answer.Reason != string(retry.Duplicate) {
		part.last = answer
	}
	p.page.answer(p.clock.Now(), part, door, answer)
	return nil
}

// check holds the play to the promises.
func (p *play) check() error {
	if v := p.account.Violations(); len(v) > 0 {
		return fmt.Errorf("requests that AWS would not understand: %q", v)
	}
	for _, part := range p.parts {
		if n := len(p.account.Retries(part.arn)); n > min(settings.MaxRetries, part.failed) {
			return fmt.Errorf("%s: %d retries took effect, for %d failures and a budget of %d",
				part.script.Pipeline, n, part.failed, settings.MaxRetries)
		}
	}
	return nil
}

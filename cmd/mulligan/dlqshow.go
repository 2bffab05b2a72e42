package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/letters"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

func dlqShowCommand(w world) *cobra.Command {
	var (
		at   where
		json bool
	)
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show all about one dead letter: why it died, how its execution stands, what a replay would do",
		Long: `Shows one dead letter, by its id or the beginning of it: who gave it up and why,
what to mend, how the ledger stands to its execution now, what a replay would do,
and what would be sent. --json has that byte for byte, as the text "payload".

` + lookNeeds + `;
to tell how the ledger stands, dynamodb:BatchGetItem on its table.`,
		Example: "  mulligan dlq show 3f2a91c0\n  mulligan dlq show 3f2a91c0 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			s := showingLetter{w: w, now: w.now()}
			if err := s.find(cmd.Context(), &at, ids[0]); err != nil {
				return err
			}
			if json {
				return indented(cmd.OutOrStdout(), s.asJSON())
			}
			s.write(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "as JSON")
	at.flags(cmd, deployment.DefaultStack)
	return cmd
}

// showingLetter is one letter with what is known of its execution.
type showingLetter struct {
	w      world
	now    time.Time
	in     letterbox
	seen   letters.Sight
	l      letters.Letter
	record retry.Record
	blind  error // why the ledger was not read
}

func (s *showingLetter) find(ctx context.Context, at *where, typed string) (err error) {
	if s.in, err = at.letterbox(ctx, s.w); err != nil {
		return err
	}
	if s.seen, err = s.in.look(ctx, letters.MaxLetters); err != nil {
		return err
	}
	if s.l, err = s.in.letterNamed(s.seen, typed); err != nil {
		return err
	}
	s.record, s.blind = s.in.recorded(ctx, s.l)
	return nil
}

// errNoExecution says that there is nothing to look up.
var errNoExecution = errors.New("the letter names no execution of this account and Region")

// recorded is what the ledger keeps of the execution of a letter.
func (b letterbox) recorded(ctx context.Context, l letters.Letter) (retry.Record, error) {
	switch e := l.Execution(); {
	case e.ID == "" || !b.Home.Owns(e):
		return retry.Record{}, errNoExecution
	case b.kept == nil:
		return retry.Record{}, errors.New("it cannot be read")
	default:
		state, err := b.kept.Read(ctx, e, nil)
		return state.Record, err
	}
}

// write tells it for people.
func (s *showingLetter) write(out io.Writer) {
	l := s.l
	fmt.Fprintf(out, "Dead letter %s of %s\n", idOf(l), s.in.place)
	field(out, "since", s.sinceWhen())
	field(out, "read", plurals(l.Received, "time", "times")+", this time included")
	field(out, "given up by", from(l))
	field(out, "because", l.Why)
	if !l.Understood() {
		field(out, "not clear", l.Fault)
	}
	field(out, "do first", l.Mend)
	fmt.Fprintln(out, "\nAbout")
	if e := l.Execution(); e.ID != "" {
		field(out, "execution", plaintext.Line(e.String(), maxPolicyLine))
	}
	field(out, "status", orWord(statusOf(l), "none that could be read"))
	field(out, "ended", s.moment(l.Notice.EndedAt))
	field(out, "event id", plaintext.Line(l.Notice.EventID, idWidth))
	s.writeLedger(out)
	fmt.Fprintf(out, "\nA replay of it\n  %s\n", folded(outlook{l, s.record, s.blind, s.in.Deployment, s.now}.String(), "\n  "))
	s.writePayload(out)
	writeKept(out, s.seen.Kept, letters.Hold)
}

// field writes one, if it has a value.
func field(out io.Writer, name, value string) {
	if value != "" {
		fmt.Fprintf(out, "  %-11s  %s\n", name, folded(value, "\n               "))
	}
}

// from says who gave the letter up.
func from(l letters.Letter) string {
	who := map[letters.Origin]string{
		letters.Rule: "EventBridge, for the rule", letters.Function: "Lambda, for the function", letters.Schedule: "Scheduler, for the schedule",
	}[l.Origin]
	if who == "" {
		return "nobody knows whom"
	}
	return who + " " + l.By
}

func (s *showingLetter) sinceWhen() string {
	if s.l.Sent.IsZero() {
		return ""
	}
	text := s.moment(s.l.Sent)
	if s.seen.Retention > 0 {
		text += "; SQS deletes it on " + s.l.Sent.Add(s.seen.Retention).In(s.w.zone).Format(timeLayout)
	}
	return text
}

// moment is a time and how long ago it was; "" for none.
func (s *showingLetter) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := t.In(s.w.zone).Format(timeLayout)
	if ago := s.now.Sub(t).Truncate(time.Second); ago >= time.Second {
		text += ", " + mostly(ago) + " ago"
	}
	return text
}

// writeLedger tells how the ledger stands to the execution now.
func (s *showingLetter) writeLedger(out io.Writer) {
	fmt.Fprintln(out, "\nThe ledger now")
	switch r := s.record; {
	case errors.Is(s.blind, errNoExecution):
		field(out, "record", "none: "+s.blind.Error())
	case s.blind != nil:
		field(out, "record", "not known: "+plaintext.Line(s.blind.Error(), maxPolicyLine))
	case r.Kind == retry.Unseen:
		field(out, "record", "none: no failure of this execution has been dealt with")
	default:
		field(out, "record", fmt.Sprintf("%s, since %s", r.Kind, s.moment(r.Updated)))
		field(out, "retries", plurals(r.Used, "unit", "units")+" used")
		field(out, "decided", plaintext.Line(decided(r.Decision), maxPolicyLine))
		field(out, "outcome", ended(r))
		field(out, "due", dueAt(r, s.w.zone))
		fmt.Fprintf(out, "  %-11s  mulligan explain%s --execution %s\n", "more", s.in.toExplain(), plaintext.Line(s.l.Execution().String(), maxPolicyLine))
	}
}

// decided is a decision in a line.
func decided(d retry.Decision) string {
	text := string(d.Verdict) + ", " + string(d.Reason)
	if d.Class != "" {
		text += " (" + string(d.Class) + ")"
	}
	if d.Evidence != "" {
		text += ": " + d.Evidence
	}
	return text
}

// ended is what became of the retry that was accepted last; "" if there was none.
func ended(r retry.Record) string {
	switch result := strings.ReplaceAll(string(r.Outcome.Result), "_", " "); {
	case r.Outcome.Same:
		return "the last retry is counted as " + result + ", in the same step with the same words"
	case result != "":
		return "the last retry is counted as " + result
	case r.Kind == retry.Retried:
		return "that of the last retry is not known yet"
	}
	return ""
}

// dueAt is when what is open comes due.
func dueAt(r retry.Record, zone *time.Location) string {
	due := map[retry.Kind]time.Time{retry.Claimed: r.Claim.Due, retry.Parked: r.Pause.Due}[r.Kind]
	if due.IsZero() {
		return ""
	}
	return due.In(zone).Format(timeLayout)
}

func (s *showingLetter) writePayload(out io.Writer) {
	if s.l.Payload == nil {
		fmt.Fprintf(out, "\nIts body, %s\n%s\n", plurals(len(s.l.Body), "byte", "bytes"), readable([]byte(s.l.Body)))
		return
	}
	fmt.Fprintf(out, "\nWhat is sent, %s, made readable here\n%s\n", plurals(len(s.l.Payload), "byte", "bytes"), readable(s.l.Payload))
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mulligan/internal/letters"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// leastID is how much of an id is shown at least. idWidth bounds the whole of
// it, of which SQS' own have 36 characters.
const (
	leastID = 8
	idWidth = 100
)

// shortIDs are the beginnings of the letters' ids that tell them apart.
func shortIDs(all []letters.Letter) map[string]string {
	short := map[string]string{}
	for n := leastID; len(short) < len(all); n++ {
		count := map[string]int{}
		for _, l := range all {
			count[l.ID[:min(n, len(l.ID))]]++
		}
		for _, l := range all {
			beginning := l.ID[:min(n, len(l.ID))]
			if short[l.ID] == "" && (count[beginning] == 1 || n >= len(l.ID)) {
				short[l.ID] = plaintext.Line(beginning, idWidth)
			}
		}
	}
	return short
}

// idOf is the whole id, fit for a terminal.
func idOf(l letters.Letter) string { return plaintext.Line(l.ID, idWidth) }

func since(l letters.Letter, zone *time.Location) string {
	if l.Sent.IsZero() {
		return "-"
	}
	return l.Sent.In(zone).Format(timeLayout)
}

// subject is the pipeline and execution of a letter.
func subject(l letters.Letter) string {
	e := l.Execution()
	if e.ID == "" {
		return "-"
	}
	return plaintext.Line(e.Pipeline+"/"+e.ID, aboutWidth)
}

// statusOf is the end that a letter tells of, and whether it is a wake.
func statusOf(l letters.Letter) string {
	status := plaintext.Line(l.Status(), aboutWidth)
	if status != "" && l.Notice.Door == retry.DoorWake {
		status += ", a wake"
	}
	return status
}

// toldLetter is a letter as JSON.
type toldLetter struct {
	ID         string         `json:"id"`
	Since      time.Time      `json:"since,omitzero"`
	Received   int            `json:"received"` // how often anybody took it, about
	From       letters.Origin `json:"from"`
	By         string         `json:"by,omitempty"` // ARN of the rule, the alias or the schedule
	Why        string         `json:"why"`
	Mend       string         `json:"mend,omitempty"`
	Understood bool           `json:"understood"`
	Fault      string         `json:"fault,omitempty"` // why it is not understood
	Execution  string         `json:"execution,omitempty"`
	Pipeline   string         `json:"pipeline,omitempty"`
	Status     string         `json:"status,omitempty"`
	Wake       bool           `json:"wake,omitempty"`
	EventID    string         `json:"event_id,omitempty"`
}

func asJSON(l letters.Letter) toldLetter {
	t := toldLetter{
		ID: l.ID, Since: l.Sent, Received: l.Received, From: l.Origin, By: l.By, Why: l.Why, Mend: l.Mend,
		Understood: l.Understood(), Fault: l.Fault, Status: l.Status(), Wake: l.Notice.Door == retry.DoorWake, EventID: l.Notice.EventID,
	}
	if e := l.Execution(); e.ID != "" {
		t.Execution, t.Pipeline = e.String(), e.Pipeline
	}
	return t
}

// toldList is a list of letters as JSON.
type toldList struct {
	Stack   string       `json:"stack"`
	Region  string       `json:"region"`
	Account string       `json:"account"`
	Letters []toldLetter `json:"letters"`
	More    bool         `json:"more"`   // there may be more
	Hidden  int          `json:"hidden"` // that somebody else is reading, about
}

func (b letterbox) listed(seen letters.Sight) toldList {
	list := toldList{Stack: b.Stack, Region: b.Home.Region, Account: b.Home.Account, Letters: []toldLetter{}, More: seen.More, Hidden: seen.Hidden}
	for _, l := range seen.Letters {
		list.Letters = append(list.Letters, asJSON(l))
	}
	return list
}

// What is shown of a payload: more than any event of SageMaker's. Beyond so many
// brackets the indentation could be larger than all else.
const (
	maxShown    = 16 << 10
	maxBrackets = 1000
)

// readable is a payload for people: indented where it is JSON.
func readable(payload []byte) string {
	text := string(payload)
	var b bytes.Buffer
	if strings.Count(text, "{")+strings.Count(text, "[") <= maxBrackets && json.Indent(&b, payload, "", "  ") == nil {
		text = b.String()
	}
	more := len(text) - maxShown
	if more > 0 {
		text = strings.ToValidUTF8(text[:maxShown], "")
	}
	text = plaintext.JSON(text)
	if more > 0 {
		text += fmt.Sprintf("\n... and %d bytes more, which --json shows", more)
	}
	return text
}

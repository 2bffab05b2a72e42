package awstest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// An Event is a status change of an execution, as EventBridge carries it.
type Event struct {
	ID                       string
	ARN, PipelineARN         string
	Account, Region          string
	DisplayName, Description string
	Status, Previous         Status    // Previous is empty in an execution's first event
	Time                     time.Time // when SageMaker sent it
	Start, End               time.Time // End is zero while it runs
}

// The names by which EventBridge rules match these events.
const (
	EventSource     = "aws.sagemaker"
	EventDetailType = "SageMaker Model Building Pipeline Execution Status Change"
)

// Again is the same change sent once more by SageMaker, with an id of its own
// (which id is made from nonce), as the documentation warns that it may be. A
// redelivery by EventBridge or Lambda keeps the id: hand over the same Event.
func (e Event) Again(nonce string) Event {
	e.ID = eventID(e.ID + "/" + nonce)
	return e
}

// JSON is the event in the documented shape: times in whole seconds, members
// without a value left out.
func (e Event) JSON() []byte {
	b, err := json.Marshal(eventEnvelope{
		Version: "0", ID: e.ID, DetailType: EventDetailType, Source: EventSource,
		Account: e.Account, Time: seconds(e.Time), Region: e.Region,
		Resources: []string{e.PipelineARN, e.ARN},
		Detail: eventDetail{
			DisplayName: e.DisplayName, Status: e.Status, Previous: e.Previous,
			Start: seconds(e.Start), End: seconds(e.End), Description: e.Description,
			PipelineARN: e.PipelineARN, ARN: e.ARN,
		},
	})
	if err != nil {
		panic(err) // strings alone cannot fail to marshal
	}
	return b
}

type eventEnvelope struct {
	Version    string      `json:"version"`
	ID         string      `json:"id"`
	DetailType string      `json:"detail-type"`
	Source     string      `json:"source"`
	Account    string      `json:"account"`
	Time       string      `json:"time"`
	Region     string      `json:"region"`
	Resources  []string    `json:"resources"`
	Detail     eventDetail `json:"detail"`
}

type eventDetail struct {
	DisplayName string `json:"pipelineExecutionDisplayName,omitempty"`
	Status      Status `json:"currentPipelineExecutionStatus"`
	Previous    Status `json:"previousPipelineExecutionStatus,omitempty"`
	Start       string `json:"executionStartTime,omitempty"`
	End         string `json:"executionEndTime,omitempty"`
	Description string `json:"pipelineExecutionDescription,omitempty"`
	PipelineARN string `json:"pipelineArn"`
	ARN         string `json:"pipelineExecutionArn"`
}

// seconds formats as all samples of these events do.
func seconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339) // which drops fractions
}

// Events takes the events that have happened since it was last called, in
// order. With Config.OnEvent there are none: that function has had them.
func (a *Account) Events() (out []Event) {
	a.do(func(time.Time) { out, a.queue = a.queue, nil })
	return out
}

// LastEvent is the latest event of an execution that was sent, and whether
// there is one. It takes nothing from the queue.
func (a *Account) LastEvent(arn string) (last Event, ok bool) {
	a.do(func(time.Time) {
		for _, e := range slices.Backward(a.history) {
			if strings.EqualFold(e.ARN, arn) {
				last, ok = e, true
				return
			}
		}
	})
	return last, ok
}

// LoseEvents makes the next n status changes send no event at all: SageMaker's
// delivery is best effort. See [Account.SendLate].
func (a *Account) LoseEvents(n int) { a.do(func(time.Time) { a.lost += n }) }

func (a *Account) emit(e *execution, from Status, at time.Time) {
	if e.Status == Executing && e.Run > 1 && a.config.Unknowns.NoExecutingEvent {
		return
	}
	a.serial++
	event := Event{
		ID:  eventID(fmt.Sprintf("%s/%d", e.ARN, a.serial)),
		ARN: e.ARN, PipelineARN: e.PipelineARN, Account: a.config.Number, Region: a.config.Region,
		DisplayName: e.DisplayName, Description: e.Description,
		Status: e.Status, Previous: from, Time: at, Start: e.started,
	}
	if e.Status != Executing && e.Status != Stopping {
		event.End = at
	}
	if a.loses(e) {
		a.unsent = append(a.unsent, event)
		return
	}
	a.send(event)
	for i := range a.config.EventCopies {
		a.send(event.Again(fmt.Sprint(i)))
	}
}

// loses tells whether the event that is due is not sent.
func (a *Account) loses(e *execution) bool {
	if e.Run <= e.script.Silent {
		return true
	}
	a.lost--
	lost := a.lost >= 0
	a.lost = max(a.lost, 0)
	return lost
}

// Unsent are the events of an execution that were never sent, in order.
func (a *Account) Unsent(arn string) (out []Event) {
	a.do(func(time.Time) { out = slices.Collect(a.unsentOf(arn)) })
	return out
}

func (a *Account) unsentOf(arn string) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for _, e := range a.unsent {
			if strings.EqualFold(e.ARN, arn) && !yield(e) {
				return
			}
		}
	}
}

// SendLate sends the events of an execution that were not sent when they were
// due, as they were then, and tells how many.
func (a *Account) SendLate(arn string) (sent int) {
	a.do(func(time.Time) {
		for e := range a.unsentOf(arn) {
			a.send(e)
			sent++
		}
		a.unsent = slices.DeleteFunc(a.unsent, func(e Event) bool { return strings.EqualFold(e.ARN, arn) })
	})
	return sent
}

func (a *Account) send(e Event) {
	a.history = append(a.history, e)
	if a.config.OnEvent != nil {
		a.outbox = append(a.outbox, e)
		return
	}
	a.queue = append(a.queue, e)
}

// eventID looks like the UUIDs that EventBridge makes, and is always the same
// for the same change, so that a test can be run again.
func eventID(seed string) string {
	h := sha256.Sum256([]byte(seed))
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

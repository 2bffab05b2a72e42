package letterstest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request has the parameters of all operations.
type request struct {
	QueueURL            string `json:"QueueUrl"`
	MaxNumberOfMessages int
	VisibilityTimeout   int
	ReceiptHandle       string
	Entries             []struct {
		ID                string `json:"Id"`
		ReceiptHandle     string
		VisibilityTimeout *int
	}
}

// maxBatch is SQS' own.
const maxBatch = 10

func (o *Office) queue(to http.ResponseWriter, call string, body io.Reader) {
	var in request
	if err := json.NewDecoder(body).Decode(&in); err != nil {
		refuse(to, http.StatusBadRequest, "SerializationException")
		return
	}
	if in.QueueURL != URL {
		refuse(to, http.StatusBadRequest, "QueueDoesNotExist")
		return
	}
	switch call {
	case "GetQueueAttributes":
		answer(to, map[string]any{"Attributes": o.attributes()})
	case "ReceiveMessage":
		answer(to, map[string]any{"Messages": o.receive(in)})
	case "ChangeMessageVisibilityBatch":
		answer(to, o.change(in))
	case "DeleteMessage":
		o.remove(to, in)
	default:
		refuse(to, http.StatusBadRequest, "InvalidAction")
	}
}

func answer(to http.ResponseWriter, value any) {
	to.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(to).Encode(value) // the client is gone, which is what the test sees
}

func (o *Office) attributes() map[string]string {
	hidden := 0
	for _, m := range o.messages {
		if m.hidden.After(o.now()) {
			hidden++
		}
	}
	return map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(len(o.messages) - hidden),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"MessageRetentionPeriod":                "1209600",
	}
}

func (o *Office) receive(in request) (out []map[string]any) {
	for _, m := range o.messages {
		if len(out) == min(in.MaxNumberOfMessages, maxBatch) {
			break
		}
		if m.hidden.After(o.now()) && !o.repeats {
			continue
		}
		m.received++
		m.handle, m.hidden = o.nextHandle(m), o.now().Add(time.Duration(in.VisibilityTimeout)*time.Second)
		attributes := map[string]any{}
		for name, value := range m.Attributes {
			attributes[name] = map[string]string{"DataType": "String", "StringValue": value}
		}
		out = append(out, map[string]any{
			"MessageId": m.ID, "ReceiptHandle": m.handle, "Body": m.Body, "MD5OfBody": digest(m.Body), "MessageAttributes": attributes,
			"Attributes": map[string]string{"SentTimestamp": strconv.FormatInt(m.Sent.UnixMilli(), 10), "ApproximateReceiveCount": strconv.Itoa(m.received)},
		})
	}
	return out
}

// change sets for how long messages are hidden. AWS asks for the time in every
// entry, also where it is zero.
func (o *Office) change(in request) map[string]any {
	done, failed := []any{}, []any{}
	for i, e := range in.Entries {
		m := o.held(e.ReceiptHandle)
		if m == nil || e.VisibilityTimeout == nil || i >= maxBatch {
			failed = append(failed, map[string]any{"Id": e.ID, "Code": "MissingParameter", "SenderFault": true})
			continue
		}
		m.hidden = o.now().Add(time.Duration(*e.VisibilityTimeout) * time.Second)
		done = append(done, map[string]any{"Id": e.ID})
	}
	return map[string]any{"Successful": done, "Failed": failed}
}

// held is the message that was taken last under a handle.
func (o *Office) held(handle string) *Message {
	for _, m := range o.messages {
		if m.handle == handle && handle != "" {
			return m
		}
	}
	return nil
}

func (o *Office) remove(to http.ResponseWriter, in request) {
	m := o.held(in.ReceiptHandle)
	if m == nil {
		refuse(to, http.StatusBadRequest, "ReceiptHandleIsInvalid")
		return
	}
	o.calls = append(o.calls, "DeleteMessage "+m.ID)
	o.messages = slices.DeleteFunc(o.messages, func(other *Message) bool { return other == m })
	answer(to, map[string]any{})
}

// invoke is Lambda's: it takes events for the alias, in JSON, and no other call.
func (o *Office) invoke(to http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(r.Body)
	o.calls = append(o.calls, "Invoke")
	switch {
	case err != nil || !json.Valid(payload):
		refuse(to, http.StatusBadRequest, "InvalidRequestContentException")
	case !strings.HasSuffix(r.URL.Path, "/functions/"+Alias+"/invocations"):
		refuse(to, http.StatusNotFound, "ResourceNotFoundException")
	case r.Header.Get("X-Amz-Invocation-Type") != "Event":
		refuse(to, http.StatusBadRequest, "InvalidParameterValueException")
	default:
		o.accept(to, string(payload))
	}
}

func (o *Office) accept(to http.ResponseWriter, payload string) {
	status := http.StatusAccepted
	if o.Invoked != nil {
		status = o.Invoked(payload)
	}
	switch {
	case status == http.StatusAccepted:
		o.payloads = append(o.payloads, payload)
		to.WriteHeader(status)
	case status/100 == 2:
		to.WriteHeader(status)
	default:
		refuse(to, status, "ServiceException")
	}
}

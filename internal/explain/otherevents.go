package explain

import (
	"encoding/json"
	"slices"
	"strings"

	"mulligan/internal/event"
	"mulligan/internal/retry"
)

// otherEvent is an event with one thing changed, and where Mulligan runs then.
type otherEvent struct {
	had     string
	payload []byte
	home    retry.Home
}

// otherEvents finds the one thing that keeps an event from being a failure to
// handle, by reading it again with that changed.
func otherEvents(payload []byte, s Setting) []Change {
	all := []Change{}
	for _, o := range variants(payload, s.Home) {
		n, problem := event.Parse(o.payload, o.home)
		if problem == nil && event.Outside(n, s.Prefix) == nil {
			all = append(all, Change{Had: o.had})
		}
	}
	if n, problem := event.Parse(payload, s.Home); problem == nil && event.Outside(n, s.Prefix) != nil {
		all = append(all, Change{Had: "the stack's PipelineNamePrefix let that pipeline in"})
	}
	return all[:min(len(all), maxChanges)]
}

// variants are the changes that are tried.
func variants(payload []byte, home retry.Home) []otherEvent {
	var all []otherEvent
	for _, field := range []struct{ path, value string }{
		{"detail.currentPipelineExecutionStatus", "Failed"},
		{"source", "aws.sagemaker"},
		{"detail-type", "SageMaker Model Building Pipeline Execution Status Change"},
		{"account", home.Account},
		{"region", home.Region},
	} {
		if changed := with(payload, field.path, field.value); changed != nil {
			all = append(all, otherEvent{field.path + " been " + quoted(field.value), changed, home})
		}
	}
	for _, arn := range resources(payload) {
		if changed := with(payload, "detail.pipelineExecutionArn", arn); changed != nil {
			all = append(all, otherEvent{"detail.pipelineExecutionArn named the execution that resources name", changed, home})
		}
		if e, err := retry.ParseExecutionARN(arn); err == nil {
			there := retry.Home{Partition: e.Partition, Region: e.Region, Account: e.Account}
			all = append(all, otherEvent{"Mulligan run in account " + there.Account + ", " + there.Region, payload, there})
		}
	}
	var list []json.RawMessage
	if json.Unmarshal(payload, &list) == nil && len(list) == 1 {
		all = append(all, otherEvent{"the event come by itself, and not in a list", list[0], home})
	}
	var text string
	if json.Unmarshal(payload, &text) == nil {
		all = append(all, otherEvent{"the event come as JSON, and not as a text with JSON inside", []byte(text), home})
	}
	return all
}

func quoted(text string) string {
	if strings.Contains(text, " ") {
		return `"` + text + `"`
	}
	return text
}

// with is the event with another value at a path, nil where there is no such
// object, or the value is that one already.
func with(payload []byte, path, value string) []byte {
	var whole map[string]any
	if json.Unmarshal(payload, &whole) != nil || whole == nil {
		return nil
	}
	at, keys := whole, strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		inner, ok := at[key].(map[string]any)
		if !ok {
			return nil
		}
		at = inner
	}
	if at[keys[len(keys)-1]] == value {
		return nil
	}
	at[keys[len(keys)-1]] = value
	return encode(whole)
}

// resources are the executions that an event names beside its detail, as many as
// changes are told: each is tried on a copy of the whole event.
func resources(payload []byte) []string {
	var e struct {
		Resources []string `json:"resources"`
	}
	if json.Unmarshal(payload, &e) != nil {
		return nil
	}
	named := slices.DeleteFunc(e.Resources, func(arn string) bool {
		_, err := retry.ParseExecutionARN(arn)
		return err != nil
	})
	return named[:min(len(named), maxChanges)]
}

// says are the fields of an event that tell what it is, as far as they are texts.
func says(payload []byte) string {
	var e struct {
		Source any            `json:"source"`
		Type   any            `json:"detail-type"`
		Detail map[string]any `json:"detail"`
	}
	if json.Unmarshal(payload, &e) != nil {
		return ""
	}
	var all []string
	for _, field := range []struct {
		name  string
		value any
	}{
		{"source", e.Source}, {"detail-type", e.Type},
		{"previous status", e.Detail["previousPipelineExecutionStatus"]}, {"current status", e.Detail["currentPipelineExecutionStatus"]},
	} {
		if text, ok := field.value.(string); ok && text != "" {
			all = append(all, field.name+" "+quoted(text))
		}
	}
	return strings.Join(all, ", ")
}

// HomeOf is the account and Region that an event is from: where Mulligan is
// taken to run, if nothing else says it. The zero Home where it names none.
func HomeOf(payload []byte) retry.Home {
	var e struct{ Account, Region, Execution string }
	_ = json.Unmarshal(payload, &e) // what is no event names nothing
	if arn, err := retry.ParseExecutionARN(e.Execution); err == nil {
		return retry.Home{Partition: arn.Partition, Region: arn.Region, Account: arn.Account}
	}
	if e.Account == "" || e.Region == "" {
		return retry.Home{}
	}
	return retry.Home{Partition: partition(e.Region), Account: e.Account, Region: strings.ToLower(e.Region)}
}

package awstest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

type searchFilter struct {
	Name     *string
	Operator *string
	Value    *string
}

// The properties of an execution that can be filtered by, named as in the record
// that Search shows of it (API reference: PipelineExecution).
var (
	texts = map[string]func(Execution) string{
		"PipelineArn":                  func(e Execution) string { return e.PipelineARN },
		"PipelineExecutionArn":         func(e Execution) string { return e.ARN },
		"PipelineExecutionDisplayName": func(e Execution) string { return e.DisplayName },
		"PipelineExecutionStatus":      func(e Execution) string { return string(e.Status) },
	}
	times = map[string]func(Execution) time.Time{
		"CreationTime":     func(e Execution) time.Time { return e.Created },
		"LastModifiedTime": func(e Execution) time.Time { return e.Modified },
	}
)

// The operators by the kind of property: order is for times, and lists and parts
// are for texts (API reference: Filter).
var (
	ofTexts = map[string]func(got, want string) bool{
		"Equals":    func(got, want string) bool { return got == want },
		"NotEquals": func(got, want string) bool { return got != want },
		"Contains":  strings.Contains,
		"In":        func(got, want string) bool { return slices.Contains(strings.Split(want, ","), got) },
	}
	ofTimes = map[string]func(order int) bool{
		"Equals":               func(order int) bool { return order == 0 },
		"NotEquals":            func(order int) bool { return order != 0 },
		"GreaterThan":          func(order int) bool { return order > 0 },
		"GreaterThanOrEqualTo": func(order int) bool { return order >= 0 },
		"LessThan":             func(order int) bool { return order < 0 },
		"LessThanOrEqualTo":    func(order int) bool { return order <= 0 },
	}
)

// The longest name and value of a filter (API reference: Filter).
const (
	maxProperty = 255
	maxValue    = 1024
)

// matcher tells executions that the filter lets through. The error says why
// there can be no such filter. Without an operator it is Equals.
func (f searchFilter) matcher() (func(Execution) bool, error) {
	name, value, op := deref(f.Name), deref(f.Value), or(deref(f.Operator), "Equals")
	if name == "" || len(name) > maxProperty || value == "" || len(value) > maxValue {
		return nil, fmt.Errorf("a filter has a name of 1 to %d and a value of 1 to %d characters, got %.80q and %.80q", maxProperty, maxValue, name, value)
	}
	text, isText := texts[name]
	at, isTime := times[name]
	compare, knownText := ofTexts[op]
	ordered, knownTime := ofTimes[op]
	switch {
	case !isText && !isTime:
		return nil, fmt.Errorf("the stand-in knows no property %.80q of PipelineExecution", name)
	case isText && !knownText || isTime && !knownTime:
		return nil, fmt.Errorf("the stand-in knows no operator %.80q for %s", op, name)
	case isText:
		return func(e Execution) bool { return compare(text(e), value) }, nil
	}
	bound, err := searchTime(value)
	return func(e Execution) bool { return ordered(cmp.Compare(at(e).UnixMilli(), bound.UnixMilli())) }, err
}

// searchTime reads a time in a filter. The reference has YYYY-mm-dd'T'HH:MM:SS,
// an ISO 8601 date-time, and names no zone; with Z and a fraction it is seen in
// use.
func searchTime(value string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.Parse(layout, value); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("a time in a filter is written YYYY-mm-dd'T'HH:MM:SS, got %.80q", value)
}

// matcher tells executions for which all filters hold; all do without any.
func (x *searchExpression) matcher() func(Execution) bool {
	var all []func(Execution) bool
	if x != nil {
		for _, f := range x.Filters {
			matches, _ := f.matcher() // checked already
			all = append(all, matches)
		}
	}
	return func(e Execution) bool {
		return !slices.ContainsFunc(all, func(matches func(Execution) bool) bool { return !matches(e) })
	}
}

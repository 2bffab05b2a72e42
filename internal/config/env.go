package config

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// env gathers faults while it reads.
type env struct {
	lookup func(string) (string, bool)
	faults []error
}

func (e *env) fault(name, value, expected string) {
	got := "nothing"
	if value != "" {
		got = fmt.Sprintf("%+.100q", value)
	}
	e.faults = append(e.faults, fmt.Errorf("%s: expected %s, got %s", name, expected, got))
}

func (e *env) oneOf(name string, allowed ...string) string {
	value, _ := e.lookup(name)
	for _, a := range allowed {
		if value == a {
			return value
		}
	}
	e.fault(name, value, "one of "+strings.Join(allowed, ", "))
	return ""
}

func (e *env) number(name string, least, most int) int {
	value, _ := e.lookup(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		e.fault(name, value, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (e *env) seconds(name string, least, most int) time.Duration {
	value, _ := e.lookup(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		e.fault(name, value, fmt.Sprintf("whole seconds from %d to %d", least, most))
		return 0
	}
	return time.Duration(n) * time.Second
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// consistsOf tells whether text has no other characters than those.
func consistsOf(text, characters string) bool {
	return strings.Trim(text, characters) == ""
}

// name reads what tables and schedule groups are called
// (API_CreateTable, API_CreateScheduleGroup).
func (e *env) name(name, what string, least, most int) string {
	value, _ := e.lookup(name)
	if len(value) < least || len(value) > most || !consistsOf(value, letters+digits+"_.-") {
		e.fault(name, value, fmt.Sprintf("%s (letters, digits, dots, dashes, underscores; %d to %d of them)", what, least, most))
	}
	return value
}

func (e *env) region(name string) string {
	value, _ := e.lookup(name)
	if !strings.Contains(value, "-") || !consistsOf(value, letters+digits+"-") {
		e.fault(name, value, "a Region")
		return ""
	}
	return value
}

// endpoint wants a URL where one is set: the SDK would take any text, and fail
// at every call.
func (e *env) endpoint(name string) {
	value, _ := e.lookup(name)
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		e.fault(name, value, "nothing, or an http or https URL without a user")
	}
}

// prefix is the only variable that may be empty or missing: the function's role
// has its own say on which pipelines may be retried.
func (e *env) prefix(name string) string {
	value, _ := e.lookup(name)
	if value != "" && (len(value) > 256 || value[0] == '-' || !consistsOf(value, letters+digits+"-")) {
		e.fault(name, value, "the beginning of a pipeline's name (letters, digits, dashes, at most 256), or nothing")
	}
	return value
}

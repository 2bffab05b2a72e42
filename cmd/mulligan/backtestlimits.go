package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulligan/internal/deployment"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
)

// length is a flag for a time, as policies write it: 24h, 7d.
type length struct{ *time.Duration }

// Set implements pflag.Value.
func (l length) Set(text string) error {
	d, ok := policyfile.ParseLength(text)
	if !ok || d <= 0 {
		return fmt.Errorf("expected a time above zero, such as 24h or 7d")
	}
	*l.Duration = d
	return nil
}

// Type implements pflag.Value: it is the word that help has for it.
func (l length) Type() string { return "duration" }

// limits is a flag for the parameters of a deployment that bound policies.
type limits struct{ *policy.Settings }

// String implements pflag.Value: the defaults are told in the help at length.
func (l limits) String() string { return "" }

// Type implements pflag.Value.
func (l limits) Type() string { return "NAME=VALUE,..." }

// Set implements pflag.Value. A time is one as policies write it, or a number of
// seconds, as the template has it.
func (l limits) Set(text string) error {
	for _, one := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(one, "=")
		if err := l.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

func (l limits) set(name, value string) error {
	n, err := strconv.ParseUint(value, 10, 31)
	isNumber := err == nil
	if at := l.numbers()[name]; at != nil {
		if !isNumber {
			return fmt.Errorf("%s: expected a whole number, got %.40q", name, value)
		}
		*at = int(n)
		return nil
	}
	at := l.times()[name]
	d, ok := policyfile.ParseLength(value)
	switch {
	case at == nil:
		return fmt.Errorf("expected a parameter of the template with its value, of %s, got %.40q", strings.Join(limitNames, ", "), name)
	case isNumber:
		d = time.Duration(n) * time.Second
	case !ok:
		return fmt.Errorf("%s: expected a time such as 90m, 24h or 7d, got %.40q", name, value)
	}
	if d <= 0 {
		return fmt.Errorf("%s: expected a time above zero, got %.40q", name, value)
	}
	*at = d
	return nil
}

// limitNames are the parameters, in the template's order.
var limitNames = []string{
	deployment.Limits.MaxRetries, deployment.Limits.PerDay, deployment.Limits.PerHour,
	deployment.Limits.First, deployment.Limits.Longest, deployment.Limits.ExpireAfter,
}

func (l limits) numbers() map[string]*int {
	known := deployment.Limits
	return map[string]*int{
		known.MaxRetries: &l.MaxRetries, known.PerDay: &l.PipelineRetriesPerDay, known.PerHour: &l.AccountRetriesPerHour,
	}
}

func (l limits) times() map[string]*time.Duration {
	known := deployment.Limits
	return map[string]*time.Duration{
		known.First: &l.BackoffInterval, known.Longest: &l.BackoffMaxDelay, known.ExpireAfter: &l.ExpireAfter,
	}
}

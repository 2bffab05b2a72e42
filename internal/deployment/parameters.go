package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// functionTimeout is the function's time-out: the template has it as a mapping,
// which CloudFormation tells nobody about.
const functionTimeout = 20 * time.Second

// Limits names the template's parameter behind each setting that bounds
// policies, for telling people where a number comes from.
var Limits = struct{ MaxRetries, PerDay, PerHour, First, Longest, ExpireAfter, Mode string }{
	"MaxRetries", "PipelineRetriesPerDay", "AccountRetriesPerHour", "BackoffInterval", "BackoffMaxDelay", "ExpireAfter", "Mode",
}

// parameters reads the parameters of a stack, up to the first that is wrong.
type parameters struct {
	stack  string
	values map[string]string
	err    error
}

func (p *parameters) settings() policy.Settings {
	return policy.Settings{
		MaxRetries:            p.number(Limits.MaxRetries),
		PipelineRetriesPerDay: p.number(Limits.PerDay),
		AccountRetriesPerHour: p.number(Limits.PerHour),
		BackoffInterval:       p.seconds(Limits.First),
		BackoffMaxDelay:       p.seconds(Limits.Longest),
		ExpireAfter:           p.seconds(Limits.ExpireAfter),
		FunctionTimeout:       functionTimeout,
	}
}

// text is a parameter that the template has, empty or not. A stack without it
// was not made from this template.
func (p *parameters) text(name string) string {
	value, there := p.values[name]
	if !there && p.err == nil {
		p.err = fmt.Errorf("stack %s is not Mulligan's, or of another version: it has no parameter %s; name another stack with --stack", p.stack, name)
	}
	return value
}

func (p *parameters) mode() retry.Mode {
	m := retry.Mode(p.text(Limits.Mode))
	if !slices.Contains([]retry.Mode{retry.Enforce, retry.Observe, retry.ModeOff}, m) {
		p.wrong(Limits.Mode, "enforce, observe or off", string(m))
	}
	return m
}

func (p *parameters) number(name string) int {
	value := p.text(name)
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		p.wrong(name, "a whole number", value)
	}
	return n
}

func (p *parameters) seconds(name string) time.Duration {
	return time.Duration(p.number(name)) * time.Second
}

func (p *parameters) wrong(name, expected, got string) {
	if p.err == nil {
		p.err = fmt.Errorf("stack %s: parameter %s: expected %s, got %.40q", p.stack, name, expected, got)
	}
}

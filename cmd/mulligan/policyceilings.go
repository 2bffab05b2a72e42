package main

import (
	"fmt"
	"strings"
	"time"

	"mulligan/internal/deployment"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// ofDeployment begins the origin of what a parameter of the stack gives.
const ofDeployment = "the deployment's "

// ceilings puts the stack's parameters over a policy's values, as internal/policy
// does when it decides. Without a stack it names the parameters that hold where
// no policy says anything.
type ceilings struct {
	terms []policy.Section       // that hold for the pipeline, the most particular first
	in    *deployment.Deployment // nil: none was asked
}

// layersFor is what a document says about a pipeline, the most particular first.
func layersFor(d *policy.Document, pipeline string) (layers []policy.Section) {
	if d == nil {
		return nil
	}
	for _, s := range d.Pipelines {
		for _, pattern := range s.Pipelines {
			if len(layers) == 0 && policy.Match(pattern, pipeline) {
				layers = append(layers, s)
			}
		}
	}
	return append(layers, policy.Section{Terms: d.Terms, Rules: d.Rules})
}

// set is the first value that a layer sets.
func set[T comparable](layers []policy.Section, value func(policy.Terms) T) T {
	var unset T
	for _, s := range layers {
		if own := value(s.Terms); own != unset {
			return own
		}
	}
	return unset
}

// over is a value under its ceiling; two where both hold beside one another.
func (c ceilings) over(v policyfile.Value) []policyfile.Value {
	limit := deployment.Limits
	switch v.Path {
	case "mode":
		return c.mode(v)
	case "expire_after":
		return c.length(v, limit.ExpireAfter, set(c.terms, func(t policy.Terms) time.Duration { return t.ExpireAfter }))
	case "back_off.first":
		return c.first(v)
	case "back_off.longest":
		return c.length(v, limit.Longest, set(c.terms, func(t policy.Terms) time.Duration { return t.BackOff.Longest }))
	case "budgets.execution":
		return c.execution(v)
	case "budgets.pipeline":
		return c.bucket(v, limit.PerDay, set(c.terms, func(t policy.Terms) policy.Budget { return t.Budgets.Pipeline }))
	case "budgets.account":
		return c.bucket(v, limit.PerHour, set(c.terms, func(t policy.Terms) policy.Budget { return t.Budgets.Account }))
	case "side_effects":
		v.Text = orWord(v.Text, "none")
	}
	if strings.HasPrefix(v.Path, "same_failure.") {
		v.Text = orWord(v.Text, "0")
	}
	return []policyfile.Value{v}
}

func (c ceilings) mode(v policyfile.Value) []policyfile.Value {
	if c.in != nil && retry.Mode(v.Text) != retry.Lower(c.in.Mode, retry.Mode(v.Text)) {
		return c.deployed(v, string(c.in.Mode), deployment.Limits.Mode)
	}
	return []policyfile.Value{v}
}

// length is a duration that the parameter bounds, and is where it is not set.
func (c ceilings) length(v policyfile.Value, parameter string, own time.Duration) []policyfile.Value {
	if own == 0 || c.in != nil && c.parameter(parameter) < own {
		return c.deployed(v, policyfile.Length(c.parameter(parameter)), parameter)
	}
	return []policyfile.Value{v}
}

// first is the first delay: no longer than the longest.
func (c ceilings) first(v policyfile.Value) []policyfile.Value {
	own := set(c.terms, func(t policy.Terms) time.Duration { return t.BackOff.First })
	longest := deployment.Limits.Longest
	switch {
	case c.in == nil:
		return c.length(v, deployment.Limits.First, own)
	case own == 0 && c.in.Settings.BackoffInterval <= c.in.Settings.BackoffMaxDelay:
		return c.deployed(v, policyfile.Length(c.in.Settings.BackoffInterval), deployment.Limits.First)
	case own == 0 || own > c.in.Settings.BackoffMaxDelay:
		return c.deployed(v, policyfile.Length(c.in.Settings.BackoffMaxDelay), longest)
	}
	return []policyfile.Value{v}
}

func (c ceilings) execution(v policyfile.Value) []policyfile.Value {
	own := set(c.terms, func(t policy.Terms) policy.Budget { return t.Budgets.Execution })
	if c.in == nil {
		return c.bucket(v, deployment.Limits.MaxRetries, own)
	}
	most := c.in.Settings.MaxRetries
	all := c.deployed(v, plurals(most, "retry", "retries"), deployment.Limits.MaxRetries)
	switch {
	case !own.Set, own.Refill == 0 && own.Size > most:
		return all
	case own.Refill > 0: // so many in that time, and never more than the parameter
		return c.beside(v, all)
	}
	return []policyfile.Value{v}
}

// bucket is a shared budget: the policy's stands beside the deployment's.
func (c ceilings) bucket(v policyfile.Value, parameter string, own policy.Budget) []policyfile.Value {
	text := ""
	if c.in != nil && parameter == deployment.Limits.PerDay {
		text = plurals(c.in.Settings.PipelineRetriesPerDay, "retry", "retries") + " per 24h"
	} else if c.in != nil {
		text = plurals(c.in.Settings.AccountRetriesPerHour, "retry", "retries") + " per 1h"
	}
	all := c.deployed(v, text, parameter)
	switch {
	case !own.Set:
		return all
	case own.Size > 0 && c.in != nil:
		return c.beside(v, all)
	}
	return []policyfile.Value{v}
}

// beside is a value with the parameter's, both of which hold.
func (c ceilings) beside(v policyfile.Value, parameter []policyfile.Value) []policyfile.Value {
	parameter[0].Origin, _, _ = strings.Cut(parameter[0].Origin, ",")
	parameter[0].Origin += ", beside it"
	return append([]policyfile.Value{v}, parameter...)
}

// deployed is a value that the stack's parameter gives.
func (c ceilings) deployed(v policyfile.Value, text, parameter string) []policyfile.Value {
	capped := ""
	if c.in == nil {
		text = "as deployed"
	} else if v.Text != "" {
		capped = ", a ceiling over " + v.Text + " (" + v.Origin + ")"
	}
	return []policyfile.Value{{Path: v.Path, Text: text, Origin: ofDeployment + parameter + capped}}
}

// parameter is a duration of the stack, 0 where none was asked.
func (c ceilings) parameter(name string) time.Duration {
	switch {
	case c.in == nil:
		return 0
	case name == deployment.Limits.ExpireAfter:
		return c.in.Settings.ExpireAfter
	case name == deployment.Limits.First:
		return c.in.Settings.BackoffInterval
	default:
		return c.in.Settings.BackoffMaxDelay
	}
}

func plurals(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

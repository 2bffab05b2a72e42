package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// printTable prints the figures side by side.
func printTable(out io.Writer, s shape, results []result) error {
	all, widest := rows(s, results), 0
	for _, row := range all {
		widest = max(widest, len(row.name))
	}
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, s.describe())
	for _, row := range all {
		cells := fmt.Sprintf("%-*s", widest, row.name)
		for _, r := range results {
			cells += "\t" + row.cell(r)
		}
		fmt.Fprintln(w, cells+"\t")
	}
	return w.Flush()
}

// describe says what happened to everybody.
func (s shape) describe() string {
	text := fmt.Sprintf("%s executions of %d pipelines fail within %s for want of one of %d instances, which others hold for %s. A run that gets one holds it for %s.\n"+
		"An execution may have %d retries. Mulligan's policy: %d retries, of which one flows in every %s.",
		thousands(s.Failures), s.Pipelines, s.Span, s.Quota, s.Held, s.Runs, s.Retries, s.Size, s.interval())
	if s.Silent > 0 {
		text += fmt.Sprintf("\nOf %d failures no event tells.", s.Silent)
	}
	return text + "\n"
}

// A row is one figure of every contestant.
type row struct {
	name string
	cell func(result) string
}

func count(name string, of func(result) int) row {
	return row{name, func(r result) string { return thousands(of(r)) }}
}

func length(name string, of func(result) time.Duration) row {
	return row{name, func(r result) string { return lengths([]time.Duration{of(r)}, time.Second) }}
}

func rows(s shape, results []result) []row {
	all := []row{
		{"", func(r result) string { return r.Name }},
		count("executions that failed", func(r result) int { return r.Failed }),
		count("recovered", func(r result) int { return r.Recovered }),
	}
	for _, why := range reasons(results) {
		all = append(all, count("given up: "+why, func(r result) int { return r.GivenUp[why] }))
	}
	return slices.Concat(all, []row{count("lost", func(r result) int { return r.Lost })}, retryRows(s), callRows())
}

// retryRows are the figures that the policy bounds.
func retryRows(s shape) []row {
	within := func(window time.Duration) string { return thousands(s.Size + int(window/s.interval())) }
	return []row{
		count("retries that took effect", func(r result) int { return r.Retries }),
		count("of these, failed again", func(r result) int { return r.InVain }),
		count("most in a second (policy: "+within(time.Second)+")", func(r result) int { return r.PerSecond }),
		count("most in a minute ("+within(time.Minute)+")", func(r result) int { return r.PerMinute }),
		count("most in an hour ("+within(time.Hour)+")", func(r result) int { return r.PerHour }),
		count("units beyond the budget, in the worst window", func(r result) int { return r.UnitsOver }),
		count("retries beyond it, if a call comes a second late", func(r result) int { return r.Over }),
		count("failures retried twice", func(r result) int { return r.Second }),
		count("retries beyond an execution's", func(r result) int { return r.Uncounted }),
		length("first failure to last success", func(r result) time.Duration { return r.Drained }),
		{"failure to success: median, 99 of 100, all", func(r result) string { return lengths(r.Waits, time.Second) }},
	}
}

// callRows are the figures that cost.
func callRows() []row {
	return []row{
		count("RetryPipelineExecution", func(r result) int { return r.Calls }),
		count("of these, refused", func(r result) int { return sum(r.Refused) }),
		count("all calls to SageMaker", func(r result) int { return sum(r.SageMaker) }),
		count("to DynamoDB", func(r result) int { return sum(r.DynamoDB) }),
		count("to Scheduler", func(r result) int { return sum(r.Scheduler) }),
		{"calls per failed execution", func(r result) string { return share(sum(r.SageMaker)+sum(r.DynamoDB)+sum(r.Scheduler), r.Failed) }},
		{"calls per recovered one", func(r result) string { return share(sum(r.SageMaker)+sum(r.DynamoDB)+sum(r.Scheduler), r.Recovered) }},
		count("invocations", func(r result) int { return sum(r.Invocations) }),
		{"duration: median, 99 of 100, all", func(r result) string { return lengths(r.Took, time.Millisecond) }},
		count("errors", func(r result) int { return r.Errors }),
		count("dead letters", func(r result) int { return r.DeadLetters }),
	}
}

// reasons are those that anybody gave up for.
func reasons(results []result) []string {
	all := map[string]bool{}
	for _, r := range results {
		for why := range r.GivenUp {
			all[why] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// share is so much for each of so many.
func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return strconv.FormatFloat(float64(n)/float64(of), 'f', 1, 64)
}

func lengths(all []time.Duration, unit time.Duration) string {
	words := make([]string, len(all))
	for i, d := range all {
		words[i] = d.Round(unit).String()
	}
	return strings.Join(words, ", ")
}

// thousands writes a number with a comma before every three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

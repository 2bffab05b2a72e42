package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
)

// settling is what `mulligan outcomes` is asked for.
type settling struct {
	at       where
	pipeline string
	json     bool
}

func outcomesCommand(w world) *cobra.Command {
	var s settling
	cmd := &cobra.Command{
		Use:     "outcomes",
		GroupID: holdGroup,
		Short:   "Show what became of retries, by pipeline and class of causes",
		Long: `Shows what became of the retries whose execution has ended since, for each
pipeline and class of causes: recovered (it succeeded), failed again (and how
many of them in the same step with the same fingerprint), stopped by a person,
or ended otherwise. The recovery rate is the share of those that recovered in
those that recovered or failed again: what a person stopped tells nothing.

It needs cloudformation:DescribeStacks on the stack, and dynamodb:Query on its
ledger's table.`,
		Example: "  mulligan outcomes\n  mulligan outcomes --pipeline payments-daily --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.run(cmd, w) },
	}
	cmd.Flags().StringVar(&s.pipeline, "pipeline", "", "of this pipeline alone, in any letter case")
	cmd.Flags().BoolVar(&s.json, "json", false, "as JSON")
	s.at.flags(cmd, deployment.DefaultStack)
	return cmd
}

func (s settling) run(cmd *cobra.Command, w world) error {
	if cmd.Flags().Changed("pipeline") {
		if err := checkPipeline(s.pipeline); err != nil {
			return err
		}
	}
	in, err := s.at.find(cmd.Context(), w)
	if err != nil {
		return err
	}
	kept, err := holdsOf(in)
	if err != nil {
		return err
	}
	all, err := kept.Outcomes(cmd.Context())
	if err != nil {
		return err
	}
	if s.pipeline != "" {
		all = slices.DeleteFunc(all, func(o ledger.Outcome) bool { return !strings.EqualFold(o.Pipeline, s.pipeline) })
	}
	became := newBecame(in, all)
	if s.json {
		return indented(cmd.OutOrStdout(), became)
	}
	became.write(cmd.OutOrStdout(), s.pipeline)
	return nil
}

// became is what became of retries in a deployment.
type became struct {
	Stack    string       `json:"stack"`
	Region   string       `json:"region"`
	Account  string       `json:"account"`
	Outcomes []outcomeRow `json:"outcomes"` // by pipeline and class
	Total    outcomeRow   `json:"total"`

	in place
}

// outcomeRow counts retries.
type outcomeRow struct {
	Pipeline        string   `json:"pipeline,omitempty"` // lower-cased; "" of the total
	Class           string   `json:"class,omitempty"`
	Settled         int      `json:"settled"`
	Recovered       int      `json:"recovered"`
	RecoveryRate    *float64 `json:"recovery_rate"` // of those that recovered or failed again, from 0 to 1; null if there are none
	FailedAgain     int      `json:"failed_again"`
	FailedAgainSame int      `json:"failed_again_same"` // of these, with the same fingerprint in the same step
	StoppedByPerson int      `json:"stopped_by_person"`
	Superseded      int      `json:"superseded"` // ended otherwise
}

func newBecame(in place, all []ledger.Outcome) became {
	b := became{Stack: in.Stack, Region: in.Home.Region, Account: in.Home.Account, Outcomes: []outcomeRow{}, in: in}
	var total ledger.Outcome
	for _, o := range all {
		b.Outcomes = append(b.Outcomes, newOutcomeRow(o))
		total.Recovered += o.Recovered
		total.FailedAgain += o.FailedAgain
		total.FailedAgainSame += o.FailedAgainSame
		total.StoppedByPerson += o.StoppedByPerson
		total.Superseded += o.Superseded
	}
	b.Total = newOutcomeRow(total)
	return b
}

func newOutcomeRow(o ledger.Outcome) outcomeRow {
	row := outcomeRow{
		Pipeline: o.Pipeline, Class: string(o.Class), Settled: o.Settled(), Recovered: o.Recovered,
		FailedAgain: o.FailedAgain, FailedAgainSame: o.FailedAgainSame, StoppedByPerson: o.StoppedByPerson, Superseded: o.Superseded,
	}
	if told := o.Recovered + o.FailedAgain; told > 0 {
		rate := float64(o.Recovered) / float64(told)
		row.RecoveryRate = &rate
	}
	return row
}

func (b became) write(out io.Writer, pipeline string) {
	if len(b.Outcomes) == 0 {
		of := ""
		if pipeline != "" {
			of = " of pipeline " + pipeline
		}
		fmt.Fprintf(out, "No retry%s has ended yet in %s.\n", of, b.in)
		return
	}
	fmt.Fprintf(out, "What became of retries in %s\n", b.in)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "  PIPELINE\tCLASS\tRETRIES\tRECOVERED\tRATE\tFAILED AGAIN\tTHE SAME\tSTOPPED\tOTHERWISE")
	for _, row := range b.Outcomes {
		row.write(columns)
	}
	b.Total.Pipeline = "total"
	b.Total.write(columns)
	_ = columns.Flush() // as every other write to the terminal
}

func (r outcomeRow) write(columns io.Writer) {
	rate := "-"
	if r.RecoveryRate != nil {
		rate = fmt.Sprintf("%.1f %%", 100**r.RecoveryRate)
	}
	fmt.Fprintf(columns, "  %s\t%s\t%d\t%d\t%s\t%d\t%d\t%d\t%d\n", plainly(r.Pipeline, maxPipeline), plainly(r.Class, authorWidth),
		r.Settled, r.Recovered, rate, r.FailedAgain, r.FailedAgainSame, r.StoppedByPerson, r.Superseded)
}

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/letters"
	"mulligan/internal/plaintext"
)

func dlqListCommand(w world) *cobra.Command {
	var (
		at     where
		most   int
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the dead letters, and why each died",
		Long: `Lists the dead letters, the oldest first: since when each is there, who gave it
up (rule, function or schedule), what it is about, and why it died.

` + lookNeeds + `.`,
		Example: "  mulligan dlq list\n  mulligan dlq list --json --stack mulligan-eu",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if most < 1 || most > letters.MaxLetters {
				return fmt.Errorf("--max: expected 1 to %d, got %d", letters.MaxLetters, most)
			}
			b, err := at.letterbox(cmd.Context(), w)
			if err != nil {
				return err
			}
			seen, err := b.look(cmd.Context(), most)
			if err != nil {
				return err
			}
			if asJSON {
				return indented(cmd.OutOrStdout(), b.listed(seen))
			}
			b.writeList(cmd.OutOrStdout(), w.zone, seen)
			return nil
		},
	}
	cmd.Flags().IntVar(&most, "max", 100, "how many at most")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	at.flags(cmd, deployment.DefaultStack)
	return cmd
}

// The widest columns of the tables, in characters.
const (
	aboutWidth = 48
	whyWidth   = 100
)

func (b letterbox) writeList(out io.Writer, zone *time.Location, seen letters.Sight) {
	if len(seen.Letters) == 0 {
		fmt.Fprintf(out, "There are no dead letters in %s.\n", b.place)
		writeBeside(out, seen)
		return
	}
	fmt.Fprintf(out, "Dead letters of %s, the oldest first\n", b.place)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "ID\tSINCE\tFROM\tABOUT\tSTATUS\tWHY")
	short := shortIDs(seen.Letters)
	for _, l := range seen.Letters {
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\n", short[l.ID], since(l, zone), l.Origin, subject(l),
			orWord(statusOf(l), "-"), plaintext.Line(whyListed(l), whyWidth))
	}
	_ = columns.Flush() // as every other write to the terminal
	b.writeNext(out, seen)
}

// whyListed is why a letter died, or why nobody can tell what it is.
func whyListed(l letters.Letter) string {
	if l.Understood() {
		return l.Why
	}
	return "not understood: " + l.Fault
}

// writeNext counts the letters, and says what to do.
func (b letterbox) writeNext(out io.Writer, seen letters.Sight) {
	strange := len(strangers(seen.Letters))
	fmt.Fprint(out, plurals(len(seen.Letters), "letter", "letters"))
	if strange > 0 {
		fmt.Fprintf(out, ", %d of them not understood, which --all leaves alone", strange)
	}
	fmt.Fprintf(out, ". `mulligan dlq show ID%s` tells all about one.\n", b.flags)
	if strange < len(seen.Letters) {
		fmt.Fprintf(out, "When what they died of is mended, `mulligan dlq replay --all%s` hands them to the function again.\n", b.flags)
	}
	writeBeside(out, seen)
}

// writeBeside tells what the look did not see or could not put back.
func writeBeside(out io.Writer, seen letters.Sight) {
	if seen.More {
		fmt.Fprintln(out, "There may be more letters than the look could take; --max, or another look once these are gone, shows them.")
	}
	if seen.Hidden > 0 {
		fmt.Fprintf(out, "About %s hidden: somebody else is reading, or was cut off. Look again in a few minutes.\n", areOrIs(seen.Hidden))
	}
	writeKept(out, seen.Kept, letters.Hold)
}

// writeKept tells what could not be put back.
func writeKept(out io.Writer, kept int, hold time.Duration) {
	if kept > 0 {
		fmt.Fprintf(out, "%s could not be given back, and will be hidden for %s (it needs sqs:ChangeMessageVisibility).\n",
			plurals(kept, "letter", "letters"), mostly(hold))
	}
}

// strangers are the letters that are not understood.
func strangers(all []letters.Letter) (out []letters.Letter) {
	for _, l := range all {
		if !l.Understood() {
			out = append(out, l)
		}
	}
	return out
}

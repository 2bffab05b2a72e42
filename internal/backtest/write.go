package backtest

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"mulligan/internal/plaintext"
)

// Write tells the result to people, in at most 120 columns but for what is
// quoted. Its error is the writer's.
func (r Result) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s judged under two policies\n", several(r.Rows, "recorded failure"))
	fmt.Fprintf(&b, "  old  %s\n  new  %s\n\n", r.Old, r.New)
	r.writeVerdicts(&b)
	r.writeChanges(&b)
	r.writePermanent(&b)
	r.writeUnknown(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// String names the side as people know it.
func (s Side) String() string {
	if s.Name == "" {
		return s.Version
	}
	return s.Name + " (" + s.Version + ")"
}

// String is the outcome as logs and answers spell it.
func (o Outcome) String() string { return string(o.Verdict) + " " + string(o.Reason) }

func (r Result) writeVerdicts(b *strings.Builder) {
	row := func(verdict, reason string, old, proposed, then any) {
		fmt.Fprintf(b, "%-7s  %-20s%8v%8v", verdict, reason, old, proposed)
		if r.Then.Rows > 0 {
			fmt.Fprintf(b, "%8v", then)
		}
		fmt.Fprintln(b)
	}
	row("verdict", "reason", "old", "new", "then")
	for _, c := range r.Verdicts {
		row(string(c.Verdict), string(c.Reason), c.Old, c.New, c.Then)
	}
	row("retries", "granted", r.Old.Retries, r.New.Retries, r.Then.Retries)
	if r.Then.Rows > 0 {
		fmt.Fprintf(b, "then: as decided at the time, known of %d, which are judged on the balances of their time\n", r.Then.Rows)
	}
}

func (r Result) writeChanges(b *strings.Builder) {
	if r.Differ == 0 {
		fmt.Fprintln(b, "\nNo difference in verdict or reason.")
	} else {
		fmt.Fprintf(b, "\n%s\n", several(r.Differ, "difference"))
	}
	for _, c := range r.Changes {
		fmt.Fprintf(b, "\n%s -> %s: %d\n", c.Old, c.New, c.Rows)
		writeExamples(b, c.Examples, c.Rows)
	}
	if r.Dues > 0 {
		fmt.Fprintf(b, "\nThe same verdict, due at another time: %d.\n", r.Dues)
	}
	if r.Parallel > 0 {
		fmt.Fprintf(b, "\nThe same verdict, with another parallelism: %d.\n", r.Parallel)
	}
}

// wordsLength keeps the words of an example on one line of a terminal.
const wordsLength = 112

func writeExamples(b *strings.Builder, examples []Example, rows int) {
	for _, e := range examples {
		fmt.Fprintf(b, "  %s (%s, %s, %s)\n", cmp.Or(e.ID, e.Place), cmp.Or(e.Pipeline, "no pipeline"), e.Class, e.Label)
		fmt.Fprintf(b, "    %s\n    old: %s\n    new: %s\n", plaintext.Line(cmp.Or(e.Words, "(no reason given)"), wordsLength), e.OldWhy, e.NewWhy)
	}
	if more := rows - len(examples); more > 0 {
		fmt.Fprintf(b, "  and %d more\n", more)
	}
}

func (r Result) writePermanent(b *strings.Builder) {
	if r.Permanent > 0 {
		fmt.Fprintf(b, "\nThe new policy would retry %s whose cause is permanent:\n", several(r.Permanent, "failure"))
		writeExamples(b, r.Lasting, r.Permanent)
	}
	if r.Already > 0 {
		fmt.Fprintf(b, "\nAlready so: both policies would retry %s whose cause is permanent.\n", several(r.Already, "failure"))
	}
}

// writeUnknown says what the judgements lack.
func (r Result) writeUnknown(b *strings.Builder) {
	head := "\nNot on record:\n"
	for _, lack := range []struct {
		rows int
		text string
	}{
		{r.Unknown.Answers, "left out: they note what SageMaker answered to a call, which no policy decides"},
		{r.Unknown.Endings, "left out: they note how a retry ended, which no policy decides"},
		{r.Unknown.Held, "left out: kept by a hold or a breaker then; each is judged where it came back"},
		{r.Unknown.Pipelines, "without a pipeline: only what holds for all pipelines fits them"},
		{r.Unknown.IDs, "without an id: named by their places"},
		{r.Unknown.Types, "with a step type that SageMaker does not have: no step_type of a rule fits it"},
		{r.Unknown.Untyped, "left to a person by side_effects, as the type of a step is not told: it may be any"},
		{r.Unknown.Balances, "granted a retry without balances: every shared budget is taken as full, each time anew"},
		{r.Unknown.Jobs, "whose jobs would have been looked at: taken to say nothing more"},
		{r.Unknown.Newer, "where a newer execution would have been asked for: taken as none that succeeded"},
	} {
		if lack.rows > 0 {
			fmt.Fprintf(b, "%s  %d %s\n", head, lack.rows, lack.text)
			head = ""
		}
	}
}

// several counts things in English.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

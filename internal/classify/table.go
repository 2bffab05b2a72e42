package classify

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Write tells the score to people, tables in at most 120 columns: the promises
// first, every miss last. Its error is the writer's.
func (s Score) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d judged messages\n\n", s.Rows)
	s.writePromises(&b)
	writeTable(&b, "label", &s.Labels)
	writeTable(&b, "class", &s.Classes)
	s.writeMisses(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (s Score) writePromises(b *strings.Builder) {
	for _, p := range s.Promises {
		verdict := "pass"
		if p.Broken {
			verdict = "FAIL"
		}
		fmt.Fprintf(b, "%s  %-37s %7s, %-12s promised: %s\n", verdict, p.Name, percent(share(p.Rows, p.Of)), fmt.Sprintf("%d of %d", p.Rows, p.Of), p.Limit)
	}
}

// writeTable tells the confusion and how each did. Columns carry letters, which
// the rows explain.
func writeTable[T ~string](b *strings.Builder, what string, t *Table[T]) {
	names := t.occurring()
	fmt.Fprintf(b, "\nBy %s: rows are what was judged, columns what was read\n", what)
	fmt.Fprintf(b, "%22s", "")
	for i := range names {
		fmt.Fprintf(b, "%5s", letter(i))
	}
	fmt.Fprintln(b)
	for i, want := range names {
		fmt.Fprintf(b, "%s %-20s", letter(i), want)
		for _, got := range names {
			fmt.Fprintf(b, "%5s", cell(t.count(want, got)))
		}
		fmt.Fprintln(b)
	}
	writeTallies(b, what, t.Each)
}

func writeTallies[T ~string](b *strings.Builder, what string, each []Tally[T]) {
	fmt.Fprintln(b)
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%-20s\tjudged\tread\tboth\tprecision\trecall\t\n", what)
	for _, t := range each {
		fmt.Fprintf(table, "%-20s\t%d\t%d\t%d\t%s\t%s\t\n", t.Name, t.Want, t.Got, t.Right, percent(t.Precision), percent(t.Recall))
	}
	table.Flush()
}

func (s Score) writeMisses(b *strings.Builder) {
	fmt.Fprintf(b, "\nMisses: %d\n", len(s.Misses))
	for _, m := range s.Misses {
		fmt.Fprintf(b, "  %s: judged %s %s, read %s %s by %s\n    %s\n",
			m.ID, m.Want.Label, m.Want.Class, m.Got.Label, m.Got.Class, cmp.Or(m.Rule, "no rule"), cmp.Or(m.Message, "(empty)"))
	}
}

func letter(i int) string { return string(rune('a' + i)) }

func cell(n int) string {
	if n == 0 {
		return "."
	}
	return fmt.Sprint(n)
}

func percent(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100**s)
}

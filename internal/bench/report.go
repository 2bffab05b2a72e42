package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// report is everything that was measured, by subject.
type report struct {
	subjects []subject
	machine  string
	share    share
	trust    trust
	rounds   int
	calls    [][]outcome // by subject and kind
	cold     []cold
	long     []long
	allocs   [2]allocated // of the retrier and the plain handler
	took     time.Duration
}

// print writes the table, in Markdown, and what one has to know to read it.
func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	row := func(cells ...string) { fmt.Fprintf(w, "| %s\t|\n", strings.Join(cells, "\t| ")) }
	head := []string{fmt.Sprintf("median of %d rounds, if not said otherwise", r.rounds)}
	for _, s := range r.subjects {
		head = append(head, s.name)
	}
	row(head...)
	row("---", "---", "---", "---")
	for _, line := range append(r.times(), r.sizes()...) {
		row(line...)
	}
	for k := range kinds {
		row(r.callsOf(k)...)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n", r.notes())
	return err
}

// times are the rows about time. Beside each value of the plain handler stands
// how often Mulligan's fits in it: that is what carries over to other machines.
func (r *report) times() [][]string {
	share := fmt.Sprintf("at %.1f %% CPU (128 MB)", 100*cpuShare)
	if r.share.dir == "" {
		share = "at FULL CPU: a share cannot be set here (" + r.share.why + ")"
	}
	return [][]string{
		durations("exec to first GET /next", r.subjects, func(i int) time.Duration { return median(r.cold[i].ready) }),
		durations("- the same, 90th percentile", r.subjects, func(i int) time.Duration { return quantile(r.cold[i].ready, 0.9) }),
		durations("first event, "+share, r.subjects, func(i int) time.Duration { return median(r.cold[i].first) }),
		durations(fmt.Sprintf("warm event, %s, mean of %d", share, warmEvents), r.subjects,
			func(i int) time.Duration { return median(r.cold[i].warm) }),
		durations(fmt.Sprintf("warm event, full CPU, %d blocks of %d", blocks, blockEvents), r.subjects,
			func(i int) time.Duration { return median(r.long[i].warm) }),
		durations("- its CPU time", r.subjects, func(i int) time.Duration { return r.long[i].cpu }),
		durations("- its CPU time per AWS call", r.subjects, func(i int) time.Duration {
			return r.long[i].cpu / time.Duration(r.calls[i][indexOf(retried)].calls)
		}),
	}
}

func durations(name string, subjects []subject, of func(int) time.Duration) []string {
	cells := []string{name}
	for i := range subjects {
		cells = append(cells, fmt.Sprintf("%s ms", digits(of(i).Seconds()*1000)))
		if i != retrierAt {
			cells[i+1] += fmt.Sprintf(" (%s x)", digits(float64(of(i))/float64(of(retrierAt))))
		}
	}
	return cells
}

// digits are three, as many as such a run can mean.
func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

func indexOf(wanted kind) int {
	for i, k := range kinds {
		if k.name == wanted.name {
			return i
		}
	}
	panic("the kind that is measured is not in the list")
}

func (r *report) sizes() [][]string {
	events := warmEvents + blocks*blockEvents
	connections := []string{fmt.Sprintf("TLS connections, before the first event / in %d events", events)}
	memory := []string{fmt.Sprintf("peak memory, after %d / %d events", 1+warmEvents, events)}
	size, zipped, allocs := []string{"binary"}, []string{"- as a zip -9"}, []string{"allocations per event, without HTTP and TLS"}
	for i, s := range r.subjects {
		connections = append(connections, fmt.Sprintf("%d / %d", r.long[i].early, r.long[i].late))
		memory = append(memory, fmt.Sprintf("%s / %s MB", megabytes(median(r.cold[i].peak)), megabytes(r.long[i].peak)))
		size, zipped = append(size, megabytes(s.size)+" MB"), append(zipped, megabytes(s.zipped)+" MB")
		a := r.allocs[min(i, 1)]
		allocs = append(allocs, fmt.Sprintf("%d, %s kB", a.objects, digits(float64(a.bytes)/1000)))
	}
	return [][]string{connections, memory, size, zipped, allocs}
}

func megabytes(n int64) string { return digits(float64(n) / 1e6) }

// callsOf is the row of a kind of event: AWS calls, and what came of them.
func (r *report) callsOf(k int) []string {
	cells := []string{fmt.Sprintf("AWS calls: %s (%s)", kinds[k].name, kinds[k].verdict)}
	for i := range r.subjects {
		o := r.calls[i][k]
		cell := fmt.Sprint(o.calls)
		switch {
		case i == retrierAt:
		case o.failed:
			cell += ", then an error"
		case o.retried > 0:
			cell += ", retried"
		}
		cells = append(cells, cell)
	}
	return cells
}

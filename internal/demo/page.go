package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mulligan/internal/announce"
	"mulligan/internal/awstest"
	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// The colours of a terminal (ECMA-48, select graphic rendition).
const (
	plain = "0"
	good  = "32"
	bad   = "31"
	doing = "36"
	calm  = "33"
)

const width = 96 // of a message, in characters

// page writes the timeline.
type page struct {
	out    io.Writer
	colour bool
	beat   func()
	last   time.Time
}

func (p *page) opening(s policy.Settings, n int) {
	fmt.Fprintf(p.out, "%d pipelines fail. Budget: %d retries an execution, %d a pipeline and day, %d the account and hour.\n",
		n, s.MaxRetries, s.PipelineRetriesPerDay, s.AccountRetriesPerHour)
	fmt.Fprint(p.out, "Each failure reaches the function as an event. What has to wait comes back as a wake when it is due.\n",
		"The clock is hurried; everything else is real: the handler, the AWS clients, the protocol, over HTTP to a stand-in.\n\n")
}

// line tells what happened at a moment.
func (p *page) line(at time.Time, pipeline, text, colour string) {
	clock := at.Format("15:04:05")
	if at.Equal(p.last) {
		clock = strings.Repeat(" ", len(clock))
	}
	p.last = at
	fmt.Fprintf(p.out, "%s  %-15s %s\n", clock, pipeline, p.paint(plaintext.Line(text, width), colour))
	p.beat()
}

// answer tells what the function decided.
func (p *page) answer(at time.Time, part *part, door string, a announce.Answer) {
	text := fmt.Sprintf("  %s → %s, %s", door, a.Verdict, a.Reason)
	switch retry.Verdict(a.Verdict) {
	case retry.Retry:
		text = fmt.Sprintf("  %s → retry %d (%s): SageMaker took it", door, a.Retry, a.Class)
	case retry.Wait:
		text += fmt.Sprintf(" (%s)", a.Class)
		if a.Retry > 0 {
			text += fmt.Sprintf(", retry %d", a.Retry)
		}
	case retry.Stop:
		text += fmt.Sprintf(" (%s)", a.Class)
	}
	if due, err := time.Parse(time.RFC3339, a.Due); err == nil {
		text += ", due " + due.Format("15:04:05")
	}
	colours := map[string]string{
		string(retry.Retry): doing, string(retry.Wait): calm, string(retry.Stop): bad, string(retry.Ignore): plain,
	}
	p.line(at, part.script.Pipeline, text, colours[a.Verdict])
}

// summary tells how each execution ended and why.
func (p *page) summary(parts []*part, account *awstest.Account) {
	fmt.Fprintf(p.out, "\n%-15s %-38s %-7s %-28s %s\n", "pipeline", "trouble", "retries", "last verdict", "ended")
	for _, part := range parts {
		verdict := part.last.Verdict + ", " + part.last.Reason
		colour := good
		if part.end != awstest.Succeeded {
			colour = bad
		}
		fmt.Fprintf(p.out, "%-15s %-38s %-7d %-28s %s\n", part.script.Pipeline, part.what,
			len(account.Retries(part.arn)), verdict, p.paint(string(part.end), colour))
		if part.last.Evidence != "" {
			fmt.Fprintf(p.out, "%15s because: %s\n", "", plaintext.Line(part.last.Evidence, width))
		}
	}
	effective, failures := 0, 0
	for _, part := range parts {
		failures += part.failed
		effective += len(account.Retries(part.arn))
	}
	fmt.Fprintf(p.out, "\nRetryPipelineExecution was called %d times and took effect %d times, for %d failures.\n",
		account.Count("RetryPipelineExecution"), effective, failures)
}

func (p *page) paint(text, colour string) string {
	if !p.colour || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

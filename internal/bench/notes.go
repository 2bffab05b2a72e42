package main

import (
	"fmt"
	"strings"
	"time"
)

// notes say what the columns do and leave out, and where the figures come from.
func (r *report) notes() string {
	quota := fmt.Sprintf("The CPU share is a cgroup's quota with a period of %s, from the moment at which the first event is handed out; the start has the whole CPU, as in Lambda.", r.share.period)
	if r.share.dir == "" {
		quota = "No CPU share could be set (" + r.share.why + "): the rows that say so are at full CPU, and say little about a small function."
	}
	return strings.Join([]string{
		"The times are of a failure that is retried at once.",
		"Mulligan makes 8 AWS calls for it: it reads the ledger, looks at execution, steps, what others fail of and newer executions, claims, calls, settles. It opens its",
		"connections before the first event. It reads no shared configuration files, profiles, SSO or instance roles.",
		"The plain handler makes 2: it counts the event, and retries. It does not look at the cause, wait, share budgets, or settle; it",
		"takes a copy of an event for another failure, and opens no connection before the first event. \"Then an error\" means that",
		"Lambda delivers the event again. All binaries are built without cgo; \"same flags\" are those of `make build`.",
		quota,
		fmt.Sprintf("AWS is local: no network, and answers within a fraction of a millisecond. TLS is real, and %d authorities are trusted.", r.trust.roots),
		"Both ends share this machine's cores: a start that connects pays for the servers' half of the handshakes too.",
		"",
		fmt.Sprintf("Machine: %s. The run took %s.", r.machine, r.took.Round(time.Second)),
	}, "\n")
}

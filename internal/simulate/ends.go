package simulate

import (
	"sync"
	"time"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
	"mulligan/internal/policyfile"
)

// An end is what one run of an execution comes to.
type end struct {
	name  string
	run   awstest.Run
	label cause.Label // how its failure is read when nothing lags; "" if there is none to read
}

var succeeds = end{name: "succeeds", run: awstest.Succeeds()}

// fails are the failures that runs end in, by name.
var fails = map[string]end{
	"capacity":     failure("capacity", awstest.ReasonCapacity, cause.Transient),
	"service":      failure("service fault", awstest.ReasonInternal, cause.Transient),
	"throttled":    failure("throttled", awstest.ReasonThrottled, cause.Transient),
	"bug":          failure("bug", awstest.ReasonUserCode, cause.Permanent),
	"unknown":      failure("unknown", "The step ended in state 7.", cause.Ambiguous),
	"job":          failure("see job logs", awstest.ReasonSeeJobLogs, ""),
	"quota":        failure("quota", awstest.ReasonQuotaContention(4, 4, 1), cause.Transient),
	"before steps": {name: "before any step", run: awstest.FailsBeforeSteps()},
	"on purpose":   {name: "on purpose", run: awstest.Fails(awstest.Step{Name: "Check", Kind: awstest.FailStep, Reason: "not good enough"})},
	"two": {name: "bug and capacity", label: cause.Permanent, run: awstest.Fails(
		awstest.Step{Name: "Train", Reason: awstest.ReasonUserCode}, awstest.Step{Name: "Tune", Reason: awstest.ReasonCapacity})},
	"hostile": failure("hostile words", hostile, cause.Ambiguous),
}

func failure(name, reason string, label cause.Label) end {
	return end{name, awstest.FailsAt("Train", reason), label}
}

// often are the failures by how often they are met.
var often = []string{
	"service", "capacity", "service", "capacity", "throttled", "bug", "bug", "quota", "unknown", "job", "before steps", "on purpose", "two", "hostile",
}

// handled completes although a step failed: nothing can be retried.
var handled = end{name: "completes with failures", run: awstest.CompletesWithFailures(awstest.Step{Name: "Train", Reason: awstest.ReasonCapacity})}

// drawEnd draws what a run comes to, and how long it takes: never so short that a
// step list that lags shows nothing of the first run, or that a failure follows
// another within the ten seconds that internal/retry allows for.
func (r *run) drawEnd(nth int) end {
	e := succeeds
	switch n := r.n(20); {
	case n < 16:
		e = fails[of(r.choices, often)]
	case n == 19:
		e = handled
	}
	lasts := of(r.choices, []int{60, 20, 12, 300, 1800})
	if nth == 0 {
		lasts = max(lasts, 20)
	}
	e.run = e.run.After(time.Duration(lasts) * time.Second)
	return e
}

// drawn are the policies that runs draw from.
var drawn = sync.OnceValue(func() (all []*Policy) {
	for _, source := range []string{
		"version: 1\nmode: observe\n",
		"version: 1\nmode: \"off\"\n",
		"version: 1\nbreaker: {executions: 2, within: 1h}\n",
		"version: 1\nbudgets: {execution: 1, pipeline: {size: 1, refill: 1h}}\n",
		"version: 1\nbudgets: {execution: {size: 1, refill: 30m, on_success: refill}}\nsame_failure: {service_fault: unlimited}\n",
		"version: 1\nrules:\n  - {name: fewer, when: {class: capacity}, verdict: wait, parallelism: halve, message: fewer at once}\n",
		"version: 1\nrules:\n  - {name: nothing, verdict: stop, needs_person: true}\n",
		"version: 1\nsuperseded: false\nexpire_after: 2h\nback_off: {first: 1m, longest: 5m}\n",
	} {
		p, err := Compile("drawn", []byte(source))
		if err != nil {
			panic(err) // of our own
		}
		all = append(all, p)
	}
	return all
})

// Compile reads a policy file: all its faults as one error.
func Compile(name string, source []byte) (*Policy, error) {
	file, findings := policyfile.Read(name, source)
	if file == nil {
		return nil, faulty(findings)
	}
	return &Policy{Source: string(source), Body: string(file.Body()), Hash: file.Hash(), Document: file.Document}, nil
}

type faulty []policyfile.Finding

func (f faulty) Error() string {
	text := ""
	for i, finding := range f {
		if i > 0 {
			text += "\n"
		}
		text += finding.String()
	}
	return text
}

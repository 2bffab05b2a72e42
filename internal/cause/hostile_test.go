package cause

import (
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
)

// TestNothingHostileIsRead fills every text of steps and jobs.
func TestNothingHostileIsRead(t *testing.T) {
	known := Rules()
	for name, text := range plaintexttest.Texts() {
		for _, reason := range []string{text, "", "InternalServerError: " + text, "CapacityError: Unable to provision requested ML compute capacity. " + text} {
			var step Step
			plaintexttest.Fill(&step, text)
			step.Reason = reason
			checkCause(t, Read([]Step{step, {Name: name, Reason: reason}}), known)
		}
	}
}

// TestMemoryIsBounded: a megabyte in every text of a step costs what the part costs
// that is read, and many steps cost what each of them does.
func TestMemoryIsBounded(t *testing.T) {
	for name, unit := range hostile {
		step := func(size int) Step {
			text := strings.Repeat(unit, size/len(unit))
			return Step{Name: text, Reason: text, Job: &Job{Status: text, Secondary: text, Reason: text, Exit: text, Instance: text}}
		}
		of := func(steps ...Step) uint64 { return allocated(func() { Read(steps) }) }
		of(step(100)) // what is made once
		small, large := of(step(readAtMost)), of(step(1<<20))
		if large > small+3<<20 { // of five megabytes: states are lower-cased whole
			t.Errorf("%s: %d bytes for 1 MB, %d for 8 KB", name, large, small)
		}
		if small > 1<<20 {
			t.Errorf("%s: %d bytes for 8 KB in every text", name, small)
		}
		one := step(2000)
		some, many := make([]Step, 10), make([]Step, 40)
		for i := range many {
			many[i], some[i%10] = one, one
		}
		if a, b := of(some...), of(many...); b > 5*a {
			t.Errorf("%s: %d bytes for 40 steps, %d for 10", name, b, a)
		}
	}
}

// allocated is how many bytes a call allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

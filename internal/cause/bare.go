package cause

import "strings"

// shellWords are what messages are made of that name no cause: the training
// toolkits' and SageMaker's phrases around nothing.
var shellWords = " a an and algorithm algorithmerror at check clienterror cloudwatch code command container " +
	"details error errormessage executeuserscripterror exit exitcode exited exception failed failure for framework has " +
	"in information internal is job log logs look message model more non nonzero of on please process processing reason " +
	"request requested returned runtimeerror script see status step stopped stopping the to training transform was " +
	"with zero your you "

// Bare reports whether the step's text carries no cause of its own, so that
// its job should be looked at: nothing, "See job logs", an exit status, a
// command line or a stop and no more. It is false for a step without a job.
func (s Step) Bare() bool {
	if s.Ref == "" || s.Type == "Fail" {
		return false
	}
	m := open(s.Reason, s.Type)
	return m.bare(m.read())
}

// bare reports whether the message, read as c, is made of shell words, numbers
// and blanked names alone.
func (m *message) bare(c Cause) bool {
	if c.Confidence.weight() > Low.weight() && c.Class != StoppedOrTimeout {
		return false // "exit code: 137" is all numbers and shell, and says it all
	}
	for i := 0; i < len(m.low); {
		if !isWord(m.low[i]) {
			i++
			continue
		}
		end := wordEnd(m.low, i)
		word := m.low[i:end]
		if leadingInt(word) < 0 && !strings.Contains(shellWords, " "+word+" ") {
			return false
		}
		i = end
	}
	return true
}

package cause

// Job is what DescribeTrainingJob, DescribeProcessingJob or
// DescribeTransformJob says about a step's job. What an operation does not
// know, such as a transform job's secondary status, is "".
type Job struct {
	Name      string `json:"name,omitempty"`
	Status    string `json:"status,omitempty"`    // TrainingJobStatus and the like
	Secondary string `json:"secondary,omitempty"` // SecondaryStatus of a training job
	Reason    string `json:"reason,omitempty"`    // FailureReason
	Exit      string `json:"exit,omitempty"`      // ExitMessage of a processing job: the container's own words
	Instance  string `json:"instance,omitempty"`  // the instance type that it asked for
}

// read reads one step, with the help of its job where that was looked at.
func (s Step) read() Cause {
	m := open(s.Reason, s.Type)
	c := m.read()
	if s.Job != nil {
		c = s.Job.decide(c, s, m.bare(c))
	}
	c.Step = tidyName(s.Name)
	return c
}

// decide weighs the step's own cause c against what the job says. A stop that
// nobody is named for is weak: the job knows whether it was one.
func (j *Job) decide(c Cause, s Step, bare bool) Cause {
	known := c
	if bare {
		known.Label, known.Confidence = Ambiguous, Low
	}
	for _, said := range j.says(s) {
		if said.tellsMoreThan(known) {
			c, known = said, said
		}
	}
	return c.orOf(j)
}

// says reads everything that the job states beyond the step's own reason.
func (j *Job) says(s Step) []Cause {
	var all []Cause
	state := j.Secondary
	if state == "" {
		state = j.Status
	}
	if c, ok := readState(state, s.Type); ok {
		all = append(all, c)
	}
	if j.Reason != "" && Normal(j.Reason) != Normal(s.Reason) {
		all = append(all, ReadReason(j.Reason, s.Type).from("the job's FailureReason: "))
	}
	if j.Exit != "" {
		m := open(j.Exit, s.Type)
		m.user = true // the container wrote it, not the service
		all = append(all, m.read().from("the job's ExitMessage: "))
	}
	return all
}

// from says in the evidence which text a cause was read from.
func (c Cause) from(source string) Cause {
	c.Evidence = clip(source+c.Evidence, evidenceRunes)
	return c
}

// readState reads the state that a job ended in. States such as Failed say
// nothing.
func readState(state, stepType string) (Cause, bool) {
	name := lower(state)
	for i := range states {
		r := &states[i]
		if contains(r.codes, name) {
			c := Cause{Class: r.class, Label: r.label, Type: stepType, Rule: r.name, Confidence: High, Fingerprint: Fingerprint(state)}
			c.Evidence = clip("the job's state: "+state, evidenceRunes)
			return c, true
		}
	}
	return Cause{}, false
}

// tellsMoreThan reports whether the job's statement c replaces what is known.
// A lasting cause is never replaced by anything else, only a weak one by a
// firmer one, and it replaces everything else.
func (c Cause) tellsMoreThan(known Cause) bool {
	firmer := c.Confidence.weight() > known.Confidence.weight()
	switch {
	case c.Class == Unknown:
		return false
	case known.Label == Permanent:
		return c.Label == Permanent && firmer
	case c.Label == Permanent:
		return true
	}
	return firmer
}

// weight orders the confidences.
func (c Confidence) weight() int {
	switch c {
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	}
	return 0
}

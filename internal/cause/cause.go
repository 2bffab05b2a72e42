package cause

// Class says what kind of thing went wrong.
type Class string

// The classes of causes.
const (
	Capacity          Class = "capacity"           // no machine of that type is free
	QuotaContention   Class = "quota_contention"   // the account's quota is in use
	QuotaZero         Class = "quota_zero"         // the quota can never admit the request
	Throttling        Class = "throttling"         // too many API calls
	ServiceFault      Class = "service_fault"      // an AWS service failed inside
	SpotInterruption  Class = "spot_interruption"  // spot capacity was taken back or did not come
	Network           Class = "network"            // a connection failed
	DependencyTimeout Class = "dependency_timeout" // something called did not answer in time
	UserCode          Class = "user_code"          // the user's program, model or data handling
	OutOfMemory       Class = "out_of_memory"      // main or GPU memory
	DiskFull          Class = "disk_full"          // a volume is full
	ConfigValidation  Class = "config_validation"  // the request or configuration is invalid
	AccessDenied      Class = "access_denied"      // a permission, role or subscription is missing
	Image             Class = "image"              // the container image cannot be had or started
	DataMissing       Class = "data_missing"       // an object, file or resource is not there
	StoppedOrTimeout  Class = "stopped_or_timeout" // stopped, or longer than its own limit
	Unknown           Class = "unknown"            // no rule matched
)

// Label says whether the very same execution, run later with no human change,
// has a fair chance.
type Label string

// The three labels.
const (
	Transient Label = "transient" // it has
	Permanent Label = "permanent" // it has not
	Ambiguous Label = "ambiguous" // the text does not tell
)

// Confidence says how firm the ground is that a cause was read from.
type Confidence string

// The confidences. The zero value stands beside Unknown.
const (
	High   Confidence = "high"   // a code, a state or a whole sentence of the service
	Medium Confidence = "medium" // words
	Low    Confidence = "low"    // the shell of a message, its subject, or other weak evidence
)

// Classes returns all classes in the order of the vocabulary.
func Classes() []Class {
	return []Class{
		Capacity, QuotaContention, QuotaZero, Throttling, ServiceFault, SpotInterruption, Network, DependencyTimeout,
		UserCode, OutOfMemory, DiskFull, ConfigValidation, AccessDenied, Image, DataMissing, StoppedOrTimeout, Unknown,
	}
}

// Labels returns all labels, the one that speaks for a retry first.
func Labels() []Label { return []Label{Transient, Permanent, Ambiguous} }

// Step is one failed step, as ListPipelineExecutionSteps shows it.
type Step struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`     // "Training", "Processing", ...; "Fail" for a Fail step; "" if unknown
	Reason   string `json:"reason,omitempty"`   // FailureReason, as it came
	Attempts int    `json:"attempts,omitempty"` // AttemptCount; not read today: whether a retry raises it is undocumented
	Ref      string `json:"ref,omitempty"`      // ARN of the step's job; "" where none was created
	Job      *Job   `json:"job,omitempty"`      // what the job itself says; nil: not looked at
}

// Cause is why an execution failed, and what that was read from. Causes can be
// compared with ==.
type Cause struct {
	Class       Class      `json:"class"`
	Label       Label      `json:"label"`
	Step        string     `json:"step,omitempty"`        // name of the step that decided; "" where there was none
	Type        string     `json:"type,omitempty"`        // its type
	Rule        string     `json:"rule,omitempty"`        // name of the rule that matched; "" where none did
	Evidence    string     `json:"evidence,omitempty"`    // the words it was read from: at most 200 runes, all printable
	Confidence  Confidence `json:"confidence,omitempty"`  // "" where no rule matched
	Fingerprint string     `json:"fingerprint,omitempty"` // of the text that decided; "" without a step
	Scarce      string     `json:"scarce,omitempty"`      // the instance type or quota that ran short, lower-cased; "" if none did or the text names none
}

// Read reads the cause of a failure from its failed steps. The worst label
// decides, permanent before ambiguous before transient, and among equals the
// first step: an execution succeeds only when all of its steps do, so one step
// that cannot succeed outweighs any number that might. Without a step, nothing
// is known: Unknown, Ambiguous.
func Read(failed []Step) Cause {
	worst := Cause{Class: Unknown, Label: Ambiguous}
	for i, step := range failed {
		c := step.read()
		if i == 0 || c.Label.weight() > worst.Label.weight() {
			worst = c
		}
	}
	return worst
}

// ReadReason reads the cause from one step's reason. The type may be "". The
// same arguments give the same cause; Step is left empty.
func ReadReason(reason, stepType string) Cause {
	return open(reason, stepType).read()
}

// read tries the rules in their order.
func (m *message) read() Cause {
	c := Cause{Class: Unknown, Label: Ambiguous, Type: m.stepType, Fingerprint: digest(m.normal())}
	e, at, firm := m.decide()
	c.Evidence, c.Confidence = m.evidence(at), firm
	if e != nil {
		c.Class, c.Label, c.Rule = e.class, e.labelFor(m), e.name
		c.Scarce = m.scarce(c)
	}
	return c
}

// decide finds the first rule that matches; nil if none does. Where that one
// only read doubtful words, a passing fault's own code decides instead.
func (m *message) decide() (e *entry, at int, firm Confidence) {
	for i := range m.book.entries {
		e = &m.book.entries[i]
		at, firm, ok := e.match(m)
		if !ok {
			continue
		}
		if e.standing == doubtful && firm != High {
			if coded, place := m.passingCode(at); coded != nil {
				return coded, place, High
			}
		}
		return e, at, firm
	}
	return nil, 0, ""
}

// passingCode finds the first rule for a passing fault that matches by a code
// which the service states before the doubtful words at offset doubt, or by words
// that nobody makes up; nil if none does.
func (m *message) passingCode(doubt int) (*entry, int) {
	for i := range m.book.passing {
		e := &m.book.passing[i]
		c, coded := m.hasCode(e.codes)
		coded = coded && m.stated(c) <= doubt && (c.sdk || c.library || c.at == 0 && !m.user)
		if !coded && !e.own {
			continue
		}
		if at, _, ok := e.match(m); ok {
			return e, at
		}
	}
	return nil, 0
}

// weight orders the labels by how much they speak against a retry.
func (l Label) weight() int {
	switch l {
	case Permanent:
		return 2
	case Transient:
		return 0
	}
	return 1
}

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

// Step is one failed step, as ListPipelineExecutionSteps shows it.
type Step struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`     // "Training", "Processing", ...; "Fail" for a Fail step; "" if unknown
	Reason   string `json:"reason,omitempty"`   // FailureReason, as it came
	Attempts int    `json:"attempts,omitempty"` // AttemptCount; not read today: whether a retry raises it is undocumented
}

// Cause is why an execution failed, and what that was read from.
type Cause struct {
	Class    Class  `json:"class"`
	Label    Label  `json:"label"`
	Step     string `json:"step,omitempty"`     // name of the step that decided; "" where there was none
	Rule     string `json:"rule,omitempty"`     // name of the rule that matched; "" where none did
	Evidence string `json:"evidence,omitempty"` // the words it was read from: at most 200 runes, all printable
}

// Read reads the cause of a failure from its failed steps. The worst label
// decides, permanent before ambiguous before transient, and among equals the
// first step: an execution succeeds only when all of its steps do, so one step
// that cannot succeed outweighs any number that might. Without a step, nothing
// is known: Unknown, Ambiguous.
func Read(failed []Step) Cause {
	worst := Cause{Class: Unknown, Label: Ambiguous}
	for i, step := range failed {
		c := ReadReason(step.Reason, step.Type)
		c.Step = tidyName(step.Name)
		if i == 0 || c.Label.weight() > worst.Label.weight() {
			worst = c
		}
	}
	return worst
}

// ReadReason reads the cause from one step's reason. The type may be "". The
// same arguments give the same cause; Step is left empty.
func ReadReason(reason, stepType string) Cause {
	m := open(reason, stepType)
	for _, table := range tables {
		for i := range table {
			r := &table[i]
			if at, ok := r.match(m); ok {
				return Cause{Class: r.class, Label: r.labelFor(m), Rule: r.name, Evidence: m.evidence(at)}
			}
		}
	}
	return Cause{Class: Unknown, Label: Ambiguous, Evidence: m.evidence(0)}
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

package cause

// rule is one line of judgement. All conditions that are given must hold:
// one of codes or says or raised or a when, one of and, none of unless.
// Phrases are written as find explains, codes as they stand in code.name.
type rule struct {
	name  string
	class Class
	label Label

	codes  []string                   // one of these error codes stands in the message
	says   []string                   // one of these phrases does
	raised []string                   // this exception was raised last
	when   func(*message) (int, bool) // the message has this shape
	and    []string                   // and one of these phrases does
	unless []string                   // and none of these

	source  string // where the wording or its meaning is stated
	example string // a reason that this rule, and none before it, matches
}

// tables are the rules in the order in which they are tried; doc.go says why it
// is this order.
var tables = [...][]rule{
	toldApart, refusals, exhausted, absent, userFaults, doubtful, shapes, passing, bare,
}

// match reports whether the rule matches, and where.
func (r *rule) match(m *message) (int, bool) {
	at, ok := r.evidence(m)
	if !ok {
		return 0, false
	}
	if len(r.and) > 0 {
		if _, ok := m.findAny(r.and); !ok {
			return 0, false
		}
	}
	if _, vetoed := m.findAny(r.unless); vetoed {
		return 0, false
	}
	return at, true
}

// evidence finds the first of the rule's codes, phrases, exception and shape.
func (r *rule) evidence(m *message) (int, bool) {
	if at, ok := m.hasCode(r.codes); ok {
		return at, true
	}
	if at, ok := m.findAny(r.says); ok {
		return at, true
	}
	if m.raised != "" && contains(r.raised, m.raised) {
		at, _ := m.find(m.raised + "~")
		return at, true
	}
	if r.when != nil {
		return r.when(m)
	}
	return 0, false
}

// labelFor is the rule's label, unless the message does not deserve the trust
// that a transient one needs: it was not read whole, the user's code speaks and
// no SDK sentence carries the code, or lasting words stand beside passing ones.
func (r *rule) labelFor(m *message) Label {
	if r.label != Transient {
		return r.label
	}
	if m.cut || m.user && !m.sdkSays(r.codes) {
		return Ambiguous
	}
	if r.when != nil || m.sdkSays(r.codes) {
		return Transient
	}
	_, lasting := m.findAny(lastingWords)
	_, invalid := m.hasCode(invalidCodes)
	if lasting || invalid {
		return Ambiguous
	}
	return Transient
}

// lastingWords cast doubt on a transient rule, unless arithmetic or the SDK's own
// sentence backs it: they are the subjects of faults that stay.
var lastingWords = []string{
	"invalid", "unsupported", "not supported", "not allowed", "not enabled", "must", "mismatch", "incompatible",
	"missing", "not found", "is empty", "wrong",
	"import", "column~", "schema", "label~", "hyperparameter~", "argument~", "configured", "batch size",
	"learning rate", "memory", "disk", "volume", "storage",
	"billing", "payment", "suspended", "disabled", "bid price", "404", "400", "rejected", "deprecated",
	"deleted", "expired",
}

func (m *message) hasCode(names []string) (int, bool) {
	if len(names) == 0 {
		return 0, false
	}
	for _, c := range m.codes {
		if contains(names, c.name) {
			return c.at, true
		}
	}
	return 0, false
}

func (m *message) sdkSays(names []string) bool {
	for _, c := range m.codes {
		if c.sdk && contains(names, c.name) {
			return true
		}
	}
	return false
}

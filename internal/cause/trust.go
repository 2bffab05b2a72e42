package cause

import "strings"

// labelFor is the rule's label, unless the message does not deserve the trust
// that a transient one needs: it was not read whole, the user's code speaks and
// no SDK sentence carries the code, or lasting words stand beside passing ones.
func (e *entry) labelFor(m *message) Label {
	if e.label != Transient {
		return e.label
	}
	said := m.sdkSays(e.codes)
	if m.cut || m.user && !e.own && !said && !m.statusByLibrary(e.http) {
		return Ambiguous
	}
	if m.outermost() || e.when != nil {
		return Transient
	}
	_, coded := m.hasCode(e.codes)
	if m.doubted || !e.own && (coded || !e.sure) && m.refusedBeside() {
		return Ambiguous
	}
	if e.sure || said {
		return Transient
	}
	_, lasting := m.findAny(m.book.lasting)
	_, invalid := m.hasCode(invalidCodes)
	if lasting || invalid {
		return Ambiguous
	}
	return Transient
}

// outermost reports whether a service's own statement of a passing fault's code
// is the whole message: nothing but exceptions' names and what only passes messages
// on stands before it. What such a statement goes on to say is how the service
// explains that very code.
func (m *message) outermost() bool {
	for _, c := range m.codes {
		if c.sdk {
			return m.book.passes(c) && onlyPassedOn(m.text[:m.stated(c)])
		}
	}
	return false
}

// passes reports whether a rule for a passing fault names the code.
func (b *book) passes(c code) bool {
	for i := range b.passing {
		if b.passing[i].label == Transient && b.passing[i].names(c) {
			return true
		}
	}
	return false
}

// names reports whether the rule names the code, or knows it by its shape.
func (e *entry) names(c code) bool {
	if c.known {
		return contains(e.codes, c.name)
	}
	_, ok := findAny(c.name, e.like)
	return ok
}

// refusedBeside reports whether the message also holds a refusal which the rules
// for passing faults, tried first, did not come to: an exception of the
// language, a code for an invalid request, or the words of one.
func (m *message) refusedBeside() bool {
	if _, ok := m.hasCode(languageErrors); ok {
		return true
	}
	for i := range m.book.refused {
		if _, _, ok := m.book.refused[i].match(m); ok {
			return true
		}
	}
	return false
}

// apart reports whether two places of the text lie in different sentences, so
// that the words at one say nothing about those at the other.
func (m *message) apart(a, b int) bool {
	between := m.text[min(a, b):max(a, b)]
	return strings.Contains(between, ". ") || strings.Contains(between, sdkMarks[0])
}

// statusByLibrary reports whether an HTTP library's own exception, in its own
// sentence, carries one of the statuses: "HTTPError: 503 Server Error".
func (m *message) statusByLibrary(statuses []int) bool {
	at, ok := m.hasNumber(httpStatus, statuses)
	if !ok {
		return false
	}
	for _, c := range m.codes {
		if c.library && c.raises && at == c.end+len(": ") {
			return true
		}
	}
	return false
}

func (m *message) sdkSays(names []string) bool {
	for _, c := range m.codes {
		if (c.sdk || c.library) && contains(names, c.name) {
			return true
		}
	}
	return false
}

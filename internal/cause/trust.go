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
	if m.outermost(e.codes) || e.when != nil {
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

// outermost reports whether the AWS SDK's sentence with one of the codes is the
// whole message: nothing but exceptions' names and what only passes messages on
// stands before it. What such a sentence goes on to say is how the service
// explains that very code.
func (m *message) outermost(names []string) bool {
	for _, c := range m.codes {
		if c.sdk {
			return contains(names, c.name) && onlyPassedOn(m.text[:c.at])
		}
	}
	return false
}

// onlyPassedOn reports whether what stands before an SDK's code is its own
// sentence's start behind nothing, or behind names that end in a colon.
func onlyPassedOn(before string) bool {
	for _, mark := range sdkMarks {
		if head, ok := strings.CutSuffix(before, mark); ok {
			return !strings.Contains(strings.ReplaceAll(head, ": ", ":"), " ")
		}
	}
	return false
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

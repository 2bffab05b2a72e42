package cause

import (
	"slices"
	"sync"
)

// Rule is one line of judgement, for people to read.
type Rule struct {
	Name    string `json:"name"`
	Class   Class  `json:"class"`
	Label   Label  `json:"label"`   // what it says of a text that deserves trust
	Source  string `json:"source"`  // where the wording or its meaning is stated
	Example string `json:"example"` // a reason, or a job's state, that it matches
}

// Rules returns all rules in the order in which they are tried, and after them
// those on the state of a job.
func Rules() []Rule {
	var all []Rule
	for _, table := range tables {
		all = appendRules(all, table.rules)
	}
	return appendRules(all, states)
}

func appendRules(all []Rule, rules []rule) []Rule {
	for _, r := range rules {
		all = append(all, Rule{Name: r.name, Class: r.class, Label: r.label, Source: r.source, Example: r.example})
	}
	return all
}

// entry is a rule, made ready for matching.
type entry struct {
	*rule
	standing          standing
	says, and, unless []phrase
	like              []phrase
}

// book is everything that is made ready once.
type book struct {
	entries []entry
	passing []entry         // those that may say transient
	refused []entry         // those that read a refusal from weak evidence
	codes   map[string]bool // every code that a rule names
	lasting []phrase
	speaks  []phrase // userMarks
	quotas  []phrase // quotaMarks
}

// rulebook is made when the first text is read, not at start-up: a process
// that reads none does not pay for it.
var rulebook = sync.OnceValue(func() *book {
	b := &book{
		codes: map[string]bool{}, lasting: newPhrases(lastingWords), speaks: newPhrases(userMarks), quotas: newPhrases(quotaMarks),
	}
	for _, table := range tables {
		for i := range table.rules {
			e := newEntry(&table.rules[i], table.standing)
			b.entries = append(b.entries, e)
			if e.standing == passing {
				b.passing = append(b.passing, e)
			}
			if e.standing == weak && e.label == Permanent {
				b.refused = append(b.refused, e)
			}
			for _, c := range slices.Concat(e.codes, e.raised) {
				b.codes[c] = true
			}
		}
	}
	return b
})

func newEntry(r *rule, s standing) entry {
	return entry{
		rule: r, standing: s, like: newPhrases(r.like),
		says: newPhrases(r.says), and: newPhrases(r.and), unless: newPhrases(r.unless),
	}
}

// match reports whether the rule matches, where, and how firmly.
func (e *entry) match(m *message) (at int, firm Confidence, ok bool) {
	at, firm, ok = e.evidence(m)
	if !ok {
		return 0, "", false
	}
	if len(e.and) > 0 {
		if _, ok := m.findAny(e.and); !ok {
			return 0, "", false
		}
	}
	if veto, vetoed := m.findAny(e.unless); vetoed {
		m.doubted = m.doubted || e.label == Permanent && e.standing == certain && m.apart(at, veto)
		return 0, "", false
	}
	if e.calm && m.raised != nil && contains(languageErrors, m.raised.name) {
		return 0, "", false
	}
	if e.standing == weak {
		firm = Low
	}
	return at, firm, true
}

// evidence finds the first of the rule's codes, phrases, exception and shape.
func (e *entry) evidence(m *message) (at int, firm Confidence, ok bool) {
	if c, ok := m.hasCode(e.codes); ok {
		if c.sdk {
			return c.at, High, true
		}
		return c.at, m.firm(), true
	}
	if at, ok := e.number(m); ok {
		return at, m.firm(), true
	}
	if at, ok := m.findAny(e.says); ok {
		return at, Medium, true
	}
	if c, ok := m.likeCode(e.like); ok {
		return c.at, Medium, true
	}
	if m.raised != nil && contains(e.raised, m.raised.name) {
		return m.raised.at, High, true
	}
	if e.when != nil {
		at, ok := e.when(m)
		return at, High, ok
	}
	return 0, "", false
}

// number finds the first of the rule's numbers.
func (e *entry) number(m *message) (at int, ok bool) {
	for k, wanted := range [...][]int{httpStatus: e.http, exitStatus: e.exit, errno: e.errno} {
		if at, ok := m.hasNumber(kind(k), wanted); ok {
			return at, true
		}
	}
	return 0, false
}

// hasCode returns the first code of the message that is one of names, one in the
// SDK's own sentence before others.
func (m *message) hasCode(names []string) (code, bool) {
	if len(names) == 0 {
		return code{}, false
	}
	first, found := code{}, false
	for _, c := range m.codes {
		if !c.known || !contains(names, c.name) {
			continue
		}
		if c.sdk {
			return c, true
		}
		if !found {
			first, found = c, true
		}
	}
	return first, found
}

// likeCode returns the first code of the message that no rule names and that
// has one of the shapes.
func (m *message) likeCode(shapes []phrase) (code, bool) {
	if len(shapes) == 0 {
		return code{}, false
	}
	for _, c := range m.codes {
		if c.known || !c.fails {
			continue
		}
		if _, ok := findAny(c.name, shapes); ok {
			return c, true
		}
	}
	return code{}, false
}

// firm is how firm a code or number is: it proves less where the user's program
// printed it.
func (m *message) firm() Confidence {
	if m.user {
		return Medium
	}
	return High
}

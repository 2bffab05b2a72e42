package cause

import (
	"strings"
	"unicode/utf8"
)

// scarceBytes bounds Cause.Scarce, which becomes part of a key. Instance types and
// the names of quotas are shorter.
const scarceBytes = 100

// runsShort tells whether something ran short that others may need as well, and
// that comes back by itself.
func (c Cause) runsShort() bool {
	switch c.Class {
	case Capacity, QuotaContention, SpotInterruption:
		return c.Label == Transient
	}
	return false
}

// scarce names what ran short by what the message, read as c, says; "" where it
// does not. An instance type beside a quota that the text does not name, such as
// that of a service's runs at once, is not what ran short.
func (m *message) scarce(c Cause) string {
	switch {
	case !c.runsShort():
		return ""
	case c.Class == QuotaContention:
		return clipBytes(usedUp(m.quotas), scarceBytes)
	}
	return clipBytes(firstInstance(m.low), scarceBytes)
}

// orOf names the job's instance type as what ran short where the texts named
// nothing. Of a quota it says nothing: an instance type has several.
func (c Cause) orOf(j *Job) Cause {
	if c.Scarce == "" && c.runsShort() && c.Class != QuotaContention {
		text, _ := tidy(j.Instance)
		c.Scarce = clipBytes(lower(text), scarceBytes)
	}
	return c
}

// usedUp returns the name of the first quota that has no room for the request,
// of the first one where the numbers do not tell; "" if there is none.
func usedUp(all []quota) string {
	for _, q := range all {
		if q.limit >= 0 && q.used >= 0 && q.wanted > q.limit-q.used {
			return q.ownName()
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].ownName()
}

// ownName is the quota's name as Service Quotas has it, without "service limit"
// before it and the quotes around it.
func (q quota) ownName() string {
	_, name, _ := strings.Cut(q.name, " ") // "service", or what is left of it
	_, name, _ = strings.Cut(name, " ")    // "limit" or "quota"
	return strings.Trim(name, ` \'"`)
}

// firstInstance returns the first instance type in low, with "ml." before it
// where the text has that; "" if there is none.
func firstInstance(low string) string {
	for from := 0; ; {
		i := strings.IndexByte(low[from:], '.')
		if i < 0 {
			return ""
		}
		if start, end := instanceAround(low, from+i); start < end {
			return low[start:end]
		}
		from += i + 1
	}
}

// instanceAround returns where the instance type starts and ends whose family
// and size the dot at offset dot parts; two equal numbers where none does.
func instanceAround(low string, dot int) (start, end int) {
	start, end = dot, dot+1
	for start > 0 && dot-start <= longestPart && inPart(low[start-1]) {
		start--
	}
	for end < len(low) && end-dot <= longestPart && inPart(low[end]) {
		end++
	}
	if !isFamily(low[start:dot]) || !isSize(low[dot+1:end]) {
		return 0, 0
	}
	if before, ok := strings.CutSuffix(low[:start], "ml."); ok {
		start = len(before)
	}
	if start > 0 && goesOn(low[start-1]) || !endsAt(low[end:]) {
		return 0, 0
	}
	return start, end
}

// longestPart bounds a family or size, in bytes: "p6e-gb200", "metal-48xl".
const longestPart = 16

func inPart(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || c == '-' }

// goesOn reports whether what stands beside a character is part of the same
// name: a host, a path, an identifier.
func goesOn(c byte) bool { return isWord(c) || strings.IndexByte(".-/@#", c) >= 0 }

// endsAt reports whether a name ends before rest; a full stop may follow it.
func endsAt(rest string) bool {
	rest = strings.TrimPrefix(rest, ".")
	return rest == "" || !isWord(rest[0]) && rest[0] != '-'
}

// isFamily knows "g5", "p4d", "trn1n", "m7i-flex", "u-6tb1": letters, and a
// number among them (Amazon EC2 instance type naming conventions).
func isFamily(s string) bool {
	return s != "" && 'a' <= s[0] && s[0] <= 'z' && s[len(s)-1] != '-' && strings.ContainsAny(s, "0123456789")
}

// isSize knows "medium", "12xlarge", "metal" and "metal-24xl".
func isSize(s string) bool {
	switch number := strings.TrimSuffix(s, "xlarge"); {
	case number != s:
		return onlyDigits(number)
	case strings.HasPrefix(s, "metal-"):
		number = strings.TrimPrefix(s, "metal-")
		return strings.HasSuffix(number, "xl") && onlyDigits(strings.TrimSuffix(number, "xl"))
	}
	return contains([]string{"nano", "micro", "small", "medium", "large", "metal"}, s)
}

// onlyDigits reports whether s is digits and nothing else; "" is.
func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// clipBytes returns at most n bytes of s, whole characters.
func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " ")
}

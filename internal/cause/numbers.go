package cause

import "strings"

// kind says what a number in a message counts.
type kind uint8

const (
	noKind kind = iota
	httpStatus
	exitStatus
	errno
	signal
)

// stated is a number that the words around it give a meaning.
type stated struct {
	kind kind
	n    int
	at   int
}

// maxStated bounds how many numbers are kept.
const maxStated = 16

// announcers are the words before a number, and what they make of it. A number
// from 400 to 599 after a word that fits several is an HTTP status.
var announcers = []struct {
	words string
	kind  kind
}{
	{"non-zero code", exitStatus}, {"nonzero code", exitStatus}, {"clienterror", httpStatus}, {"errno", errno}, {"os error", errno}, {"signal", signal}, {"signals.sigkill", signal},
	{"exit code", exitStatus}, {"exit code is", exitStatus}, {"exitcode", exitStatus}, {"exit_code", exitStatus}, {"exit status", exitStatus},
	{"exit value", exitStatus}, {"exited with", exitStatus}, {"exited with code", exitStatus},
	{"exited with status", exitStatus}, {"return code", exitStatus}, {"returned", exitStatus}, {"code", httpStatus},
	{"statuscode", httpStatus}, {"status_code", httpStatus}, {"status", httpStatus}, {"http", httpStatus},
	{"http error", httpStatus}, {"httperror", httpStatus}, {"http/1.1", httpStatus}, {"http/1.0", httpStatus},
	{"http/2", httpStatus}, {"error", httpStatus}, {"response", httpStatus}, {"from algorithm", httpStatus}, {"from invoke", httpStatus},
}

// reasonPhrases are the words after an HTTP status (RFC 9110, section 15).
var reasonPhrases = []string{
	" client error", " server error", " bad request", " unauthorized", " forbidden", " not found", " request timeout",
	" conflict", " too many requests", " internal server error", " bad gateway", " service unavailable",
	" service temporarily unavailable", " gateway timeout", " gateway time-out", " slow down",
}

// readNumbers finds the numbers of up to three digits that mean something.
func readNumbers(low string) []stated {
	var all []stated
	for i := 0; i < len(low) && len(all) < maxStated; {
		if !isWord(low[i]) {
			i++
			continue
		}
		end := wordEnd(low, i)
		if n := leadingInt(low[i:end]); n >= 0 && end-i <= 3 && isDigits(low[i:end]) {
			if k := kindOf(low, i, end, n); k != noKind {
				if k == signal || k == exitStatus && i > 0 && low[i-1] == '-' {
					k, n = exitStatus, n+128 // as a shell reports it
				}
				all = append(all, stated{kind: k, n: n, at: i})
			}
		}
		i = end
	}
	return all
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// kindOf reads what stands around the number low[i:end].
func kindOf(low string, i, end, n int) kind {
	isHTTP := n >= 400 && n <= 599
	if n < 10 && i > 0 && low[i-1] == '-' && strings.HasSuffix(low[:i-1], "errno ") {
		return noKind // getaddrinfo's numbers, not errno's
	}
	if isHTTP && (i == 0 && alone(low[end:]) || i > 0 && low[i-1] == '(' && strings.HasPrefix(low[end:], ")")) {
		return httpStatus
	}
	before := strings.TrimRight(low[max(0, i-24):i], " :=([{'\"-#")
	for _, a := range announcers {
		if !strings.HasSuffix(before, a.words) || !bounded(before, len(before)-len(a.words)) {
			continue
		}
		switch {
		case !isHTTP && a.kind != httpStatus:
			return a.kind
		case isHTTP && (a.kind == httpStatus && a.words != "error" || alone(low[end:])):
			return httpStatus // an exit status ends at 255: "returned 503"
		}
	}
	if isHTTP && reasoned(low[end:]) {
		return httpStatus
	}
	return noKind
}

// alone reports whether what follows a number is not a thing that it counts:
// "500 rows".
func alone(rest string) bool {
	return len(rest) < 2 || rest[0] != ' ' || !isWord(rest[1]) || reasoned(rest)
}

// reasoned reports whether a status's own words follow it.
func reasoned(rest string) bool {
	rest = strings.TrimPrefix(rest, ":")
	for _, p := range reasonPhrases {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	return false
}

// hasNumber returns where the first number of the kind that is one of wanted
// stands.
func (m *message) hasNumber(k kind, wanted []int) (int, bool) {
	if len(wanted) == 0 {
		return 0, false
	}
	for _, s := range m.numbers {
		if s.kind != k {
			continue
		}
		for _, n := range wanted {
			if s.n == n {
				return s.at, true
			}
		}
	}
	return 0, false
}

package cause

import (
	"bytes"
	"strings"
)

// normalizer writes a text's normal form: what is the same each time that the
// same thing goes wrong. It reads every byte at most a few times.
type normalizer struct {
	out  []byte
	last string // the word before: "code" makes the number after it matter
}

// normalize reads tidy text in lower case, and stops when it has most bytes.
func normalize(text string, most int) string {
	n := normalizer{out: make([]byte, 0, min(len(text), most)+16)}
	for i := 0; i < len(text) && len(n.out) < most; {
		end := i
		for end < len(text) && text[end] != ' ' {
			end++
		}
		n.token(text[i:end])
		n.out = append(n.out, ' ')
		i = end + 1
	}
	out := strings.ToValidUTF8(string(n.out[:min(len(n.out), most)]), "")
	return strings.Trim(out, " .,;:\"'")
}

// named are tokens that are names from end to end, by what they hold, and what
// is written for them.
var named = [...]struct{ mark, as string }{
	{"arn:aws", "<arn>"}, {"://", "<url>"},
	{"pipelines-", "<job>"}, // "pipelines-<execution>-<step>-<random>": the jobs of Pipelines' steps
}

// token writes what stands between two spaces.
func (n *normalizer) token(token string) {
	for _, name := range named {
		if strings.Contains(token, name.mark) {
			n.out = append(append(n.out, token[:skipPunct(token)]...), name.as...)
			n.last = name.as
			return
		}
	}
	for i := 0; i < len(token); {
		if !isWord(token[i]) {
			n.out = append(n.out, token[i])
			i++
			continue
		}
		i += n.word(token, i)
	}
}

// word writes the word at offset i of token and returns how much it took.
func (n *normalizer) word(token string, i int) int {
	word := token[i:wordEnd(token, i)]
	taken := len(word)
	switch {
	case n.identified():
		taken = len(token) - i // request and host ids are not always words
		n.number()
	case uuidAt(token[i:]):
		taken = uuidLen
		n.number()
	case n.isStatus(token, i, word):
		n.out = append(n.out, word...)
	case isNumber(word), isID(word):
		n.number()
	default:
		n.out = append(n.out, word...)
	}
	n.last = word
	return taken
}

// number writes "#", and one only for a chain of numbers: a time, a version, a
// tensor's shape.
func (n *normalizer) number() {
	k := len(n.out)
	for k > 0 && n.out[k-1] == ' ' {
		k--
	}
	if k >= 2 && n.out[k-2] == '#' && strings.IndexByte("-.:,/+_", n.out[k-1]) >= 0 {
		n.out = n.out[:k-2]
	}
	n.out = append(n.out, '#')
}

// identified reports whether what was just written announces an identifier:
// "request id: ".
func (n *normalizer) identified() bool {
	switch n.last {
	case "id", "requestid", "request_id", "hostid":
		out := bytes.TrimRight(n.out, " \"'")
		return len(out) > 0 && (out[len(out)-1] == ':' || out[len(out)-1] == '=')
	}
	return false
}

// isStatus reports whether the number at offset i of token says what went
// wrong: an exit code, an HTTP status, an errno.
func (n *normalizer) isStatus(token string, i int, word string) bool {
	if len(word) > 3 || !isNumber(word) || leadingInt(word) < 0 {
		return false
	}
	switch n.last {
	case "code", "exitcode", "exit_code", "status", "http", "errno", "error", "signal", "returned":
		return true
	}
	return len(word) == 3 && i > 0 && token[i-1] == '(' && strings.HasPrefix(token[i+3:], ")")
}

// isNumber reports whether a word is a number, with or without a unit of at most
// three letters, or a part of a time ("01t10").
func isNumber(word string) bool {
	digits, letters := 0, 0
	for i := 0; i < len(word); i++ {
		if '0' <= word[i] && word[i] <= '9' || word[i] == '_' {
			digits++
		} else {
			letters++
		}
	}
	if digits == 0 || word[0] < '0' || word[0] > '9' {
		return false
	}
	return letters <= 3 && !strings.HasSuffix(word, "xx") && !strings.HasSuffix(word, "xl") || strings.HasPrefix(word, "0x")
}

// isID reports whether a word was made by a machine: a hash, a random name, one
// with a long number in it.
func isID(word string) bool {
	digits, run, longest, changes, hex := 0, 0, 0, 0, true
	for i := 0; i < len(word); i++ {
		digit := '0' <= word[i] && word[i] <= '9'
		if digit {
			digits++
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
		if i > 0 && digit != ('0' <= word[i-1] && word[i-1] <= '9') {
			changes++
		}
		hex = hex && (digit || 'a' <= word[i] && word[i] <= 'f')
	}
	return longest >= 5 || hex && digits >= 2 && len(word) >= 6 || changes >= 3 && len(word) >= 8
}

const uuidLen = 36

// uuidAt reports whether s starts with 8-4-4-4-12 hexadecimal digits.
func uuidAt(s string) bool {
	if len(s) < uuidLen {
		return false
	}
	for i := 0; i < uuidLen; i++ {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func skipPunct(s string) int {
	for i := 0; i < len(s); i++ {
		if isWord(s[i]) {
			return i
		}
	}
	return len(s)
}

package cause

import "strings"

// code is an error code or exception name in a message.
type code struct {
	name    string // lower case, without package path and the suffix Exception or Fault
	end     int
	at      int
	raises  bool // a colon follows, as after an exception that was raised
	known   bool // a rule names it
	fails   bool // its name or place says that it is an error's
	sdk     bool // a service stated it: in the AWS SDK's sentence, or in the body of an answer
	library bool // it is a connection library's own exception
}

// maxCodes bounds how many codes are kept; the last ones matter most, since a
// traceback ends with what was raised.
const maxCodes = 32

// raiseMarks stand before an exception's name where a runtime wraps it in JSON.
var raiseMarks = []string{`"errorType": "`, `"errorType":"`, `\"errorType\": \"`, `errorType=`}

// libraries are the packages whose exceptions about connections are believed
// even where the user's code printed them: nothing else raises them.
var libraries = []string{
	"urllib3.exceptions.", "requests.exceptions.", "botocore.exceptions.", "http.client.", "httpx.",
	"aiohttp.client_exceptions.", "httpcore.", "botocore.errorfactory.", "google.api_core.exceptions.", "openai.",
	"huggingface_hub.errors.", "huggingface_hub.utils._errors.",
}

// passers raise on behalf of something else and so are never what went wrong.
var passers = []string{"clienterror", "algorithmerror", "executeuserscripterror", "unexpectedstatus", "calledprocesserror"}

// readCodes finds the identifiers that are written like codes: with an inner
// capital (NoSuchKey) or in capitals with underscores (INTERNAL_ERROR).
func readCodes(text string) []code {
	var codes []code
	for i := 0; i < len(text); {
		if !isWord(text[i]) {
			i++
			continue
		}
		end := wordEnd(text, i)
		if looksLikeCode(text[i:end]) || namedBySDK(text, i, end) {
			codes = append(codes, newCode(text, i, end))
		}
		i = end
	}
	if len(codes) > maxCodes {
		codes = append(codes[:maxCodes/2:maxCodes/2], codes[len(codes)-maxCodes/2:]...)
	}
	return codes
}

// namedBySDK reports whether a word with no inner capital stands where the SDK
// writes a code: "An error occurred (Throttling)".
func namedBySDK(text string, i, end int) bool {
	return end-i >= 5 && 'A' <= text[i] && text[i] <= 'Z' && end < len(text) && strings.IndexByte(`)"'\\<;`, text[end]) >= 0 && saidBySDK(text[:i])
}

func wordEnd(s string, i int) int {
	for i < len(s) && isWord(s[i]) {
		i++
	}
	return i
}

func newCode(text string, start, end int) code {
	name := lower(text[start:end])
	if short := strings.TrimSuffix(strings.TrimSuffix(name, "exception"), "fault"); short != "" {
		name = short
	}
	c := code{name: name, at: start, end: end, known: rulebook().codes[name], raises: end == len(text) || text[end] == ':'}
	before := text[:start]
	c.sdk = saidBySDK(before)
	c.library = endsInAny(before, libraries)
	c.raises = c.raises || endsInAny(before, raiseMarks)
	c.fails = c.sdk || c.raises || len(name) != end-start || isException(name)
	return c
}

func endsInAny(s string, ends []string) bool {
	for _, end := range ends {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// longestCode is longer than any code that a rule names.
const longestCode = 64

func looksLikeCode(word string) bool {
	if len(word) < 5 || len(word) > longestCode {
		return false
	}
	inner, underscore, small := false, false, false
	for i := 0; i < len(word); i++ {
		c := word[i]
		inner = inner || i > 0 && 'A' <= c && c <= 'Z'
		underscore = underscore || c == '_'
		small = small || 'a' <= c && c <= 'z'
	}
	return inner && (small || underscore)
}

// lastRaised returns the last exception with a colon behind it that is not a
// passer.
func lastRaised(codes []code) *code {
	for i := len(codes) - 1; i >= 0; i-- {
		c := &codes[i]
		if c.raises && isException(c.name) && !contains(passers, c.name) {
			return c
		}
	}
	return nil
}

// isException reports whether a code is an exception's name. The suffix
// Exception is off already.
func isException(name string) bool {
	return strings.HasSuffix(name, "error") || strings.HasSuffix(name, "interrupt") || strings.HasSuffix(name, "exit")
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

package cause

import "strings"

// maxPeel bounds how many wrappers are taken off: each names another layer that
// only passed the message on, and real ones have at most four.
const maxPeel = 12

// wrappers are prefixes, before a colon, which say nothing about the cause.
// "ClientError" is put before permission errors, quotas and internal failures
// alike.
var wrappers = []string{
	"clienterror", "botocore.exceptions.clienterror", "unexpectedstatusexception",
	"sagemaker.exceptions.unexpectedstatusexception", "error", "exception", "failed", "fatal",
	"algorithmerror", "algorithm error", "executeuserscripterror", "failure reason", "failed reason", "failed. reason", "failurereason", "reason",
}

// sentences are wrappers that hold names the user chose: how they begin, and
// the words they end with.
var sentences = [...]struct{ begin, end string }{
	{"error for ", "failed. reason:"},
	{"error for ", "failed reason:"},
	{"valueerror: error for ", "reason:"},
	{"error hosting ", "failed. reason:"},
	{"error creating ", "failed. reason:"},
	{"failed to invoke sagemaker:", "error details:"},
	{"encountered unexpected failed state ", "failure reason:"},
	{"failedstatuserror: encountered ", "failure reason:"},
	{"received status from sagemaker:", "sagemaker:"},
}

// longestSentence bounds such a wrapper, in bytes; job and endpoint names have
// at most 63 characters.
const longestSentence = 300

// peel takes wrappers off until none is left, noting what they say about the
// speaker. What is left is the innermost message.
func (m *message) peel() {
	low := lower(m.text)
	from := 0
	for range maxPeel {
		n := wrapperLen(low[from:])
		if n == 0 {
			break
		}
		m.note(low[from : from+n])
		from += n
	}
	m.text = strings.TrimLeft(m.text[from:], " ")
}

// note keeps what a wrapper that is about to go says about who speaks.
func (m *message) note(wrapper string) {
	m.user = m.user || strings.Contains(wrapper, "algorithm") || strings.Contains(wrapper, "executeuserscripterror")
	m.client = m.client || strings.Contains(wrapper, "clienterror")
	m.refused = m.refused || strings.Contains(wrapper, "failed to invoke sagemaker:create")
}

// wrapperLen returns the length of the wrapper at the start of low with the
// spaces after it, 0 if there is none.
func wrapperLen(low string) int {
	head := low[:min(len(low), longestSentence)]
	for _, s := range sentences {
		if !strings.HasPrefix(head, s.begin) {
			continue
		}
		if i := strings.Index(head, s.end); i >= 0 {
			return skipSpaces(low, i+len(s.end))
		}
	}
	name, _, ok := strings.Cut(head, ":")
	if !ok {
		return 0
	}
	for _, w := range wrappers {
		if strings.Trim(name, " (\"'") == w {
			return skipSpaces(low, len(name)+1)
		}
	}
	return 0
}

func skipSpaces(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// mask blanks out what users name freely, so that a bucket called
// "no-space-left" or an argument "--on-error=timed out" is no evidence: ARNs,
// URLs, command lines and the file names of tracebacks. The length stays.
func mask(text string) string {
	b := []byte(text)
	for i := 0; i < len(b); {
		end := tokenEnd(b, i)
		switch token := string(b[i:end]); {
		case strings.Contains(token, "://"), strings.Contains(token, "arn:aws"):
			blank(b[i+localHost(token) : end])
			keepStorage(b[i:end], token)
		case token == "Command" || token == "File":
			end = blankQuoted(b, end)
		}
		i = end + 1
	}
	return string(b)
}

// localHost returns how much of the start of token goes up to and with a URL's
// host, where that is the machine itself; 0 where it is another.
func localHost(token string) int {
	for _, host := range [...]string{"://localhost", "://127.0.0.1", "://0.0.0.0", "://[::1]"} {
		if i := strings.Index(token, host); i >= 0 {
			return i + len(host)
		}
	}
	return 0
}

// keepStorage writes back that a URL's host is Amazon S3.
func keepStorage(b []byte, token string) {
	for _, host := range [...]string{"//s3.", ".s3."} {
		if i := strings.Index(token, host); i >= 0 {
			copy(b[i:], host)
		}
	}
}

func tokenEnd(b []byte, i int) int {
	for i < len(b) && b[i] != ' ' {
		i++
	}
	return i
}

// blankQuoted blanks the double-quoted string that starts after offset i, or
// everything up to the end where it is not closed, and returns where it ends.
func blankQuoted(b []byte, i int) int {
	if i+1 >= len(b) || b[i+1] != '"' {
		return i
	}
	end := i + 2
	for end < len(b) && b[end] != '"' {
		end++
	}
	blank(b[i+2 : end])
	return end
}

// blank overwrites letters and digits; punctuation stays, so that a sentence
// around a name keeps its shape.
func blank(b []byte) {
	for i, c := range b {
		if isWord(c) {
			b[i] = '#'
		}
	}
}

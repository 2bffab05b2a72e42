package explain

import (
	"strings"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// maxScope bounds a scope that is shown, in characters.
const maxScope = 300

// HoldInWords is the scope of a hold for people, as a heading or a column has it.
func HoldInWords(scope string) string {
	kind, name, _ := strings.Cut(plaintext.Line(scope, maxScope), " ")
	switch kind {
	case retry.HoldOfAll:
		return "everything"
	case "account":
		number, region, _ := strings.Cut(name, " ")
		return "account " + number + " in " + region
	case "class":
		return "failures of class " + name
	}
	return kind + " " + name
}

// holdInWords is the same as a sentence has it.
func holdInWords(scope string) string {
	words := HoldInWords(scope)
	if kind, _, _ := strings.Cut(scope, " "); kind == retry.HoldOfAll || kind == "class" {
		return words
	}
	return "the " + words
}

// there has the commands that a text tells to run act on the deployment that was
// asked. They stand between backquotes.
func (s Setting) there(text string) string {
	parts := strings.Split(text, "`")
	for i, part := range parts {
		if i%2 == 1 && strings.HasPrefix(part, "mulligan ") {
			parts[i] += s.At
		}
	}
	return strings.Join(parts, "`")
}

// releases is what a person types to end a hold.
func releases(scope string) string {
	kind, name, _ := strings.Cut(plaintext.Line(scope, maxScope), " ")
	switch kind {
	case retry.HoldOfAll:
		return "mulligan release --all"
	case "account":
		return "mulligan release"
	default:
		return "mulligan release --" + kind + " " + name
	}
}

// BreakerInWords is the scope of a breaker for people: what its executions wait
// for, on one line of bounded length.
func BreakerInWords(scope string) string {
	kind, name, _ := strings.Cut(plaintext.Line(scope, maxScope), " ")
	switch {
	case scope == retry.CallScope:
		return "RetryPipelineExecution itself"
	case kind == "scarce":
		return name + foundScarce
	case kind == "fingerprint":
		return "failures with the fingerprint " + name
	case kind == "class":
		return "failures of class " + name
	default:
		return kind + " " + name
	}
}

const foundScarce = ", found scarce"

// scopeOf is the scope of the breaker before which a line stands.
func scopeOf(line string) (string, bool) { return strings.CutPrefix(line, retry.BreakerLine("")) }

// forInWords is what a failure waits for, which is the key of a line or the scope
// of a hold.
func forInWords(key string, buckets []retry.Bucket) string {
	if scope, ok := scopeOf(key); ok {
		return BreakerInWords(scope)
	}
	for _, b := range buckets {
		if b.Key == key {
			return "a unit of the budget of the " + b.Name
		}
	}
	if strings.HasPrefix(key, "budget#") { // of another policy
		return "a unit of a shared budget"
	}
	return "the end of the hold on " + holdInWords(key)
}

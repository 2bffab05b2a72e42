package cause

import "strings"

// message is one reason, taken apart.
type message struct {
	text     string // tidy, without wrappers and the retry policy's sentence
	low      string // text in lower case, user-given names blanked; same offsets
	stepType string
	codes    []code // error codes and exception names, in order
	raised   *code  // the exception raised last; nil if none is seen
	user     bool   // the user's own code speaks, not the service
	client   bool   // SageMaker or an algorithm blames the request ("ClientError:")
	refused  bool   // the step's create call was refused: no job ever ran
	cut      bool   // the text was too long to be read whole
	doubted  bool   // a lasting rule gave way to words that stand in another sentence
	policy   string // the exception type that the retry policy named, lower case
	numbers  []stated
	quotas   []quota
	quotaAt  int
	long     bool  // the reason may have been cut by the service
	grams    grams // of low
	book     *book
}

// retrySentence starts the sentence that Pipelines appends where the step has
// no retry policy for what happened.
const retrySentence = "retry not appropriate on execution of step"

func open(reason, stepType string) *message {
	text, cut := tidy(reason)
	m := &message{text: text, stepType: stepType, cut: cut, book: rulebook()}
	m.cutPolicy()
	m.long = len(reason)-(len(text)-len(m.text)) >= longReason
	m.peel()
	masked := mask(m.text)
	m.low = lower(masked)
	m.grams.add(m.low)
	m.user = m.user || m.userSpeaks()
	m.codes = readCodes(masked)
	m.raised = lastRaised(m.codes)
	m.numbers = readNumbers(m.low)
	m.quotas, m.quotaAt = readQuotas(m.low)
	return m
}

// cutPolicy cuts the retry policy's sentence off and keeps its exception type.
// The type is weak evidence: SAGEMAKER_RESOURCE_LIMIT also stands under quotas
// of zero and under instance types that a Region does not offer.
func (m *message) cutPolicy() {
	low := lower(m.text)
	at := strings.Index(low, retrySentence)
	if at < 0 {
		return
	}
	end := len(low)
	if before, after, ok := strings.Cut(low[at:], "exception type "); ok {
		name, _, _ := strings.Cut(after, " ")
		m.policy = strings.Trim(name, ".,;'\"")
		end = at + len(before) + len("exception type ") + len(name)
	}
	// What follows the sentence, which should be nothing, still counts.
	m.text = strings.TrimSpace(m.text[:at] + m.text[end:])
}

// evidence shows the words around offset at, or the whole text's start where
// the match has no place.
func (m *message) evidence(at int) string {
	if m.text == "" {
		return ""
	}
	return window(m.text, at)
}

// userMarks are what the SageMaker toolkits and Python write around the output
// of user code.
var userMarks = []string{
	"algorithmerror", "algorithm error", "executeuserscripterror", "traceback (most recent call last)",
	"framework error",
	"exit code", "exitcode", "exit status", "errormessage", "exception during training",
}

func (m *message) userSpeaks() bool {
	_, ok := m.findAny(m.book.speaks)
	return ok
}

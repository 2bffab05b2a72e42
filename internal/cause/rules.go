package cause

// rule is one line of judgement. All conditions that are given must hold:
// one of codes, like, http, exit, errno, says, raised or when, one of and, none of unless.
// Phrases are written as find explains, codes as they stand in code.name.
type rule struct {
	name  string
	class Class
	label Label
	sure  bool // lasting words beside it cast no doubt

	codes  []string                   // one of these error codes stands in the message
	like   []string                   // a code that no rule names has one of these in its name; as says
	http   []int                      // one of these HTTP statuses does
	exit   []int                      // one of these exit codes does
	errno  []int                      // one of these error numbers does
	says   []string                   // one of these phrases does
	raised []string                   // this exception was raised last
	when   func(*message) (int, bool) // the message has this shape
	and    []string                   // and one of these phrases does
	unless []string                   // and none of these
	calm   bool                       // and no exception of the language was raised

	source  string // where the wording or its meaning is stated
	example string // a reason that this rule, and none before it, matches
}

// tables are the rules in the order in which they are tried; doc.go says why it
// is this order.
var tables = [...][]rule{
	toldApart, refusals, exhausted, absent, userFaults, doubtful, shapes, passing, bare,
}

// lastingWords cast doubt on a transient rule, unless arithmetic or the SDK's own
// sentence backs it: they are the subjects of faults that stay.
var lastingWords = []string{
	"invalid", "unsupported", "not supported", "not allowed", "not enabled", "must", "mismatch", "incompatible",
	"missing", "not found", "is empty", "wrong",
	"import", "column~", "schema", "label", "labels", "hyperparameter~", "argument~", "configured", "batch size",
	"learning rate", "memory", "disk", "volume", "storage",
	"billing", "payment", "suspended", "disabled", "bid price", "404", "rejected", "deprecated",
	"deleted", "expired",
}

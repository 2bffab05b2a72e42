package cause

// rule is one line of judgement. All conditions that are given must hold:
// one of codes, like, http, exit, errno, says, raised or when, one of and, none of unless.
// Phrases are written as phrase explains, codes as they stand in code.name.
type rule struct {
	name  string
	class Class
	label Label
	sure  bool // lasting words beside it cast no doubt
	own   bool // no program makes these words up: believed where the user's code printed them

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

// standing is what a table's rules have in common.
type standing uint8

const (
	certain  standing = iota
	doubtful          // a passing fault's own code beats their words
	passing           // those that may say transient
	weak              // they read the shell of a message alone
)

// tables are the rules in the order in which they are tried; doc.go says why it
// is this order.
var tables = [...]struct {
	standing standing
	rules    []rule
}{
	{certain, toldApart}, {certain, documented}, {certain, refusals}, {certain, exhausted}, {certain, absent}, {certain, userFaults},
	{doubtful, unclear}, {doubtful, opaque}, {certain, shapes}, {passing, passingSentences}, {passing, shortages}, {passing, faults}, {passing, connections},
	{weak, shells}, {weak, subjects},
}

// lastingWords cast doubt on a transient rule, unless arithmetic or the SDK's own
// sentence backs it: they are the subjects of faults that stay.
var lastingWords = []string{
	"invalid", "unsupported", "not supported", "isn't supported", "doesn't support", "isn't allowed", "isn't available in", "not allowed", "not enabled", "must", "mismatch", "incompatible",
	"missing", "not found", "is empty", "wrong",
	"import", "column~", "schema", "label", "labels", "hyperparameter~", "argument~", "configured", "batch size",
	"learning rate", "memory", "disk", "volume", "storage",
	"billing", "payment", "suspended", "disabled", "bid price", "spot price", "404", "rejected", "deprecated",
	"deleted", "has expired", "have expired", "is expired", "was expired", "permanent~", "upgrade your", "not purchased", "end of life", "incorrect", "script", "simulated",
	"no longer support~", "no longer accept~", "no longer exist~", "no longer valid", "no longer offer~", "not offered", "isn't offered", "discontinued", "in this region", "in your region", "request access",
	"security group~", "route", "nat gateway", "violated", "rollback", "rolled back", "fix", "your data", "your code",
	"purchase", "license", "endpoint policy", "free tier", "free trial", "trial expired", "trial has", "trial period", "removed", "read-only", "isolation", "verification", "buffer", "nan", "requires", "duplicate", "only one of", "by configuration", "leaked", "corrupt~", "syntax", "not installed", "too small", "too large",
}

package ledger

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// policyPK is the partition of everything about the policy.
const policyPK = "policy"

// Its sort keys.
const (
	currentSK = "current"
	revSK     = "rev#"  // and the rev
	hashSK    = "hash#" // and the hash
)

// Its attributes, beside rev.
const (
	attrHash   = "hash"
	attrBody   = "body"
	attrBefore = "before"
	attrSource = "source"
	attrAt     = "at"
	attrAuthor = "author"
	attrNote   = "note"
)

// maxFault bounds what is said of a policy that cannot be read, in characters.
const maxFault = 200

func policyKey(sk string) item { return item{attrPK: text(policyPK), attrSK: text(sk)} }

// readPolicy reads the policy that was applied last. What is wrong with it is
// its Fault and no error: nobody's failure may wait for a person to mend the
// policy while an earlier one can be read. Beside a fault, whatever can be read
// is kept, except for the body, which must not come into force.
func readPolicy(it item) retry.Stored {
	if len(it) == 0 {
		return retry.Stored{}
	}
	r := reading{it: it}
	r.schema()
	s := retry.Stored{Rev: r.rev(), Hash: r.text(attrHash), Body: r.text(attrBody), Before: r.optional(attrBefore)}
	if (s.Hash == "") != (s.Body == "") {
		r.wrong("expected a hash and a body or neither, got %d and %d bytes", len(s.Hash), len(s.Body))
	}
	if s.Fault = r.fault; s.Fault != "" {
		s.Body = ""
	}
	return s
}

// reading reads attributes and keeps the first that is wrong.
type reading struct {
	it    item
	fault string // one bounded line
}

func (r *reading) wrong(format string, arguments ...any) {
	if r.fault == "" {
		r.fault = plaintext.Line(fmt.Sprintf(format, arguments...), maxFault)
	}
}

func (r *reading) schema() {
	if err := ofSchema(r.it); err != nil {
		r.wrong("%v", err)
	}
}

func (r *reading) text(name string) string {
	s, ok := r.it[name].(*types.AttributeValueMemberS)
	if !ok {
		r.wrong("expected its %s as text, got %s", name, got(r.it[name]))
		return ""
	}
	return s.Value
}

func (r *reading) optional(name string) string {
	if r.it[name] == nil {
		return ""
	}
	return r.text(name)
}

// rev counts from 1.
func (r *reading) rev() int {
	n, ok := r.it[attrRev].(*types.AttributeValueMemberN)
	if !ok {
		r.wrong("expected its rev as a number, got %s", got(r.it[attrRev]))
		return 0
	}
	rev, err := strconv.Atoi(n.Value)
	if err != nil || rev < 1 {
		r.wrong("expected its rev as a whole number from 1, got %s", n.Value)
		return 0
	}
	return rev
}

// got says in a word that an attribute is not what was expected.
func got(value types.AttributeValue) string {
	if value == nil {
		return "none"
	}
	return "something else"
}

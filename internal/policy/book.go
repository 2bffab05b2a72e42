package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// MaxBody bounds a compiled policy, in bytes: it is read with every failure.
const MaxBody = 16 << 10

// maxProblem bounds what is told of a policy that cannot be taken, in characters:
// it stands in every record and log line until that is mended.
const maxProblem = 300

// Book knows the policy in force. It implements retry.Rulebook. Make one with
// NewBook; it may be used concurrently.
type Book struct {
	set Settings

	mu      sync.Mutex
	inForce Policy // the last good one
	read    bool   // whether it is from a ledger that was read, or only the built-in one to begin with
	problem string
}

// NewBook makes a book that knows the built-in policy until the ledger was read.
// It makes the reading of causes ready too, while the function starts.
func NewBook(s Settings) *Book {
	cause.Ready()
	return &Book{set: s, inForce: New(s)}
}

// Terms implements retry.Rulebook. What is not whole, or from a newer version,
// leaves the last good policy in force: the one that was in force before it, as
// the ledger has it, else the one that this book knew. Without either it is an
// error.
func (b *Book) Terms(arn retry.ExecutionARN, stored *retry.Stored) (retry.Terms, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if stored != nil {
		if err := b.learn(*stored); err != nil {
			return retry.Terms{}, err
		}
	}
	terms := b.inForce.TermsFor(arn)
	terms.Problem = b.problem
	return terms, nil
}

func (b *Book) learn(s retry.Stored) error {
	current, err := b.current(s)
	if err == nil {
		b.inForce, b.read, b.problem = current, true, ""
		return nil
	}
	told := plaintext.Line(err.Error(), maxProblem)
	before, err := b.before(s)
	switch {
	case err == nil:
		b.inForce, b.read = before, true
	case !b.read:
		return fmt.Errorf("the policy that was applied last cannot be read (%s), and neither can the one before it: apply one that can", told)
	}
	b.problem = told + "; " + b.inForce.version + " stays in force"
	return nil
}

// current is the policy that stands in the ledger.
func (b *Book) current(s retry.Stored) (Policy, error) {
	switch {
	case s.None():
		return New(b.set), nil
	case s.Fault != "":
		return Policy{}, errors.New(s.Fault)
	default:
		return b.compiled(s.Body, s.Hash)
	}
}

// before is the policy that was in force before that: the built-in one, where
// the item is sound and names none.
func (b *Book) before(s retry.Stored) (Policy, error) {
	switch {
	case s.Before != "":
		return b.compiled(s.Before, hashOf(s.Before))
	case s.Fault == "":
		return New(b.set), nil
	default:
		return Policy{}, errors.New("none is known")
	}
}

// compiled is the known policy if it is that, so that it is read once only.
func (b *Book) compiled(body, hash string) (Policy, error) {
	if b.inForce.hash == hash && hashOf(body) == hash {
		return b.inForce, nil
	}
	doc, err := Decode(body, hash)
	if err != nil {
		return Policy{}, err
	}
	return NewFrom(b.set, doc, hash), nil
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// Decode reads a compiled policy: whole, as its hash says, and of a version that
// this build knows.
func Decode(body, hash string) (*Document, error) {
	switch {
	case len(body) > MaxBody:
		return nil, fmt.Errorf("policy %.12s has %d bytes, at most %d can be", hash, len(body), MaxBody)
	case hashOf(body) != hash:
		return nil, fmt.Errorf("policy %.12s is not whole: its content has another hash", hash)
	}
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal([]byte(body), &head); err != nil {
		return nil, fmt.Errorf("policy %.12s is not whole: %w", hash, err)
	}
	if head.Schema != Schema {
		return nil, fmt.Errorf("policy %.12s is of version %d, this build reads %d", hash, head.Schema, Schema)
	}
	d := &Document{}
	strict := json.NewDecoder(strings.NewReader(body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(d); err != nil {
		return nil, fmt.Errorf("policy %.12s is not whole: %w", hash, err)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("policy %.12s: %w", hash, err)
	}
	return d, nil
}

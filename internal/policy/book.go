package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"mulligan/internal/retry"
)

// MaxBody bounds a compiled policy, in bytes: it is read with every failure.
const MaxBody = 16 << 10

// Book knows the policy in force. It implements retry.Rulebook. Make one with
// NewBook; it may be used concurrently.
type Book struct {
	set Settings

	mu      sync.Mutex
	inForce Policy // the last good one
	stored  bool   // it came from the ledger, or the ledger said that there is none
	problem string
}

// NewBook makes a book that knows the built-in policy until the ledger was read.
func NewBook(s Settings) *Book { return &Book{set: s, inForce: New(s)} }

// Terms implements retry.Rulebook. What is not whole, or from a newer version,
// leaves the last good policy in force: the one that this book knew, else the one
// that stood in the ledger before. Without either it is an error.
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
	current, err := b.compile(s)
	if err == nil {
		b.inForce, b.stored, b.problem = current, true, ""
		return nil
	}
	if !b.stored {
		before, errBefore := b.compiled(s.Before, hashOf(s.Before))
		if s.Before == "" || errBefore != nil {
			return fmt.Errorf("the policy that was applied last cannot be read (%w), and neither can one before it: apply one that can", err)
		}
		b.inForce, b.stored = before, true
	}
	b.problem = err.Error() + "; " + b.inForce.version + " stays in force"
	return nil
}

// compile is the policy that stands in the ledger, the known one if it is that.
func (b *Book) compile(s retry.Stored) (Policy, error) {
	switch {
	case s.Fault != "":
		return Policy{}, errors.New(s.Fault)
	case s.Hash == "" && s.Body == "":
		return New(b.set), nil
	default:
		return b.compiled(s.Body, s.Hash)
	}
}

func (b *Book) compiled(body, hash string) (Policy, error) {
	if b.stored && b.inForce.version == NewFrom(b.set, nil, hash).version && hashOf(body) == hash {
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

package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"mulligan/internal/plaintext"
	"mulligan/internal/policy"
)

// The most that is kept of a policy, in bytes. The function reads body and
// before with every decision, and pays a read unit for each 4 KB of it; DynamoDB
// takes no item over 400 KB.
const (
	MaxBody   = policy.MaxBody
	MaxSource = 64 << 10
	MaxAuthor = 256
	MaxNote   = 1 << 10
)

// Version is a policy as it was applied once. One without Hash and Body says
// that the built-in policy was put back in force.
type Version struct {
	Rev    int       // counts the applied ones, from 1; 0: none was
	Hash   string    // lower-hex SHA-256 of Body
	Body   string    // the policy, compiled
	Source string    // the same as it was written; "" if it is not known
	Before string    // Body of the policy in force before it; "" if that was the built-in one
	Author string    // who applied it
	Note   string    // and why
	At     time.Time // and when

	// Fault says on one line why what is stored cannot be read, which leaves Body
	// empty; "" if it can. Nobody sets it but the ledger.
	Fault string
}

// ErrPolicyMoved says that somebody else applied a policy since the one that the
// caller saw. It comes as a *MovedError.
var ErrPolicyMoved = errors.New("somebody else has applied a policy meanwhile")

// MovedError is ErrPolicyMoved with what stands now; its Rev is 0 if nothing does.
type MovedError struct {
	Seen   int // the rev that the caller saw
	Stands Version
}

// Error names which rev stands, and who applied it when, as far as that is known.
func (e *MovedError) Error() string {
	words := fmt.Sprintf("%v: rev %d was seen, now rev %d stands", ErrPolicyMoved, e.Seen, e.Stands.Rev)
	if e.Stands.Author != "" {
		words += ", applied by " + plaintext.Line(e.Stands.Author, MaxAuthor)
	}
	if !e.Stands.At.IsZero() {
		words += " at " + e.Stands.At.Format(time.RFC3339)
	}
	return words
}

// Is makes it ErrPolicyMoved for errors.Is.
func (e *MovedError) Is(target error) bool { return target == ErrPolicyMoved }

// ErrNoPolicy says that no policy is kept under a hash.
var ErrNoPolicy = errors.New("no policy with this hash was ever applied here")

// check refuses a version that must not be written.
func (v Version) check() error {
	for _, part := range []struct {
		name, text string
		most       int
	}{
		{"compiled policy", v.Body, MaxBody}, {"policy's source", v.Source, MaxSource},
		{"author", v.Author, MaxAuthor}, {"note", v.Note, MaxNote},
	} {
		if n := len(part.text); n > part.most {
			return fmt.Errorf("the %s has %d bytes, and the ledger keeps at most %d", part.name, n, part.most)
		}
		if !utf8.ValidString(part.text) { // it would not read back the same
			return fmt.Errorf("the %s is not UTF-8", part.name)
		}
	}
	switch {
	case v.At.IsZero():
		return errors.New("expected the time at which it is applied, got none")
	case v.Body == "" && (v.Hash != "" || v.Source != ""):
		return errors.New("expected a compiled policy, or neither hash nor source, got them alone")
	case v.Body != "" && v.Hash != digest(v.Body):
		return fmt.Errorf("expected the hash of the compiled policy, %s, got %.64q", digest(v.Body), v.Hash)
	}
	return nil
}

// after numbers the version and says what was in force before it: what stood
// there, or where that is damaged or the very same, what came before that.
// Newest is the last rev that history knows.
func (v Version) after(was Version, newest int) Version {
	v.Rev, v.At, v.Fault = max(was.Rev, newest)+1, v.At.UTC(), ""
	v.Before = was.Body
	if was.Fault != "" || was.Hash == v.Hash || was.Body != "" && was.Hash != digest(was.Body) {
		v.Before = was.Before
	}
	return v
}

// digest is the hash that a policy is known by.
func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"mulligan/internal/ledger"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
)

// shortHash is how much of a hash people are shown, as in versions.
const shortHash = 12

// standing is a policy as it stands in a ledger, or in a file, or the built-in
// one.
type standing struct {
	name    string // "policy.yaml", "rev 3"
	hash    string // "" of the built-in one
	body    string
	source  string
	doc     *policy.Document // nil: the built-in one
	trouble string           // why the one that was applied last is not this one; "" if it is
	none    bool             // none can be read
}

// inForce is the policy that the function goes by: the one applied last or, if
// that cannot be read, the one in force before it. It says what policy.Book does
// that has just started.
func inForce(v ledger.Version) standing {
	if v.Rev == 0 && v.Fault == "" {
		return standing{}
	}
	s, err := applied(v)
	if err == nil {
		return s
	}
	trouble := fmt.Sprintf("rev %d cannot be read (%v)", v.Rev, err)
	if v.Before == "" && v.Fault == "" {
		return standing{trouble: trouble + ": the built-in policy, which was in force before it, stays so"}
	}
	before := sha256.Sum256([]byte(v.Before))
	s = standing{name: "the policy before rev " + fmt.Sprint(v.Rev), hash: hex.EncodeToString(before[:]), body: v.Before}
	if s.doc, err = policy.Decode(s.body, s.hash); err != nil {
		return standing{none: true, trouble: trouble + ", and neither can one before it: a function that starts retries nothing until another is applied"}
	}
	s.trouble = trouble + ": the one before it stays in force"
	return s
}

// applied is a version of the ledger.
func applied(v ledger.Version) (s standing, err error) {
	s = standing{name: fmt.Sprintf("rev %d", v.Rev), hash: v.Hash, body: v.Body, source: v.Source}
	switch {
	case v.Fault != "":
		return s, fmt.Errorf("%s", v.Fault)
	case v.Hash != "":
		s.doc, err = policy.Decode(v.Body, v.Hash)
	}
	return s, err
}

// String calls it by its hash.
func (s standing) String() string {
	switch {
	case s.none:
		return "a policy that cannot be read"
	case s.doc == nil:
		return "the built-in policy"
	}
	return "policy " + s.hash[:min(shortHash, len(s.hash))]
}

// file is the policy as policyfile shows it, with places in its source where
// that is known and still means the same; nil for the built-in one.
func (s standing) file() *policyfile.File {
	if s.doc == nil {
		return nil
	}
	if f, _ := policyfile.Read(s.name, []byte(s.source)); f != nil && f.Hash() == s.hash {
		return f
	}
	return &policyfile.File{Name: s.name, Document: s.doc}
}

// under is the policy at work in a deployment.
func (s standing) under(set policy.Settings) policy.Policy {
	if s.doc == nil {
		return policy.New(set)
	}
	return policy.NewFrom(set, s.doc, s.hash)
}

package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"mulligan/internal/retry"
)

// Settings are the limits that a deployment sets, the template's parameters.
// They are ceilings over any policy.
type Settings struct {
	MaxRetries            int           // retries of one execution, ever; 0 allows none
	PipelineRetriesPerDay int           // from 1
	AccountRetriesPerHour int           // from 1, for the account and Region
	BackoffInterval       time.Duration // the first delay, where the policy sets none
	BackoffMaxDelay       time.Duration // no delay is longer
	ExpireAfter           time.Duration // an older failure is left alone
	FunctionTimeout       time.Duration // how long one invocation can live
}

// Policy is a document, or the built-in policy alone, under a deployment's
// settings. It implements retry.Policy.
type Policy struct {
	set     Settings
	doc     *Document // never nil
	hash    string    // of the document's body; "" for the built-in policy
	version string
}

// New makes the built-in policy. The settings are valid: config has seen to it.
func New(s Settings) Policy {
	return Policy{set: s, doc: &Document{Schema: Schema}, version: ruleset + "-" + s.version()}
}

// NewFrom makes the policy of a document that Decode or a policy file gave,
// which is not changed any more. The hash is that of its body.
func NewFrom(s Settings, d *Document, hash string) Policy {
	return Policy{set: s, doc: d, hash: hash, version: hash[:min(len(hash), shortHash)] + "-" + s.version()}
}

// ruleset names the built-in rules; it moves when they or Decide do.
const ruleset = "builtin-3"

// shortHash is how much of a policy's hash stands in versions: 48 bits, far more
// than the policies that one team writes need.
const shortHash = 12

// Version is what decisions are stamped with: the rules and the settings.
func (p Policy) Version() string { return p.version }

func (s Settings) version() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %+v", ruleset, s))
	return hex.EncodeToString(sum[:4])
}

// TermsFor gives what holds for one execution under this policy.
func (p Policy) TermsFor(arn retry.ExecutionARN) retry.Terms {
	t := p.doc.terms(arn.Pipeline)
	return retry.Terms{
		Policy: p, Version: p.version, Mode: t.Mode, Supersedes: *t.Superseded, ExpireAfter: p.expireAfter(t), Breakers: p.breakers(arn),
	}
}

// breakers are the settings for what many executions fail of alike. A probe goes
// after the pipeline's back-off, and nobody is let go faster than the account's
// budget refills.
func (p Policy) breakers(arn retry.ExecutionARN) retry.Breakers {
	executions, within := p.doc.breaker(arn.Pipeline)
	b := p.backOff(retry.Case{Execution: arn}, Rule{})
	every := time.Duration(0)
	for _, b := range p.Budgets(arn) {
		if b.Name == ofAccount {
			every = max(every, b.Interval())
		}
	}
	return retry.Breakers{
		Executions: executions, Within: within, Scarce: p.doc.scarce(arn.Pipeline),
		First: min(b.First, b.Longest), Longest: b.Longest, Every: every,
	}
}

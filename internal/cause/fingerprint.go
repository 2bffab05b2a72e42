package cause

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
)

const (
	// longReason is the length, in bytes, from which on a reason may have been
	// cut by the service, which keeps 1,024 characters.
	longReason = 1000

	// firmPrefix is how much of a long reason's normal form counts: what any cut
	// leaves standing.
	firmPrefix = 600
)

// Fingerprint tells equal failures from different ones: 16 hexadecimal digits
// over Normal(reason). Equal fingerprints mean the same words but for names,
// numbers and times.
func Fingerprint(reason string) string { return digest(Normal(reason)) }

func digest(normal string) string {
	sum := sha256.Sum256([]byte(normal))
	return hex.EncodeToString(sum[:8])
}

// Normal returns a reason's words without what differs from run to run: the
// layers that passed it on, ARNs, URLs, identifiers, addresses, numbers and
// times, and the case of letters. Of a reason that the service may have cut,
// only the first 600 bytes count.
func Normal(reason string) string { return open(reason, "").normal() }

// normal is Normal of a message that has been taken apart.
func (m *message) normal() string {
	if m.long {
		return normalize(lower(m.text), firmPrefix)
	}
	return normalize(lower(m.text), math.MaxInt)
}

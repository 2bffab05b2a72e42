package retry

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// NewToken is the ClientRequestToken of one call: lower-hex SHA-256 over the
// event id of the claim, the execution, the round, retry n and the ordinal. It
// has 64 characters, within the 32..128 that API_RetryPipelineExecution takes.
// Round and n keep an old event that claims a newer failure from reusing a
// token; the ordinal keeps a token that met a refusal from being sent again.
func NewToken(eventID string, execution ExecutionARN, round time.Time, n, ordinal int) string {
	return digest("mulligan/token/v1", eventID, execution.Key(), instant(round), strconv.Itoa(n), strconv.Itoa(ordinal))
}

// scheduleName is the name of the k-th schedule made for one wait: the wait's
// own name first, then, where a schedule fired early and deleted itself, new
// ones. 64 characters, the most that EventBridge Scheduler takes.
func scheduleName(wait string, again int) string {
	if again == 0 {
		return wait
	}
	return digest("mulligan/again/v1", wait, strconv.Itoa(again))
}

// pauseName names a wait without a unit after what it waits for: the execution
// as it was seen, the reason, the visit.
func pauseName(execution ExecutionARN, f Facts, reason Reason, visit int) string {
	return digest("mulligan/pause/v1", execution.Key(), instant(f.LastModified), instant(f.Round), string(reason), strconv.Itoa(visit))
}

// Spread is a number in [0, 1) drawn from a token or name: the same for every
// delivery, evenly spread over many.
func Spread(name string) float64 {
	sum := sha256.Sum256([]byte(name))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// digest hashes the parts with their lengths, so that no two lists collide.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

package explain

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// recordedBreaker is a breaker as `mulligan holds --json` prints it, or as the
// ledger has it.
type recordedBreaker struct {
	retry.Breaker
	Open *bool `json:"open"` // which "opened" says too
}

// readHolds reads recorded holds, as `mulligan holds --json` prints them.
func readHolds(all []json.RawMessage) (retry.Holds, error) {
	held := retry.Holds{}
	for i, text := range all {
		var h retry.Hold
		place := fmt.Sprintf("holds[%d]", i)
		if err := strictly(text, &h); err != nil {
			return held, fmt.Errorf("%s: expected a hold as `mulligan holds --json` prints it: %w", place, err)
		}
		switch {
		case !isHoldScope(h.Scope):
			return held, fmt.Errorf("%s.scope: expected %s, %q, %q or %q, got %.80q", place,
				retry.HoldOfAll, "account NUMBER REGION", "pipeline NAME", "class CLASS", h.Scope)
		case h.Until.Before(sageMakerBegan):
			return held, fmt.Errorf("%s.until: expected the time when it ends by itself, got %s", place, given(h.Until.IsZero(), h.Until))
		}
		h.Scope = strings.ToLower(h.Scope)
		held.Rev, held.Holds = 1, append(held.Holds, h)
	}
	return held, nil
}

// isHoldScope tells whether there is such a hold. Case does not matter.
func isHoldScope(scope string) bool {
	kind, name, named := strings.Cut(strings.ToLower(scope), " ")
	switch kind {
	case retry.HoldOfAll:
		return !named
	case "account":
		number, region, _ := strings.Cut(name, " ")
		return len(number) == 12 && region != ""
	case "pipeline":
		return name != ""
	default:
		return kind == "class" && isClass(name)
	}
}

func isClass(name string) bool {
	for _, class := range cause.Classes() {
		if name == string(class) {
			return true
		}
	}
	return false
}

// readBreakers reads recorded breakers, by their scopes.
func readBreakers(all []json.RawMessage) (map[string]retry.Breaker, error) {
	known := map[string]retry.Breaker{}
	for i, text := range all {
		var b recordedBreaker
		place := fmt.Sprintf("breakers[%d]", i)
		if err := strictly(text, &b); err != nil {
			return nil, fmt.Errorf("%s: expected a breaker as `mulligan holds --json` prints it: %w", place, err)
		}
		_, twice := known[b.Scope]
		switch {
		case !isBreakerScope(b.Scope):
			return nil, fmt.Errorf("%s.scope: expected %q, %q, %q or %q, got %.80q", place,
				retry.CallScope, "scarce NAME", "fingerprint FINGERPRINT", "class CLASS", b.Scope)
		case twice:
			return nil, fmt.Errorf("%s.scope: expected each scope once, got %.80q again", place, b.Scope)
		case b.Open != nil && *b.Open != b.IsOpen():
			return nil, fmt.Errorf("%s.open: expected %t, as \"opened\" says, got %t", place, b.IsOpen(), *b.Open)
		}
		b.Rev = max(b.Rev, 1) // it stands in a ledger
		known[b.Scope] = b.Breaker
	}
	return known, nil
}

func isBreakerScope(scope string) bool {
	kind, name, _ := strings.Cut(scope, " ")
	switch {
	case scope == retry.CallScope:
		return true
	case kind == "class":
		return isClass(name)
	default:
		return name != "" && (kind == "scarce" || kind == "fingerprint")
	}
}

// given is a value in an error, nothing where there is none.
func given(none bool, value any) string {
	if none {
		return "nothing"
	}
	return fmt.Sprint(value)
}

// alike are the recorded breakers of scopes. No line is recorded: nobody stands
// in one.
func (r *Recording) alike(_ context.Context, scopes []string) (retry.State, error) {
	known := map[string]retry.Breaker{}
	for _, scope := range scopes {
		if b, there := r.breakers[scope]; there {
			known[scope] = b
		}
	}
	return retry.State{Breakers: known}, nil
}

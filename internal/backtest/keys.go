package backtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mulligan/internal/jsonlines"
	"mulligan/internal/spelling"
)

// The keys of a plain failure and of one of its steps.
var (
	plainKeys = []string{"id", "message", "step_type", "pipeline", "retry", "used", "age", "previous", "steps", "facts"}
	stepKeys  = []string{"name", "type", "reason", "attempts", "ref", "job"}
)

// otherKeys are those that collections of failures have beside, and that are
// close to known ones without being misspelt.
var otherKeys = []string{"user", "page", "date", "test", "kind"}

// spelled refuses keys that are misspelt: what they say would be passed over in
// silence. Others may be there: collections say more than is needed here.
func spelled(line jsonlines.Line) error {
	var steps struct {
		Steps []json.RawMessage `json:"steps"`
	}
	if err := line.Decode(&steps); err != nil {
		return err
	}
	if err := keysOf(line.Data, plainKeys, ""); err != nil {
		return fmt.Errorf("%s: %w", line.Place, err)
	}
	for i, step := range steps.Steps {
		if err := keysOf(step, stepKeys, fmt.Sprintf("steps[%d].", i)); err != nil {
			return fmt.Errorf("%s: %w", line.Place, err)
		}
	}
	return nil
}

func keysOf(object []byte, known []string, lead string) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(object, &all); err != nil {
		return nil // which is told where its parts are read
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		same := func(one string) bool { return strings.EqualFold(one, key) } // as encoding/json reads them
		if slices.ContainsFunc(known, same) || slices.ContainsFunc(otherKeys, same) {
			continue
		}
		meant := spelling.Nearest(key, known, min(2, len(key)/3))
		if _, there := all[meant]; meant != "" && !there {
			return fmt.Errorf("%s%.40s: expected a known key: did you mean %s?", lead, key, meant)
		}
	}
	return nil
}

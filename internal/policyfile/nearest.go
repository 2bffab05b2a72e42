package policyfile

import (
	"strings"

	"mulligan/internal/spelling"
)

// orNearest says what to write: the known word that a misspelt one must have
// meant, or all that are known.
func orNearest(text string, known []string, otherwise string) string {
	if word := nearest(text, known); word != "" {
		return "write " + word
	}
	return otherwise + " " + strings.Join(known, ", ")
}

// nearest is the known word that a text is a misspelling of, "" if it is none:
// letter case and joining apart the same, the beginning of one word only, or a
// third of its letters away at most.
func nearest(text string, known []string) string {
	bare := bareWord(text)
	if bare == "" || len(bare) > maxName {
		return ""
	}
	best, bestAway := "", len(bare)/3+1
	begins := []string{}
	for _, word := range known {
		if away := spelling.Distance(bare, bareWord(word)); away < bestAway {
			best, bestAway = word, away
		}
		if len(bare) > 2 && (strings.HasPrefix(bareWord(word), bare) || strings.HasPrefix(bare, bareWord(word))) {
			begins = append(begins, word)
		}
	}
	if best == "" && len(begins) == 1 {
		return begins[0]
	}
	return best
}

var joining = strings.NewReplacer("_", "", "-", "", " ", "", ".", "")

func bareWord(text string) string { return joining.Replace(strings.ToLower(text)) }

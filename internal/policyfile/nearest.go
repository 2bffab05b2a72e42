package policyfile

import "strings"

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
		if away := distance(bare, bareWord(word)); away < bestAway {
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

// distance counts the letters to change, add, drop or swap with the next one to
// make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

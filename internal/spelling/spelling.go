// Package spelling finds what a misspelt word was meant to be.
package spelling

import "strings"

// Nearest is the one of the known words that takes the fewest letters to change,
// add, drop or swap to make it of word, letter case and - or _ apart: at most
// `most` of them, and fewer than the word has. "" if there is none, or word is
// itself known.
func Nearest(word string, known []string, most int) string {
	bare, best := plain(word), ""
	most = min(most, len(bare)-1)
	for _, one := range known {
		if one == word {
			return ""
		}
		if away := Distance(bare, plain(one)); away <= most {
			best, most = one, away-1
		}
	}
	return best
}

var joining = strings.NewReplacer("_", "", "-", "")

func plain(word string) string { return joining.Replace(strings.ToLower(word)) }

// maxWord bounds the work: no known word is that long.
const maxWord = 64

// Distance counts the letters to change, add, drop or swap with the next one to
// make b of a (optimal string alignment), in bytes: words that are known are
// ASCII. Words of over 64 bytes are as far apart as that.
func Distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

package cause

import "strings"

// gap is how far apart, in bytes, the parts of a phrase with "*" may stand. It
// also keeps the search linear.
const gap = 160

// find looks for a phrase in low and returns where it starts. A phrase is
// lower-case words as they stand in the text. It matches whole words only,
// except where it begins or ends with "~" (then any letters may adjoin); " * "
// inside stands for up to gap bytes of anything.
func find(low, phrase string) (int, bool) {
	head, tail, split := strings.Cut(phrase, " * ")
	for from := 0; ; {
		at, end, ok := findWords(low, head, from)
		if !ok {
			return 0, false
		}
		if !split {
			return at, true
		}
		if _, ok := find(low[end:min(end+gap, len(low))], tail); ok {
			return at, true
		}
		from = end
	}
}

// findWords looks for words from offset from on and returns the first place
// where they stand between word boundaries.
func findWords(low, words string, from int) (at, end int, ok bool) {
	words, openLeft := strings.CutPrefix(words, "~")
	words, openRight := strings.CutSuffix(words, "~")
	for from <= len(low) {
		i := strings.Index(low[from:], words)
		if i < 0 {
			return 0, 0, false
		}
		at, end = from+i, from+i+len(words)
		if (openLeft || bounded(low, at)) && (openRight || bounded(low, end)) {
			return at, end, true
		}
		from = at + 1
	}
	return 0, 0, false
}

// bounded reports whether a word starts or ends at offset i of s, or there is
// none.
func bounded(s string, i int) bool {
	return i == 0 || i == len(s) || !isWord(s[i-1]) || !isWord(s[i])
}

// findAny returns where the first of the phrases that occurs starts.
func findAny(low string, phrases []string) (int, bool) {
	for _, p := range phrases {
		if at, ok := find(low, p); ok {
			return at, true
		}
	}
	return 0, false
}

// grams holds which sequences of three bytes occur in a text, as a hash with
// one bit each. Most phrases occur nowhere: their first and last three bytes
// tell, without a search through the text for each of a thousand phrases.
type grams [256]uint64

func (g *grams) add(low string) {
	for i := 0; i+3 <= len(low); i++ {
		h := hash3(low[i:])
		g[h>>6] |= 1 << (h & 63)
	}
}

// may reports whether the phrase's first part can occur in the text.
func (g *grams) may(phrase string) bool {
	head, _, _ := strings.Cut(phrase, " * ")
	head = strings.Trim(head, "~")
	return len(head) < 3 || g.has(head) && g.has(head[len(head)-3:])
}

func (g *grams) has(three string) bool {
	h := hash3(three)
	return g[h>>6]&(1<<(h&63)) != 0
}

// hash3 maps the first three bytes of s to 0..16383.
func hash3(s string) uint32 {
	return (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) * 2654435761 >> 18
}

// find looks for a phrase in the message.
func (m *message) find(phrase string) (int, bool) {
	if !m.grams.may(phrase) {
		return 0, false
	}
	return find(m.low, phrase)
}

func (m *message) findAny(phrases []string) (int, bool) {
	for _, p := range phrases {
		if at, ok := m.find(p); ok {
			return at, true
		}
	}
	return 0, false
}

package cause

import "strings"

// gap is how far apart, in bytes, the parts of a phrase with "*" may stand. It
// also keeps the search linear.
const gap = 160

// phrase is a phrase of a rule, made ready for the search. As the rules write
// it, a phrase is lower-case words as they stand in the text. It matches whole
// words only, except where it begins or ends with "~" (then any letters may
// adjoin); " * " inside stands for up to gap bytes of anything.
type phrase struct {
	words               string
	openLeft, openRight bool
	rest                *phrase // what follows the "*"; nil where there is none
	grams               [3]uint32
}

func newPhrase(written string) phrase {
	head, tail, split := strings.Cut(written, " * ")
	var p phrase
	p.words, p.openLeft = strings.CutPrefix(head, "~")
	p.words, p.openRight = strings.CutSuffix(p.words, "~")
	if n := len(p.words); n >= 3 {
		p.grams = [3]uint32{hash3(p.words), hash3(p.words[(n-3)/2:]), hash3(p.words[n-3:])}
	}
	if split {
		rest := newPhrase(tail)
		p.rest = &rest
	}
	return p
}

func newPhrases(written []string) []phrase {
	all := make([]phrase, len(written))
	for i, w := range written {
		all[i] = newPhrase(w)
	}
	return all
}

// find returns where the phrase starts in low.
func (p *phrase) find(low string) (int, bool) {
	for from := 0; ; {
		at, end, ok := p.findWords(low, from)
		if !ok || p.rest == nil {
			return at, ok
		}
		if _, ok := p.rest.find(low[end:min(end+gap, len(low))]); ok {
			return at, true
		}
		from = end
	}
}

// findWords looks for the words from offset from on and returns the first place
// where they stand between word boundaries.
func (p *phrase) findWords(low string, from int) (at, end int, ok bool) {
	for from <= len(low) {
		i := strings.Index(low[from:], p.words)
		if i < 0 {
			return 0, 0, false
		}
		at, end = from+i, from+i+len(p.words)
		if (p.openLeft || bounded(low, at)) && (p.openRight || bounded(low, end)) {
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
func findAny(low string, phrases []phrase) (int, bool) {
	for i := range phrases {
		if at, ok := phrases[i].find(low); ok {
			return at, true
		}
	}
	return 0, false
}

// grams holds which sequences of three bytes occur in a text, as a hash with
// one bit each. Most phrases occur nowhere: three of their own sequences tell,
// without a search through the text for each of a thousand phrases.
type grams [256]uint64

func (g *grams) add(low string) {
	for i := 0; i+3 <= len(low); i++ {
		h := hash3(low[i:])
		g[h>>6] |= 1 << (h & 63)
	}
}

// may reports whether the phrase's first part can occur in the text.
func (g *grams) may(p *phrase) bool {
	if len(p.words) < 3 {
		return true
	}
	for _, h := range p.grams {
		if g[h>>6]&(1<<(h&63)) == 0 {
			return false
		}
	}
	return true
}

// hash3 maps the first three bytes of s to 0..16383.
func hash3(s string) uint32 {
	return (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) * 2654435761 >> 18
}

// findAny looks for the first of the phrases that occurs in the message.
func (m *message) findAny(phrases []phrase) (int, bool) {
	for i := range phrases {
		p := &phrases[i]
		if !m.grams.may(p) {
			continue
		}
		if at, ok := p.find(m.low); ok {
			return at, true
		}
	}
	return 0, false
}

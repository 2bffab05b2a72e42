package policyfile

import (
	"regexp"
	"strings"
)

// regular warns of words that look like a regular expression. They are taken as
// they stand, so that nearly no reason says them, and nothing else shows it.
func (v value) regular(text string) {
	plain, alternatives, is := unregular(text)
	if !is {
		return
	}
	instead := `write the words of the reason, with "*" for anything between`
	if plain != "" {
		instead = "write " + inQuotes(plain)
	}
	if alternatives {
		instead += ", and a rule of its own for each of the others"
	}
	v.doubtful(`this looks like a regular expression, and is matched as it stands but for "*", which stands for any run of characters`, instead)
}

// unregular writes a regular expression as words with "*", as well as that can be
// done; of alternatives the first. The words may be "".
func unregular(text string) (plain string, alternatives, is bool) {
	plain = text
	for _, s := range regularSigns {
		if !s.sign.MatchString(plain) {
			continue
		}
		is = true
		alternatives = alternatives || s.alternatives
		plain = s.sign.ReplaceAllString(plain, s.plain)
	}
	return strings.Trim(stars.ReplaceAllString(plain, "*"), "* "), alternatives, is
}

// stars are those of which one says the same.
var stars = regexp.MustCompile(`\*[* ]*\*`)

// regularSigns are what gives a regular expression away, and what says the same in
// a policy. Brackets and bars that reasons have themselves, such as "[Errno 104]"
// and "(Service: S3)", are no signs.
var regularSigns = []struct {
	sign         *regexp.Regexp
	plain        string
	alternatives bool
}{
	{regexp.MustCompile(`^/(.+)/[a-z]*$`), "$1", false},
	{regexp.MustCompile(`\(\?[a-zA-Z]+\)`), "", false},
	{regexp.MustCompile(`^\^`), "", false},
	{regexp.MustCompile(`\$$`), "", false},
	{regexp.MustCompile(`\((?:\?:)?([^()|]*)\|[^()]*\)[*+?]?`), "$1", true},
	{regexp.MustCompile(`(\pL)\|\pL.*$`), "$1", true},
	{regexp.MustCompile(`\[(?:\^|a-z|A-Z|0-9)[^\]]*\](?:[*+?]|\{[0-9,]*\})?`), "*", false},
	{regexp.MustCompile(`\\[dDsSwWbB](?:[*+?]|\{[0-9,]*\})?`), "*", false},
	{regexp.MustCompile(`\.[*+]\??`), "*", false},
	{regexp.MustCompile(`\\([[:punct:]])`), "$1", false},
}

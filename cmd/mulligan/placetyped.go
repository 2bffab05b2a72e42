package main

import (
	"strings"

	"mulligan/internal/deployment"
	"mulligan/internal/plaintext"
)

// typed are the flags that name the deployment, as a person types them, each
// after a space: a command that a message tells to run has to act there too.
// What goes without saying, the usual stack, is left out.
func (at *where) typed() string {
	if at.isLocal {
		return " --local"
	}
	var flags strings.Builder
	for _, flag := range []struct{ name, value, usual string }{
		{"stack", at.stack, deployment.DefaultStack}, {"region", at.aws.Region, ""}, {"profile", at.aws.Profile, ""},
	} {
		if flag.value != "" && flag.value != flag.usual {
			flags.WriteString(" --" + flag.name + " " + quoted(flag.value))
		}
	}
	return flags.String()
}

// toExplain are the same for a command that asks no deployment unless it is told to.
func (p place) toExplain() string {
	if p.flags == "" {
		return " --stack " + quoted(p.Stack)
	}
	return p.flags
}

// quoted is one word of a shell's command line.
func quoted(word string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("-_.:/@+=,", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if word = plaintext.Line(word, maxPolicyLine); word != "" && !strings.ContainsFunc(word, odd) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

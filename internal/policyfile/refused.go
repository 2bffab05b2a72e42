package policyfile

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// refused looks for what a policy has no use for: anchors and aliases, by which
// a few lines stand for millions, tags, directives, further documents, and
// nesting beyond anything that a policy says. It goes before the parser, which
// has to follow all of these.
func refused(tokens token.Tokens, text string) *fault {
	if len(tokens) > maxTokens {
		t := tokens[maxTokens]
		return &fault{placeAt(t), "more YAML than a policy can need", "leave rules out or join those that differ in one list"}
	}
	nested, begun := 0, false
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			nested++
		case token.SequenceEndType, token.MappingEndType:
			nested--
		}
		if nested > maxNested {
			return &fault{placeAt(t), fmt.Sprintf("brackets nested more than %d deep", maxNested), "write a flat list"}
		}
		if t.Type == token.AliasType {
			return alias(text, placeAt(t), nested > 0)
		}
		if f := refusedToken(t, begun); f != nil {
			return f
		}
		begun = begun || t.Type != token.CommentType
	}
	return nil
}

// alias is what "*" begins in YAML, and nearly always a pattern that lacks its
// quotes.
func alias(text string, at place, bracketed bool) *fault {
	return &fault{at, `"*" begins an alias, which a policy cannot have`, "put the pattern in quotes: " + inQuotes(plainFrom(text, at, bracketed))}
}

// refusedToken looks at one token. Before anything else has begun, a document may
// have its header.
func refusedToken(t *token.Token, begun bool) *fault {
	at := placeAt(t)
	switch t.Type {
	case token.AnchorType:
		return &fault{at, `"&" begins an anchor, which a policy cannot have`, "write the value out, or put it in quotes if it begins with &"}
	case token.MergeKeyType:
		return &fault{at, `"<<" merges another mapping, which a policy cannot have`, "write the keys out"}
	case token.TagType:
		return &fault{at, `"!" begins a tag, which a policy cannot have`, "leave it out, or put the value in quotes"}
	case token.DirectiveType:
		return &fault{at, `"%" begins a directive, which a policy cannot have`, "leave the line out"}
	case token.MappingKeyType:
		return &fault{at, `"?" begins a complex key, which a policy cannot have`, "write key: value"}
	case token.DocumentEndType:
		return &fault{at, "an end of the document: a policy is one document", "leave the line out"}
	case token.DocumentHeaderType:
		if begun {
			return &fault{at, "a second document: a policy is one document", "keep it in a file of its own"}
		}
	}
	return nil
}

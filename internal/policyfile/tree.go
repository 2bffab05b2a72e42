package policyfile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// kind is what a node of the file is.
type kind int

const (
	scalar kind = iota
	mapping
	list
	null
)

// String is the kind in messages.
func (k kind) String() string {
	return [...]string{"a single value", "a mapping", "a list", "nothing"}[k]
}

// node is a value in the file, whatever YAML writes it with.
type node struct {
	kind kind
	place
	text    string  // of a scalar, without its quotes
	entries []entry // of a mapping, as they stand, duplicates too
	items   []*node // of a list
}

type entry struct {
	key   string
	at    place // of the key
	value *node
}

// parse reads the YAML. A file without a value gives nil. The parser is guarded:
// what makes it panic is told as a fault, and what could make it run long is
// refused before.
func parse(text string) (root *node, f *fault) {
	defer func() {
		if p := recover(); p != nil {
			root, f = nil, &fault{place{1, 1}, "not YAML that can be read", "write it in a simpler form"}
		}
	}()
	tokens := lexer.Tokenize(text)
	if f := refused(tokens, text); f != nil {
		return nil, f
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntax(err, text)
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return convert(doc.Body)
		}
	}
	return nil, nil
}

// placeAt reads a token's place; the parser counts some columns from 0.
func placeAt(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

// convert takes the parser's node over. Its depth is bounded by maxLine and
// maxNested.
func convert(n ast.Node) (*node, *fault) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return convertMapping(n)
	case *ast.MappingValueNode:
		return convertMapping(&ast.MappingNode{BaseNode: n.BaseNode, Start: n.Start, Values: []*ast.MappingValueNode{n}})
	case *ast.SequenceNode:
		return convertList(n)
	case *ast.StringNode:
		return &node{kind: scalar, place: placeAt(n.Token), text: n.Value}, nil
	case *ast.LiteralNode:
		return &node{kind: scalar, place: placeAt(n.Start), text: strings.TrimSpace(n.Value.Value)}, nil
	case *ast.NullNode, nil:
		return &node{kind: null, place: placeAt(tokenOf(n))}, nil
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		// As it is written: what it means is for the value to say that stands there.
		return &node{kind: scalar, place: placeAt(n.GetToken()), text: n.GetToken().Value}, nil
	default:
		return nil, &fault{placeAt(n.GetToken()), "YAML that a policy does not use: " + fmt.Sprint(n.Type()), "write plain keys, values and lists"}
	}
}

func tokenOf(n ast.Node) *token.Token {
	if n == nil {
		return nil
	}
	return n.GetToken()
}

// convertMapping keeps the entries as they stand. A block mapping begins with its
// first key; the parser has the place of its colon.
func convertMapping(n *ast.MappingNode) (*node, *fault) {
	made := &node{kind: mapping, place: placeAt(n.Start)}
	for _, v := range n.Values {
		key := v.Key.GetToken()
		value, f := convert(v.Value)
		if f != nil {
			return nil, f
		}
		made.entries = append(made.entries, entry{key: key.Value, at: placeAt(key), value: value})
	}
	if len(made.entries) > 0 && !n.IsFlowStyle {
		made.place = made.entries[0].at
	}
	return made, nil
}

func convertList(n *ast.SequenceNode) (*node, *fault) {
	made := &node{kind: list, place: placeAt(n.Start)}
	for _, v := range n.Values {
		item, f := convert(v)
		if f != nil {
			return nil, f
		}
		made.items = append(made.items, item)
	}
	return made, nil
}

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// The expressions of DynamoDB in the forms that are sent here:
//
//	condition   alternative OR alternative
//	alternative term AND term
//	term        attribute_not_exists(#name) | operand op operand
//	update      SET #name = operand, #name = operand + operand | ADD #name :value
//
// Anything else is an error.

// allowed tells whether the write's condition holds for the item that is there;
// nil where there is none.
func (w *write) allowed(old item) (bool, error) {
	if w.ConditionExpression == "" {
		return true, nil
	}
	for alternative := range strings.SplitSeq(w.ConditionExpression, " OR ") {
		all := true
		for term := range strings.SplitSeq(alternative, " AND ") {
			holds, err := w.holds(old, term)
			if err != nil {
				return false, err
			}
			all = all && holds
		}
		if all {
			return true, nil
		}
	}
	return false, nil
}

func (w *write) holds(old item, term string) (bool, error) {
	if name, ok := strings.CutPrefix(term, "attribute_not_exists("); ok {
		return w.operand(old, strings.TrimSuffix(name, ")")) == nil, nil
	}
	part := strings.Fields(term)
	if len(part) != 3 || comparisons[part[1]] == nil {
		return false, fmt.Errorf("condition %q is not of a form that is known here", term)
	}
	left, right := w.operand(old, part[0]), w.operand(old, part[2])
	if left == nil || right == nil {
		return false, nil
	}
	a, b, err := numbers(left, right)
	return err == nil && comparisons[part[1]](a, b), err
}

var comparisons = map[string]func(a, b int64) bool{
	"=":  func(a, b int64) bool { return a == b },
	"<":  func(a, b int64) bool { return a < b },
	"<=": func(a, b int64) bool { return a <= b },
	">":  func(a, b int64) bool { return a > b },
}

// operand is the value of :value or of the attribute #name; nil if there is none.
func (w *write) operand(it item, word string) json.RawMessage {
	if strings.HasPrefix(word, ":") {
		return w.ExpressionAttributeValues[word]
	}
	return it[w.name(word)]
}

func (w *write) name(word string) string {
	if name, ok := w.ExpressionAttributeNames[word]; ok {
		return name
	}
	return word
}

// updated is the item after the update: a new one with its key where there is none.
func (w *write) updated(old item) (item, error) {
	next := maps.Clone(w.Key)
	maps.Copy(next, old)
	if add, ok := strings.CutPrefix(w.UpdateExpression, "ADD "); ok {
		name, value, _ := strings.Cut(add, " ")
		if next[w.name(name)] == nil {
			next[w.name(name)] = number(0)
		}
		return next, w.set(next, old, name, name+" + "+value)
	}
	set, ok := strings.CutPrefix(w.UpdateExpression, "SET ")
	if !ok {
		return nil, fmt.Errorf("update %q is not of a form that is known here", w.UpdateExpression)
	}
	for clause := range strings.SplitSeq(set, ", ") {
		name, value, _ := strings.Cut(clause, " = ")
		if err := w.set(next, old, name, value); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// set gives an attribute of next a value, or the sum of two.
func (w *write) set(next, old item, name, value string) error {
	first, second, sum := strings.Cut(value, " + ")
	left := w.operand(next, first)
	if !sum {
		if left == nil {
			return fmt.Errorf("update %q: %s has no value", w.UpdateExpression, first)
		}
		next[w.name(name)] = left
		return nil
	}
	a, b, err := numbers(left, w.operand(old, second))
	if err != nil {
		return fmt.Errorf("update %q: %w", w.UpdateExpression, err)
	}
	next[w.name(name)] = number(a + b)
	return nil
}

// numbers reads two values of type N that are whole numbers.
func numbers(left, right json.RawMessage) (a, b int64, err error) {
	if a, err = whole(left); err != nil {
		return 0, 0, err
	}
	b, err = whole(right)
	return a, b, err
}

func whole(value json.RawMessage) (int64, error) {
	var n struct{ N string }
	if err := json.Unmarshal(value, &n); err != nil {
		return 0, fmt.Errorf("expected a number: %w", err)
	}
	return strconv.ParseInt(n.N, 10, 64)
}

func number(n int64) json.RawMessage { return fmt.Appendf(nil, `{"N":"%d"}`, n) }

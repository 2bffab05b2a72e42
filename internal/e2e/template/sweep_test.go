//go:build e2e

package template

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// indifferent are the paths that nothing is lost with, and why. Whatever else is
// in the template has to be missed when it goes, and noticed when it changes.
var indifferent = []struct{ pattern, why string }{
	{`^(Resources\.(AlarmKey|\w+Role|Retrier|RetrierPipelineFailed|Sweeper|SweeperEvery)\.Properties|Outputs\.\w+)\.Description\b`, "words"},
	{`^Resources\.RetrierVersion\w+\.Properties\.Description\.Fn::Sub\.0$`, "words, but for the parameters among them"},
	{`\.AssertDescription$`, "words, which have to be there"},
	{`^Parameters\.\w+\.(Constraint)?Description$`, "words, which have to be there"},
	{`^Resources\.\w+Alarm\.Properties\.AlarmDescription$`, "words, whose length alone is checked"},
	{`\.Sid$`, "words"},
	{`\.PolicyName$`, "a name that nothing refers to"},
	{`^Resources\.\w+\.Metadata\b`, "read by the build alone"},
	{`^Resources\.(Retrier|Sweeper)\.Properties\.Code\b`, "put there by the deployment"},
	{`^Resources\.(Retrier|Sweeper)\.Properties\.Tags\.0\b`, "the translator's own tag"},
	{`\.Targets\.0\.Id$`, "a name that nothing refers to"},
	{`^Resources\.RetrierEventInvokeConfig\.DependsOn\b`, "the translator's own order"},
	{`\.AWS_ENDPOINT_URL\w*$`, "for local runs alone"},
}

func indifferentTo(path string) bool {
	for _, i := range indifferent {
		if regexp.MustCompile(i.pattern).MatchString(path) {
			return true
		}
	}
	return false
}

// TestEverythingIsMissed takes every node of every parameter, rule, mapping,
// condition, resource and output away, one at a time.
func TestEverythingIsMissed(t *testing.T) {
	sweep(t, func(spoilt tree, path string, _ any) bool {
		put(spoilt, path, nil)
		return true
	})
}

// TestEveryChangeIsNoticed changes every value there, one at a time.
func TestEveryChangeIsNoticed(t *testing.T) {
	sweep(t, func(spoilt tree, path string, node any) bool {
		switch value := node.(type) {
		case string:
			put(spoilt, path, value+"x")
		case float64:
			put(spoilt, path, value-1)
		case bool:
			put(spoilt, path, !value)
		default:
			return false
		}
		return true
	})
}

// TestEveryListIsClosed adds one more to every list: an action, a principal, a target.
func TestEveryListIsClosed(t *testing.T) {
	sweep(t, func(spoilt tree, path string, node any) bool {
		items, is := node.([]any)
		if !is || len(items) == 0 {
			return false
		}
		more, isText := items[0].(string)
		if !isText || strings.HasSuffix(path, ".Fn::GetAtt") {
			return false
		}
		put(spoilt, path, append([]any{}, append(items, more+"x")...))
		return true
	})
}

// TestEveryPolicyIsNarrow widens every statement of every policy, in each way that there is.
func TestEveryPolicyIsNarrow(t *testing.T) {
	wider := tree{
		"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*", "Condition": nil,
		"NotAction": "iam:*", "NotResource": "arn:aws:s3:::x", "NotPrincipal": tree{"AWS": "x"},
	}
	template, widened := expanded(t), 0
	walk(template["Resources"], "Resources", func(path string, node any) {
		if !regexp.MustCompile(`\.Statement\.\d+$`).MatchString(path) {
			return
		}
		statement := node.(tree)
		for _, key := range sorted(wider) {
			denies := statement["Effect"] == "Deny" && key != "Effect" // It would deny more.
			if denies || show(statement[key]) == show(wider[key]) {
				continue
			}
			spoilt := clone(template)
			put(spoilt, path+"."+key, wider[key])
			if widened++; len(failing(spoilt)) == 0 {
				t.Errorf("%s: nothing notices %s %v", path, key, wider[key])
			}
		}
	})
	if widened < 50 {
		t.Errorf("widened no more than %d", widened)
	}
}

// sweep breaks a copy of the template at every node, as far as harm does so
// there, and wants a check to find it.
func sweep(t *testing.T, harm func(spoilt tree, path string, node any) bool) {
	template := expanded(t)
	harmed := 0
	for _, part := range []string{"Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"} {
		walk(template[part], part, func(path string, node any) {
			if path == part || indifferentTo(path) {
				return
			}
			spoilt := clone(template)
			if !harm(spoilt, path, at(spoilt, path)) {
				return
			}
			if harmed++; len(failing(spoilt)) == 0 {
				t.Errorf("%s: nothing notices (%.80s)", path, show(node))
			}
		})
	}
	if harmed < 20 {
		t.Errorf("broke no more than %d", harmed)
	}
}

// walk visits a node and all below it.
func walk(node any, path string, visit func(path string, node any)) {
	visit(path, node)
	switch n := node.(type) {
	case tree:
		for _, key := range sorted(n) {
			if !strings.Contains(key, ".") { // No such key is in these parts.
				walk(n[key], path+"."+key, visit)
			}
		}
	case []any:
		for i, item := range n {
			walk(item, path+"."+strconv.Itoa(i), visit)
		}
	}
}

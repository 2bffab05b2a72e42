//go:build e2e

package template

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// A check is one promise about the template. find tells where it is broken.
type check struct {
	name string
	find func(tree) []string
}

// checks are all of them.
var checks = slices.Concat(permissions, deputies, storage, delivery, alarms, environment, parameters, account)

// A row is what every resource of a type, or the one of a name, has at a path: this JSON.
// A path of a resource may end in nothing: then it wants nothing there.
type row struct{ which, path, want string }

// holds is a check of rows. A type that the template has none of is broken too.
func holds(name string, rows ...row) check {
	return check{name, func(t tree) (broken []string) {
		for _, r := range rows {
			found := resources(t, r.which)
			if len(found) == 0 {
				broken = append(broken, "no "+r.which)
			}
			for _, id := range slices.Sorted(maps.Keys(found)) {
				if got := show(at(found[id], r.path)); got != r.want {
					broken = append(broken, fmt.Sprintf("%s.%s: got %s, want %s", id, r.path, got, r.want))
				}
			}
		}
		return broken
	}}
}

// each is a check that asks every resource of a type, one at least.
func each(name, typ string, find func(id string, resource tree) []string) check {
	return check{name, func(t tree) (broken []string) {
		found := resources(t, typ)
		if len(found) == 0 {
			broken = append(broken, "no "+typ)
		}
		for _, id := range slices.Sorted(maps.Keys(found)) {
			for _, fault := range find(id, found[id]) {
				broken = append(broken, id+": "+fault)
			}
		}
		return broken
	}}
}

// failing are the names of the checks that find something, with what they find.
func failing(t tree) map[string][]string {
	found := map[string][]string{}
	for _, c := range checks {
		if broken := c.find(t); len(broken) > 0 {
			found[c.name] = broken
		}
	}
	return found
}

func TestTemplate(t *testing.T) {
	template := expanded(t)
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			for _, fault := range c.find(template) {
				t.Error(fault)
			}
		})
	}
}

func TestChecksHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks {
		if seen[c.name] {
			t.Errorf("two checks are called %q", c.name)
		}
		seen[c.name] = true
	}
}

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// quick are the parameters with which a retry can be watched.
func quick() map[string]string {
	return map[string]string{"BackoffInterval": "10", "BackoffMaxDelay": "60"}
}

// overrides reads Name=value pairs, parted by blanks, and adds what is quick.
func overrides(text string) (map[string]string, error) {
	set := quick()
	for _, pair := range strings.Fields(text) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("PARAMETERS: expected Name=value pairs, parted by blanks, got %q", pair)
		}
		set[name] = value
	}
	return set, nil
}

var (
	section   = regexp.MustCompile(`(?ms)^Parameters:\n(.*?)^\S`)
	parameter = regexp.MustCompile(`(?m)^  (\w+):\n(?:    .*\n)*?    Default: "?([^"\n#]*?)"?(?: *#.*)?\n`)
)

// complete gives every parameter of the template a value, its default where none
// is set: a deployment would keep those of the one before. A parameter that the
// template does not know is a mistake, which SAM would pass over.
func complete(root string, set map[string]string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		return nil, err
	}
	found := section.FindSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("template.yaml has no Parameters")
	}
	all := map[string]string{}
	for _, p := range parameter.FindAllStringSubmatch(string(found[1]), -1) {
		all[p[1]] = p[2]
	}
	delete(all, "Architecture") // it is this machine's
	for name, value := range set {
		if _, ok := all[name]; !ok {
			return nil, fmt.Errorf("PARAMETERS: the template has no parameter %q, but %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
		}
		all[name] = value
	}
	return all, nil
}

// shown are parameters for a person: those that were set.
func shown(set map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(set)) {
		list = append(list, name+"="+set[name])
	}
	return strings.Join(list, " ")
}

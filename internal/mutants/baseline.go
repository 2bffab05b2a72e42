package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// baseline runs all tests that are to catch a mutant without one, each package
// once, and tells whether they pass and all are there.
func (l lab) baseline(ctx context.Context, table []mutant) error {
	for _, all := range united(table, l.endpoint != "") {
		ran, err := l.test(ctx, all, "")
		switch {
		case err != nil:
			return err
		case !ran.built:
			return fmt.Errorf("%s does not compile:\n%s", all.pkg, ran.said)
		case ran.failed != "":
			return fmt.Errorf("%s fails without any mutant", ran.failed)
		}
		for _, m := range table {
			if m.by.pkg == all.pkg && m.by.tag == all.tag && !ran.has(m.by.run) {
				return fmt.Errorf("mutant %s: no test of %s is called %s", m.name, m.by.pkg, m.by.run)
			}
		}
	}
	return nil
}

// has tells whether a test of such a name passed.
func (r run) has(names string) bool {
	return slices.ContainsFunc(r.passed, regexp.MustCompile(names).MatchString)
}

// united are all tests of the table, each package and tag once.
func united(table []mutant, local bool) []tests {
	var all []tests
	add := func(t tests) {
		i := slices.IndexFunc(all, func(o tests) bool { return o.pkg == t.pkg && o.tag == t.tag })
		switch {
		case i < 0:
			all = append(all, t)
		case all[i].run == "" || t.run == "":
			all[i].run = ""
		case !strings.Contains(all[i].run, t.run):
			all[i].run += "|" + t.run
		}
	}
	for _, m := range table {
		add(m.by)
		if m.local && local {
			add(onLocal)
		}
	}
	return all
}

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mulligan/internal/simulate"
)

// A seed is a flag for one.
type seed struct{ *uint64 }

// Set implements pflag.Value.
func (s seed) Set(text string) (err error) {
	if *s.uint64, err = strconv.ParseUint(text, 10, 64); err != nil {
		return errors.New("expected a whole number from 0, such as 7")
	}
	return nil
}

// String implements pflag.Value.
func (s seed) String() string {
	if s.uint64 == nil {
		return ""
	}
	return strconv.FormatUint(*s.uint64, 10)
}

// Type implements pflag.Value.
func (s seed) Type() string { return "N" }

// runs is a flag for how many of them.
type runs struct{ *int }

// Set implements pflag.Value.
func (r runs) Set(text string) (err error) {
	if *r.int, err = strconv.Atoi(text); err != nil || *r.int < 1 {
		return errors.New("expected a whole number from 1, such as 500")
	}
	return nil
}

// String implements pflag.Value.
func (r runs) String() string {
	if r.int == nil {
		return ""
	}
	return strconv.Itoa(*r.int)
}

// Type implements pflag.Value.
func (r runs) Type() string { return "N" }

// guards lists what can be taken away, one a line.
func guards(indent string) string {
	var b strings.Builder
	for _, g := range simulate.Guards {
		fmt.Fprintf(&b, "%s%-8s  %s\n", indent, g.Name, g.Meaning)
	}
	return b.String()
}

// isGuard refuses what is none.
func isGuard(name string) error {
	var names []string
	for _, g := range simulate.Guards {
		if g.Name == name {
			return nil
		}
		names = append(names, g.Name)
	}
	err := meant(fmt.Errorf("--without: expected a guard, got %.40q", name), "", name, names)
	return fmt.Errorf("%w\nThe guards, and what it means to be without them:\n%s", err, strings.TrimRight(guards("  "), "\n"))
}

// guardMeans is what it means to be without a guard.
func guardMeans(name string) string {
	for _, g := range simulate.Guards {
		if g.Name == name {
			return g.Meaning
		}
	}
	return ""
}

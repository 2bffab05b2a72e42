package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext"
	"mulligan/internal/retry"
)

// scoping is what a hold is to cover, by its flags.
type scoping struct {
	pipeline, class string
	account, all    bool
}

func (s *scoping) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.pipeline, "pipeline", "", "name of the pipeline, in any letter case")
	flags.StringVar(&s.class, "class", "", "class of causes, such as "+string(cause.Capacity))
	flags.BoolVar(&s.account, "account", false, "the stack's account and Region (the default)")
	flags.BoolVar(&s.all, "all", false, "everything that shares the stack's ledger")
	cmd.MarkFlagsMutuallyExclusive("pipeline", "class", "account", "all")
}

// check refuses flags that name nothing.
func (s *scoping) check(cmd *cobra.Command) error {
	switch flags := cmd.Flags(); {
	case flags.Changed("account") && !s.account:
		return errors.New("--account: expected no value, got false: leave it out")
	case flags.Changed("all") && !s.all:
		return errors.New("--all: expected no value, got false: leave it out")
	case flags.Changed("pipeline"):
		return checkPipeline(s.pipeline)
	case flags.Changed("class"):
		return s.checkClass()
	}
	return nil
}

// named tells whether a scope was typed, and not left to the default.
func (s *scoping) named(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"pipeline", "class", "account", "all"}, cmd.Flags().Changed)
}

// maxPipeline is the longest name of a pipeline (API_CreatePipeline: up to 256
// characters, letters, digits and dashes between them).
const maxPipeline = 256

func checkPipeline(name string) error {
	odd := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if name == "" || len(name) > maxPipeline || strings.Trim(name, "-") != name || strings.ContainsFunc(name, odd) {
		return fmt.Errorf("--pipeline: expected the name of one pipeline (letters and digits, dashes between them, %d at most), got %.80q", maxPipeline, name)
	}
	return nil
}

// checkClass takes a class in any letter case, and with dashes for underscores.
func (s *scoping) checkClass() error {
	var names []string
	for _, class := range cause.Classes() {
		if strings.EqualFold(strings.ReplaceAll(s.class, "-", "_"), string(class)) {
			s.class = string(class)
			return nil
		}
		names = append(names, string(class))
	}
	err := fmt.Errorf("--class: expected one of %s, got %.80q", strings.Join(names, ", "), s.class)
	return meant(err, "", s.class, names)
}

// of is the scope in a deployment.
func (s *scoping) of(home retry.Home) string {
	switch {
	case s.pipeline != "":
		return retry.HoldOfPipeline(s.pipeline)
	case s.class != "":
		return retry.HoldOfClass(cause.Class(s.class))
	case s.all:
		return retry.HoldOfAll
	}
	return retry.HoldOfAccount(home.Account, home.Region)
}

// typed are the flags of a scope, as a person would type them.
func (s *scoping) typed() string {
	switch {
	case s.pipeline != "":
		return " --pipeline " + s.pipeline
	case s.class != "":
		return " --class " + s.class
	case s.all:
		return " --all"
	}
	return ""
}

// toRelease are the flags that release a hold, as a person would type them; "" for
// that of another account, which another stack releases.
func toRelease(scope string, home retry.Home) string {
	kind, name, _ := strings.Cut(plaintext.Line(scope, maxScopeShown), " ")
	switch {
	case scope == retry.HoldOfAccount(home.Account, home.Region):
		return "--account"
	case kind == "account":
		return ""
	case name == "":
		return "--" + kind
	}
	return "--" + kind + " " + quoted(name)
}

// maxScopeShown bounds a scope that is shown.
const maxScopeShown = 300

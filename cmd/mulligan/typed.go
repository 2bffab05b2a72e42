package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mulligan/internal/spelling"
)

// likely is how many letters a misspelt word may be away from what was meant.
const likely = 2

// minded has a command and all below it say what was typed wrong and what to
// type instead, and fail then: a typo in a CI must not pass. Errors of the way to
// AWS are told as byAWS does.
func minded(cmd *cobra.Command) {
	if !cmd.HasParent() {
		cmd.SetHelpCommand(helpCommand())
		cmd.SetFlagErrorFunc(flagTyped) // holds for all below
	}
	for _, inner := range cmd.Commands() {
		if inner.HasSubCommands() {
			minded(inner)
			inner.DisableFlagsInUseLine = true // it has none but --help
			inner.Args, inner.RunE = noSuch, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			continue
		}
		accepts, run := inner.Args, inner.RunE
		inner.PreRunE = askedRight
		inner.RunE = func(cmd *cobra.Command, args []string) error { return byAWS(run(cmd, args)) }
		inner.Args = func(cmd *cobra.Command, args []string) error {
			if accepts(cmd, args) == nil {
				return nil
			}
			return fmt.Errorf("expected `%s`, got %s", cmd.UseLine(), given(args))
		}
	}
}

// noSuch refuses what is no command of a group of commands.
func noSuch(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, known := range cmd.Commands() {
		names = append(names, known.Name())
	}
	return meant(fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath()), "", args[0], names)
}

// meant adds to an error what a word may have been meant to be.
func meant(err error, lead, word string, known []string) error {
	if near := spelling.Nearest(word, known, likely); near != "" {
		return fmt.Errorf("%w: did you mean %s%s?", err, lead, near)
	}
	return err
}

// given says what was typed where something else was expected.
func given(args []string) string {
	switch len(args) {
	case 0:
		return "nothing"
	case 1:
		return fmt.Sprintf("%.80q", args[0])
	default:
		return fmt.Sprintf("%d arguments", len(args))
	}
}

// flagTyped names the flag that a misspelt one must have meant.
func flagTyped(cmd *cobra.Command, err error) error {
	named, ok := errors.AsType[interface {
		error
		GetSpecifiedName() string
	}](err)
	if !ok || cmd.Flags().Lookup(named.GetSpecifiedName()) != nil {
		return err
	}
	return meant(err, "--", named.GetSpecifiedName(), flagNames(cmd))
}

// flagNames are the flags of a command, as its help lists them, one a line.
func flagNames(cmd *cobra.Command) (names []string) {
	for line := range strings.Lines(cmd.Flags().FlagUsages()) {
		line = strings.TrimSpace(line)
		if short, long, ok := strings.Cut(line, ", "); ok && len(short) == len("-f") {
			line = long
		}
		if name, ok := strings.CutPrefix(line, "--"); ok {
			names = append(names, strings.Fields(name)[0])
		}
	}
	return names
}

// helpCommand is cobra's own but for its exit code: it fails where there is no
// such command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				about, rest = cmd.Root(), args
			}
			if err := noSuch(about, rest); err != nil {
				return err
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// askedRight refuses flags that are missing, or that do not go together, before
// the flags' library does in words of its own.
func askedRight(cmd *cobra.Command, _ []string) error {
	for _, name := range flagNames(cmd) {
		f := cmd.Flags().Lookup(name)
		if len(f.Annotations[cobra.BashCompOneRequiredFlag]) > 0 && !f.Changed {
			return fmt.Errorf("--%s: expected %s, got nothing", name, f.Usage)
		}
		if other := besides(cmd, name); other != "" {
			return fmt.Errorf("--%s: expected without --%s", name, other)
		}
	}
	return nil
}

// exclusive is the annotation of flags of which one alone may be set; cobra keeps
// the groups there, each with its flags' names.
const exclusive = "cobra_annotation_mutually_exclusive"

// besides is a flag that was set although one that was may not be besides it.
func besides(cmd *cobra.Command, flag string) string {
	f := cmd.Flags().Lookup(flag)
	for _, group := range f.Annotations[exclusive] {
		names := strings.Fields(group)
		i := slices.IndexFunc(names, func(name string) bool { return name != flag && cmd.Flags().Changed(name) })
		if i >= 0 && f.Changed {
			return names[i]
		}
	}
	return ""
}

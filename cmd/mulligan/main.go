// Command mulligan is the operator's program.
package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/demo"
)

// build names the source that this binary was made from; the Makefile sets it.
var build = "unknown"

func main() {
	if root().Execute() != nil {
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "mulligan",
		Short:   "Gives failed Amazon SageMaker Pipelines executions a second chance",
		Version: build, SilenceUsage: true,
	}
	cmd.AddCommand(demoCommand())
	return cmd
}

func demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Watch failing pipelines get what they deserve, without an AWS account",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			beat := func() {}
			if terminal() {
				beat = func() { time.Sleep(150 * time.Millisecond) }
			}
			return demo.Run(cmd.Context(), cmd.OutOrStdout(), terminal() && os.Getenv("NO_COLOR") == "", beat)
		},
	}
}

// terminal tells whether a person is watching.
func terminal() bool {
	info, err := os.Stdout.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

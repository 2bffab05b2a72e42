// Command mulligan is the operator's program.
package main

import (
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/demo"
)

// build names the source that this binary was made from; the Makefile sets it.
var build = "unknown"

// Exit codes: 0 done, 1 an error, 2 a promise is not kept or a policy
// file has errors, 3 gave up waiting, 4 the policies differ, 5 a permanent cause
// would be retried.
const (
	exitError     = 1
	exitBroken    = 2
	exitTimedOut  = 3
	exitDifferent = 4
	exitLasting   = 5
)

// errTimedOut ends a command that waited for as long as it was told to.
var errTimedOut = errors.New("timed out")

func main() {
	os.Exit(exitCode(root(here()).Execute()))
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errTimedOut):
		return exitTimedOut
	case errors.Is(err, errBroken), errors.Is(err, errFindings):
		return exitBroken
	case errors.Is(err, errDifferent):
		return exitDifferent
	case errors.Is(err, errLasting):
		return exitLasting
	}
	return exitError
}

func root(l local) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "mulligan",
		Short:   "Gives failed Amazon SageMaker Pipelines executions a second chance",
		Version: build, SilenceUsage: true,
	}
	cmd.AddGroup(&cobra.Group{ID: policyGroup, Title: "Judgement and policy:"})
	cmd.AddGroup(&cobra.Group{ID: holdGroup, Title: "What retries wait for, and what became of them:"})
	cmd.AddGroup(&cobra.Group{ID: localGroup, Title: "In the local account, which make account starts:"})
	cmd.AddCommand(demoCommand(), failCommand(l), logCommand(l))
	cmd.AddCommand(classifyCommand(), backtestCommand(), simulateCommand())
	cmd.AddCommand(policyCommand(around(l)), explainCommand(around(l)))
	cmd.AddCommand(holdCommand(around(l)), releaseCommand(around(l)), holdsCommand(around(l)), outcomesCommand(around(l)))
	cmd.AddCommand(dlqCommand(around(l)))
	minded(cmd)
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

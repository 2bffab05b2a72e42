package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
)

// applying is what `mulligan policy apply` is asked for.
type applying struct {
	at     where
	choice choice
}

// flags are those of commands that put a policy in force.
func (c *choice) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&c.author, "author", "", "who does it, for the history; else the name of your user here")
	flags.StringVar(&c.note, "note", "", "why, for the history")
	flags.BoolVarP(&c.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&c.dryRun, "dry-run", false, "show what would change and stop")
	cmd.MarkFlagsMutuallyExclusive("yes", "dry-run")
}

func applyCommand(w world) *cobra.Command {
	var a applying
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put a policy in force, after showing what it changes",
		Long: `Checks the policy, shows what it changes beside the one in force and what it
would have done to the last decisions of the stack's ledger, asks, and writes
it there. It counts from the next decision on.

Exit code: 0 when it is in force, or with --dry-run could be, 1 on errors or
when the answer was no, 2 when the file has errors.`,
		Example: "  mulligan policy apply policy.yaml --dry-run\n" +
			"  mulligan policy apply policy.yaml --note 'half the retries for payments'\n" +
			"  mulligan policy apply policy.yaml --stack mulligan-eu --profile ml --yes",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error { return a.run(cmd, w, files[0]) },
	}
	a.choice.flags(cmd)
	a.at.flags(cmd, deployment.DefaultStack)
	return cmd
}

func (a applying) run(cmd *cobra.Command, w world, name string) error {
	file, src, err := compile(cmd, name)
	switch {
	case err != nil:
		return err
	case len(src) > ledger.MaxSource:
		return fmt.Errorf("%s has %d bytes, and the ledger keeps at most %d: shorten its comments", file.Name, len(src), ledger.MaxSource)
	}
	c := replacing{choice: a.choice, cmd: cmd, w: w, to: ofFile(file, src), question: "Apply it?"}
	if err := c.find(&a.at); err != nil {
		return err
	}
	return c.run()
}

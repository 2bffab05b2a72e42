package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// policyGroup are the commands for writing, reading and applying policies.
const policyGroup = "policy"

// errFindings ends a command whose policy file has errors, which were told.
var errFindings = errors.New("the policy file has errors")

// policies is what the commands ask of a ledger.
type policies interface {
	Current(context.Context) (ledger.Version, error)
	Apply(ctx context.Context, v ledger.Version, seenRev int) (ledger.Version, error)
	History(ctx context.Context, most int) ([]ledger.Version, error)
	ByHash(ctx context.Context, prefix string) (ledger.Version, error)
	Decisions(ctx context.Context, most int) (trails []retry.Trail, more bool, err error)
}

// world is what these commands need of everything around them.
type world struct {
	local
	load     func(context.Context, deployment.Options) (aws.Config, error)
	look     func(ctx context.Context, cfg aws.Config, stack string) (deployment.Deployment, error)
	open     func(cfg aws.Config, table string) policies
	person   func() string // who types
	now      func() time.Time
	attended bool // somebody can answer a question
}

// around is the world as it is.
func around(l local) world {
	return world{
		local: l, load: deployment.Load, look: deployment.Find, person: osUser, now: time.Now,
		open:     func(cfg aws.Config, table string) policies { return ledger.NewPolicies(cfg, table) },
		attended: answering(os.Stdin),
	}
}

// answering tells whether a person can type into a file: the null device is a
// device for characters too, and nobody is behind it.
func answering(in *os.File) bool {
	info, err := in.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	nobody, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, nobody)
}

// osUser is the name that the operating system has for whoever types, "" if it
// has none, as for an arbitrary user in a container.
func osUser() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

func policyCommand(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		GroupID: policyGroup,
		Short:   "Check, show, apply and take back the policy that failures are judged by",
		Long: `A policy is a YAML file of rules and limits. It is checked on this machine,
applied to the ledger of a deployed stack, and counts there from the next
decision on. Where none is applied, the built-in policy holds; the stack's
parameters are ceilings over either.`,
	}
	cmd.AddCommand(lintCommand(), showCommand(w), applyCommand(w), historyCommand(w), rollbackCommand(w))
	return cmd
}

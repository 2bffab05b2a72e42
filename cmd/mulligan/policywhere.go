package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
)

// where names a deployment, by the flags that all commands share that ask one.
type where struct {
	stack   string
	aws     deployment.Options
	isLocal bool
}

// flags adds them to a command. Without a default stack, no deployment is asked
// unless one of them is given.
func (at *where) flags(cmd *cobra.Command, stack string) {
	flags := cmd.Flags()
	flags.StringVar(&at.stack, "stack", stack, "name of the stack that Mulligan was deployed as")
	flags.StringVar(&at.aws.Region, "region", "", "the stack's AWS Region, if not the usual one")
	flags.StringVar(&at.aws.Profile, "profile", "", "AWS profile to use, if not the usual one")
	flags.BoolVar(&at.isLocal, "local", false, "the stack in the local account, which make account starts")
	for _, flag := range []string{"stack", "region", "profile"} {
		cmd.MarkFlagsMutuallyExclusive("local", flag)
	}
}

// given tells whether a deployment is asked for.
func (at *where) given() bool {
	return at.isLocal || at.stack != "" || at.aws != deployment.Options{}
}

// place is a deployment with its ledger.
type place struct {
	deployment.Deployment
	ledger policies
	flags  string // that name it, as where.typed has them
}

// String says which one it is, in half a sentence.
func (p place) String() string {
	return fmt.Sprintf("stack %s (%s, account %s)", p.Stack, p.Home.Region, p.Home.Account)
}

// find looks the deployment up.
func (at *where) find(ctx context.Context, w world) (p place, err error) {
	var cfg aws.Config
	stack := at.stack
	if at.isLocal {
		cfg, stack, err = w.localAccount()
	} else {
		cfg, err = w.load(ctx, at.aws)
	}
	if err != nil {
		return p, err
	}
	if stack == "" {
		stack = deployment.DefaultStack
	}
	if p.Deployment, err = w.look(ctx, cfg, stack); err != nil {
		return p, err
	}
	p.ledger, p.flags = w.open(cfg, p.Table), at.typed()
	return p, nil
}

// localAccount is the configuration of the local account as its root user, whose
// access key is the account's number.
func (w world) localAccount() (aws.Config, string, error) {
	state, err := w.deployed()
	if err != nil {
		return aws.Config{}, "", err
	}
	return aws.Config{
		Region: state.Region, BaseEndpoint: aws.String(state.Endpoint),
		Credentials: credentials.NewStaticCredentialsProvider(state.Number, "test", ""),
	}, state.Stack, nil
}

// localSageMaker is where the local account's SageMaker answers: at another
// address than the rest of it.
func (w world) localSageMaker() (url *string, err error) {
	state, err := w.deployed()
	if err == nil && state.SageMaker == "" {
		err = errors.New("the local account that is up was started by an older build: `make account-down` and `make account` start another")
	}
	return &state.SageMaker, err
}

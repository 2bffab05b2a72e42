package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mulligan/internal/account"
)

// localGroup are the commands that work in the local account alone.
const localGroup = "local"

// local is how those commands find the account and look into it.
type local struct {
	find    func() (account.State, error)
	sources func(account.State) account.Sources
	zone    *time.Location
}

// here is the local account of the project that the working directory is in.
func here() local {
	return local{
		find: func() (account.State, error) {
			dir, err := os.Getwd()
			if err != nil {
				return account.State{}, err
			}
			return account.Find(dir)
		},
		sources: account.State.Sources,
		zone:    time.Local,
	}
}

// deployed is the account with Mulligan in it.
func (l local) deployed() (account.State, error) {
	state, err := l.find()
	if err == nil && state.LogGroup == "" {
		err = errors.New("nothing is deployed in the local account: `make account` does it")
	}
	return state, err
}

func logCommand(l local) *cobra.Command {
	var follow, raw bool
	cmd := &cobra.Command{
		Use:     "log",
		GroupID: localGroup,
		Short:   "Show what the functions have logged there, the sweep too",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			state, err := l.deployed()
			if err != nil {
				return err
			}
			style := account.Style{Zone: l.zone, Names: true}
			for line, err := range account.Log(cmd.Context(), l.sources(state), time.Time{}, follow) {
				switch {
				case err != nil:
					return err
				case raw:
					fmt.Fprintln(cmd.OutOrStdout(), line.Raw)
				default:
					fmt.Fprintln(cmd.OutOrStdout(), style.Line(line))
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on until interrupted")
	cmd.Flags().BoolVar(&raw, "json", false, "each line as it was logged")
	return cmd
}

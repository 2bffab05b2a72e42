package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
	"mulligan/internal/policyfile"
)

func rollbackCommand(w world) *cobra.Command {
	var (
		at where
		c  choice
	)
	cmd := &cobra.Command{
		Use:   "rollback [REV|HASH|" + policyfile.BuiltIn + "]",
		Short: "Put an earlier policy back in force, after showing what changes",
		Long: `Puts an earlier policy of the history back in force, by its rev or the first
digits of its hash: without either, the one before the current one. It shows
and asks what apply does, and is a new entry of the history.`,
		Example: "  mulligan policy rollback\n  mulligan policy rollback 3 --note 'too few retries'\n  mulligan policy rollback built-in",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := replacing{choice: c, cmd: cmd, w: w, question: "Roll back to it?"}
			if err := r.find(&at); err != nil {
				return err
			}
			to, err := earlier(cmd.Context(), r.in, r.current, args)
			if err != nil {
				return err
			}
			if r.to, err = applied(to); err != nil {
				return fmt.Errorf("this build cannot read that policy: %w", err)
			}
			r.note = orWord(r.note, "rollback to "+r.to.String())
			return r.run()
		},
	}
	c.flags(cmd)
	at.flags(cmd, deployment.DefaultStack)
	return cmd
}

// maxRevDigits tells a rev from a hash that begins with digits alone: nobody
// applies a million policies.
const maxRevDigits = 6

// earlier is the version that the arguments name.
func earlier(ctx context.Context, in place, current ledger.Version, args []string) (ledger.Version, error) {
	if len(args) == 0 {
		return before(ctx, in, current)
	}
	name := args[0]
	if name == policyfile.BuiltIn {
		return ledger.Version{}, nil
	}
	if rev, err := strconv.Atoi(name); err == nil && len(name) <= maxRevDigits {
		return ofRev(ctx, in, rev)
	}
	v, err := in.ledger.ByHash(ctx, name)
	switch {
	case errors.Is(err, ledger.ErrNoPolicy):
		return v, fmt.Errorf("%w; `mulligan policy history%s` lists those that were", err, in.flags)
	case err != nil:
		return v, err
	}
	return lastOf(ctx, in, v)
}

// before is the version in force before the current one.
func before(ctx context.Context, in place, current ledger.Version) (ledger.Version, error) {
	switch {
	case current.Rev == 0 && current.Fault == "":
		return ledger.Version{}, errors.New("no policy was ever applied here: there is none to go back to")
	case current.Before == "":
		return ledger.Version{}, nil
	}
	sum := sha256.Sum256([]byte(current.Before))
	hash := hex.EncodeToString(sum[:])
	v, err := in.ledger.ByHash(ctx, hash)
	switch {
	case errors.Is(err, ledger.ErrNoPolicy): // it stands in the current item even so
		v = ledger.Version{Hash: hash, Body: current.Before}
	case err != nil:
		return v, err
	}
	return lastOf(ctx, in, v)
}

// lastOf is a policy with the rev under which it was applied last, 0 where the
// history does not tell.
func lastOf(ctx context.Context, in place, v ledger.Version) (ledger.Version, error) {
	all, err := in.ledger.History(ctx, maxHistory)
	if i := slices.IndexFunc(all, func(one ledger.Version) bool { return one.Hash == v.Hash }); i >= 0 {
		v.Rev = all[i].Rev
	}
	return v, err
}

// maxHistory bounds the search for a rev.
const maxHistory = 10_000

func ofRev(ctx context.Context, in place, rev int) (ledger.Version, error) {
	all, err := in.ledger.History(ctx, maxHistory)
	if err != nil {
		return ledger.Version{}, err
	}
	i := slices.IndexFunc(all, func(v ledger.Version) bool { return v.Rev == rev })
	switch {
	case i < 0:
		return ledger.Version{}, fmt.Errorf("there is no rev %d: `mulligan policy history%s` lists those that are there", rev, in.flags)
	case all[i].Fault != "":
		return ledger.Version{}, fmt.Errorf("rev %d cannot be read: %s", rev, all[i].Fault)
	case all[i].Hash == "":
		return ledger.Version{}, nil
	}
	v, err := in.ledger.ByHash(ctx, all[i].Hash)
	v.Rev = rev
	return v, err
}

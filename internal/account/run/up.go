package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"mulligan/internal/account"
	"mulligan/internal/account/host"
)

type up struct {
	root, folder string
	port         int               // 0: the usual one
	set          map[string]string // parameters, over the template's defaults
	say          func(string, ...any)
}

// run brings the account up, where it is not, and deploys into it.
func (u up) run(ctx context.Context) error {
	if err := runnable(runtime.GOOS); err != nil {
		return err
	}
	parameters, err := complete(u.root, u.set)
	if err != nil {
		return err
	}
	release, err := alone(u.folder)
	if err != nil {
		return err
	}
	defer release()
	state, err := u.running(ctx)
	if err != nil {
		return err
	}
	if state, err = u.deploy(ctx, state, parameters); err != nil {
		return u.stays(ctx, err)
	}
	fmt.Printf(next, stack, state.Number, state.Region, state.Endpoint, state.SageMaker)
	return nil
}

// runnable tells whether functions run here. Theirs are Linux programs, and
// MiniStack runs them as processes of this machine.
func runnable(system string) error {
	if system == "linux" {
		return nil
	}
	return fmt.Errorf("the local account runs the function's Linux binary on this machine, which is %s: use a Linux machine, or a virtual one", system)
}

// deploy builds and deploys, and adds to the state where things are.
func (u up) deploy(ctx context.Context, state account.State, parameters map[string]string) (account.State, error) {
	reach := host.Reach{Root: u.root, Folder: u.folder, Endpoint: state.Endpoint, IAM: true}
	u.say("sam build ...")
	if _, err := reach.Build(ctx); err != nil {
		return state, err
	}
	u.say("sam deploy of template.yaml with %s ...", shown(u.set))
	if _, err := reach.Deploy(ctx, home, host.Deployment{Stack: stack, Parameters: parameters}); err != nil {
		return state, err
	}
	deployed, err := reach.Stack(ctx, home, stack)
	if err != nil {
		return state, err
	}
	u.say("%s", deployed.Status)
	state.Stack, state.LogGroup, state.SweepLogGroup = stack, deployed.Outputs["RetrierLogGroup"], deployed.Outputs["SweeperLogGroup"]
	return state, state.Write(u.folder)
}

// stays says what failed in an account that is up, and what to do about it.
func (u up) stays(ctx context.Context, err error) error {
	var sam *host.SAMError
	switch {
	case ctx.Err() != nil:
		err = errors.New("interrupted")
	case errors.As(err, &sam):
		err = errors.New(sam.Short())
	}
	if pid, _ := server(u.folder); pid == 0 {
		return fmt.Errorf("%w\n\nThe account has ended meanwhile: `make account` starts it anew", err)
	}
	return fmt.Errorf("%w\n\nThe account is up, without what failed: mend it and run `make account` again, or end it with `make account-down`", err)
}

// running returns the state of the account that runs here, after starting one
// where there is none.
func (u up) running(ctx context.Context) (account.State, error) {
	pid, err := server(u.folder)
	if err != nil {
		return account.State{}, err
	}
	if pid != 0 {
		return u.there(ctx)
	}
	// One that was killed left its things behind.
	if err := clearAway(u.folder); err != nil {
		return account.State{}, err
	}
	port := cmp.Or(u.port, usualPort)
	if _, err := host.FreePort(port); err != nil {
		return account.State{}, fmt.Errorf("%w: end that, or choose another port: make account PORT=%d", err, other(port))
	}
	u.say("MiniStack with IAM enforced, and the stand-in for SageMaker ...")
	return u.start(ctx, port)
}

// there returns the state of the account that is up.
func (u up) there(ctx context.Context) (account.State, error) {
	state, err := awaitState(ctx, u.folder, nil)
	if err != nil {
		return state, err
	}
	if u.port != 0 && !strings.HasSuffix(state.Endpoint, ":"+strconv.Itoa(u.port)) {
		return state, fmt.Errorf("an account is up already, at %s: end it with `make account-down` to have one on port %d", state.Endpoint, u.port)
	}
	u.say("the account is up already, at %s", state.Endpoint)
	return state, nil
}

// other is a port to propose.
func other(port int) int {
	if port == 65535 {
		return usualPort
	}
	return port + 1
}

// clearAway ends what is left of an account that was killed, and removes its
// things.
func clearAway(folder string) error {
	return errors.Join(host.Sweep(folder), os.RemoveAll(folder))
}

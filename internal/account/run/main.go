package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"mulligan/internal/account"
	"mulligan/internal/account/host"
)

// The account that people get is the one that the sample events come from.
var home = host.Home{Number: "123456789012", Region: "eu-west-1"}

const stack = "mulligan"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "account:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("account up|serve|down", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	port := flags.Int("port", 4566, "")
	parameters := flags.String("parameters", "", "")
	if len(arguments) == 0 {
		return errors.New("usage: account up|serve|down [--port N] [--parameters 'Name=value ...']")
	}
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	folder := filepath.Join(root, account.Folder)
	switch arguments[0] {
	case "up":
		set, err := overrides(*parameters)
		if err != nil {
			return err
		}
		u := up{root: root, folder: folder, port: *port, parameters: set, say: progress()}
		return u.run(ctx)
	case "serve":
		return serve(ctx, root, folder, *port)
	case "down":
		return down(folder, progress())
	}
	return fmt.Errorf("%q is none of up, serve and down", arguments[0])
}

// quick are the parameters with which a retry can be watched; otherwise the
// template's defaults hold.
func quick() map[string]string {
	return map[string]string{"BackoffInterval": "10", "BackoffMaxDelay": "60"}
}

// overrides reads Name=value pairs, parted by blanks.
func overrides(text string) (map[string]string, error) {
	set := quick()
	for _, pair := range strings.Fields(text) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("PARAMETERS: expected Name=value pairs, parted by blanks, got %q", pair)
		}
		set[name] = value
	}
	return set, nil
}

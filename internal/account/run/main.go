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
	"syscall"

	"mulligan/internal/account"
	"mulligan/internal/account/host"
)

// The account that people get is the one that the sample events come from.
var home = host.Home{Number: "123456789012", Region: "eu-west-1"}

const (
	stack     = "mulligan"
	usualPort = 4566 // where people expect an emulator of AWS
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "account:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: account up [--port N] [--parameters 'Name=value ...'] | account down")

func command(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("account", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	port := flags.Int("port", 0, "")
	parameters := flags.String("parameters", "", "")
	if len(arguments) == 0 || flags.Parse(arguments[1:]) != nil || flags.NArg() != 0 {
		return errUsage
	}
	if *port < 0 || *port > 65535 {
		return fmt.Errorf("PORT: expected a port from 1 to 65535, got %d", *port)
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
		u := up{root: root, folder: folder, port: *port, set: set, say: progress()}
		return u.run(ctx)
	case "serve": // what up leaves running
		return serve(ctx, root, folder, *port)
	case "down":
		return down(folder, progress())
	}
	return errUsage
}

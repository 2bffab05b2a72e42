package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "regexp of the names of the mutants to try")
	flag.BoolVar(&o.list, "list", false, "list the mutants and what their guards are for, and try none")
	flag.BoolVar(&o.verbose, "v", false, "tell what each guard is for, and how long its mutant took")
	flag.IntVar(&o.abreast, "p", 2, "how many mutants are tried at once")
	flag.BoolVar(&o.local, "e2e", false, "try the conditions on DynamoDB Local too (infra/local/install)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := mutate(ctx, os.Stdout, o); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

type options struct {
	only                 string
	list, verbose, local bool
	abreast              int
}

// mutate tries the mutants of the table that were asked for.
func mutate(ctx context.Context, out io.Writer, o options) error {
	root, err := repository(ctx)
	if err != nil {
		return err
	}
	asked, err := regexp.Compile(o.only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	table := slices.DeleteFunc(all(), func(m mutant) bool { return !asked.MatchString(m.name) })
	if faults := check(root, table); len(faults) > 0 {
		return errors.Join(faults...)
	}
	if o.list {
		for _, m := range table {
			fmt.Fprintf(out, "%-34s %s\n", m.name, m.guard)
		}
		return nil
	}
	if o.abreast < 1 {
		return errors.New("-p: expected at least 1")
	}
	dir, err := os.MkdirTemp("", "mulligan-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l := lab{root: root, dir: dir, timeout: 2 * time.Minute}
	if o.local {
		stop, err := l.startLocal()
		if err != nil {
			return err
		}
		defer stop()
	}
	return l.report(ctx, out, table, o)
}

// repository is the folder of the module that this is run in.
func repository(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	path := strings.TrimSpace(string(mod))
	if err != nil || filepath.Base(path) != "go.mod" {
		return "", fmt.Errorf("go env GOMOD: expected the module of the repository, got %q: %w", path, err)
	}
	return filepath.Dir(path), nil
}

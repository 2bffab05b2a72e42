package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/awstest"
	"mulligan/internal/dynamodblocal"
)

func main() {
	var o options
	flag.IntVar(&o.failures, "n", 10_000, "executions that fail")
	flag.IntVar(&o.silent, "silent", 0, "of these, failures that no event tells: the sweep has to find them")
	flag.StringVar(&o.json, "json", "", "file for the figures, as JSON")
	flag.StringVar(&o.only, "only", "", "the contestants to run, by the beginning of their names")
	flag.StringVar(&o.logs, "logs", "", "folder for what the functions log")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1)
	}
}

type options struct {
	failures, silent int
	json, only, logs string
}

// run holds everything against the same storm, one after the other.
func run(ctx context.Context, out io.Writer, o options) (err error) {
	s := newShape(o.failures)
	s.Silent = o.silent
	if err := s.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mulligan-storm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l := lab{shape: s, logs: o.logs}
	if l.programs, err = build(ctx, dir); err != nil {
		return err
	}
	root, err := projectRoot(ctx)
	if err != nil {
		return err
	}
	var stop func() error
	if l.dynamodb, stop, err = dynamodblocal.Start(root, "127.0.0.1"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var results []result
	for _, name := range []string{mulligan, plain, delayed} {
		if !strings.HasPrefix(name, o.only) {
			continue
		}
		r, err := meet(ctx, name, l)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		results = append(results, r)
	}
	return conclude(out, s, results, o.json)
}

// lab is what all contestants share.
type lab struct {
	shape
	programs map[string]string // the functions' binaries, by name
	dynamodb string            // URL of DynamoDB Local
	logs     string            // folder for what the functions log; "": nowhere
}

// The contestants.
const (
	mulligan = "Mulligan"
	plain    = "plain"
	delayed  = "plain, delayed"
)

// build makes the functions' binaries, with the flags of the Makefile.
func build(ctx context.Context, dir string) (map[string]string, error) {
	programs := map[string]string{}
	for name, source := range map[string]string{
		"retrier": "mulligan/functions/retrier", "sweeper": "mulligan/functions/sweeper", "plain": "mulligan/internal/bench/plain",
	} {
		programs[name] = filepath.Join(dir, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", programs[name], source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
		if output, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w: %s", source, err, output)
		}
	}
	return programs, nil
}

// meet lets one contestant meet the storm, in an account and a table of its own.
func meet(ctx context.Context, name string, l lab) (result, error) {
	g, err := newGate(l.dynamodb)
	if err != nil {
		return result{}, err
	}
	gateURL, closeGate, err := awstest.Listen("127.0.0.1:0", g)
	if err != nil {
		return result{}, err
	}
	defer closeGate()
	table := "ledger-" + strings.ReplaceAll(strings.ToLower(name), ", ", "-")
	if err := dynamodblocal.Make(ctx, dynamodb.NewFromConfig(config(l.dynamodb)), dynamodblocal.Table(table)); err != nil {
		return result{}, err
	}
	c := &contestant{name: name}
	w, stop := newWorld(l.shape, c)
	defer stop()
	if err := l.equip(ctx, c, environment(l.shape, w.url, gateURL, table), table); err != nil {
		return result{}, err
	}
	r, err := w.run(ctx, c)
	r.DynamoDB = g.counts()
	return r, err
}

// equip gives a contestant its functions, and us the means to look at what it kept.
func (l lab) equip(ctx context.Context, c *contestant, env []string, table string) error {
	made := func(name string, timeLeft time.Duration) function {
		return function{name: name, program: l.programs[name], env: env, timeLeft: timeLeft, logs: l.logs}
	}
	if c.name != mulligan {
		n := counter{dynamodb.NewFromConfig(config(l.dynamodb)), table, l.Retries}
		c.hears, c.rests, c.units, c.retrier = hearsFailed, n.rests, noUnits, made("plain", retrierTime)
		if c.name == delayed {
			c.delay = l.Delay
		}
		return nil
	}
	b, sweeper := newBook(l.dynamodb, table), made("sweeper", sweeperTime)
	c.hears, c.rests, c.units, c.retrier, c.sweeper = hears, b.rests, b.units, made("retrier", retrierTime), &sweeper
	return applyPolicy(ctx, l.shape, l.dynamodb, table)
}

// The time-outs of the functions, as in the template.
const (
	retrierTime = 20 * time.Second
	sweeperTime = 240 * time.Second
)

// conclude prints the figures. A promise of Mulligan's that was broken is an error.
func conclude(out io.Writer, s shape, results []result, path string) error {
	if path != "" {
		all, err := json.MarshalIndent(map[string]any{"storm": s, "results": results}, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, append(all, '\n'), 0o644); err != nil {
			return err
		}
	}
	if err := printTable(out, s, results); err != nil {
		return err
	}
	for _, r := range results {
		if words := r.broken(); r.Name == mulligan && len(words) > 0 {
			return errors.New("broken promises: " + strings.Join(words, "; "))
		}
	}
	return nil
}

//go:build e2e

package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mulligan/internal/account/host"
	"mulligan/internal/awstest"
)

// root is the project's folder, seen from a test of this package.
const root = "../../.."

// home is the account and Region of the tests that need no other.
var home = host.Home{Number: "123456789012", Region: "eu-west-1"}

// shared is the account that the tests share. Where a test needs its own (other
// Regions, no IAM, settings of the emulator), it opens one.
var shared *place

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintf(os.Stderr, "internal/e2e/account: %v\nRun `make e2e`, which installs and starts what these tests need.\n", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "mulligan-account-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if shared, err = open(folder, host.Options{Homes: []host.Home{home}, IAM: true}); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, shared.close()) }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if _, err := shared.Build(ctx); err != nil {
		return 1, err
	}
	if code = m.Run(); code != 0 {
		kept := filepath.Join(root, ".tools", "suite.log")
		err = os.Rename(filepath.Join(folder, "ministack.log"), kept)
		fmt.Fprintln(os.Stderr, "internal/e2e/account: what MiniStack logged is in", filepath.Clean(kept))
	}
	return code, err
}

// A place is a local account with a gate in front of it and an eye on its logs.
type place struct {
	*host.Host
	gate     *gate
	stacks   stacks
	withheld sync.Map // ARNs of executions whose events do not reach the bus

	ctx      context.Context // of the watchers, until the place is closed
	end      context.CancelFunc
	watchers sync.WaitGroup
	stop     func() // of the gate
}

// open starts an account. Functions in it fail over after a second, not after
// the minute that they have in AWS, and nothing is swept unless a test does it.
func open(folder string, o host.Options) (*place, error) {
	p := &place{gate: &gate{}}
	url, stop, err := awstest.Listen("127.0.0.1:0", p.gate)
	if err != nil {
		return nil, err
	}
	p.stop = stop
	p.ctx, p.end = context.WithCancel(context.Background())
	o.Root, o.Folder = root, folder
	if o.RetryAfter == 0 {
		o.RetryAfter = time.Second
	}
	if o.Every == 0 {
		o.Every = -1
	}
	for _, service := range []string{"DYNAMODB", "SCHEDULER", "SAGEMAKER"} {
		o.Environment = append(o.Environment, "AWS_ENDPOINT_URL_"+service+"="+url)
	}
	o.StandIn = p.filter
	if p.Host, err = host.Start(context.Background(), o); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.gate.lead(p.Endpoint, p.SageMaker)
	return p, nil
}

// filter has the stand-in's events go to the bus but for those withheld.
func (p *place) filter(c *awstest.Config) {
	deliver := c.OnEvent
	c.OnEvent = func(e awstest.Event) {
		if _, held := p.withheld.Load(e.ARN); !held {
			deliver(e)
		}
	}
}

func (p *place) close() error {
	p.end()
	p.watchers.Wait()
	var err error
	if p.Host != nil {
		err = errors.Join(p.Lost(), p.Stop())
	}
	http.DefaultClient.CloseIdleConnections()
	p.stop()
	return err
}

// Command sweeper is the Lambda function that looks for what no event and no
// schedule brought to the retrier. It only wires: internal/sweep is its body.
package main

import (
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"mulligan/internal/awscall"
	"mulligan/internal/config"
	"mulligan/internal/ledger"
	"mulligan/internal/pipelines"
	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
	"mulligan/internal/schedule"
	"mulligan/internal/sweep"
)

// build names the source that this binary was made from; the Makefile sets it.
var build = "unknown"

func main() {
	handler, err := wire()
	if err != nil {
		_, _ = os.Stderr.WriteString("mulligan cannot start:\n" + err.Error() + "\n")
		os.Exit(1)
	}
	runtime.GOMAXPROCS(1) // as the retrier's
	lambda.Start(handler)
}

// wire makes the handler and its clients. A sweep is in no hurry: connections are opened as they are needed.
func wire() (*sweep.Handler, error) {
	set, err := config.Read(os.LookupEnv) // the retrier's variables: both take failures down one corridor
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := awscall.Config(awscall.NewWarm())
	if err != nil {
		return nil, err
	}
	executions, records := pipelines.New(cfg), ledger.NewSweeping(cfg, set.Table)
	corridor := &retry.Corridor{
		Mode: set.Mode, Rules: policy.NewBook(set.Settings), Build: build, Keep: set.Settings.ExpireAfter + retrier.KeepAfterExpiry, Now: time.Now,
		Ledger: records.Ledger, Pipelines: executions, Background: executions, Schedules: schedule.New(cfg, set.Target, time.Now),
	}
	return &sweep.Handler{
		Home: set.Home, Mode: set.Mode, Prefix: set.Prefix, ExpireAfter: set.Settings.ExpireAfter, HandleTimeout: set.Settings.FunctionTimeout,
		Requests: sweep.Requests, PerSecond: sweep.PerSecond, Build: build, Now: time.Now, Pause: sweep.Rest, Log: log,
		Search: executions, Lists: executions, Records: records, Cursors: records, Corridor: corridor,
	}, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mulligan/internal/account"
	"mulligan/internal/account/host"
	"mulligan/internal/awstest"
)

// serve holds the account together until it is told to end, or MiniStack ends.
func serve(ctx context.Context, root, folder string, port int) (err error) {
	release, err := lock(filepath.Join(folder, serving))
	if err != nil {
		return err
	}
	defer release()
	h, err := host.Start(ctx, host.Options{
		Root: root, Folder: folder, Homes: []host.Home{home}, IAM: true, Port: port, RetryAfter: time.Minute,
		Lost: func(err error) { fmt.Fprintln(os.Stderr, "account:", err) }, // serve.log
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Stop()) }()
	control, stop, err := awstest.Listen("127.0.0.1:0", h.StandIn(home).Control())
	if err != nil {
		return err
	}
	defer stop()
	state := account.State{
		PID: os.Getpid(), Endpoint: h.Endpoint, SageMaker: h.SageMaker, Control: control, Region: home.Region, Number: home.Number,
	}
	if err := state.Write(folder); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-h.Ended():
		return errors.New("MiniStack has ended by itself: see ministack.log")
	}
}

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// startLocal starts DynamoDB Local on a free port. It ends with its standard
// input, at stop or when this program does.
func (l *lab) startLocal() (stop func(), err error) {
	local := exec.Command(filepath.Join(l.root, "infra/local/dynamodb-local"), "127.0.0.1")
	local.Stderr = os.Stderr
	stdin, err := local.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := local.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := local.Start(); err != nil {
		return nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	stop = func() {
		stdin.Close()
		_ = local.Wait() // it served what it was asked
	}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return nil, fmt.Errorf("start DynamoDB Local: no URL on its standard output: %w", err)
	}
	l.endpoint = strings.TrimSpace(url)
	return stop, nil
}

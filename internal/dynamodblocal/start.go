package dynamodblocal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// Start starts DynamoDB Local of the project in root, which infra/local/install
// has installed, on a free port of an address. It lives as long as its standard
// input: until stop, whose error tells what it said, or the end of this program.
func Start(root, address string) (url string, stop func() error, err error) {
	local := exec.Command(filepath.Join(root, "infra/local/dynamodb-local"), address)
	var words strings.Builder // several lines of it even where all is well
	local.Stderr = &words
	stdin, err := local.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := local.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := local.Start(); err != nil {
		return "", nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	stop = func() error {
		stdin.Close()
		if err := local.Wait(); err != nil {
			return fmt.Errorf("end DynamoDB Local: %w\n%s", err, &words)
		}
		return nil
	}
	url, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("start DynamoDB Local: no URL on its standard output: %w", errors.Join(err, stop()))
	}
	go io.Copy(io.Discard, stdout) // ends with the program
	return strings.TrimSpace(url), stop, nil
}

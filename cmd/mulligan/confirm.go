package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// confirm has a person decide whether a change is made; yes is a person who did,
// by --yes. The error of one that is not made begins with undone: "nothing is
// written".
func (w world) confirm(cmd *cobra.Command, out io.Writer, yes bool, question, undone string) error {
	switch {
	case yes:
		return nil
	case !w.attended:
		return errors.New(undone + ": nobody is here to ask, standard input being no terminal; --yes goes on without asking")
	}
	fmt.Fprintf(out, "%s [y/N] ", question)
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New(undone + ": the answer was not yes")
}

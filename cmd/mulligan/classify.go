package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"mulligan/internal/classify"
	"mulligan/internal/plaintext"
)

// errBroken ends an evaluation that does not keep a promise.
var errBroken = errors.New("a promise is not kept")

func classifyCommand() *cobra.Command {
	var eval, asJSON bool
	cmd := &cobra.Command{
		Use:     "classify [FILE]",
		GroupID: policyGroup,
		Short:   "Read causes from failure messages, and score the readings",
		Long: `Reads messages, one JSON object a line with id, message and step_type (other
keys are ignored, all may be left out), and writes the cause of each, a line
with id, class, label, rule and fingerprint. Each message is read as the
function reads the reason of a failed step. A message without an id goes by the
number of its line.

With --eval the messages also have the class and label that a person gave them,
and the score of the readings is shown: the promises that the project makes, the
confusion of labels and classes, precision, recall and every miss.

Exit code: 0 when done, 1 on an error (the input's place and what was expected
are named; the causes before it are written), 2 when a promise is not kept.`,
		Example: "  mulligan classify failures.jsonl\n" +
			"  echo '{\"message\": \"AlgorithmError: , exit code: 137\"}' | mulligan classify\n" +
			"  mulligan classify --eval judged.jsonl",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && !eval {
				return errors.New("--json: expected with --eval; without it all output is JSON")
			}
			name := "-"
			if len(args) > 0 {
				name = args[0]
			}
			return withInput(cmd, name, func(name string, in io.Reader) error {
				if eval {
					return evaluate(cmd.OutOrStdout(), name, in, asJSON)
				}
				return classify.Run(name, in, cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().BoolVar(&eval, "eval", false, "score the readings against the class and label of each message")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the score as JSON")
	return cmd
}

func evaluate(out io.Writer, name string, in io.Reader, asJSON bool) error {
	score, err := classify.Evaluate(name, in)
	if err != nil {
		return err
	}
	if asJSON {
		err = indented(out, score)
	} else {
		err = score.Write(out)
	}
	if err == nil && score.Broken() {
		err = errBroken
	}
	return err
}

// withInput opens a file, or takes standard input for "-".
func withInput(cmd *cobra.Command, name string, do func(name string, in io.Reader) error) error {
	if name == "-" {
		return do("stdin", cmd.InOrStdin())
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return do(name, file)
}

// indented writes one value as JSON for machines that people look at, too: what a
// terminal would act on is escaped, which leaves the JSON what it is.
func indented(out io.Writer, value any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(value)
	if err == nil {
		_, err = io.WriteString(out, plaintext.JSON(text.String()))
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

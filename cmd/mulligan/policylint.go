package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"mulligan/internal/plaintext"
	"mulligan/internal/policyfile"
)

// maxPolicyFile bounds what is read of a file; policyfile has a limit of its
// own, below it, and words for what is over.
const maxPolicyFile = 1 << 20

// stdinName is how standard input is called in findings.
const stdinName = "<stdin>"

// linting is what `mulligan policy lint` is asked for.
type linting struct{ strict, json bool }

func lintCommand() *cobra.Command {
	var l linting
	cmd := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Find what is wrong in a policy file, and what to write instead",
		Long: `Checks policy files (- is standard input) and says, line by line, what is wrong
and what to write instead.

Exit code: 0 when no file has an error, 1 when a file cannot be read, 2 when one
has an error, or with --strict a warning.`,
		Example: "  mulligan policy lint policy.yaml\n  mulligan policy lint --strict policies/*.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, files []string) error { return l.run(cmd, files) },
	}
	cmd.Flags().BoolVar(&l.strict, "strict", false, "exit with 2 for warnings too")
	cmd.Flags().BoolVar(&l.json, "json", false, "the findings as JSON lines")
	return cmd
}

func (l linting) run(cmd *cobra.Command, files []string) error {
	bad := false
	for _, name := range files {
		name, src, err := readPolicy(cmd, name)
		if err != nil {
			return err
		}
		_, findings := policyfile.Read(name, src)
		bad = bad || policyfile.Failed(findings) || l.strict && len(findings) > 0
		if err := l.tell(cmd.OutOrStdout(), name, findings); err != nil {
			return err
		}
	}
	if bad {
		cmd.SilenceErrors = true // they were told
		return errFindings
	}
	return nil
}

func (l linting) tell(out io.Writer, name string, findings []policyfile.Finding) error {
	if l.json {
		for _, f := range findings {
			if err := json.NewEncoder(out).Encode(f); err != nil {
				return err
			}
		}
		return nil
	}
	tellFindings(out, findings)
	_, err := fmt.Fprintf(out, "%s: %s\n", plaintext.Line(name, maxPolicyLine), counts(findings))
	return err
}

// tellFindings writes findings, one a line. A file's words are in them.
func tellFindings(out io.Writer, findings []policyfile.Finding) {
	for _, f := range findings {
		fmt.Fprintln(out, plaintext.Line(f.String(), maxPolicyLine))
	}
}

// maxPolicyLine bounds one line of what is shown, in characters.
const maxPolicyLine = 500

// counts says how many findings there are. What was not told is not counted:
// the last line told says that.
func counts(findings []policyfile.Finding) string {
	failed := 0
	for _, f := range findings {
		if f.Severity == policyfile.Error {
			failed++
		}
	}
	return plural(failed, "error") + ", " + plural(len(findings)-failed, "warning")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// readPolicy reads a file, or standard input for "-", and says how it is called.
func readPolicy(cmd *cobra.Command, name string) (string, []byte, error) {
	if name == "-" {
		src, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxPolicyFile))
		if err != nil {
			return "", nil, fmt.Errorf("read standard input: %w", err)
		}
		return stdinName, src, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return "", nil, unread(err)
	}
	defer file.Close()
	src, err := io.ReadAll(io.LimitReader(file, maxPolicyFile))
	if err != nil {
		return "", nil, unread(err)
	}
	return name, src, nil
}

// unread says what kept a file from being read, in plain words.
func unread(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("read policy %s: %w", plaintext.Line(at.Path, maxPolicyLine), at.Err)
	}
	return fmt.Errorf("read policy: %w", err)
}

// compile reads a policy file that has to be free of errors, telling all
// findings on problems.
func compile(cmd *cobra.Command, name string) (*policyfile.File, []byte, error) {
	name, src, err := readPolicy(cmd, name)
	if err != nil {
		return nil, nil, err
	}
	file, findings := policyfile.Read(name, src)
	tellFindings(cmd.ErrOrStderr(), findings)
	if file == nil {
		return nil, nil, fmt.Errorf("%w: %s: %s", errFindings, plaintext.Line(name, maxPolicyLine), counts(findings))
	}
	return file, slices.Clip(src), nil
}

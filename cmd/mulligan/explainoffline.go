package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mulligan/internal/explain"
	"mulligan/internal/policy"
	"mulligan/internal/policyfile"
	"mulligan/internal/retry"
)

// factsFolder holds recorded facts, beside the events that they are of.
const factsFolder = "facts"

// offline is the setting without an account: the template's defaults.
func (e *explaining) offline(cmd *cobra.Command) (explain.Setting, error) {
	set := explain.Setting{
		Mode: e.modeOr(retry.Enforce), Settings: templateLimits,
		PolicyFrom: "the built-in rules, since no --policy is given, under the template's default limits",
	}
	set.Policy = policy.New(set.Settings)
	return e.underFile(cmd, set)
}

func (e *explaining) modeOr(m retry.Mode) retry.Mode {
	if e.mode != "" {
		return retry.Mode(e.mode)
	}
	return m
}

// underFile puts the policy of --policy in force, where there is one.
func (e *explaining) underFile(cmd *cobra.Command, set explain.Setting) (explain.Setting, error) {
	if e.policy == "" {
		return set, nil
	}
	file, _, err := compile(cmd, e.policy)
	if err != nil {
		return set, err
	}
	return under(set, file, "the file "+file.Name), nil
}

// under is the setting with a policy that people wrote.
func under(set explain.Setting, file *policyfile.File, from string) explain.Setting {
	set.Policy = policy.NewFrom(set.Settings, file.Document, file.Hash())
	set.PolicyFrom, set.Place, set.Problem = from, file.RulePlace, ""
	return set
}

// place is where Mulligan is taken to run: as --home says, as home.json among
// the facts says, or where the event is from.
func (e *explaining) place(payload []byte) (retry.Home, string, error) {
	if e.home != "" {
		home, err := explain.ParseHome(e.home)
		if err != nil {
			return home, "", fmt.Errorf("--home: %w", err)
		}
		return home, "as --home says", nil
	}
	name := filepath.Join(filepath.Dir(e.event), factsFolder, "home.json")
	text, err := os.ReadFile(name)
	if e.event == "-" || errors.Is(err, fs.ErrNotExist) {
		return explain.HomeOf(payload), "where it is from; --home says otherwise", nil
	}
	if err != nil {
		return retry.Home{}, "", err
	}
	var said struct{ Account, Region string }
	if err := json.Unmarshal(text, &said); err != nil {
		return retry.Home{}, "", fmt.Errorf("%s: %w", name, err)
	}
	home, err := explain.ParseHome(said.Account + "/" + said.Region)
	if err != nil {
		return home, "", fmt.Errorf("%s: %w", name, err)
	}
	return home, "as " + filepath.ToSlash(name) + " says", nil
}

// factsFile reads the recorded facts; none where none are given or there.
func (e *explaining) factsFile(cmd *cobra.Command) (string, []byte, error) {
	if e.facts != "" {
		return readInput(cmd, e.facts)
	}
	if e.event == "-" {
		return "", nil, nil
	}
	name := filepath.Join(filepath.Dir(e.event), factsFolder, strings.TrimSuffix(filepath.Base(e.event), filepath.Ext(e.event))+".json")
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return "", nil, nil
	}
	name, text, err := readInput(cmd, name)
	return filepath.ToSlash(name), text, err
}

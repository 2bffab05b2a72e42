package main

import (
	"strings"
	"testing"
)

// What is typed wrong fails, and names what it may have been meant to be.
func TestTypedWrong(t *testing.T) {
	for typing, want := range map[string]string{
		"policy lnit x.yaml":      `unknown command "lnit" for "mulligan policy": did you mean lint?`,
		"policy zeugma":           `unknown command "zeugma" for "mulligan policy"` + "\n",
		"polcy":                   "policy",
		"help polcy":              `unknown command "polcy" for "mulligan": did you mean policy?`,
		"help policy lnit":        `unknown command "lnit" for "mulligan policy": did you mean lint?`,
		"backtest --polcy x":      "unknown flag: --polcy: did you mean --policy?",
		"log --folow":             "unknown flag: --folow: did you mean --follow?",
		"log --zeugma":            "unknown flag: --zeugma\n",
		"log -z":                  "unknown shorthand flag: 'z' in -z\n",
		"log --json=zeugma":       "invalid argument",
		"explain":                 "expected what to explain, `mulligan explain --event FILE | --trail FILE | --execution ARN [flags]`, got nothing",
		"explain events/any.json": "expected `mulligan explain --event FILE | --trail FILE | --execution ARN [flags]`, got \"events/any.json\"",
		"policy apply":            "expected `mulligan policy apply FILE [flags]`, got nothing",
		"policy show a b":         "expected `mulligan policy show [FILE] [flags]`, got 2 arguments",
	} {
		t.Run(typing, func(t *testing.T) {
			_, stderr, code := typed(t, "", strings.Fields(typing)...)
			if code != exitError || !strings.Contains(stderr, want) {
				t.Errorf("got exit %d, %s\nwant exit %d, %s", code, stderr, exitError, want)
			}
		})
	}
}

// Who asks for help gets it.
func TestHelp(t *testing.T) {
	for typing, want := range map[string]string{
		"policy": "mulligan policy [command]", "help": "mulligan [command]", "help policy lint": "mulligan policy lint FILE... [flags]", "policy lint --help": "mulligan policy lint FILE... [flags]",
	} {
		if stdout, stderr, code := typed(t, "", strings.Fields(typing)...); code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("%s: got exit %d, %s%s, want exit 0, %s", typing, code, stdout, stderr, want)
		}
	}
}

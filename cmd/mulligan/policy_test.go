package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"mulligan/internal/account"
	"mulligan/internal/deployment"
	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// desk is somebody at work on policies: a stack with a ledger in memory, and
// what they answer to questions. No call leaves the process.
type desk struct {
	ledger  policies
	stack   deployment.Deployment
	author  string
	answers string
	away    bool // nobody is at the terminal
	local   account.State
	asked   []string // profile, Region and stack of each search
}

func newDesk() *desk {
	return &desk{
		ledger: ledger.NewMemory(), author: "ada",
		stack: deployment.Deployment{
			Stack: "mulligan", Home: retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"},
			Table: "Ledger", Mode: retry.Enforce, Settings: templateLimits,
		},
	}
}

func (d *desk) world() world {
	return world{
		local: local{find: func() (account.State, error) { return d.local, nil }, zone: time.UTC},
		load: func(_ context.Context, o deployment.Options) (aws.Config, error) {
			if o.Profile == "gone" {
				return aws.Config{}, errors.New("no AWS credentials")
			}
			return aws.Config{Region: o.Region}, nil
		},
		look: func(_ context.Context, cfg aws.Config, stack string) (deployment.Deployment, error) {
			d.asked = append(d.asked, cfg.Region+" "+aws.ToString(cfg.BaseEndpoint)+" "+stack)
			if stack == "gone" {
				return deployment.Deployment{}, errors.New("there is no stack named gone")
			}
			return d.stack, nil
		},
		open:   func(aws.Config, string) policies { return d.ledger },
		person: func() string { return d.author }, now: func() time.Time { return midnight }, attended: !d.away,
	}
}

// types runs `mulligan policy` with these arguments.
func (d *desk) types(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := &cobra.Command{Use: "mulligan", SilenceUsage: true}
	cmd.AddGroup(&cobra.Group{ID: policyGroup, Title: "Policy:"})
	cmd.AddCommand(policyCommand(d.world()))
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	cmd.SetIn(strings.NewReader(d.answers))
	cmd.SetArgs(append([]string{"policy"}, args...))
	code = exitCode(cmd.ExecuteContext(t.Context()))
	return out.String(), problems.String(), code
}

// fine is types for what has to go well.
func (d *desk) fine(t *testing.T, args ...string) string {
	t.Helper()
	out, problems, code := d.types(t, args...)
	if code != 0 {
		t.Fatalf("%q: exit %d\n%s%s", args, code, out, problems)
	}
	return out
}

// at is a policy of testdata.
func at(name string) string { return filepath.Join("testdata", "policy", name) }

func TestPolicyHelp(t *testing.T) {
	d := newDesk()
	all := ""
	for _, command := range []string{"", "lint", "show", "apply", "history", "rollback"} {
		all += "$ mulligan policy " + strings.TrimSpace(command+" --help") + "\n" + d.fine(t, append(strings.Fields(command), "--help")...) + "\n"
	}
	golden(t, "policy/help.txt", all)
}

// decided puts decisions on record: failures of a pipeline for these reasons.
func (d *desk) decided(t *testing.T, pipeline string, reasons ...string) {
	t.Helper()
	for i, reason := range reasons {
		arn := retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: pipeline, ID: "run" + string(rune('a'+i))}
		facts := retry.NewFacts(
			retry.Execution{ARN: arn, Status: retry.StatusFailed, LastModified: midnight},
			[]retry.Step{{Name: "Train", Type: "Training", Status: "Failed", Reason: reason, Ended: midnight.Add(-time.Second)}})
		decision := retry.Decision{
			Verdict: retry.Wait, Reason: retry.BackingOff, Execution: arn.String(), Pipeline: pipeline,
			Class: facts.Cause.Class, Retry: 1, Due: midnight.Add(5 * time.Minute),
		}
		record := retry.Record{Rev: 1, Used: 1, Kind: retry.Claimed, Updated: midnight, Decision: decision,
			Failure: retry.Failure{LastModified: midnight, Round: midnight.Add(-time.Second), Ended: midnight}}
		trail := retry.Trail{
			At: midnight.Add(time.Duration(i) * time.Second), Build: "v1", Policy: "p1", Used: 1, Ordinal: 1, Decision: decision, Facts: facts,
			Notice: retry.Notice{Door: retry.DoorEvent, EventID: "e", Emitted: midnight, Ended: "2026-03-01T00:00:00Z", Previous: "Executing"},
		}
		_, written, err := d.ledger.(*ledger.Memory).Commit(t.Context(), retry.Change{
			Execution: arn, Record: record, Trail: trail, Now: midnight, Expires: midnight.Add(time.Hour),
		})
		if err != nil || !written {
			t.Fatalf("commit: %t, %v", written, err)
		}
	}
}

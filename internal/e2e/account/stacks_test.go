//go:build e2e

package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mulligan/internal/account/host"
)

// parameters are template parameters that differ from what tests usually want.
type parameters map[string]string

// usual are quick delays, and budgets that no test empties by chance.
var usual = parameters{
	"BackoffInterval": "2", "BackoffMaxDelay": "4", "MaxRetries": "3",
	"PipelineRetriesPerDay": "100000", "AccountRetriesPerHour": "100000",
}

// stacks are those of a place, by their parameters.
type stacks struct {
	mu   sync.Mutex
	made map[string]*stack
}

// A stack is a deployed one and its eye on the log.
type stack struct {
	host.Stack
	*place
	home     host.Home
	prefix   string // of the names of its pipelines
	log      *log
	sweeping sync.Mutex
}

// stack returns the stack with those parameters over the usual ones, deployed
// when it is first asked for.
func (p *place) stack(t *testing.T, over parameters) *stack {
	t.Helper()
	p.stacks.mu.Lock()
	defer p.stacks.mu.Unlock()
	key := fmt.Sprint(over)
	if s, ok := p.stacks.made[key]; ok {
		return s
	}
	name := fmt.Sprintf("mulligan-%d", len(p.stacks.made)+1)
	s := p.deploy(t, p.Home(), name, name+"-", over)
	if p.stacks.made == nil {
		p.stacks.made = map[string]*stack{}
	}
	p.stacks.made[key] = s
	return s
}

// deploy deploys a stack, or updates the one of that name, and watches its log.
func (p *place) deploy(t *testing.T, home host.Home, name, prefix string, over parameters) *stack {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	set := maps.Clone(usual)
	set["PipelineNamePrefix"] = prefix
	maps.Copy(set, over)
	started := time.Now()
	if _, err := p.Deploy(ctx, home, host.Deployment{Stack: name, Parameters: set}); err != nil {
		t.Fatal(err)
	}
	deployed, err := p.Stack(ctx, home, name)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"CREATE_COMPLETE", "UPDATE_COMPLETE"}; !slices.Contains(want, deployed.Status) {
		t.Fatalf("stack %s: got %s, want one of %s", name, deployed.Status, strings.Join(want, ", "))
	}
	t.Logf("deployed %s in %.1f s: %v", name, time.Since(started).Seconds(), over)
	s := &stack{Stack: deployed, place: p, home: home, prefix: prefix, log: watch(p, home, deployed.Outputs["RetrierLogGroup"])}
	s.administrator(t).applies(eachForItself)
	return s
}

// eachForItself is a policy by which no failure waits for another's retry: those of
// tests that share a stack are of a few causes and of one instance type.
const eachForItself = "version: 1\nbreaker: {executions: 0}\nscarce: false\n"

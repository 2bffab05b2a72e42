package scenarios

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// modules are those that the project may depend on, and what for. A new one is a
// decision of people, who write it down here.
var modules = map[string]string{
	`github\.com/aws/aws-lambda-go`:                               "Lambda's runtime",
	`github\.com/aws/(aws-sdk-go-v2(/.+)?|smithy-go)`:             "AWS's clients, and what they share",
	`github\.com/anishathalye/porcupine`:                          "whether a history of the ledger is one that a ledger can have; in tests alone",
	`github\.com/goccy/go-yaml`:                                   "policies as people write them; in no function",
	`github\.com/(spf13/(cobra|pflag)|inconshreveable/mousetrap)`: "the operator's command line; in no function",
}

// functionModules are those that a function may link: AWS's own.
var functionModules = regexp.MustCompile(`^(mulligan|github\.com/aws/(aws-lambda-go|aws-sdk-go-v2(/.+)?|smithy-go))$`)

// functionServices are the services whose clients a function links: the three that
// it calls, what DynamoDB's item encoding brings along, and what the SDK's
// configuration does, although nothing signs in by it.
var functionServices = []string{"dynamodb", "sagemaker", "scheduler", "dynamodbstreams", "internal", "sts", "sso", "ssooidc", "signin"}

// TestThreatT17Dependencies holds the modules that are asked for, and those that
// are linked into a function, to the lists above. None may be replaced by another.
func TestThreatT17Dependencies(t *testing.T) {
	var asked struct {
		Require []struct{ Path, Version string }
		Replace []any
	}
	if err := json.Unmarshal(goCommand(t, "mod", "edit", "-json"), &asked); err != nil {
		t.Fatal(err)
	}
	if len(asked.Require) < 10 || len(asked.Replace) > 0 {
		t.Errorf("%d modules are asked for, %d replaced", len(asked.Require), len(asked.Replace))
	}
	for _, m := range asked.Require {
		if !isAllowed(m.Path) {
			t.Errorf("go.mod asks for %s, of which nobody has said what for", m.Path)
		}
	}
	linked := linkedBy(t, `{{with .Module}}{{.Path}}{{end}}`)
	for _, m := range linked {
		if !functionModules.MatchString(m) {
			t.Errorf("a function links %s", m)
		}
	}
	if len(linked) < 10 {
		t.Errorf("found only %d modules in the functions", len(linked))
	}
}

func isAllowed(module string) bool {
	for pattern := range modules {
		if regexp.MustCompile(`^` + pattern + `$`).MatchString(module) {
			return true
		}
	}
	return false
}

// TestScenario67NoLoopThroughQueues has the functions know no client of what
// Lambda's guard against recursion stops: they wait by schedules alone.
func TestScenario67NoLoopThroughQueues(t *testing.T) {
	service := regexp.MustCompile(`^github\.com/aws/aws-sdk-go-v2/service/(\w+)`)
	found := map[string]bool{}
	for _, name := range linkedBy(t, `{{.ImportPath}}`) {
		if parts := service.FindStringSubmatch(name); parts != nil {
			found[parts[1]] = true
		}
	}
	for name := range found {
		if !slices.Contains(functionServices, name) {
			t.Errorf("a function links the client of %s", name)
		}
	}
	if !found["scheduler"] {
		t.Error("no function links the client of scheduler: these are not the functions")
	}
}

// linkedBy lists what the functions link, in a form of `go list`.
func linkedBy(t *testing.T, form string) []string {
	t.Helper()
	lines := strings.Fields(string(goCommand(t, "list", "-tags", "lambda.norpc", "-deps", "-f", form, "./functions/...")))
	slices.Sort(lines)
	return slices.Compact(lines)
}

func goCommand(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return out
}

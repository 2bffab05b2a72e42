//go:build e2e

package account

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"mulligan/internal/account/host"
)

// A release is what is deployed at a time: a build, and parameters over the usual ones.
type release struct {
	template   string // of the build; empty: of the shared one
	build      string // as the function's log names it; empty: the shared one's
	parameters parameters
}

// newer is a build of the same sources that calls itself otherwise, as the next commit's would.
var newer = sync.OnceValues(func() (template string, err error) {
	folder := filepath.Join(shared.Folder, "newer")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(shared.Folder, "build"))); err != nil {
		return "", err
	}
	run := exec.Command("make", "--no-print-directory", "build-Retrier", "BUILD=newer", "GOARCH="+runtime.GOARCH,
		"ARTIFACTS_DIR="+filepath.Join(folder, "Retrier"))
	run.Dir = root
	if out, err := run.CombinedOutput(); err != nil {
		return "", fmt.Errorf("make build-Retrier: %w\n%s", err, out)
	}
	return filepath.Join(folder, "template.yaml"), nil
})

// asNewer is the release of those parameters with the newer build.
func asNewer(t *testing.T, over parameters) release {
	t.Helper()
	template, err := newer()
	if err != nil {
		t.Fatal(err)
	}
	return release{template, "newer", over}
}

// failing is the release with one more resource, which CloudFormation comes to
// when the function is changed already, and cannot make: a table of a name that
// is taken.
func (r release) failing(t *testing.T, taken string) release {
	t.Helper()
	text, err := os.ReadFile(r.template)
	if err != nil {
		t.Fatal(err)
	}
	const resources = "\nResources:\n"
	if strings.Count(string(text), resources) != 1 {
		t.Fatalf("%s has no resources to add one to", r.template)
	}
	r.template = filepath.Join(filepath.Dir(r.template), strings.ReplaceAll(t.Name(), "/", "-")+".yaml")
	broken := strings.Replace(string(text), resources, resources+fmt.Sprintf(`  Taken:
    Type: AWS::DynamoDB::Table
    DependsOn: [RetrierPipelineFailedPermission, DeadLettersPolicy]
    Properties:
      TableName: %s
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
`, taken), 1)
	if err := os.WriteFile(r.template, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// release deploys a release as a stack, new or not, and returns what `sam
// deploy` wrote.
func (p *place) release(t *testing.T, home host.Home, name string, r release) (output string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	set := maps.Clone(usual)
	set["PipelineNamePrefix"] = name + "-"
	maps.Copy(set, r.parameters)
	started := time.Now()
	output, err = p.Deploy(ctx, home, host.Deployment{Stack: name, Template: r.template, Parameters: set})
	t.Logf("%s: sam deploy took %.1f s", name, time.Since(started).Seconds())
	return output, err
}

// released deploys a release that must work, and watches it.
func (p *place) released(t *testing.T, home host.Home, name string, r release) *stack {
	t.Helper()
	if _, err := p.release(t, home, name, r); err != nil {
		t.Fatal(err)
	}
	s := p.look(t, home, name)
	if s.Status != "CREATE_COMPLETE" && s.Status != "UPDATE_COMPLETE" {
		t.Fatalf("stack %s: got %s, want it complete", name, s.Status)
	}
	return &stack{Stack: s, place: p, home: home, prefix: name + "-", log: watch(p, home, s.Outputs["RetrierLogGroup"])}
}

// look is the stack as CloudFormation knows it now.
func (p *place) look(t *testing.T, home host.Home, name string) host.Stack {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	s, err := p.Stack(ctx, home, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// version is the one that the stack's alias points to.
func (s *stack) version(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	out, err := lambda.NewFromConfig(s.AWS(s.home)).GetAlias(ctx, &lambda.GetAliasInput{
		FunctionName: aws.String(s.Name + "-retrier"), Name: aws.String("live"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.FunctionVersion)
}

// awaitsRetry waits for a line with that verdict and reason, about that retry
// where it waits.
func (st *story) awaitsRetry(want line) (found line) {
	st.t.Helper()
	st.until(want.String(), func() bool {
		lines := st.log.of(st.arn)
		i := slices.IndexFunc(lines, func(l line) bool {
			return l.is(want.Verdict, want.Reason) && (want.Verdict == "stop" || l.Retry == want.Retry)
		})
		if i >= 0 {
			found = lines[i]
		}
		return i >= 0
	})
	return found
}

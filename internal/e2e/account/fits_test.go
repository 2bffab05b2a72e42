//go:build e2e

package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"mulligan/internal/account/host"
	"mulligan/internal/awstest"
	"mulligan/internal/retry"
)

// TestSecondStack deploys a second stack beside the usual one, as a strict
// account wants it: no reserved concurrency, a topic that is there already, tags
// of the company's.
func TestSecondStack(t *testing.T) {
	t.Parallel()
	first := shared.stack(t, nil)
	const name, topic = "second", "arn:aws:sns:eu-west-1:123456789012:operations"
	set := maps.Clone(usual)
	maps.Copy(set, parameters{"PipelineNamePrefix": name + "-", "ReservedConcurrency": "0", "AlarmTopicArn": topic})
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if _, err := shared.Deploy(ctx, home, host.Deployment{Stack: name, Parameters: set, Tags: map[string]string{"cost-center": "4711"}}); err != nil {
		t.Fatal(err)
	}
	second := &stack{Stack: shared.look(t, home, name), place: shared, home: home, prefix: name + "-"}
	second.log = watch(shared, home, second.Outputs["RetrierLogGroup"])

	t.Run("reserves nothing", func(t *testing.T) {
		if got := [2]int32{first.reserved(t), second.reserved(t)}; got != [2]int32{5, 0} {
			t.Errorf("reserved concurrency: got %d, want 5 by default and 0", got)
		}
	})
	t.Run("tells the given topic", func(t *testing.T) {
		if got := second.Outputs["AlarmTopic"]; got != topic || second.Resources["AlarmTopic"] != "" || second.Resources["AlarmKey"] != "" {
			t.Errorf("got topic %s, made %q with key %q, want %s alone", got, second.Resources["AlarmTopic"], second.Resources["AlarmKey"], topic)
		}
		if first.Resources["AlarmTopic"] == "" || first.Outputs["AlarmTopic"] != first.Resources["AlarmTopic"] {
			t.Errorf("got topic %s, want the stack's own %q", first.Outputs["AlarmTopic"], first.Resources["AlarmTopic"])
		}
	})
	t.Run("is tagged", second.isTagged)
	t.Run("minds its own", func(t *testing.T) { mindsItsOwn(t, first, second) })
	t.Run("touches nothing of the other", func(t *testing.T) { touchesNothing(t, first, second) })
}

// reserved is the function's reserved concurrency, 0 for none.
func (s *stack) reserved(t *testing.T) int32 {
	t.Helper()
	out, err := lambda.NewFromConfig(s.AWS(s.home)).GetFunctionConcurrency(t.Context(),
		&lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(s.Name + "-retrier")})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToInt32(out.ReservedConcurrentExecutions)
}

// isTagged shows that the stack's own tag and the deployment's are on what
// MiniStack's tagging service knows. (It knows roles, log groups and alarms not,
// and gives rules no tags of a deployment's.)
func (s *stack) isTagged(t *testing.T) {
	company := strings.Join(tagged(t, s.place, s.home, "cost-center", "4711", ""), "\n")
	own := strings.Join(tagged(t, s.place, s.home, "mulligan:stack", s.Name, ""), "\n")
	for id, tags := range map[string]string{
		"Retrier": company + own, "Ledger": company + own, "DeadLetters": company + own, "Schedules": company + own, "RetrierPipelineFailed": own + own,
	} {
		name := s.Resources[id]
		name = name[strings.LastIndexAny(name, "/|")+1:]
		if n := strings.Count(tags, name); name == "" || n != 2 {
			t.Errorf("%s (%s) lacks a tag\nwith the company's:\n%s\nwith the stack's own:\n%s", id, name, company, own)
		}
	}
}

// mindsItsOwn has a pipeline of each of two stacks fail. Both hear of both.
func mindsItsOwn(t *testing.T, one, other *stack) {
	for _, by := range [][2]*stack{{one, other}, {other, one}} {
		st := by[0].fails(t, awstest.Script{Pipeline: "own", Runs: []awstest.Run{awstest.FailsAt("Train", awstest.ReasonThrottled), awstest.Succeeds()}})
		st.succeeds(1)
		st.settles(retry.Retried, 1)
		stranger := by[1].goesOn(t, st)
		stranger.awaits("ignore", "foreign")
		if record, err := stranger.record(); err != nil || record.Rev != 0 {
			t.Errorf("in the other ledger: got %+v (%v), want nothing", record, err)
		}
	}
}

// touchesNothing asks IAM what each function's role may do to the other stack.
func touchesNothing(t *testing.T, one, other *stack) {
	for _, by := range []*stack{one, other} {
		for _, on := range []*stack{one, other} {
			want := types.PolicyEvaluationDecisionTypeImplicitDeny
			if by == on {
				want = types.PolicyEvaluationDecisionTypeAllowed
			}
			for action, resource := range on.touchable() {
				role := "arn:aws:iam::" + home.Number + ":role/" + by.Resources["RetrierRole"]
				got, err := shared.Simulate(t.Context(), home, role, action, resource, [2]string{"iam:PassedToService", "scheduler.amazonaws.com"})
				if err != nil || got != want {
					t.Errorf("%s by %s on %s: got %s (%v), want %s", action, by.Name, resource, got, err, want)
				}
			}
		}
	}
}

// touchable is what a stack's function does, and on what of the stack's.
func (s *stack) touchable() map[string]string {
	in := func(service string) string {
		return "arn:aws:" + service + ":" + s.home.Region + ":" + s.home.Number + ":"
	}
	queue := s.Outputs["DeadLettersUrl"]
	return map[string]string{
		"dynamodb:BatchGetItem":               in("dynamodb") + "table/" + s.Outputs["LedgerTable"],
		"dynamodb:UpdateItem":                 in("dynamodb") + "table/" + s.Outputs["LedgerTable"],
		"dynamodb:PutItem":                    in("dynamodb") + "table/" + s.Outputs["LedgerTable"],
		"sqs:SendMessage":                     in("sqs") + queue[strings.LastIndex(queue, "/")+1:],
		"scheduler:CreateSchedule":            in("scheduler") + "schedule/" + s.Outputs["ScheduleGroup"] + "/a",
		"iam:PassRole":                        "arn:aws:iam::" + s.home.Number + ":role/" + s.Resources["SchedulerRole"],
		"logs:PutLogEvents":                   in("logs") + "log-group:" + s.Outputs["RetrierLogGroup"] + ":log-stream:a",
		"sagemaker:ListPipelineExecutions":    in("sagemaker") + "pipeline/" + s.prefix + "a",
		"sagemaker:RetryPipelineExecution":    in("sagemaker") + "pipeline/" + s.prefix + "a/execution/a",
		"sagemaker:DescribePipelineExecution": in("sagemaker") + "pipeline/" + s.prefix + "a/execution/a",
	}
}

// tagged are the ARNs of what has that tag, as `aws resourcegroupstaggingapi
// get-resources` lists it; of one type, where it is not empty.
func tagged(t *testing.T, p *place, home host.Home, key, value, typ string) (arns []string) {
	t.Helper()
	in := map[string]any{"TagFilters": []any{map[string]any{"Key": key, "Values": []string{value}}}, "ResourcesPerPage": 100}
	if typ != "" {
		in["ResourceTypeFilters"] = []string{typ}
	}
	var out struct {
		ResourceTagMappingList []struct{ ResourceARN string }
	}
	p.call(t, home, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", in, &out)
	for _, r := range out.ResourceTagMappingList {
		arns = append(arns, r.ResourceARN)
	}
	return arns
}

// call makes a call to a JSON service that no client here is for.
func (p *place) call(t *testing.T, home host.Home, service, target string, in, into any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.Endpoint+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", target)
	cfg, sum := p.AWS(home), sha256.Sum256(body)
	who, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), who, request, hex.EncodeToString(sum[:]), service, home.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", target, answer.Status, err, text)
	}
}

// TestDeploymentsThatChangeNothing: the same again is no change and no failure;
// what contradicts itself is refused in plain words, before anything is made or
// changed.
func TestDeploymentsThatChangeNothing(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	before, version := shared.look(t, home, s.Name), s.version(t)
	own := func(over parameters) release {
		all := parameters{"PipelineNamePrefix": s.prefix}
		maps.Copy(all, over)
		return release{parameters: all}
	}
	if out, err := shared.release(t, home, s.Name, own(nil)); err != nil || !strings.Contains(out, "No changes to deploy") {
		t.Errorf("the same again: got %v\n%s", err, out)
	}
	for _, c := range []struct {
		stack, says string
		parameters
	}{
		{s.Name, "Mode enforce retries, and MaxRetries 0 retries nothing", parameters{"Mode": "enforce", "MaxRetries": "0"}},
		{"contradiction", "Mode enforce retries, and MaxRetries 0 retries nothing", parameters{"Mode": "enforce", "MaxRetries": "0"}},
		{s.Name, "ProtectLedger false is for the table that the stack makes", parameters{"KeptLedger": "mulligan-Ledger-1", "ProtectLedger": "false"}},
		{s.Name, "RolePath", parameters{"RolePath": "ml-platform"}},
	} {
		out, err := shared.release(t, home, c.stack, own(c.parameters))
		if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), c.says) {
			t.Errorf("%v: got %v, want it to say %q", c.parameters, err, c.says)
		}
	}
	if after := shared.look(t, home, s.Name); !reflect.DeepEqual(after, before) || s.version(t) != version {
		t.Errorf("got %+v, want %+v as before", after, before)
	}
	if made, err := shared.Stack(t.Context(), home, "contradiction"); err == nil && len(made.Resources) != 0 {
		t.Errorf("a stack with contradictory parameters has %v", made.Resources)
	}
}

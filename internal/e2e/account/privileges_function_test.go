//go:build e2e

package account

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// The alias may be invoked by the one rule. Nothing is said of the function
// itself, of $LATEST or of a version, which therefore no service may invoke (T3).
func TestPolicyOfTheFunction(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	want := []statement{{
		Effect: "Allow", Principal: service("events"), Action: list{"lambda:InvokeFunction"}, Resource: list{s.Outputs["RetrierAlias"]},
		Condition: map[string]map[string]list{"ArnLike": {"AWS:SourceArn": {s.own(t, "events")["rule"]}}},
	}}
	s.policyIs(t, s.functionPolicy(t, "Retrier", "live"), want)
	if whole := s.functionPolicy(t, "Retrier", ""); whole != "" { // the emulator tells the aliases' too
		s.policyIs(t, whole, want)
	}
	for _, qualifier := range []string{"$LATEST", "1"} {
		if got := s.functionPolicy(t, "Retrier", qualifier); got != "" {
			t.Errorf("policy of %s: got %s, want none", qualifier, got)
		}
	}
}

// The sweeper may be invoked by the rule that starts it, and by nothing else.
func TestPolicyOfTheSweeper(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	s.policyIs(t, s.functionPolicy(t, "Sweeper", ""), []statement{{
		Effect: "Allow", Principal: service("events"), Action: list{"lambda:InvokeFunction"}, Resource: list{s.own(t, "lambda")["sweeper"]},
		Condition: map[string]map[string]list{"ArnLike": {"AWS:SourceArn": {s.own(t, "events")["sweeps' rule"]}}},
	}})
}

func (s *stack) functionPolicy(t *testing.T, id, qualifier string) string {
	t.Helper()
	in := &lambda.GetPolicyInput{FunctionName: aws.String(s.Resources[id])}
	if qualifier != "" {
		in.Qualifier = &qualifier
	}
	out, err := s.lambda().GetPolicy(t.Context(), in)
	if none := new(lambdatypes.ResourceNotFoundException); errors.As(err, &none) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return *out.Policy
}

// Another rule of the account does not reach the function, by whichever name it
// calls it, though it sends the same events (T3).
func TestAnotherRuleReachesNothing(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	client, rule, source := eventbridge.NewFromConfig(s.AWS(s.home)), "thief-"+s.Name, "thief."+s.Name
	if _, err := client.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: &rule, EventPattern: aws.String(`{"source":["` + source + `"]}`)}); err != nil {
		t.Fatal(err)
	}
	var targets []types.Target
	function := strings.TrimSuffix(s.Outputs["RetrierAlias"], ":live")
	for i, arn := range []string{function + ":live", function, function + ":$LATEST", function + ":1"} {
		targets = append(targets, types.Target{Id: aws.String(fmt.Sprint(i)), Arn: &arn})
	}
	if _, err := client.PutTargets(t.Context(), &eventbridge.PutTargetsInput{Rule: &rule, Targets: targets}); err != nil {
		t.Fatal(err)
	}
	st := act{s.running(t), len(s.said(t, 0))}
	if err := s.PutEvent(t.Context(), s.home, types.PutEventsRequestEntry{
		Source: &source, DetailType: aws.String("anything"), Detail: aws.String(`{"about":"` + st.arn + `"}`),
	}); err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		st.until("the rule's refusal at "+*target.Arn, func() bool {
			return st.says("rule/"+rule, "events.amazonaws.com is not authorized to invoke "+*target.Arn+" for ")
		})
	}
}

// The functions find no endpoint in their environment that is not AWS' own, and
// nothing that is secret (T15): names of things, numbers and a mode.
func TestEnvironmentOfTheFunctions(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	for qualifier, id := range map[string]string{"live": "Retrier", "$LATEST": "Sweeper"} {
		got, err := s.lambda().GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(s.Resources[id]), Qualifier: &qualifier})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Environment.Variables) < 10 {
			t.Errorf("%s has %v, want its settings", id, got.Environment.Variables)
		}
		for name := range got.Environment.Variables {
			if strings.HasPrefix(name, "AWS_") || slices.ContainsFunc([]string{"SECRET", "TOKEN", "PASSWORD", "KEY", "URL"}, func(w string) bool { return strings.Contains(name, w) }) {
				t.Errorf("%s has the variable %s", id, name)
			}
		}
	}
}

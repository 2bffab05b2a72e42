//go:build e2e

package account

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// A document is a policy as IAM keeps it.
type document struct {
	Version   string
	Id        string `json:",omitempty"`
	Statement []statement
}

// A statement has no NotAction and the like: reading one that has is an error.
type statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal json.RawMessage `json:",omitempty"`
	Action    list
	Resource  list                       `json:",omitempty"`
	Condition map[string]map[string]list `json:",omitempty"`
}

// A list is one string or several in a policy.
type list []string

func (l *list) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = list{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

func parsePolicy(t *testing.T, text string) (d document) {
	t.Helper()
	in := json.NewDecoder(strings.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		t.Fatalf("policy %s: %v", text, err)
	}
	return d
}

func (d document) text(t *testing.T) string {
	t.Helper()
	out, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A role is one of a stack's, with what it is allowed and who may be it.
type role struct {
	*stack
	id, name, arn string
	trust         document
	policies      map[string]string // inline, by name, as they were when it was looked at
}

// role looks at a role of the stack. It may have no policies but inline ones:
// others would be overlooked here.
func (s *stack) role(t *testing.T, id string) role {
	t.Helper()
	ctx, client := t.Context(), iam.NewFromConfig(s.AWS(s.home))
	r := role{stack: s, id: id, name: s.Resources[id], policies: map[string]string{}}
	got, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: &r.name})
	if err != nil {
		t.Fatal(err)
	}
	r.arn, r.trust = *got.Role.Arn, parsePolicy(t, unescape(t, got.Role.AssumeRolePolicyDocument))
	attached, err := client.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &r.name})
	if err != nil || len(attached.AttachedPolicies) != 0 {
		t.Fatalf("policies attached to %s: got %+v, %v, want none", id, attached, err)
	}
	inline, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &r.name})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range inline.PolicyNames {
		policy, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &r.name, PolicyName: &name})
		if err != nil {
			t.Fatal(err)
		}
		r.policies[name] = unescape(t, policy.PolicyDocument)
	}
	return r
}

// unescape reads a policy as IAM sends it: percent-encoded (API_GetRolePolicy).
func unescape(t *testing.T, text *string) string {
	t.Helper()
	out, err := url.PathUnescape(aws.ToString(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// put gives a role an inline policy. It works at a test's end too.
func (r role) put(t *testing.T, name, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	in := &iam.PutRolePolicyInput{RoleName: &r.name, PolicyName: &name, PolicyDocument: &text}
	if _, err := iam.NewFromConfig(r.AWS(r.home)).PutRolePolicy(ctx, in); err != nil {
		t.Errorf("put the policy %s of %s: %v", name, r.id, err)
	}
}

// actions are all that the role's policies name.
func (r role) actions(t *testing.T) (actions []string) {
	t.Helper()
	for _, text := range r.policies {
		for _, s := range parsePolicy(t, text).Statement {
			actions = append(actions, s.Action...)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// A lack is a policy of which one thing was taken out: an action, or a
// condition's value. Nothing else is changed.
type lack struct {
	what   string // for people
	action string // which is missing, or is bound to a condition that nobody meets
	policy string
	text   string
}

// lacks are all that can be taken out of a role, one at a time.
func (r role) lacks(t *testing.T) (all []lack) {
	t.Helper()
	for name, text := range r.policies {
		for i, s := range parsePolicy(t, text).Statement {
			for j, action := range s.Action {
				d := parsePolicy(t, text)
				d.Statement[i].Action = slices.Delete(d.Statement[i].Action, j, j+1)
				if len(d.Statement[i].Action) == 0 {
					d.Statement = slices.Delete(d.Statement, i, i+1)
				}
				all = append(all, lack{action, action, name, d.text(t)})
			}
			for operator, keys := range s.Condition {
				for key := range keys {
					d := parsePolicy(t, text)
					d.Statement[i].Condition[operator][key] = list{"nobody.amazonaws.com"}
					all = append(all, lack{s.Action[0] + ", " + key, s.Action[0], name, d.text(t)})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b lack) int { return strings.Compare(a.what, b.what) })
	return all
}

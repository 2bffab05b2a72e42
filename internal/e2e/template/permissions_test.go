//go:build e2e

package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What each role may do, and on what: this and nothing else.
const (
	aliasARN     = `{"Fn::Sub":"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-retrier:live"}`
	executions   = `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/${PipelineNamePrefix}*/execution/*"}`
	ownPipelines = `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/${PipelineNamePrefix}*"}`
	processing   = `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:processing-job/*"}`
	training     = `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:training-job/*"}`
	transform    = `{"Fn::Sub":"arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:transform-job/*"}`
	jobs         = "[" + processing + "," + training + "," + transform + "]"
	ownSchedules = `{"Fn::Sub":"arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${Schedules}/*"}`
	ledgerARN    = `{"Fn::If":["MakesLedger",{"Fn::GetAtt":["Ledger","Arn"]},` +
		`{"Fn::Sub":"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${KeptLedger}"}]}`
	indexARN = `{"Fn::If":["MakesLedger",{"Fn::Sub":"${Ledger.Arn}/index/open"},` +
		`{"Fn::Sub":"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${KeptLedger}/index/open"}]}`
	queueARN  = `{"Fn::GetAtt":["DeadLetters","Arn"]}`
	wakerARN  = `{"Fn::GetAtt":["SchedulerRole","Arn"]}`
	logsARN   = `{"Fn::GetAtt":["RetrierLogs","Arn"]}`
	sweepsARN = `{"Fn::GetAtt":["SweeperLogs","Arn"]}`
)

// corridor is what it takes to bring a failure to its end, whichever function does.
var corridor = map[string]string{
	"sagemaker:DescribePipelineExecution":  executions,
	"sagemaker:ListPipelineExecutionSteps": executions,
	"sagemaker:RetryPipelineExecution":     executions,
	"sagemaker:ListPipelineExecutions":     ownPipelines,
	"sagemaker:DescribeProcessingJob":      jobs,
	"sagemaker:DescribeTrainingJob":        jobs,
	"sagemaker:DescribeTransformJob":       jobs,
	"dynamodb:BatchGetItem":                ledgerARN,
	"dynamodb:ConditionCheckItem":          ledgerARN,
	"dynamodb:PutItem":                     ledgerARN,
	"dynamodb:UpdateItem":                  ledgerARN,
	"scheduler:CreateSchedule":             ownSchedules,
	"iam:PassRole":                         wakerARN,
}

var allowed = map[string]map[string]string{
	"RetrierRole": and(corridor, map[string]string{
		"sqs:SendMessage":      queueARN,
		"logs:CreateLogStream": logsARN,
		"logs:PutLogEvents":    logsARN,
	}),
	"SweeperRole": and(corridor, map[string]string{
		"sagemaker:ListPipelines": `"*"`,
		"sagemaker:Search":        `"*"`,
		"dynamodb:Query":          indexARN,
		"logs:CreateLogStream":    sweepsARN,
		"logs:PutLogEvents":       sweepsARN,
	}),
	"SchedulerRole": {
		"lambda:InvokeFunction": aliasARN,
		"sqs:SendMessage":       queueARN,
	},
}

func and(some, more map[string]string) map[string]string {
	all := maps.Clone(some)
	maps.Copy(all, more)
	return all
}

const passedToScheduler = `{"StringEquals":{"iam:PassedToService":"scheduler.amazonaws.com"}}`

var permissions = []check{
	{"actions", func(t tree) (broken []string) {
		for id, role := range resources(t, "AWS::IAM::Role") {
			granted := map[string]bool{}
			for _, s := range statements(role) {
				for _, key := range sorted(s) {
					if !slices.Contains([]string{"Sid", "Effect", "Action", "Resource", "Condition"}, key) || s["Effect"] != "Allow" {
						broken = append(broken, id+": no plain permission: "+show(s))
					}
				}
				for _, action := range list(s["Action"]) {
					granted[fmt.Sprint(action)] = true
				}
			}
			if got, want := sorted(granted), sorted(allowed[id]); !slices.Equal(got, want) {
				broken = append(broken, fmt.Sprintf("%s: got %q, want %q", id, got, want))
			}
		}
		if len(resources(t, "AWS::IAM::Role")) != len(allowed) {
			broken = append(broken, "not the roles that are listed")
		}
		return broken
	}},
	each("resources", "AWS::IAM::Role", func(id string, role tree) (broken []string) {
		for _, s := range statements(role) {
			for _, action := range list(s["Action"]) {
				if want, known := allowed[id][fmt.Sprint(action)]; known && show(s["Resource"]) != want {
					broken = append(broken, fmt.Sprintf("%s on %s, want %s", action, show(s["Resource"]), want))
				}
			}
		}
		return broken
	}),
	each("conditions", "AWS::IAM::Role", func(_ string, role tree) (broken []string) {
		for _, s := range statements(role) {
			want := "null"
			if slices.Contains(list(s["Action"]), any("iam:PassRole")) {
				want = passedToScheduler
			}
			if got := show(s["Condition"]); got != want {
				broken = append(broken, fmt.Sprintf("%s under %s, want %s", show(s["Action"]), got, want))
			}
		}
		return broken
	}),
	{"one corridor", func(t tree) (broken []string) {
		const first = ".Properties.Policies.0"
		if got, want := show(at(t, "Resources.SweeperRole"+first)), show(at(t, "Resources.RetrierRole"+first)); got != want {
			broken = append(broken, fmt.Sprintf("the sweeper may %s, and the other function %s", got, want))
		}
		return broken
	}},
	each("nothing but inline policies", "AWS::IAM::Role", func(_ string, role tree) (broken []string) {
		if at(role, "Properties.ManagedPolicyArns") != nil {
			broken = append(broken, "a managed policy")
		}
		for _, policy := range list(at(role, "Properties.Policies")) {
			if at(policy, "PolicyName") == nil || at(policy, "PolicyDocument.Version") != "2012-10-17" {
				broken = append(broken, "a policy without a name or of another version")
			}
		}
		return broken
	}),
	{"no policies elsewhere", func(t tree) (broken []string) {
		for id, resource := range t["Resources"].(tree) {
			if typ, _ := at(resource, "Type").(string); strings.HasPrefix(typ, "AWS::IAM::") && typ != "AWS::IAM::Role" {
				broken = append(broken, id+" is a "+typ)
			}
		}
		return broken
	}},
	{"wildcards", wildcards},
	holds("boundary and path",
		row{"AWS::IAM::Role", "Properties.PermissionsBoundary", `{"Fn::If":["BoundsRoles",{"Ref":"PermissionsBoundary"},{"Ref":"AWS::NoValue"}]}`},
		row{"AWS::IAM::Role", "Properties.Path", `{"Ref":"RolePath"}`},
		row{"AWS::IAM::Role", "Properties.RoleName", "null"}, // A fixed name would ask for CAPABILITY_NAMED_IAM.
	),
}

// An API may force a wildcard, or leave nothing else to name. These are all.
var forced = map[string]string{
	"RetrierRole " + executions:   "pipelines and executions are not known when the stack is made",
	"RetrierRole " + ownPipelines: "nor are pipelines",
	"RetrierRole " + processing:   "jobs are named after executions, or as their steps like",
	"RetrierRole " + training:     "the same",
	"RetrierRole " + transform:    "the same",
	"RetrierRole " + ownSchedules: "schedules are named after tokens",
	"SweeperRole " + executions:   "what the other function may, which brings failures to their end too",
	"SweeperRole " + ownPipelines: "the same",
	"SweeperRole " + processing:   "the same",
	"SweeperRole " + training:     "the same",
	"SweeperRole " + transform:    "the same",
	"SweeperRole " + ownSchedules: "the same",
	`SweeperRole "*"`:             "Search and ListPipelines know no resource",
	`Ledger "dynamodb:*"`:         "a denial",
	`Ledger "*"`:                  "in a table's own policy it is the table, whose ARN is not known there",
	`DeadLettersPolicy "sqs:*"`:   "a denial",
	`AlarmKey "kms:*"`:            "without it nobody could change the key's policy again",
	`AlarmKey "*"`:                "in a key's own policy it is the key",
}

func wildcards(t tree) (broken []string) {
	for id, resource := range t["Resources"].(tree) {
		for _, s := range statements(resource.(tree)) {
			for _, node := range slices.Concat(list(s["Action"]), list(s["Resource"])) {
				key := id + " " + show(node)
				deniesAll := strings.HasSuffix(forced[key], "a denial") && s["Effect"] != "Deny"
				if strings.ContainsAny(show(node), "*?") && (forced[key] == "" || deniesAll) {
					broken = append(broken, key)
				}
			}
			if s["Effect"] == "Allow" && strings.Contains(show(s["Principal"]), "*") {
				broken = append(broken, id+" allows everybody")
			}
		}
	}
	return broken
}

// statements are those of all policies in a resource, wherever they stand, but for a role's trust.
func statements(resource tree) (all []tree) {
	properties, _ := resource["Properties"].(tree)
	documents := []any{properties["PolicyDocument"], properties["KeyPolicy"], at(properties, "ResourcePolicy.PolicyDocument")}
	for _, policy := range list(properties["Policies"]) {
		documents = append(documents, at(policy, "PolicyDocument"))
	}
	for _, document := range documents {
		for _, s := range list(at(document, "Statement")) {
			all = append(all, s.(tree))
		}
	}
	return all
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

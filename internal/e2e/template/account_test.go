//go:build e2e

package template

import "fmt"

// How the stack fits an account: tags, what contradicts itself, what others build on.
var account = []check{
	{"tags", func(t tree) (broken []string) {
		for _, id := range sorted(t["Resources"].(tree)) {
			resource := t["Resources"].(tree)[id]
			typ, _ := at(resource, "Type").(string)
			takes, known := taggable[typ]
			tagged := false
			for _, tag := range list(at(resource, "Properties.Tags")) {
				tagged = tagged || show(tag) == `{"Key":"mulligan:stack","Value":{"Ref":"AWS::StackName"}}`
			}
			if takes != tagged || !known {
				broken = append(broken, fmt.Sprintf("%s, a %s: tagged %t, can be %t, known %t", id, typ, tagged, takes, known))
			}
		}
		return broken
	}},
	{"contradictions", func(t tree) (broken []string) {
		const want = `{"EnforcingNeedsRetries":{"Assert":[{"Fn::Not":[{"Fn::Equals":[{"Ref":"MaxRetries"},"0"]}]}],"When":{"Fn::Equals":[{"Ref":"Mode"},"enforce"]}},` +
			`"KeptLedgerKeepsItsProtection":{"Assert":[{"Fn::Equals":[{"Ref":"ProtectLedger"},"true"]}],"When":{"Fn::Not":[{"Fn::Equals":[{"Ref":"KeptLedger"},""]}]}}}`
		got := tree{}
		rules, _ := t["Rules"].(tree)
		for name, rule := range rules {
			var asserts []any
			for _, assertion := range list(at(rule, "Assertions")) {
				if asserts = append(asserts, at(assertion, "Assert")); at(assertion, "AssertDescription") == nil {
					broken = append(broken, name+" does not say what is wrong")
				}
			}
			got[name] = tree{"When": at(rule, "RuleCondition"), "Assert": asserts}
		}
		if show(got) != want {
			broken = append(broken, fmt.Sprintf("got %s, want %s", show(got), want))
		}
		return broken
	}},
	{"conditions of the template", func(t tree) (broken []string) {
		const want = `{"BoundsRoles":{"Fn::Not":[{"Fn::Equals":[{"Ref":"PermissionsBoundary"},""]}]},"MakesAlarmTopic":{"Fn::Equals":[{"Ref":"AlarmTopicArn"},""]},` +
			`"MakesLedger":{"Fn::Equals":[{"Ref":"KeptLedger"},""]},` +
			`"ReservesConcurrency":{"Fn::Not":[{"Fn::Equals":[{"Ref":"ReservedConcurrency"},"0"]}]}}`
		if got := show(t["Conditions"]); got != want {
			broken = append(broken, fmt.Sprintf("got %s, want %s", got, want))
		}
		return broken
	}},
	{"mappings", func(t tree) (broken []string) {
		const want = `{"Retrier":{"Timeout":{"Seconds":"20"}},"Sweeper":{"Timeout":{"Seconds":"240"}}}`
		if got := show(t["Mappings"]); got != want {
			broken = append(broken, fmt.Sprintf("got %s, want %s", got, want))
		}
		return broken
	}},
	{"outputs", func(t tree) (broken []string) {
		for name, want := range map[string]string{
			"RetrierAlias": alias, "RetrierLogGroup": `{"Ref":"RetrierLogs"}`, "LedgerTable": theLedger,
			"DeadLettersUrl": `{"Ref":"DeadLetters"}`, "ScheduleGroup": `{"Ref":"Schedules"}`, "AlarmTopic": theTopic,
			"SweeperFunction": `{"Ref":"Sweeper"}`, "SweeperLogGroup": `{"Ref":"SweeperLogs"}`,
		} {
			if got := show(at(t, "Outputs."+name+".Value")); got != want {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", name, got, want))
			}
		}
		return broken
	}},
}

// taggable tells of every type in the template whether CloudFormation can tag it.
var taggable = map[string]bool{
	"AWS::CloudWatch::Alarm": true, "AWS::DynamoDB::Table": true, "AWS::Events::Rule": true, "AWS::IAM::Role": true, "AWS::KMS::Key": true,
	"AWS::Lambda::Function": true, "AWS::Logs::LogGroup": true, "AWS::SNS::Topic": true, "AWS::SQS::Queue": true, "AWS::Scheduler::ScheduleGroup": true,
	"AWS::Lambda::Alias": false, "AWS::Lambda::EventInvokeConfig": false, "AWS::Lambda::Permission": false, "AWS::Lambda::Version": false,
	"AWS::Logs::MetricFilter": false, "AWS::SNS::TopicPolicy": false, "AWS::SQS::QueuePolicy": false,
}

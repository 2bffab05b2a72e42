//go:build e2e

package template

import (
	"fmt"
	"slices"
)

// Who else may act on what is ours, and as whose deputy: a service that is asked
// by somebody else's rule, schedule or alarm is refused.
const (
	ofTheRule   = `{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["RetrierPipelineFailed","Arn"]}}}`
	ofTheGroup  = `{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["Schedules","Arn"]}},"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}`
	ofTheAlarms = `{"ArnLike":{"aws:SourceArn":{"Fn::Sub":"arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"}},` +
		`"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}`
	// Lambda names no function when it takes on a role; who may make one run under it needs iam:PassRole.
	byLambda   = `{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}`
	withoutTLS = `{"Bool":{"aws:SecureTransport":"false"}}`
	// ofATopic is what a topic's policy may name: the actions of the policy that SNS gives a new topic. It refuses sns:*.
	ofATopic = `["sns:AddPermission","sns:DeleteTopic","sns:GetTopicAttributes","sns:ListSubscriptionsByTopic",` +
		`"sns:Publish","sns:RemovePermission","sns:SetTopicAttributes","sns:Subscribe"]`
)

var deputies = []check{
	grants("trust in the function's role", "RetrierRole", "Properties.AssumeRolePolicyDocument", byLambda),
	grants("trust in the sweeper's role", "SweeperRole", "Properties.AssumeRolePolicyDocument", byLambda),
	grants("trust in the scheduler's role", "SchedulerRole", "Properties.AssumeRolePolicyDocument",
		`{"Action":"sts:AssumeRole","Condition":`+ofTheGroup+`,"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"}}`),
	grants("who sends to the queue", "DeadLettersPolicy", "Properties.PolicyDocument",
		`{"Action":"sqs:SendMessage","Condition":`+ofTheRule+`,"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Resource":`+queueARN+`}`),
	grants("who publishes to the topic", "AlarmTopicPolicy", "Properties.PolicyDocument",
		`{"Action":"sns:Publish","Condition":`+ofTheAlarms+`,"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Resource":{"Ref":"AlarmTopic"}}`),
	grants("who uses the key", "AlarmKey", "Properties.KeyPolicy",
		`{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":{"Fn::Sub":"arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},"Resource":"*"}`,
		`{"Action":["kms:Decrypt","kms:GenerateDataKey"],"Condition":`+ofTheAlarms+`,"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Resource":"*"}`),
	grants("who is allowed on the table", "Ledger", "Properties.ResourcePolicy.PolicyDocument"),
	holds("who invokes the functions",
		row{"RetrierPipelineFailedPermission", "Properties", `{"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"RetrierAliaslive"},` +
			`"Principal":"events.amazonaws.com","SourceArn":{"Fn::GetAtt":["RetrierPipelineFailed","Arn"]}}`},
		row{"SweeperEveryPermission", "Properties", `{"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"Sweeper"},` +
			`"Principal":"events.amazonaws.com","SourceArn":{"Fn::GetAtt":["SweeperEvery","Arn"]}}`},
	),
	denial("TLS to the table", "Ledger", "Properties.ResourcePolicy.PolicyDocument", `"dynamodb:*"`, `"*"`),
	denial("TLS to the queue", "DeadLettersPolicy", "Properties.PolicyDocument", `"sqs:*"`, queueARN),
	denial("TLS to the topic", "AlarmTopicPolicy", "Properties.PolicyDocument", ofATopic, `{"Ref":"AlarmTopic"}`),
	holds("where policies apply",
		row{"AWS::SQS::QueuePolicy", "Properties.Queues", `[{"Ref":"DeadLetters"}]`},
		row{"AWS::SNS::TopicPolicy", "Properties.Topics", `[{"Ref":"AlarmTopic"}]`},
		row{"AWS::SQS::QueuePolicy", "Properties.PolicyDocument.Version", `"2012-10-17"`},
		row{"AWS::SNS::TopicPolicy", "Properties.PolicyDocument.Version", `"2012-10-17"`},
		row{"AWS::KMS::Key", "Properties.KeyPolicy.Version", `"2012-10-17"`},
		row{"AWS::DynamoDB::Table", "Properties.ResourcePolicy.PolicyDocument.Version", `"2012-10-17"`},
		row{"AWS::IAM::Role", "Properties.AssumeRolePolicyDocument.Version", `"2012-10-17"`},
	),
	{"every store has a policy", func(t tree) (broken []string) {
		for typ, count := range map[string]int{
			"AWS::SQS::Queue": len(resources(t, "AWS::SQS::QueuePolicy")), "AWS::SNS::Topic": len(resources(t, "AWS::SNS::TopicPolicy")),
			"AWS::Events::Rule": len(resources(t, "AWS::Lambda::Permission")),
		} {
			if n := len(resources(t, typ)); n == 0 || n != count {
				broken = append(broken, fmt.Sprintf("%d of %s, %d policies for them", n, typ, count))
			}
		}
		return broken
	}},
}

// grants is a check that the permissions in a policy are these, whatever they are called.
func grants(name, id, path string, want ...string) check {
	return each(name, id, func(_ string, resource tree) (broken []string) {
		var got []string
		for _, node := range list(at(resource, path+".Statement")) {
			if s := nameless(node); s["Effect"] != "Deny" {
				got = append(got, show(s))
			}
		}
		if !slices.Equal(got, want) {
			broken = append(broken, fmt.Sprintf("got %s, want %s", got, want))
		}
		return broken
	})
}

// denial is a check that a policy refuses everybody who comes without TLS, and refuses nothing else.
func denial(name, id, path, action, resource string) check {
	want := `{"Action":` + action + `,"Condition":` + withoutTLS + `,"Effect":"Deny","Principal":"*","Resource":` + resource + `}`
	return each(name, id, func(_ string, r tree) (broken []string) {
		var got []string
		for _, node := range list(at(r, path+".Statement")) {
			if s := nameless(node); s["Effect"] != "Allow" {
				got = append(got, show(s))
			}
		}
		if !slices.Equal(got, []string{want}) {
			broken = append(broken, fmt.Sprintf("got %s, want %s", got, want))
		}
		return broken
	})
}

// nameless is a statement without its Sid, which decides nothing.
func nameless(node any) tree {
	s := clone(node.(tree))
	delete(s, "Sid")
	return s
}

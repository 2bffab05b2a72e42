//go:build e2e

package template

import (
	"fmt"
	"strconv"
	"strings"
)

const alias = `{"Ref":"RetrierAliaslive"}`

// How events come, and what becomes of those that do not arrive.
var delivery = []check{
	holds("what the rule matches",
		// How executions end: the failed are decided on, and every end settles what became of a retry before it.
		row{"RetrierPipelineFailed", "Properties.EventPattern", `{"account":[{"Ref":"AWS::AccountId"}],` +
			`"detail":{"currentPipelineExecutionStatus":["Failed","Succeeded","Stopped","CompletedWithFailures"]},` +
			`"detail-type":["SageMaker Model Building Pipeline Execution Status Change"],"source":["aws.sagemaker"]}`},
		row{"RetrierPipelineFailed", "Properties.ScheduleExpression", "null"},
		row{"AWS::Events::Rule", "Properties.EventBusName", "null"}, // SageMaker sends to the default bus alone.
		row{"AWS::Events::Rule", "Properties.State", "null"},
	),
	holds("when a sweep begins",
		row{"SweeperEvery", "Properties.ScheduleExpression", `"rate(5 minutes)"`},
		row{"SweeperEvery", "Properties.EventPattern", "null"},
		// To $LATEST. Nothing of a sweep is kept or sent again: the next one is the second try.
		row{"SweeperEvery", "Properties.Targets", `[{"Arn":{"Fn::GetAtt":["Sweeper","Arn"]},"Id":"SweeperEveryLambdaTarget",` +
			`"RetryPolicy":{"MaximumEventAgeInSeconds":300,"MaximumRetryAttempts":5}}]`},
		row{"SweeperEventInvokeConfig", "Properties", `{"DestinationConfig":{},"FunctionName":{"Ref":"Sweeper"},` +
			`"MaximumEventAgeInSeconds":300,"MaximumRetryAttempts":0,"Qualifier":"$LATEST"}`},
	),
	{"one sweep ends before the next begins", func(t tree) (broken []string) {
		var minutes int
		every, _ := at(t, "Resources.SweeperEvery.Properties.ScheduleExpression").(string)
		if _, err := fmt.Sscanf(every, "rate(%d minutes)", &minutes); err != nil {
			return []string{fmt.Sprintf("got %q: %v", every, err)}
		}
		seconds, _ := at(t, "Mappings.Sweeper.Timeout.Seconds").(string)
		if got, err := strconv.Atoi(seconds); err != nil || got < 60 || got >= 60*minutes {
			broken = append(broken, fmt.Sprintf("%s s of every %d minutes", seconds, minutes))
		}
		return broken
	}},
	each("dead letters of the rule", "RetrierPipelineFailed", func(_ string, rule tree) (broken []string) {
		targets := list(at(rule, "Properties.Targets"))
		for _, target := range targets {
			for path, want := range map[string]string{
				"Arn":              alias,
				"DeadLetterConfig": `{"Arn":` + queueARN + `}`,
				"RetryPolicy":      `{"MaximumEventAgeInSeconds":86400,"MaximumRetryAttempts":185}`,
				"Input":            "null", "InputPath": "null", "InputTransformer": "null", // The function reads the event as it is.
			} {
				if got := show(at(target, path)); got != want {
					broken = append(broken, fmt.Sprintf("%s: got %s, want %s", path, got, want))
				}
			}
		}
		if len(targets) != 1 || at(targets[0], "Id") == nil {
			broken = append(broken, "not one target with a name")
		}
		return broken
	}),
	// Schedules are made at run time: what they are made of comes from here, and internal/schedule proves that each has it.
	holds("dead letters of the schedules",
		row{"Retrier", "Properties.Environment.Variables.DEAD_LETTERS_ARN", queueARN},
		row{"Retrier", "Properties.Environment.Variables.SCHEDULE_ROLE_ARN", wakerARN},
		row{"Retrier", "Properties.Environment.Variables.SCHEDULE_GROUP", `{"Ref":"Schedules"}`},
		row{"AWS::Scheduler::ScheduleGroup", "Properties.Name", "null"},
	),
	{"no schedule in the template", func(t tree) (broken []string) {
		for id := range resources(t, "AWS::Scheduler::Schedule") {
			broken = append(broken, id+": its dead letters are nobody's")
		}
		return broken
	}},
	holds("dead letters of the function",
		row{"RetrierEventInvokeConfig", "Properties", `{"DestinationConfig":{"OnFailure":{"Destination":` + queueARN + `}},"FunctionName":{"Ref":"Retrier"},` +
			`"MaximumEventAgeInSeconds":21600,"MaximumRetryAttempts":2,"Qualifier":"live"}`},
	),
	holds("the one alias",
		row{"Retrier", "Properties.FunctionName", `{"Fn::Sub":"${AWS::StackName}-retrier"}`},
		row{"Sweeper", "Properties.FunctionName", `{"Fn::Sub":"${AWS::StackName}-sweeper"}`},
		row{"AWS::Lambda::Alias", "Properties.Name", `"live"`},
		row{"AWS::Lambda::Alias", "Properties.FunctionName", `{"Ref":"Retrier"}`},
		row{"AWS::Lambda::Version", "Properties.FunctionName", `{"Ref":"Retrier"}`},
		row{"Retrier", "Properties.Environment.Variables.SCHEDULE_TARGET_ARN", aliasARN},
	),
	{"the alias' version", func(t tree) (broken []string) {
		for id := range resources(t, "AWS::Lambda::Version") {
			want := `{"Fn::GetAtt":["` + id + `","Version"]}`
			if got := show(at(t, "Resources.RetrierAliaslive.Properties.FunctionVersion")); got != want {
				broken = append(broken, fmt.Sprintf("got %s, want %s", got, want))
			}
		}
		return broken
	}},
	{"a queue's visibility", func(t tree) (broken []string) {
		var timeout float64
		fmt.Sscan(strings.Trim(show(at(t, "Mappings.Retrier.Timeout.Seconds")), `"`), &timeout)
		// Lambda wants six times its time-out of a queue that it reads.
		if got, _ := at(t, "Resources.DeadLetters.Properties.VisibilityTimeout").(float64); timeout == 0 || got < 6*timeout {
			broken = append(broken, fmt.Sprintf("got %v for a time-out of %v", got, timeout))
		}
		return broken
	}},
}

//go:build e2e

package template

import (
	"fmt"
	"slices"
)

// What somebody has to hear of, by metric. The names and dimensions are those of
// the services' pages on monitoring with CloudWatch.
var watched = map[string]struct{ dimensions, statistic, period, periods, threshold string }{
	"AWS/SQS ApproximateNumberOfMessagesVisible":               {`[{"Name":"QueueName","Value":{"Fn::GetAtt":["DeadLetters","QueueName"]}}]`, "Maximum", "60", "1", "1"},
	"AWS/Lambda Errors":                                        {ofTheFunction, "Sum", "300", "1", "1"},
	"AWS/Lambda Throttles":                                     {ofTheFunction, "Sum", "300", "3", "1"},
	"AWS/Lambda AsyncEventAge":                                 {ofTheFunction, "Maximum", "300", "1", "3600000"}, // an hour, in milliseconds
	"AWS/Lambda DestinationDeliveryFailures":                   {ofTheFunction, "Sum", "300", "1", "1"},
	"AWS/Events InvocationsFailedToBeSentToDlq":                {`[{"Name":"RuleName","Value":{"Ref":"RetrierPipelineFailed"}}]`, "Sum", "300", "1", "1"},
	"AWS/Scheduler TargetErrorCount":                           {ofTheSchedules, "Sum", "300", "1", "1"},
	"AWS/Scheduler InvocationsFailedToBeSentToDeadLetterCount": {ofTheSchedules, "Sum", "300", "1", "1"},
}

const (
	ofTheFunction  = `[{"Name":"FunctionName","Value":{"Ref":"Retrier"}}]`
	ofTheSchedules = `[{"Name":"ScheduleGroup","Value":{"Ref":"Schedules"}}]`
	theTopic       = `{"Fn::If":["MakesAlarmTopic",{"Ref":"AlarmTopic"},{"Ref":"AlarmTopicArn"}]}`
)

var alarms = []check{
	{"what is watched", func(t tree) (broken []string) {
		var got []string
		for id, alarm := range resources(t, "AWS::CloudWatch::Alarm") {
			p, _ := alarm["Properties"].(tree)
			metric := fmt.Sprint(p["Namespace"], " ", p["MetricName"])
			got = append(got, metric)
			w := watched[metric]
			is := fmt.Sprint(show(p["Dimensions"]), p["Statistic"], show(p["Period"]), show(p["EvaluationPeriods"]), show(p["Threshold"]))
			if want := fmt.Sprint(w.dimensions, w.statistic, w.period, w.periods, w.threshold); is != want {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", id, is, want))
			}
		}
		if slices.Sort(got); !slices.Equal(got, sorted(watched)) {
			broken = append(broken, fmt.Sprintf("alarms on %q, want them on %q", got, sorted(watched)))
		}
		return broken
	}},
	holds("alarms tell the topic",
		row{"AWS::CloudWatch::Alarm", "Properties.AlarmActions", `[` + theTopic + `]`},
		row{"AWS::CloudWatch::Alarm", "Properties.OKActions", `[` + theTopic + `]`},
		row{"AWS::CloudWatch::Alarm", "Properties.ActionsEnabled", "null"},
	),
	holds("silence is no alarm",
		row{"AWS::CloudWatch::Alarm", "Properties.TreatMissingData", `"notBreaching"`},
		row{"AWS::CloudWatch::Alarm", "Properties.ComparisonOperator", `"GreaterThanOrEqualToThreshold"`},
	),
	each("alarms say what to do", "AWS::CloudWatch::Alarm", func(_ string, alarm tree) (broken []string) {
		// CloudWatch takes 1,024 characters; fewer than these would only repeat the metric's name.
		if text, _ := at(alarm, "Properties.AlarmDescription").(string); len(text) < 100 || len(text) > 1024 {
			broken = append(broken, fmt.Sprintf("a description of %d characters", len(text)))
		}
		return broken
	}),
	holds("topic made or given",
		row{"AWS::SNS::Topic", "Condition", `"MakesAlarmTopic"`},
		row{"AWS::SNS::TopicPolicy", "Condition", `"MakesAlarmTopic"`},
		row{"AWS::KMS::Key", "Condition", `"MakesAlarmTopic"`},
		row{"AWS::SNS::Topic", "Properties.TopicName", "null"},
	),
}

//go:build e2e

package template

import (
	"fmt"
	"slices"
	"strings"
)

// What somebody has to hear of, by alarm. The names and dimensions of metrics are
// those of the services' pages on monitoring with CloudWatch.
var watched = map[string]struct{ metric, dimensions, statistic, period, periods, threshold string }{
	"DeadLettersAlarm":     {"AWS/SQS ApproximateNumberOfMessagesVisible", `[{"Name":"QueueName","Value":{"Fn::GetAtt":["DeadLetters","QueueName"]}}]`, "Maximum", "60", "1", "1"},
	"ErrorsAlarm":          {"AWS/Lambda Errors", ofTheFunction, "Sum", "300", "1", "1"},
	"ThrottlesAlarm":       {"AWS/Lambda Throttles", ofTheFunction, "Sum", "300", "3", "1"},
	"BacklogAlarm":         {"AWS/Lambda AsyncEventAge", ofTheFunction, "Maximum", "300", "1", "3600000"}, // an hour, in milliseconds
	"LostByFunctionAlarm":  {"AWS/Lambda DestinationDeliveryFailures", ofTheFunction, "Sum", "300", "1", "1"},
	"LostByRuleAlarm":      {"AWS/Events InvocationsFailedToBeSentToDlq", `[{"Name":"RuleName","Value":{"Ref":"RetrierPipelineFailed"}}]`, "Sum", "300", "1", "1"},
	"WakesAlarm":           {"AWS/Scheduler TargetErrorCount", ofTheSchedules, "Sum", "300", "1", "1"},
	"LostBySchedulerAlarm": {"AWS/Scheduler InvocationsFailedToBeSentToDeadLetterCount", ofTheSchedules, "Sum", "300", "1", "1"},
	// Of several sweeps in one period one that worked is enough: its errors are 0, the least.
	"SweeperAlarm": {"AWS/Lambda Errors", `[{"Name":"FunctionName","Value":{"Ref":"Sweeper"}}]`, "Minimum", "300", "3", "1"},
	"BreakerAlarm": {ownMetrics + " BreakersOpened", "null", "Sum", "60", "1", "1"},
}

const (
	ofTheFunction  = `[{"Name":"FunctionName","Value":{"Ref":"Retrier"}}]`
	ownMetrics     = `{"Fn::Sub":"Mulligan/${AWS::StackName}"}` // A stack's own, so that one stack's breakers are not another's.
	ofTheSchedules = `[{"Name":"ScheduleGroup","Value":{"Ref":"Schedules"}}]`
	theTopic       = `{"Fn::If":["MakesAlarmTopic",{"Ref":"AlarmTopic"},{"Ref":"AlarmTopicArn"}]}`
)

// opened is a filter of the log lines that tell of a breaker: any text will do.
const opened = `{"FilterPattern":"{ $.breaker = \"*\" }","MetricTransformations":[` +
	`{"MetricName":"BreakersOpened","MetricNamespace":` + ownMetrics + `,"MetricValue":"1","Unit":"Count"}]}`

var alarms = []check{
	{"what is watched", func(t tree) (broken []string) {
		found := resources(t, "AWS::CloudWatch::Alarm")
		for id, alarm := range found {
			p, _ := alarm["Properties"].(tree)
			w := watched[id]
			metric := strings.Trim(show(p["Namespace"]), `"`) + " " + fmt.Sprint(p["MetricName"])
			is := fmt.Sprint(metric, show(p["Dimensions"]), p["Statistic"], show(p["Period"]), show(p["EvaluationPeriods"]), show(p["Threshold"]))
			if want := fmt.Sprint(w.metric, w.dimensions, w.statistic, w.period, w.periods, w.threshold); is != want {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", id, is, want))
			}
		}
		if got := sorted(found); !slices.Equal(got, sorted(watched)) {
			broken = append(broken, fmt.Sprintf("got %q, want %q", got, sorted(watched)))
		}
		return broken
	}},
	each("alarms tell the topic", "AWS::CloudWatch::Alarm", func(id string, alarm tree) (broken []string) {
		want := map[string]string{"AlarmActions": `[` + theTopic + `]`, "OKActions": `[` + theTopic + `]`, "ActionsEnabled": "null"}
		if id == "BreakerAlarm" {
			want["OKActions"] = "null" // A minute without a further breaker does not mean that one has closed.
		}
		for _, name := range sorted(want) {
			if got := show(at(alarm, "Properties."+name)); got != want[name] {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", name, got, want[name]))
			}
		}
		return broken
	}),
	each("silence is no alarm, but that of the sweep", "AWS::CloudWatch::Alarm", func(id string, alarm tree) (broken []string) {
		want := `"notBreaching"`
		if id == "SweeperAlarm" {
			want = `"breaching"` // It runs without being asked: nothing heard of it is bad news.
		}
		if got := show(at(alarm, "Properties.TreatMissingData")); got != want {
			broken = append(broken, fmt.Sprintf("missing data: got %s, want %s", got, want))
		}
		return broken
	}),
	holds("alarms compare alike",
		row{"AWS::CloudWatch::Alarm", "Properties.ComparisonOperator", `"GreaterThanOrEqualToThreshold"`},
	),
	{"breakers are counted in both logs", func(t tree) (broken []string) {
		var groups []string
		for id, filter := range resources(t, "AWS::Logs::MetricFilter") {
			p, _ := clone(filter)["Properties"].(tree)
			groups = append(groups, show(p["LogGroupName"]))
			delete(p, "LogGroupName")
			if got := show(p); got != opened {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", id, got, opened))
			}
		}
		slices.Sort(groups)
		if want := []string{`{"Ref":"RetrierLogs"}`, `{"Ref":"SweeperLogs"}`}; !slices.Equal(groups, want) {
			broken = append(broken, fmt.Sprintf("got filters of %q, want one of each of %q", groups, want))
		}
		return broken
	}},
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

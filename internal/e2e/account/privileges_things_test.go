//go:build e2e

package account

import (
	"slices"
	"strings"
	"testing"
)

// things are ARNs by what they are: the stack's own of a service and their
// neighbours.
type things map[string]string

// arn is one of the stack's home.
func (s *stack) arnOf(service, rest string) string {
	region := s.home.Region
	if service == "iam" {
		region = ""
	}
	return "arn:aws:" + service + ":" + region + ":" + s.home.Number + ":" + rest
}

// own are the stack's own things of a service.
func (s *stack) own(t *testing.T, service string) things {
	t.Helper()
	of := func(rest string) string { return s.arnOf(service, rest) }
	r, function := s.Resources, "function:"+s.Resources["Retrier"]
	switch service {
	case "sagemaker":
		job := "-job/pipelines-abcdef012345-train-0123456789"
		return things{
			"execution": of("pipeline/" + s.prefix + "churn/execution/abcdef012345"), "pipeline": of("pipeline/" + s.prefix + "churn"),
			"processing job": of("processing" + job), "training job": of("training" + job), "transform job": of("transform" + job),
		}
	case "dynamodb":
		table := "table/" + s.Outputs["LedgerTable"]
		return things{"ledger": of(table), "index": of(table + "/index/open"), "another index": of(table + "/index/i"),
			"stream": of(table + "/stream/2026-01-01T00:00:00.000"), "backup": of(table + "/backup/b")}
	case "scheduler":
		group := s.Outputs["ScheduleGroup"]
		return things{"schedule": of("schedule/" + group + "/wake"), "group": of("schedule-group/" + group)}
	case "iam", "sts":
		return things{"retrier role": s.role(t, "RetrierRole").arn, "sweeper role": s.role(t, "SweeperRole").arn, "scheduler role": s.role(t, "SchedulerRole").arn}
	case "lambda":
		return things{"alias": of(function + ":live"), "function": of(function), "$LATEST": of(function + ":$LATEST"), "version": of(function + ":1"),
			"sweeper": of("function:" + r["Sweeper"])}
	case "sqs":
		queue := r["DeadLetters"]
		return things{"dead letters": of(queue[strings.LastIndex(queue, "/")+1:])}
	case "logs":
		group, sweeps := "log-group:"+s.Outputs["RetrierLogGroup"], "log-group:"+s.Outputs["SweeperLogGroup"]
		return things{"stream": of(group + ":log-stream:any"), "group": of(group), "sweeps' stream": of(sweeps + ":log-stream:any"), "sweeps' group": of(sweeps)}
	case "events":
		return things{"rule": of("rule/" + r["RetrierPipelineFailed"]), "sweeps' rule": of("rule/" + r["SweeperEvery"]), "bus": of("event-bus/default")}
	case "cloudformation":
		return things{"stack": of("stack/" + s.Name + "/id")}
	case "sns":
		return things{"alarm topic": s.Outputs["AlarmTopic"]}
	}
	return things{}
}

// others are neighbours of a service in the same account and Region.
func (s *stack) others(service string) things {
	of := func(rest string) string { return s.arnOf(service, rest) }
	switch service {
	case "sagemaker":
		return things{
			"outside the prefix": of("pipeline/churn/execution/abcdef012345"), "another stack's prefix": of("pipeline/mulligan-99-churn/execution/abcdef012345"),
			"the prefix inside":          of("pipeline/x-" + s.prefix + "churn/execution/abcdef012345"),
			"the prefix in another case": of("pipeline/" + strings.ToUpper(s.prefix) + "churn/execution/abcdef012345"),
			"another pipeline":           of("pipeline/churn"), "another stack's pipeline": of("pipeline/mulligan-99-churn"),
			"the pipeline in another case": of("pipeline/" + strings.ToUpper(s.prefix) + "churn"),
			"tuning job":                   of("hyper-parameter-tuning-job/" + s.prefix + "churn"), "AutoML job": of("automl-job/" + s.prefix + "churn"),
			"model": of("model/" + s.prefix + "churn"), "endpoint": of("endpoint/" + s.prefix + "churn"),
		}
	case "dynamodb":
		return things{"table": of("table/orders"), "longer table": of("table/" + s.Outputs["LedgerTable"] + "x")}
	case "scheduler":
		return things{"default group": of("schedule/default/wake"), "other group": of("schedule/" + s.Outputs["ScheduleGroup"] + "x/wake")}
	case "iam", "sts":
		return things{"admin": s.arnOf("iam", "role/admin"), "user": s.arnOf("iam", "user/admin")}
	case "lambda":
		return things{"function": of("function:payroll"), "its alias": of("function:payroll:live"), "another alias": of("function:" + s.Resources["Retrier"] + ":live2")}
	case "sqs":
		return things{"queue": of("orders")}
	case "logs":
		return things{"group": of("log-group:/aws/lambda/payroll"), "stream": of("log-group:/aws/lambda/payroll:log-stream:any")}
	}
	return things{}
}

// things are all that IAM is asked about: own, neighbours, and every own one as
// it would be in another account, Region and partition.
func (s *stack) things(t *testing.T, service string) things {
	t.Helper()
	own := s.own(t, service)
	all := s.others(service)
	for what, arn := range own {
		all["own "+what] = arn
		all[what+" of another account"] = strings.Replace(arn, ":"+s.home.Number+":", ":999999999999:", 1)
		all[what+" in China"] = strings.Replace(arn, "arn:aws:", "arn:aws-cn:", 1)
		if there := strings.Replace(arn, ":"+s.home.Region+":", ":us-east-1:", 1); there != arn {
			all[what+" in another Region"] = there
		}
	}
	all["everything"] = "*"
	return all
}

// oneOf is a grant on one of the stack's own things.
func (s *stack) oneOf(t *testing.T, service, what string) []string {
	t.Helper()
	return []string{s.own(t, service)[what]}
}

// corridorMay is what it takes to bring a failure to its end, whichever function does.
func (s *stack) corridorMay(t *testing.T) grants {
	t.Helper()
	one := func(service, what string) []string { return s.oneOf(t, service, what) }
	// IAM's * takes in slashes, and every resource counts for every action beside it. SageMaker looks for
	// executions by a pipeline's name, and for a job by the action of its own kind: the rest means nothing.
	pipeline := append(one("sagemaker", "pipeline"), one("sagemaker", "execution")...)
	jobs := slices.Concat(one("sagemaker", "processing job"), one("sagemaker", "training job"), one("sagemaker", "transform job"))
	return grants{
		"sagemaker:DescribePipelineExecution": one("sagemaker", "execution"), "sagemaker:ListPipelineExecutionSteps": one("sagemaker", "execution"),
		"sagemaker:RetryPipelineExecution": one("sagemaker", "execution"), "sagemaker:ListPipelineExecutions": pipeline,
		"sagemaker:DescribeProcessingJob": jobs, "sagemaker:DescribeTrainingJob": jobs, "sagemaker:DescribeTransformJob": jobs,
		"dynamodb:BatchGetItem": one("dynamodb", "ledger"), "dynamodb:ConditionCheckItem": one("dynamodb", "ledger"),
		"dynamodb:PutItem": one("dynamodb", "ledger"), "dynamodb:UpdateItem": one("dynamodb", "ledger"),
		"scheduler:CreateSchedule": one("scheduler", "schedule"), "iam:PassRole": one("iam", "scheduler role"),
	}
}

// retrierMay is what the function's role is for.
func (s *stack) retrierMay(t *testing.T) grants {
	t.Helper()
	may := s.corridorMay(t)
	may["sqs:SendMessage"] = s.oneOf(t, "sqs", "dead letters")
	may["logs:CreateLogStream"], may["logs:PutLogEvents"] = s.oneOf(t, "logs", "stream"), s.oneOf(t, "logs", "stream")
	return may
}

// sweeperMay is what the sweeper's role is for.
func (s *stack) sweeperMay(t *testing.T) grants {
	t.Helper()
	may := s.corridorMay(t)
	may["sagemaker:Search"], may["sagemaker:ListPipelines"] = []string{"*"}, []string{"*"} // no resource narrows them
	may["dynamodb:Query"] = s.oneOf(t, "dynamodb", "index")
	may["logs:CreateLogStream"], may["logs:PutLogEvents"] = s.oneOf(t, "logs", "sweeps' stream"), s.oneOf(t, "logs", "sweeps' stream")
	return may
}

// schedulerMay is what the schedules of the group are for.
func (s *stack) schedulerMay() grants {
	queue := s.Resources["DeadLetters"]
	return grants{
		"lambda:InvokeFunction": {s.Outputs["RetrierAlias"]},
		"sqs:SendMessage":       {s.arnOf("sqs", queue[strings.LastIndex(queue, "/")+1:])},
	}
}

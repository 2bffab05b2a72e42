"""Alarms of CloudWatch: what sets them off, and who hears them."""

import json
import time
import unittest

from trial import ACCOUNT, REGION, Case, eventually, policy, statement, unique


class Alarms(Case):
    def alarm(self, namespace, metric, dimensions, *, missing="notBreaching", periods=1, actions=(), threshold=1):
        name = unique("alarm")
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=name, Namespace=namespace, MetricName=metric, Statistic="Maximum", Period=60, EvaluationPeriods=periods,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()], Threshold=threshold,
            ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData=missing, AlarmActions=list(actions))
        return name

    def state(self, name):
        return self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]

    def reaches(self, name, state):
        eventually(f"{name} is {state}", lambda: self.state(name) == state)

    def topic(self, *statements, key=None):
        """A topic with a queue that hears it. Returns the topic's ARN and the queue's URL."""
        more = {"Attributes": {"KmsMasterKeyId": key}} if key else {}
        arn = self.client("sns").create_topic(Name=unique("topic"), **more)["TopicArn"]
        url, queue = self.queue(policy(statement("sqs:SendMessage", Principal={"Service": "sns.amazonaws.com"})))
        self.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
        if statements:
            self.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy(*statements))
        return arn, url

    def publishing(self, name="alarm-*", resource="*"):
        return statement("sns:Publish", resource, Principal={"Service": "cloudwatch.amazonaws.com"},
                         Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"}})

    def test_a_message_sets_off_the_queue_s_alarm_and_no_other(self):
        url, queue = self.queue()
        mine = self.alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue.rsplit(":", 1)[-1]})
        other = self.alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": self.queue()[1].rsplit(":", 1)[-1]})
        self.reaches(mine, "OK")
        self.client("sqs").send_message(QueueUrl=url, MessageBody="here")
        self.reaches(mine, "ALARM")
        self.assertEqual(self.state(other), "OK")

    def test_errors_and_throttles_are_the_function_s(self):
        function, quiet = self.function(), self.function()
        self.client("lambda").put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
        alarms = {metric: self.alarm("AWS/Lambda", metric, {"FunctionName": function.name}) for metric in ("Errors", "Throttles")}
        alarms["AsyncEventAge"] = self.alarm("AWS/Lambda", "AsyncEventAge", {"FunctionName": function.name}, threshold=400)
        others = [self.alarm("AWS/Lambda", metric, {"FunctionName": quiet.name}) for metric in alarms]
        for event in ({"seconds": 0.5, "fail": True}, {"seconds": 0.5}):
            self.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload=json.dumps(event))
        for alarm in alarms.values():
            self.reaches(alarm, "ALARM")
        self.assertEqual({self.state(other) for other in others}, {"OK"})

    def test_missing_data_counts_as_the_alarm_says(self):
        states = {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA", "ignore": "OK"}
        alarms = {missing: self.alarm("Nothing", "Here", {}, missing=missing) for missing in states}
        for missing in ("ignore", "missing"):
            self.client("cloudwatch").set_alarm_state(AlarmName=alarms[missing], StateValue="OK", StateReason="before")
        for missing, state in states.items():
            self.reaches(alarms[missing], state)
        self.assertEqual(self.state(alarms["ignore"]), "OK")

    def test_every_period_has_to_breach(self):
        namespace = unique("Namespace")
        once, thrice = (self.alarm(namespace, "Number", {}, periods=periods) for periods in (1, 3))
        self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[{"MetricName": "Number", "Value": 5}])
        self.reaches(once, "ALARM")
        self.assertEqual(self.state(thrice), "OK")

    def test_log_lines_are_counted_by_their_key(self):
        logs, group, namespace = self.client("logs"), unique("group"), unique("Namespace")
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="stream")
        logs.put_metric_filter(logGroupName=group, filterName="lines", filterPattern='{ $.breaker = "*" }', metricTransformations=[
            {"metricNamespace": namespace, "metricName": "Opened", "metricValue": "1", "unit": "Count"}])
        alarm = self.alarm(namespace, "Opened", {}, threshold=2)

        def write(*lines):
            logs.put_log_events(logGroupName=group, logStreamName="stream", logEvents=[
                {"timestamp": int(time.time() * 1000), "message": line} for line in lines])

        def counted():
            data = self.client("cloudwatch").get_metric_statistics(
                Namespace=namespace, MetricName="Opened", StartTime=time.time() - 600, EndTime=time.time() + 60, Period=3600, Statistics=["Sum"])
            return sum(point["Sum"] for point in data["Datapoints"])

        write("breaker", '{"msg": "breaker"}', '{"within": {"breaker": "x"}}', '{"breaker": 7}', '{"breaker": null}', '["breaker"]')
        write('{"breaker": "class capacity"}')
        self.assertEqual(counted(), 1)
        self.client("cloudwatch").put_metric_alarm(
            AlarmName=alarm, Namespace=namespace, MetricName="Opened", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=2,
            ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching")
        self.reaches(alarm, "OK")
        write('{"breaker": "fingerprint 1"}')
        self.reaches(alarm, "ALARM")

    def test_filters_that_would_not_be_looked_at_are_refused(self):
        logs, group = self.client("logs"), unique("group")
        logs.create_log_group(logGroupName=group)
        one = {"metricNamespace": "n", "metricName": "m", "metricValue": "1"}
        for pattern, transformation in (("breaker", one), ('{ $.a.b = "*" }', one), ('{ $.a = 1 }', one), ("", one),
                                        ('{ $.a = "*" }', dict(one, metricValue="$.n")), ('{ $.a = "*" }', dict(one, dimensions={"d": "$.n"})),
                                        ('{ $.a = "*" }', dict(one, defaultValue=0))):
            with self.subTest(pattern=pattern, transformation=transformation):
                with self.assertRaisesRegex(logs.exceptions.InvalidParameterException, "The local account takes"):
                    logs.put_metric_filter(logGroupName=group, filterName="f", filterPattern=pattern, metricTransformations=[transformation])

    def test_the_topic_and_its_key_have_to_let_the_alarm_speak(self):
        def key(*statements):
            owner = statement("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
            return self.client("kms").create_key(Policy=policy(owner, *statements))["KeyMetadata"]["KeyId"]

        using = statement(["kms:Decrypt", "kms:GenerateDataKey"], Principal={"Service": "cloudwatch.amazonaws.com"})
        allowed = {"allowed": self.topic(self.publishing()), "with a key": self.topic(self.publishing(), key=key(using))}
        refused = {"another alarm's": self.topic(self.publishing("other-*")), "a key without": self.topic(self.publishing(), key=key()),
                   "the key of AWS": self.topic(self.publishing(), key="alias/aws/sns")}
        topics = [arn for arn, _ in [*allowed.values(), *refused.values()]]
        name = self.alarm("Nothing", "Here", {}, missing="breaching", actions=topics)
        for what, (_, url) in allowed.items():
            with self.subTest(what):
                self.assertIn(name, self.message(url)["Body"])
        for what, (arn, url) in refused.items():
            with self.subTest(what):
                self.says(name, "is not heard")
                self.assertEqual(self.messages(url), [])


if __name__ == "__main__":
    unittest.main()

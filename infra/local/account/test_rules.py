"""Rules of EventBridge: what they take, whom they call, and what becomes of an event that they cannot deliver."""

import datetime
import json
import unittest

from trial import ACCOUNT, RATE_SECONDS, REGION, Case, policy, statement, unique


class Rules(Case):
    def rule(self, target, pattern=None, **more):
        """A rule for events of a source of its own. Returns its ARN and that source."""
        name = unique("rule")
        source = f"aws.{name}"
        made = self.client("events").put_rule(Name=name, EventPattern=json.dumps(dict({"source": [source]}, **(pattern or {}))))
        self.client("events").put_targets(Rule=name, Targets=[dict(Id="it", Arn=target, **more)])
        return made["RuleArn"], source

    def allow(self, function, rule, qualifier="live"):
        self.client("lambda").add_permission(FunctionName=function.name, Qualifier=qualifier, StatementId=unique("rule"), SourceArn=rule,
                                             Action="lambda:InvokeFunction", Principal="events.amazonaws.com")

    def put(self, source, detail, **more):
        entry = dict(Source=source, DetailType="a type", Detail=json.dumps(detail), Resources=["arn:aws:a:b:c:d"], **more)
        return self.client("events").put_events(Entries=[entry])["Entries"][0]

    def dead_letters(self, rule=None):
        """A queue that lets the rule send, or any rule."""
        condition = {"Condition": {"ArnEquals": {"aws:SourceArn": rule}}} if rule else {}
        return self.queue(policy(statement("sqs:SendMessage", Principal={"Service": "events.amazonaws.com"}, **condition)))

    def test_an_event_of_aws_reaches_the_function_with_its_time(self):
        function = self.function()
        rule, source = self.rule(function.live)
        self.allow(function, rule)
        time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        answer = self.put(source, {"number": 1}, Time=time)
        got = function.wait("begin")[0]
        self.assertEqual(got["event"], {
            "version": "0", "id": answer["EventId"], "source": source, "account": ACCOUNT, "time": "2026-01-02T03:04:05Z", "region": REGION,
            "resources": ["arn:aws:a:b:c:d"], "detail-type": "a type", "detail": {"number": 1}})
        self.assertEqual(got["arn"], function.live)

    def every(self, function, rate="rate(5 minutes)"):
        """A rule that calls the function itself, at a rate. Returns its ARN."""
        name = unique("rule")
        rule = self.client("events").put_rule(Name=name, ScheduleExpression=rate)["RuleArn"]
        self.client("events").put_targets(Rule=name, Targets=[{"Id": "it", "Arn": function.arn}])
        return rule

    def test_a_rule_with_a_rate_calls_the_function_again_and_again(self):
        function = self.function()
        rule = self.every(function)
        self.client("lambda").add_permission(FunctionName=function.name, StatementId="rule", SourceArn=rule,
                                             Action="lambda:InvokeFunction", Principal="events.amazonaws.com")
        begun = function.wait("begin", 2)
        event = begun[0]["event"]
        self.assertEqual((event["source"], event["detail-type"], event["detail"], event["resources"]),
                         ("aws.events", "Scheduled Event", {}, [rule]))
        self.assertNotEqual(event["id"], begun[1]["event"]["id"])
        self.assertEqual(begun[0]["arn"], function.arn)
        self.assertGreater(begun[1]["at"] - begun[0]["at"], RATE_SECONDS / 2)

    def test_a_rule_with_a_rate_needs_the_function_s_permission(self):
        function = self.function()
        rule = self.every(function)
        self.says(rule, "NO_PERMISSIONS")
        self.assertEqual(function.lines("begin"), [])

    def test_a_sweep_that_fails_is_not_tried_again_where_it_is_told_so(self):
        function = self.function()
        self.client("lambda").put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)
        self.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload=json.dumps({"fail": True}))
        self.says("gave up", function.arn, "after 1 tries")

    def test_a_failed_delivery_is_tried_again_by_the_alias_s_rules(self):
        function = self.function()
        rule, source = self.rule(function.live)
        self.allow(function, rule)
        self.client("lambda").put_function_event_invoke_config(FunctionName=function.name, Qualifier="live", MaximumRetryAttempts=1)
        self.put(source, {"fail": True})
        self.says("gave up", function.live, "after 2 tries")

    def test_the_account_in_the_pattern_is_the_event_s(self):
        function = self.function()
        mine, source = self.rule(function.live, {"account": [ACCOUNT]})
        other, other_source = self.rule(function.live, {"account": ["999999999999"]})
        self.allow(function, mine)
        self.allow(function, other)
        self.put(other_source, {"rule": "other"})
        self.put(source, {"rule": "mine"})
        self.assertEqual([line["event"]["detail"]["rule"] for line in function.wait("end") and function.lines("begin")], ["mine"])

    def test_what_is_no_object_is_malformed(self):
        for detail in ("[1]", "null", "not json"):
            with self.subTest(detail):
                entry = {"Source": "a", "DetailType": "b", "Detail": detail}
                answer = self.client("events").put_events(Entries=[entry, dict(entry, Detail="{}")])
                self.assertEqual((answer["FailedEntryCount"], answer["Entries"][0]["ErrorCode"]), (1, "MalformedDetail"))

    def test_a_rule_without_permission_sends_to_its_dead_letters(self):
        function = self.function()
        for name, allowed in {"none": None, "another rule's": "arn:aws:events:eu-west-1:123456789012:rule/another"}.items():
            with self.subTest(name):
                if allowed:
                    self.allow(function, allowed)
                url, queue = self.dead_letters()
                rule, source = self.rule(function.live, DeadLetterConfig={"Arn": queue})
                answer = self.put(source, {"kept": True})
                message = self.message(url)
                body = json.loads(message["Body"])
                self.assertEqual((body["id"], body["detail"]), (answer["EventId"], {"kept": True}))
                told = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
                self.assertEqual((told["RULE_ARN"], told["TARGET_ARN"], told["ERROR_CODE"]), (rule, function.live, "NO_PERMISSIONS"))
        self.assertEqual(function.lines("begin"), [])

    def test_permission_for_the_function_is_none_for_its_alias(self):
        function = self.function()
        url, queue = self.dead_letters()
        rule, source = self.rule(function.live, DeadLetterConfig={"Arn": queue})
        self.client("lambda").add_permission(FunctionName=function.name, StatementId="rule", SourceArn=rule,
                                             Action="lambda:InvokeFunction", Principal="events.amazonaws.com")
        self.put(source, {})
        self.assertEqual(self.message(url)["MessageAttributes"]["ERROR_CODE"]["StringValue"], "NO_PERMISSIONS")

    def test_a_target_that_is_gone_sends_to_the_dead_letters(self):
        function = self.function()
        for target in (f"{function.arn}:gone", f"{function.arn}-gone"):
            with self.subTest(target):
                url, queue = self.dead_letters()
                _, source = self.rule(target, DeadLetterConfig={"Arn": queue})
                self.put(source, {})
                self.assertEqual(self.message(url)["MessageAttributes"]["ERROR_CODE"]["StringValue"], "NO_RESOURCE")

    def test_dead_letters_want_the_queue_s_permission(self):
        function = self.function()
        for name, (url, queue) in {"no policy": self.queue(), "another rule's": self.dead_letters("arn:aws:events:a:1:rule/another")}.items():
            with self.subTest(name):
                rule, source = self.rule(function.live, DeadLetterConfig={"Arn": queue})
                self.put(source, {})
                self.says("dropped a message", queue, rule)
                self.assertEqual(self.messages(url), [])

    def test_a_queue_that_demands_tls_can_be_used(self):
        function = self.function()
        plain = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        url, queue = self.queue(policy(statement("sqs:SendMessage", Principal={"Service": "events.amazonaws.com"}), plain))
        _, source = self.rule(function.live, DeadLetterConfig={"Arn": queue})
        self.put(source, {"over": "tls"})
        self.assertEqual(json.loads(self.message(url)["Body"])["detail"], {"over": "tls"})


if __name__ == "__main__":
    unittest.main()

"""Lambda's asynchronous queue and the processes of functions, watched from outside."""

import json
import time
import unittest

from trial import RETRY_SECONDS, Case, ended, eventually, policy, statement, unique


def concurrent(function):
    """How many invocations ran at the same time, at most."""
    marks = sorted([(line["at"], 1) for line in function.lines("begin")] + [(line["at"], -1) for line in function.lines("end")])
    running = most = 0
    for _, step in marks:
        running += step
        most = max(most, running)
    return most


class Queue(Case):
    def invoke(self, function, event, qualifier="live"):
        self.client("lambda").invoke(FunctionName=function.name, Qualifier=qualifier, InvocationType="Event", Payload=json.dumps(event))

    def configure(self, function, queue=None, qualifier="live", **more):
        destination = {"DestinationConfig": {"OnFailure": {"Destination": queue}}} if queue else {}
        named = {"Qualifier": qualifier} if qualifier else {}
        self.client("lambda").put_function_event_invoke_config(FunctionName=function.name, **named, **destination, **more)

    def sending(self, queue, **more):
        return self.function(self.role(statement("sqs:SendMessage", queue), **more))

    def test_an_error_is_tried_twice_more_and_ends_in_the_destination(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue)
        event = {"fail": True, "text": "kept as it is \u00e9"}
        self.invoke(function, event)
        envelope = json.loads(self.message(url)["Body"])
        tries = function.lines("begin")
        self.assertEqual([line["event"] for line in tries], [event] * 3)
        self.assertEqual({line["begin"] for line in tries}, {envelope["requestContext"]["requestId"]})
        self.assertEqual({line["arn"] for line in tries}, {function.live})
        self.assertGreaterEqual(tries[1]["at"] - tries[0]["at"], RETRY_SECONDS)
        self.assertGreaterEqual(tries[2]["at"] - tries[1]["at"], RETRY_SECONDS * 2)
        del envelope["timestamp"], envelope["requestContext"]["requestId"]
        self.assertEqual(envelope, {
            "version": "1.0",
            "requestContext": {"functionArn": function.live, "condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "executedVersion": "1", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "asked to", "errorType": "Wish"}})

    def test_the_rules_are_those_of_the_qualifier(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue, qualifier=None, MaximumRetryAttempts=0)
        self.invoke(function, {"fail": True}, qualifier="$LATEST")
        self.assertEqual(json.loads(self.message(url)["Body"])["requestContext"]["approximateInvokeCount"], 1)
        self.invoke(function, {"fail": True, "second": True})
        self.says("gave up", function.live, "after 3 tries")
        self.assertEqual(self.messages(url), [])

    def test_a_process_that_dies_is_an_error(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue, MaximumRetryAttempts=1)
        self.invoke(function, {"exit": True})
        body = json.loads(self.message(url)["Body"])
        self.assertEqual((len(function.lines("begin")), body["responsePayload"]["errorType"]), (2, "Runtime.ExitError"))

    def test_twenty_at_once_are_throttled_to_the_reserved_five_and_tried_once_each(self):
        function = self.function()
        self.client("lambda").put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=5)
        for number in range(20):
            self.invoke(function, {"seconds": 0.8, "number": number})
        function.wait("end", 20)
        self.assertIn(concurrent(function), (3, 4, 5))  # A busy machine may not get five to overlap.
        self.assertEqual(sorted(line["event"]["number"] for line in function.lines("begin")), list(range(20)))

    def test_a_throttle_is_no_try(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue, MaximumRetryAttempts=0)
        self.client("lambda").put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)
        self.invoke(function, {"seconds": 1.5})
        function.wait("begin")
        self.invoke(function, {"fail": True})
        self.assertEqual(json.loads(self.message(url)["Body"])["requestContext"]["approximateInvokeCount"], 1)
        self.assertEqual([line["event"] for line in function.lines("begin")], [{"seconds": 1.5}, {"fail": True}])

    def test_no_concurrency_goes_straight_to_the_destination(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue)
        self.client("lambda").put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
        self.invoke(function, {"text": "never seen"})
        envelope = json.loads(self.message(url)["Body"])
        self.assertEqual((envelope["requestPayload"], envelope["requestContext"]["approximateInvokeCount"]), ({"text": "never seen"}, 0))
        self.assertEqual(function.lines("begin"), [])

    def test_an_event_grows_too_old(self):
        url, queue = self.queue()
        function = self.sending(queue)
        self.configure(function, queue, MaximumEventAgeInSeconds=1)
        self.invoke(function, {"fail": True, "seconds": 0.3})
        context = json.loads(self.message(url)["Body"])["requestContext"]
        self.assertEqual(context["condition"], "EventAgeExceeded")
        self.assertIn(context["approximateInvokeCount"], (1, 2))

    def test_a_role_that_may_not_send_loses_the_message(self):
        url, queue = self.queue()
        refused = {"no permission": self.function(), "a boundary": self.sending(queue, boundary=self.boundary(statement("logs:*"))),
                   "another queue": self.sending(queue + "-other")}
        for name, function in refused.items():
            with self.subTest(name):
                self.configure(function, queue, MaximumRetryAttempts=0)
                self.invoke(function, {"fail": True})
                self.says("dropped a message", function.role)
                self.assertEqual(self.messages(url), [])

    def test_the_queue_s_policy_can_refuse_the_role(self):
        url, queue = self.queue(policy(dict(statement("sqs:SendMessage"), Effect="Deny", Principal="*")))
        function = self.sending(queue)
        self.configure(function, queue, MaximumRetryAttempts=0)
        self.invoke(function, {"fail": True})
        self.says("dropped a message", function.role)
        self.assertEqual(self.messages(url), [])


class Processes(Case):
    def invoke(self, function, event):
        answer = self.client("lambda").invoke(FunctionName=function.name, Qualifier="live", Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def test_a_time_out_ends_the_function_and_what_it_started_at_once(self):
        function = self.function(Timeout=1)
        started = time.monotonic()
        answer, error = self.invoke(function, {"seconds": 30, "child": True})
        self.assertLess(time.monotonic() - started, 10)
        self.assertEqual((answer["errorType"], error), ("Sandbox.Timedout", "Unhandled"))
        for pid in (function.lines("begin")[0]["pid"], function.lines("child")[0]["child"]):
            eventually("the process is gone", lambda: ended(pid), 2)
        self.assertEqual(self.invoke(function, {})[1], None)

    def test_the_environment_is_lambda_s(self):
        found, _ = self.invoke(self.function(LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}), {})
        foreign = {"AUTH", "BIND_HOST", "GATEWAY_PORT", "MINISTACK_REGION", "MINISTACK_ACCOUNT_ID", "LAMBDA_ASYNC_RETRY_BASE_SECONDS",
                   "ACCOUNT_SESSIONS", "ACCOUNT_DIES_WITH_STDIN", "HOME"}
        self.assertEqual(foreign & set(found), set())
        self.assertEqual(found["AWS_ENDPOINT_URL"], self.account.url)
        self.assertEqual(found["AWS_ENDPOINT_URL_SAGEMAKER"], "http://127.0.0.1:9")
        self.assertEqual((found["AWS_LAMBDA_LOG_FORMAT"], found["AWS_LAMBDA_LOG_LEVEL"]), ("JSON", "INFO"))

    def test_a_session_is_told_once_with_the_role_s_whole_arn(self):
        function = self.function(self.role(path="/platform/x/"))
        for _ in range(2):
            self.client("lambda").invoke(FunctionName=function.name, Qualifier="live", InvocationType="Event", Payload='{"seconds": 1.5}')
        self.assertEqual(len({line["pid"] for line in function.wait("begin", 2)}), 2)
        found, _ = self.invoke(function, {})
        told = [json.loads(line) for line in self.account.sessions.read_text().splitlines()]
        self.assertEqual([line for line in told if line["function"] == function.name],
                         [{"key": found["AWS_ACCESS_KEY_ID"], "role": function.role, "function": function.name}])
        self.assertIn(":role/platform/x/role-", function.role)

    def test_log_lines_need_the_role_s_permission(self):
        logs = self.client("logs")
        group = unique("/group")
        arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{group}"
        logs.create_log_group(logGroupName=group)
        both = ["logs:CreateLogStream", "logs:PutLogEvents"]
        cases = {"both": (both, arn + ":*", {}, True), "under a path": (both, arn + ":*", {"path": "/platform/x/"}, True),
                 "no stream": (both[1], arn + ":*", {}, False), "no events": (both[0], arn + ":*", {}, False),
                 "the group alone": (both, arn, {}, False), "a boundary": (both, arn + ":*", {"boundary": self.boundary(statement("s3:*"))}, False)}
        for name, (actions, resource, more, written) in cases.items():
            with self.subTest(name):
                function = self.function(self.role(statement(actions, resource), **more), LoggingConfig={"LogGroup": group})
                self.invoke(function, {})
                lines = [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
                mine = [line for line in lines if function.lines("begin")[0]["begin"] in line]
                self.assertEqual(len(mine), 4 if written else 0, mine)

    def test_the_resource_of_an_invocation_is_the_alias(self):
        function = self.function()
        for resource, allowed in {function.live: True, function.arn: False}.items():
            with self.subTest(resource):
                client = self.client("lambda", *self.user(statement("lambda:InvokeFunction", resource)))
                for name in ({"FunctionName": function.name, "Qualifier": "live"}, {"FunctionName": function.live}):
                    if allowed:
                        client.invoke(**name)
                        continue
                    with self.assertRaisesRegex(Exception, "AccessDenied"):
                        client.invoke(**name)

    def test_a_function_wants_a_role_that_lambda_can_assume(self):
        with self.assertRaisesRegex(Exception, "cannot be assumed by Lambda"):
            self.function(self.role(service="ec2.amazonaws.com"))


if __name__ == "__main__":
    unittest.main()

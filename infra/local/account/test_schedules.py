"""EventBridge Scheduler: who may make a schedule with which role, and what happens when it comes due."""

import datetime
import json
import unittest

from trial import ACCOUNT, REGION, Case, eventually, policy, statement, unique


def at(seconds=0):
    """The expression for a moment that many seconds from now."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return f"at({moment.strftime('%Y-%m-%dT%H:%M:%S')})"


FAR = "at(2099-01-01T00:00:00)"


class Schedules(Case):
    def setUp(self):
        super().setUp()
        self.group = unique("group")
        self.client("scheduler").create_schedule_group(Name=self.group)
        self.group_arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{self.group}"

    def waker(self, *statements, **more):
        """A role that Scheduler may assume for the schedules of the group."""
        condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": self.group_arn}}
        return self.role(*statements, **dict({"service": "scheduler.amazonaws.com", "condition": condition}, **more))

    def create(self, role, target, *, by=("test", "test"), name=None, expression=FAR, text="{}", group=None, **more):
        letters = more.pop("letters", None)
        target = dict({"Arn": target, "RoleArn": role, "Input": text}, **({"DeadLetterConfig": {"Arn": letters}} if letters else {}))
        name = name or unique("schedule")
        self.client("scheduler", *by).create_schedule(
            Name=name, GroupName=group or self.group, ScheduleExpression=expression, Target=target, FlexibleTimeWindow={"Mode": "OFF"},
            **dict({"ActionAfterCompletion": "DELETE"}, **more))
        return name

    def refused(self, code, action, *args, **kwargs):
        with self.assertRaises(Exception) as raised:
            action(*args, **kwargs)
        self.assertEqual(raised.exception.response["Error"]["Code"], code, raised.exception)
        return str(raised.exception)

    def exists(self, name):
        found = self.client("scheduler").list_schedules(GroupName=self.group)["Schedules"]
        return name in [schedule["Name"] for schedule in found]

    def test_whoever_makes_a_schedule_must_be_allowed_to_pass_the_role(self):
        role, target = self.waker(), self.function().live
        making = statement("scheduler:CreateSchedule", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{self.group}/*")

        def passing(service, resource=role):
            return statement("iam:PassRole", resource, Condition={"StringEquals": {"iam:PassedToService": service}})

        for name, statements in {"no PassRole": [], "to another service": [passing("lambda.amazonaws.com")],
                                 "another role": [passing("scheduler.amazonaws.com", role + "-other")]}.items():
            with self.subTest(name):
                said = self.refused("AccessDeniedException", self.create, role, target, by=self.user(making, *statements))
                self.assertIn(f"is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy", said)
        allowed = self.user(making, passing("scheduler.amazonaws.com"))
        self.assertTrue(self.exists(self.create(role, target, by=allowed)))
        self.refused("AccessDeniedException", self.create, role, target, by=allowed, group="default")

    def test_the_resource_of_a_call_names_the_group(self):
        role, target = self.waker(), self.function().live
        name = self.create(role, target)
        mine = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{self.group}/{name}"
        for action, call in {"scheduler:GetSchedule": "get_schedule", "scheduler:DeleteSchedule": "delete_schedule"}.items():
            other = self.client("scheduler", *self.user(statement(action, mine.replace(self.group, "default"))))
            self.refused("AccessDeniedException", getattr(other, call), Name=name, GroupName=self.group)
            getattr(self.client("scheduler", *self.user(statement(action, mine))), call)(Name=name, GroupName=self.group)
        self.assertFalse(self.exists(name))

    def test_a_role_that_scheduler_cannot_assume_is_refused(self):
        target = self.function().live
        group = {"ArnEquals": {"aws:SourceArn": self.group_arn + "-other"}}
        roles = {"not there": f"arn:aws:iam::{ACCOUNT}:role/nobody", "for Lambda": self.role(), "for another group": self.waker(condition=group),
                 "under another path": self.waker().replace(":role/", ":role/path/")}
        for name, role in roles.items():
            with self.subTest(name):
                said = self.refused("ValidationException", self.create, role, target)
                self.assertIn("must allow AWS EventBridge Scheduler to assume the role", said)
        self.create(self.waker(path="/platform/x/"), target)

    def test_names_are_taken_once_and_nonsense_is_refused(self):
        role, target = self.waker(), self.function().live
        name = self.create(role, target)
        self.refused("ConflictException", self.create, role, target, name=name)
        self.refused("ValidationException", self.create, role, target, name="n" * 65)
        self.refused("ValidationException", self.create, role, target, expression="at(2026-01-01)")
        self.refused("ValidationException", self.create, role, target, ScheduleExpressionTimezone="Europe/Berlin")
        self.refused("ResourceNotFoundException", self.create, role=self.waker(condition={}), target=target, group="nowhere")

    def test_a_schedule_delivers_its_input_and_goes(self):
        function = self.function()
        role = self.waker(statement("lambda:InvokeFunction", function.live))
        event = {"any": ["input", 1], "id": "<aws.scheduler.schedule-arn>"}
        name = self.create(role, function.live, expression=at(1), text=json.dumps(event))
        got = function.wait("begin")[0]
        self.assertEqual(got["event"], dict(event, id=f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{self.group}/{name}"))
        self.assertEqual(got["arn"], function.live)
        eventually("the schedule is gone", lambda: not self.exists(name))

    def test_a_failed_delivery_is_tried_again(self):
        function = self.function()
        role = self.waker(statement("lambda:InvokeFunction", function.live))
        self.client("lambda").put_function_event_invoke_config(FunctionName=function.name, Qualifier="live", MaximumRetryAttempts=1)
        self.create(role, function.live, expression=at(), text='{"fail": true}')
        self.says("gave up", function.live, "after 2 tries")

    def test_a_name_can_be_used_again(self):
        function = self.function()
        role = self.waker(statement("lambda:InvokeFunction", function.live))
        name = self.create(role, function.live, expression=at(), ActionAfterCompletion="NONE")
        function.wait("begin")
        self.assertTrue(self.exists(name))
        self.client("scheduler").delete_schedule(Name=name, GroupName=self.group)
        self.create(role, function.live, expression=at(), name=name)
        function.wait("begin", 2)

    def test_what_cannot_be_delivered_goes_to_the_dead_letters(self):
        function = self.function()
        gone = f"{function.arn}:gone"
        cases = {"no permission": (function.live, [statement("lambda:InvokeFunction", function.arn)], {}, "AccessDeniedException"),
                 "a boundary": (function.live, [statement("lambda:*")], {"boundary": self.boundary(statement("sqs:*"))}, "AccessDeniedException"),
                 "gone": (gone, [statement("lambda:InvokeFunction", gone)], {}, "ResourceNotFoundException")}
        for name, (target, statements, more, code) in cases.items():
            with self.subTest(name):
                url, queue = self.queue()
                role = self.waker(statement("sqs:SendMessage", queue), *statements, **more)
                schedule = self.create(role, target, expression=at(), text='{"kept": 1}', letters=queue)
                message = self.message(url)
                self.assertEqual(message["Body"], '{"kept": 1}')
                told = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
                self.assertEqual((told["ERROR_CODE"], told["TARGET_ARN"]), (code, target))
                self.assertTrue(told["SCHEDULE_ARN"].endswith(f"schedule/{self.group}/{schedule}"))
        self.assertEqual(function.lines("begin"), [])

    def test_a_role_that_is_no_longer_trusted_loses_the_event(self):
        function = self.function()
        url, queue = self.queue()
        role = self.waker(statement(["lambda:InvokeFunction", "sqs:SendMessage"]))
        name = self.create(role, function.live, expression=at(3), letters=queue)
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self.client("iam").update_assume_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyDocument=policy(trust))
        self.says("is lost", name)
        self.assertEqual((self.messages(url), function.lines("begin")), ([], []))


if __name__ == "__main__":
    unittest.main()

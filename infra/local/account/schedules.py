"""EventBridge Scheduler: who may make a schedule, with which role, and what happens when it comes due.

AWS: https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html (the execution role), .../cross-service-confused-deputy-prevention.html
(its trust: the schedule group's ARN is the source), .../configuring-schedule-dlq.html, .../managing-schedule-delete.html.
MiniStack looks at schedules every ten seconds, takes them all to be in the group `default`, and asks no role for anything.
"""

import datetime
import json
import logging
import re

from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import eventbridge, lambda_svc, scheduler

import asynchronous
import patching
import permissions
import queues

log = logging.getLogger("account")

TICK_SECONDS = 0.5
SERVICE = "scheduler.amazonaws.com"
# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
NAME = re.compile(r"[0-9a-zA-Z\-_.]{1,64}")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")


def mend():
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed."""
    patching.constant(scheduler, "_SCHEDULE_TICK_INTERVAL", TICK_SECONDS)
    _mend_resource()
    _mend_requests()
    _mend_creation()
    _mend_delivery()


def _mend_resource():
    """The resource of a call is the schedule in its group, which the body or the query names."""

    def resource(service, method, path, headers, body, query_params, region, account_id):
        arn = old(service, method, path, headers, body, query_params, region, account_id)
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        return arn.replace(":schedule/default/", f":schedule/{_group(body, query_params)}/", 1)

    old = patching.replace(iam_actions, "extract_resource_arn",
                           "service, method, path, headers, body, query_params, region, account_id", resource)


def _group(body, query_params):
    asked = query_params.get("groupName")
    asked = asked[0] if isinstance(asked, list) else asked
    return _object(body).get("GroupName") or asked or "default"


def _object(body):
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _mend_requests():
    """Whoever makes or changes a schedule hands Scheduler a role, and must be allowed to."""

    async def handle(method, path, headers, body_bytes, query_params):
        role = (_object(body_bytes).get("Target") or {}).get("RoleArn")
        if path.startswith("/schedules/") and method in ("POST", "PUT") and role:
            refused = _refuse_to_pass(role, headers, query_params)
            if refused:
                return refused
        return await old(method, path, headers, body_bytes, query_params)

    patching.original(router, "extract_access_key_id", "headers, query_params")
    patching.original(iam_evaluator, "enforce", "access_key_id, iam_action, service, region, resource_arn, service_context")
    old = patching.replace(scheduler, "handle_request", "method, path, headers, body_bytes, query_params", handle)


def _refuse_to_pass(role, headers, query_params):
    """The answer to a caller who may not pass the role to Scheduler, or None."""
    if not permissions.enforced():
        return None
    key = router.extract_access_key_id(headers, query_params)
    denied = iam_evaluator.enforce(key, "iam:PassRole", "iam", get_region(), role, {"iam:PassedToService": SERVICE})
    if not denied:
        return None
    reason = ("with an explicit deny in an identity-based policy" if getattr(denied, "decision", "") == "Deny"
              else "because no identity-based policy allows the iam:PassRole action")
    caller = getattr(denied, "principal_arn", "")
    return _answer(403, "AccessDeniedException",
                   f"User: {caller} is not authorized to perform: iam:PassRole on resource: {role} {reason}")


def _answer(status, code, message):
    return status, {"Content-Type": "application/json", "x-amzn-errortype": code}, json.dumps({"Message": message}).encode()


def _mend_creation():
    """Scheduler makes no schedule whose role it cannot assume, and none that it does not understand."""

    def create(name, body):
        wrong = _wrong(name, body)
        if wrong:
            return _answer(400, "ValidationException", wrong)
        answer = old(name, body)
        if answer[0] == 200:
            # MiniStack remembers by name what has fired, also of a schedule that is gone.
            scheduler._schedule_last_fired.pop((get_account_id(), get_region(), f"{body.get('GroupName', 'default')}/{name}"), None)
        return answer

    def update(name, body):
        wrong = _wrong(name, body)
        return _answer(400, "ValidationException", wrong) if wrong else old_update(name, body)

    if not isinstance(getattr(scheduler, "_schedule_last_fired", None), dict):
        raise patching.Drift("ministack.services.scheduler._schedule_last_fired is not there any more")
    old = patching.replace(scheduler, "_create_schedule", "name, body", create)
    old_update = patching.replace(scheduler, "_update_schedule", "name, body", update)
    patching.original(scheduler, "_group_arn", "name")


def _wrong(name, body):
    """What Scheduler finds wrong with a schedule, or nothing."""
    target = body.get("Target") or {}
    expression, policy = body.get("ScheduleExpression") or "", target.get("RetryPolicy") or {}
    if not NAME.fullmatch(name):
        return "1 validation error detected: Value at 'name' failed to satisfy constraint."
    if expression.startswith("at(") and not AT.fullmatch(expression):
        return f"Invalid Schedule Expression {expression}."
    if body.get("ScheduleExpressionTimezone", "UTC") != "UTC":
        return "The local account knows no time zone but UTC."
    if not 0 <= policy.get("MaximumRetryAttempts", 0) <= 185 or not 60 <= policy.get("MaximumEventAgeInSeconds", 60) <= 86400:
        return "1 validation error detected: Value at 'target.retryPolicy' failed to satisfy constraint."
    role = target.get("RoleArn")
    if role and not permissions.role_trusts(role, SERVICE, _source(body.get("GroupName") or "default")):
        return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    return ""


def _source(group):
    return {"aws:SourceAccount": get_account_id(), "aws:SourceArn": scheduler._group_arn(group)}


def _mend_delivery():
    """A schedule calls a function under its role, by the asynchronous queue, with the schedule's input as the event."""

    def invoke(target, event, rule, view=None):
        if "ScheduleExpression" in rule and "GroupName" in rule and ":lambda:" in target["Arn"]:
            return _deliver(rule, target, event)
        return old(target, event, rule, view)

    old = patching.replace(eventbridge, "_invoke_target", "target, event, rule, view", invoke)


def _deliver(schedule, target, event):
    role, arn = target["RoleArn"], target["Arn"]
    payload = _payload(schedule, target, event)
    if not permissions.role_trusts(role, SERVICE, _source(schedule["GroupName"])):
        # Without its role Scheduler can reach neither the target nor the queue.
        log.warning("schedule %s is lost: %s does not let Scheduler assume it", schedule["Arn"], role)
        return
    found, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if not permissions.role_may(role, "lambda:InvokeFunction", arn):
        _undelivered(schedule, target, payload, "AccessDeniedException",
                     f"User: {role} is not authorized to perform: lambda:InvokeFunction on resource: {arn}")
    elif found is None:
        _undelivered(schedule, target, payload, "ResourceNotFoundException", f"Function not found: {arn}")
    else:
        asynchronous.accept(arn, json.loads(payload))


def _payload(schedule, target, event):
    """The input as it was given, but for the keywords that Scheduler fills in (.../managing-schedule-context-attributes.html)."""
    payload = target.get("Input")
    if payload is None:
        return json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    filled = {"schedule-arn": schedule["Arn"], "scheduled-time": _scheduled_time(schedule), "execution-id": event["EventId"],
              "attempt-number": "1"}
    for keyword, value in filled.items():
        payload = payload.replace(f"<aws.scheduler.{keyword}>", value)
    return payload


def _scheduled_time(schedule):
    given = re.fullmatch(r"at\((.+)\)", schedule["ScheduleExpression"])
    return f"{given[1]}Z" if given else datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _undelivered(schedule, target, payload, code, message):
    """AWS tries again by the target's retry policy first, which may take a day. Here the queue gets it at once."""
    log.warning("schedule %s: %s: %s", schedule["Arn"], code, message)
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        queues.send_as_role(target["RoleArn"], queue, payload, {
            "ERROR_CODE": code, "ERROR_MESSAGE": message, "EXECUTION_ID": new_uuid(), "RETRY_ATTEMPTS": "0",
            "IS_PAYLOAD_TRUNCATED": "false", "SCHEDULED_TIME": _scheduled_time(schedule),
            "SCHEDULE_ARN": schedule["Arn"], "TARGET_ARN": target["Arn"]})

"""Rules of EventBridge: what PutEvents takes, when a rule with a rate fires, and how an event reaches a function or the dead-letter queue
of the rule's target.

AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html and .../eb-rule-dlq.html.
"""

import contextvars
import json
import logging

from ministack.services import eventbridge, lambda_svc

import asynchronous
import patching
import permissions
import queues

log = logging.getLogger("account")

# The rule, the target and the event that are being delivered, and the time that the sender gave an event.
_delivering = contextvars.ContextVar("account_delivering", default=None)
_time = contextvars.ContextVar("account_event_time", default=None)
# Whether rules are being looked at: MiniStack reads the rates of schedules with the same function.
_ticking = contextvars.ContextVar("account_ticking", default=False)

# MiniStack looks every ten seconds. AWS promises the minute.
TICK_SECONDS = 1


def mend(rate):
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed.

    rate is the number of seconds after which every rule with a rate fires, whichever it names, or "0" for never; empty is as they say.
    """
    _mend_put_events()
    _mend_delivery()
    _mend_rates(rate)


def _mend_rates(rate):
    """Tests have no five minutes to spend, or want nothing to happen that they have not asked for."""

    def seconds(expr):
        said = old(expr)
        if said is None or not _ticking.get() or not rate:
            return said
        return float(rate) or None  # Without an interval it is no rate, and does not fire.

    def tick():
        token = _ticking.set(True)
        try:
            old_tick()
        finally:
            _ticking.reset(token)

    patching.constant(eventbridge, "_SCHEDULER_TICK_INTERVAL", TICK_SECONDS)
    old = patching.replace(eventbridge, "_parse_rate_seconds", "expr", seconds)
    old_tick = patching.replace(eventbridge, "_tick_scheduled_rules", "", tick)


def _mend_put_events():
    """AWS refuses "aws." sources to customers, and takes the time of the entry. Here the tests send SageMaker's events, with their time."""

    def now():
        given = _time.get()
        return old_now() if given is None else given

    def put(data, allow_aws_source=False):
        entries = data.get("Entries", [])
        if not 1 <= len(entries) <= 10:
            return old(data, True)
        results = [_put_one(old, data, entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        return eventbridge.json_response({"FailedEntryCount": failed, "Entries": results})

    patching.original(eventbridge, "_coerce_timestamp", "value")
    patching.original(eventbridge, "json_response", "data, status, content_type")
    old = patching.replace(eventbridge, "_put_events", "data, allow_aws_source", put)
    old_now = patching.replace(eventbridge, "_now_ts", "", now)


def _put_one(put, data, entry):
    try:
        detail = json.loads(entry.get("Detail") or "")
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    given = eventbridge._coerce_timestamp(entry["Time"]) if entry.get("Time") is not None else None
    token = _time.set(given)
    try:
        _, _, body = put(dict(data, Entries=[entry]), True)
    finally:
        _time.reset(token)
    return json.loads(body)["Entries"][0]


def _mend_delivery():
    """A rule calls a function as a service that needs the function's permission, and by the asynchronous queue. MiniStack runs it, once."""

    def invoke(target, event, rule, view=None):
        view = view or eventbridge._pattern_event_view(event)
        token = _delivering.set((rule, target, view))
        try:
            old(target, event, rule, view)
        finally:
            _delivering.reset(token)

    patching.original(eventbridge, "_pattern_event_view", "event")
    patching.original(lambda_svc, "_get_func_record_for_ref", "function_ref")
    patching.original(lambda_svc, "_get_base_func_record_for_ref", "function_ref")
    old = patching.replace(eventbridge, "_invoke_target", "target, event, rule, view", invoke)
    patching.replace(eventbridge, "_dispatch_to_lambda", "arn, payload", _to_function)


def _to_function(arn, payload):
    rule, target, view = _delivering.get()
    found, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if found is None:
        return _undelivered(rule, target, view, "NO_RESOURCE", f"Function not found: {arn}")
    base, _, _ = lambda_svc._get_base_func_record_for_ref(arn)
    account = arn.split(":")[4]
    if not permissions.service_may(base.get("policy"), "events.amazonaws.com", "lambda:InvokeFunction", arn, rule["Arn"], account):
        return _undelivered(rule, target, view, "NO_PERMISSIONS", f"events.amazonaws.com is not authorized to invoke {arn} for {rule['Arn']}")
    asynchronous.accept(arn, json.loads(payload))


def _undelivered(rule, target, view, code, message):
    """Neither is tried again: EventBridge sends such events directly to the dead-letter queue."""
    log.warning("rule %s: %s: %s", rule["Arn"], code, message)
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        queues.send_as_service("events.amazonaws.com", rule["Arn"], queue, json.dumps(view.event_with_detail()), {
            "RULE_ARN": rule["Arn"], "TARGET_ARN": target["Arn"], "ERROR_CODE": code, "ERROR_MESSAGE": message})

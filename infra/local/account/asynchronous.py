"""Lambda's asynchronous queue: events accepted now and given to the function later, more than once if need be.

AWS (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): after an error of the function two more tries, one
and two minutes later. A throttled event is no try; it goes back to the queue until it is too old. What fails in the end goes to the
on-failure destination, under the function's role. The rules are those that were set for the qualifier that was invoked, and no other.
MiniStack reads those of $LATEST alone, counts a throttle as a try, and sends another envelope without asking the role.
"""

import contextvars
import datetime
import json
import logging
import os
import time

from ministack.core import concurrency
from ministack.core.responses import new_uuid, set_request_account_id, set_request_region
from ministack.services import cloudwatch, lambda_svc

import functions
import patching
import queues

log = logging.getLogger("account")

# One minute in AWS, doubling. The tests have no minutes to spend.
RETRY_BASE_SECONDS = float(os.environ.get("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "60"))
# AWS goes back after a second, and up to five minutes; one second at the most here.
THROTTLED_SECONDS, THROTTLED_MOST_SECONDS = 0.1, 1.0
# What AWS takes where nothing else is set.
DEFAULT_RETRIES, DEFAULT_AGE_SECONDS = 2, 21600


def mend():
    """Puts the queue in the place of MiniStack's. Raises patching.Drift if that is another one by now."""
    patching.original(lambda_svc, "_execute_function", "func, event")
    patching.original(lambda_svc, "_effective_func_record_for_qualifier", "func, qualifier")
    patching.original(lambda_svc, "_event_invoke_config", "func, qualifier")
    patching.original(lambda_svc, "_emit_lambda_metrics", "function_name, duration_ms, error, throttle")
    patching.original(lambda_svc, "_lambda_function_account_region_from_arn", "value")
    patching.original(lambda_svc, "_lambda_function_name_and_qualifier_from_arn", "value")
    patching.original(lambda_svc, "_route_async_failure", "target_arn, func_name, event, result")
    patching.original(cloudwatch, "record_metric", "namespace, metric_name, value, unit, dimensions")
    patching.original(concurrency, "spawn_background", "fn, args, thread_name, kwargs")
    patching.replace(lambda_svc, "invoke_async_with_retry", "func, event", _from_record)


def _from_record(func, event):
    config = func.get("config") or func
    accept(config["FunctionArn"], event)


def accept(arn, event):
    """Takes an event for the function, version or alias with this ARN, as Invoke with InvocationType=Event does, and returns at once."""
    delivery = Delivery(arn, event)
    concurrency.spawn_background(delivery.run, thread_name="account-async")


class Delivery:
    """One event on its way: what was invoked, the event, and what the tries came to."""

    def __init__(self, arn, event):
        self.arn, self.event = arn, event
        self.account, self.region = lambda_svc._lambda_function_account_region_from_arn(arn)
        self.name, self.qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(arn)
        self.request_id, self.accepted = new_uuid(), time.time()
        self.tries, self.version, self.config, self.result = 0, "$LATEST", {}, None

    def run(self):
        """Tries until it works or the rules say that it is enough; then the on-failure destination."""
        contextvars.Context().run(self._run)

    def _run(self):
        set_request_account_id(self.account)
        set_request_region(self.region)
        functions.REQUEST_ID.set(self.request_id)
        throttled = THROTTLED_SECONDS
        while True:
            function = self._function()
            if function is None:
                log.warning("dropped an event for %s, which is not there any more", self.arn)
                return
            rules = self._rules(function)
            if function.get("concurrency") == 0:
                # "Lambda begins to send new events directly to the on-failure destination, without any retries."
                return self._fail("RetriesExhausted", rules)
            result = self._try(function)
            if not result.get("error"):
                return
            if result.get("throttle"):
                delay, throttled = throttled, min(throttled * 2, THROTTLED_MOST_SECONDS)
            elif self.tries > rules.get("MaximumRetryAttempts", DEFAULT_RETRIES):
                return self._fail("RetriesExhausted", rules)
            else:
                delay = RETRY_BASE_SECONDS * 2 ** (self.tries - 1)
            if time.time() + delay - self.accepted > rules.get("MaximumEventAgeInSeconds", DEFAULT_AGE_SECONDS):
                return self._fail("EventAgeExceeded", rules)
            time.sleep(delay)

    def _function(self):
        """The function's record as it is now: an alias may have moved since the last try."""
        function = lambda_svc._functions.get_scoped(self.account, self.region, self.name)
        record, config = lambda_svc._effective_func_record_for_qualifier(function, self.qualifier)
        if config is None:
            return None
        self.version = config.get("Version", "$LATEST")
        self.config = dict(config, FunctionArn=self.arn)
        self.record = dict(record, config=self.config)
        return function

    def _rules(self, function):
        rules = lambda_svc._event_invoke_config(function, self.qualifier) or {}
        if not rules and self.qualifier in (None, "$LATEST"):
            other = "$LATEST" if self.qualifier is None else None
            rules = lambda_svc._event_invoke_config(function, other) or {}
        return {key: value for key, value in rules.items() if value is not None}

    def _try(self, function):
        started = time.time()
        self._count("AsyncEventAge", (started - self.accepted) * 1000, "Milliseconds")
        result = lambda_svc._execute_function(self.record, self.event)
        if not result.get("throttle"):  # Those are counted where they happen.
            self.tries, self.result = self.tries + 1, result
            lambda_svc._emit_lambda_metrics(self.name, (time.time() - started) * 1000, bool(result.get("error")), False)
        return result

    def _fail(self, condition, rules):
        destination = ((rules.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        dead_letters = (self.config.get("DeadLetterConfig") or {}).get("TargetArn")
        log.warning("gave up on an event for %s after %d tries: %s", self.arn, self.tries, condition)
        if not destination and not dead_letters:
            self._count("AsyncEventsDropped", 1)
        if destination and ":sqs:" in destination:
            if not queues.send_as_role(self.config["Role"], destination, json.dumps(self._envelope(condition))):
                self._count("DestinationDeliveryFailures", 1)
        elif destination:
            lambda_svc._route_async_failure(destination, self.name, self.event, self.result or {})
        if dead_letters:
            # A dead-letter queue of the function gets the event alone.
            if not queues.send_as_role(self.config["Role"], dead_letters, json.dumps(self.event), {"RequestID": self.request_id}):
                self._count("DeadLetterErrors", 1)

    def _count(self, metric, value, unit="Count"):
        cloudwatch.record_metric("AWS/Lambda", metric, value, unit, {"FunctionName": self.name})

    def _envelope(self, condition):
        """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
        now = datetime.datetime.now(datetime.timezone.utc)
        arn = self.arn if self.qualifier else f"{self.arn}:$LATEST"
        envelope = {
            "version": "1.0",
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
            "requestContext": {"requestId": self.request_id, "functionArn": arn, "condition": condition,
                               "approximateInvokeCount": self.tries},
            "requestPayload": self.event,
        }
        if self.result is not None:
            envelope["responseContext"] = {"statusCode": 200, "executedVersion": self.version,
                                           "functionError": self.result.get("function_error") or "Unhandled"}
            envelope["responsePayload"] = self.result.get("body")
        return envelope

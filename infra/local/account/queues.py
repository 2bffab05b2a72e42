"""Sends what a service could not deliver to a queue, if IAM lets it. MiniStack puts such messages there without asking, or not at all.

And a batch asks for the permission of what it is made of: IAM knows no actions for batches. AWS:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html.
"""

import contextvars
import logging

from ministack.core import iam_actions, iam_evaluator
from ministack.core.arn import parse_arn
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import sqs

import patching
import permissions

log = logging.getLogger("account")


def mend():
    """Puts the mend in place. Raises patching.Drift if MiniStack has changed, or if what this module uses of it is not there."""

    def action(service, method, path, headers, body, query_params):
        found = old(service, method, path, headers, body, query_params)
        return found.removesuffix("Batch") if service == "sqs" and found else found

    patching.original(sqs, "_queue_by_arn", "arn")
    patching.original(sqs, "queue_policy_for_arn", "queue_arn")
    patching.original(sqs, "_act_send_message", "data, qurl")
    patching.original(iam_evaluator, "pin_request_origin", "source_ip, secure_transport")
    old = patching.replace(iam_actions, "extract_iam_action", "service, method, path, headers, body, query_params", action)


def send_as_role(role_arn, queue_arn, body, attributes=None):
    """Sends body under the role's permissions and the queue's policy. Returns whether it was sent; the log says why not."""
    policy, _ = sqs.queue_policy_for_arn(queue_arn) or ("", None)
    if not permissions.role_may(role_arn, "sqs:SendMessage", queue_arn, resource_policy=policy):
        return _dropped(queue_arn, f"{role_arn} is not authorized to perform sqs:SendMessage")
    return _put(queue_arn, body, attributes)


def send_as_service(service, source_arn, queue_arn, body, attributes=None):
    """Sends body as a service on behalf of source_arn, which the queue's policy must allow. Returns whether it was sent."""
    policy, _ = sqs.queue_policy_for_arn(queue_arn) or ("", None)
    account = parse_arn(source_arn).account_id
    if not permissions.service_may(policy, service, "sqs:SendMessage", queue_arn, source_arn, account):
        return _dropped(queue_arn, f"the queue's policy does not let {service} send for {source_arn}")
    return _put(queue_arn, body, attributes)


def _put(queue_arn, body, attributes):
    queue = sqs._queue_by_arn(queue_arn)
    if queue is None:
        return _dropped(queue_arn, "there is no such queue")
    message = {"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": {
        name: {"DataType": "String", "StringValue": str(value)} for name, value in (attributes or {}).items()}}
    try:
        contextvars.copy_context().run(_put_in_scope, queue_arn, message)
    except sqs._Err as refusal:
        return _dropped(queue_arn, str(refusal))
    return True


def _put_in_scope(queue_arn, message):
    arn = parse_arn(queue_arn)
    set_request_account_id(arn.account_id)
    set_request_region(arn.region)
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    sqs._act_send_message(message, message["QueueUrl"])


def _dropped(queue_arn, reason):
    # AWS counts these: DestinationDeliveryFailures of Lambda, InvocationsFailedToBeSentToDLQ of EventBridge.
    log.warning("dropped a message for %s: %s", queue_arn, reason)
    return False

"""Alarms of CloudWatch: what they measure, when they go off, and whether the topic lets them speak.

AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html (periods, missing data),
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html and .../sns-key-management.html. MiniStack evaluates an alarm
only when a metric is put by hand, overlooks dimensions and TreatMissingData, does not measure queues, and asks no topic.
"""

import logging
import operator
import threading
import time

from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.services import cloudwatch, kms, sns, sqs

import patching
import permissions

log = logging.getLogger("account")

# A minute in AWS.
TICK_SECONDS = 1
SERVICE = "cloudwatch.amazonaws.com"
COMPARE = {"GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
           "LessThanOrEqualToThreshold": operator.le, "LessThanThreshold": operator.lt}
# What a period without data counts as. Of the others, "missing" leads to INSUFFICIENT_DATA and "ignore" to no change.
MISSING = {"breaching": True, "notBreaching": False}
ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def mend():
    """Puts the mends in place and starts to look at alarms. Raises patching.Drift if MiniStack has changed."""
    for module, name, parameters in (
            (cloudwatch, "record_metric", "namespace, metric_name, value, unit, dimensions"), (cloudwatch, "_dims_key", "dims"),
            (cloudwatch, "_dims_from_list", "dimensions"), (cloudwatch, "_calc_stats", "points"),
            (cloudwatch, "_stat_value", "stats, stat_name, points"), (cloudwatch, "_evaluate_parent_alarms", "child, seen"),
            (cloudwatch, "_record_history", "alarm_name, old_state, new_state, reason, alarm_type, reason_data"),
            (sqs, "_refresh_counts", "q"), (sns, "topic_policy_for_arn", "topic_arn"), (sns, "_topic_by_arn_any_scope", "topic_arn"),
            (kms, "_resolve_key", "key_id_or_arn")):
        patching.original(module, name, parameters)
    patching.replace(cloudwatch, "_evaluate_alarm", "alarm", _evaluate)
    _mend_actions()
    threading.Thread(target=_watch, daemon=True, name="account-alarms").start()


def _watch():
    while True:
        time.sleep(TICK_SECONDS)
        for (account, region, _), alarm in cloudwatch._alarms.all_items():
            set_request_account_id(account)
            set_request_region(region)
            try:
                _evaluate(alarm)
            except Exception:  # The others are to be looked at all the same.
                log.exception("the alarm %s cannot be evaluated", alarm.get("AlarmName"))


def _evaluate(alarm):
    compare = COMPARE.get(alarm.get("ComparisonOperator"))
    if not alarm.get("MetricName") or compare is None:
        return  # Metric math and anomaly bands.
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    if (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible"):
        _measure(dimensions.get("QueueName"))
    periods = _periods(alarm, dimensions, compare)
    needed = alarm.get("DatapointsToAlarm") or len(periods)
    if any(breaching is not None for breaching in periods):
        _change(alarm, "ALARM" if periods.count(True) >= needed else "OK")
    elif alarm.get("TreatMissingData", "missing") == "missing":
        _change(alarm, "INSUFFICIENT_DATA")


def _periods(alarm, dimensions, compare):
    """Whether each of the last periods is breaching; None where there is no data and nothing that it counts as."""
    points = list(cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))) or [])
    now, length, answers = time.time(), alarm.get("Period", 60), []
    for back in range(alarm.get("EvaluationPeriods", 1)):
        inside = [point for point in points if now - (back + 1) * length <= point["Timestamp"] < now - back * length]
        name = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
        value = cloudwatch._stat_value(cloudwatch._calc_stats(inside), name, inside) if inside else None
        answers.append(MISSING.get(alarm.get("TreatMissingData")) if value is None else compare(value, alarm.get("Threshold", 0)))
    return answers


def _measure(name):
    """SQS measures its queues every minute."""
    for queue in list(sqs._queues.values()):
        if queue["name"] == name:
            sqs._refresh_counts(queue)
            visible = int(queue["attributes"]["ApproximateNumberOfMessages"])
            cloudwatch.record_metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", visible, "Count", {"QueueName": name})


def _change(alarm, state):
    was = alarm["StateValue"]
    if was == state:
        return
    reason = f"Threshold {alarm.get('Threshold')}: {alarm['MetricName']} in the last {alarm.get('EvaluationPeriods', 1)} periods"
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], was, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, was, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _mend_actions():
    """The topic's policy has to let CloudWatch publish for the alarm, and the policy of the topic's key has to let it encrypt."""

    def dispatch(alarm, old_state, new_state, reason):
        field = ACTIONS.get(new_state, "")
        told = [action for action in alarm.get(field) or [] if ":sns:" not in action or _may_publish(alarm, action)]
        old(dict(alarm, **{field: told}), old_state, new_state, reason)

    old = patching.replace(cloudwatch, "_dispatch_alarm_actions", "alarm, old_state, new_state, reason", dispatch)


def _may_publish(alarm, arn):
    topic = sns._topic_by_arn_any_scope(arn)
    policy, _ = sns.topic_policy_for_arn(arn) or ("", None)
    key = ((topic or {}).get("attributes") or {}).get("KmsMasterKeyId") or ""
    if topic is None or not _lets(policy, "sns:Publish", arn, alarm):
        refused = f"the policy of {arn} does not let CloudWatch publish"
    elif key and not _may_encrypt(key, alarm):
        refused = f"the policy of the key {key} does not let CloudWatch use it"
    else:
        return True
    log.warning("the alarm %s is not heard: %s", alarm["AlarmName"], refused)
    return False


def _may_encrypt(name, alarm):
    """The key of AWS itself, alias/aws/sns, is not in the account's list, and lets CloudWatch do nothing."""
    key = kms._resolve_key(name) or {}
    return bool(key) and all(_lets(key.get("Policy"), action, key["Arn"], alarm) for action in ("kms:Decrypt", "kms:GenerateDataKey"))


def _lets(policy, action, resource, alarm):
    return permissions.service_may(policy, SERVICE, action, resource, alarm["AlarmArn"], get_account_id())

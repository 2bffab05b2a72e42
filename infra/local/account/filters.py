"""Metric filters of CloudWatch Logs: log lines that are counted as they are written.

AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html. MiniStack keeps the filters and
counts nothing. Here a pattern is one comparison of a key of the line's own with a text, in which * is anything; what else AWS takes is
refused, so that no template relies on what is not looked at.
"""

import json
import re

from ministack.services import cloudwatch, cloudwatch_logs

import patching

PATTERN = re.compile(r'\{\s*\$\.(\w+)\s*=\s*"([^"]*)"\s*\}')
NOT_HERE = "The local account takes one comparison of a key with a text as a pattern, and a number as the value, without dimensions."


def mend():
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed."""

    def put(data):
        return old_put(data) if _understood(data) else cloudwatch_logs.error_response_json("InvalidParameterException", NOT_HERE, 400)

    def write(group_name, stream_name, events):
        _count(group_name, [event.get("message", "") for event in events])
        old_write(group_name, stream_name, events)

    patching.original(cloudwatch_logs, "error_response_json", "code, message, status, extra, message_key, content_type")
    patching.original(cloudwatch, "record_metric", "namespace, metric_name, value, unit, dimensions")
    old_put = patching.replace(cloudwatch_logs, "_put_metric_filter", "data", put)
    # Whatever writes log lines hands them on to subscriptions by this one.
    old_write = patching.replace(cloudwatch_logs, "_fanout_to_subscription_filters", "group_name, stream_name, events", write)


def _understood(data):
    plain = all(re.fullmatch(r"\d+(\.\d+)?", str(t.get("metricValue"))) and not t.get("dimensions") and t.get("defaultValue") is None
                for t in data.get("metricTransformations") or [])
    return plain and PATTERN.fullmatch((data.get("filterPattern") or "").strip()) is not None


def _count(group, messages):
    for (of, _), found in list(cloudwatch_logs._metric_filters.items()):
        if of != group:
            continue
        key, text = PATTERN.fullmatch(found["filterPattern"].strip()).groups()
        for _ in filter(lambda message: _matches(message, key, text), messages):
            for t in found["metricTransformations"]:
                cloudwatch.record_metric(t["metricNamespace"], t["metricName"], float(t["metricValue"]), t.get("unit") or "None")


def _matches(message, key, text):
    try:
        line = json.loads(message)
    except ValueError:
        return False
    value = line.get(key) if isinstance(line, dict) else None
    pattern = ".*".join(map(re.escape, text.split("*")))
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None

"""How a function runs: what it finds in its environment, how it ends, whether its log lines are written, and under which session it calls.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, .../lambda-runtime-environment.html and
.../monitoring-cloudwatchlogs.html.
"""

import contextvars
import json
import logging
import os
import signal
import threading
import time

from ministack.core import iam_actions, lambda_runtime
from ministack.services import cloudwatch_logs, lambda_svc

import patching
import permissions

log = logging.getLogger("account")

# Set by the asynchronous queue: all tries of an event have the same request id.
REQUEST_ID = contextvars.ContextVar("account_request_id", default="")
# What a function's process finds of the server's environment: where the account answers, and what programs need to start.
INHERITED = {"PATH", "TMPDIR", "LANG", "TZ", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "GOCOVERDIR"}

# How long an invocation's log lines are waited for: the first, each further one, and all of them.
FIRST_LINE_SECONDS, NEXT_LINE_SECONDS, ALL_LINES_SECONDS = 1.0, 0.03, 2.0

_sessions_told = set()
_sessions_lock = threading.Lock()


def mend(sessions, processes):
    """Puts the mends in place. Both are paths of files, or empty: sessions is told of execution roles' sessions, processes of the
    process groups of functions."""
    _mend_resource()
    _mend_environment()
    _mend_end(processes)
    _mend_execution()
    _mend_logs()
    _mend_patience()
    if sessions:
        _mend_sessions(sessions)


def _mend_resource():
    """The resource of an invocation is the alias or version that is invoked. MiniStack asks for the function alone."""

    def resource(service, method, path, headers, body, query_params, region, account_id):
        arn = old(service, method, path, headers, body, query_params, region, account_id)
        qualifier = query_params.get("Qualifier") or ""
        qualifier = qualifier[0] if isinstance(qualifier, list) else qualifier
        if service != "lambda" or not path.endswith("/invocations") or not qualifier or arn.endswith(f":{qualifier}"):
            return arn
        return f"{arn}:{qualifier}"

    old = patching.replace(iam_actions, "extract_resource_arn",
                           "service, method, path, headers, body, query_params, region, account_id", resource)


def _mend_environment():
    """MiniStack hands the function its own environment. AWS hands it PATH and the like, and what was configured."""

    def environment(config, code_dir, port):
        server = dict(os.environ)
        full = old(config, code_dir, port)
        logging_config = config.get("LoggingConfig") or {}
        kept = {key: value for key, value in full.items()
                if key not in server or full[key] != server[key] or key in INHERITED or key.startswith("AWS_ENDPOINT_URL")}
        kept.update({"AWS_REGION": full["AWS_REGION"], "AWS_DEFAULT_REGION": full["AWS_DEFAULT_REGION"]})
        kept.update(lambda_svc._runtime_env_vars(config))
        kept["AWS_LAMBDA_LOG_GROUP_NAME"] = _log_group(config)
        kept["AWS_LAMBDA_LOG_FORMAT"] = logging_config.get("LogFormat", "Text")
        if logging_config.get("ApplicationLogLevel"):
            kept["AWS_LAMBDA_LOG_LEVEL"] = logging_config["ApplicationLogLevel"]
        return kept

    patching.original(lambda_svc, "_runtime_env_vars", "config")
    old = patching.replace(lambda_svc, "_provided_worker_env", "config, code_dir, port", environment)


class _Subprocess:
    """The module subprocess, but every process starts a group of its own, so that a function ends with all that it has started.

    Each group's id becomes a line of the file, if there is one: whoever started the account can end them after the account was killed.
    """

    def __init__(self, module, file):
        self._module, self.started = module, []
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600) if file else None

    def __getattr__(self, name):
        return getattr(self._module, name)

    def Popen(self, *args, **kwargs):
        process = self._module.Popen(*args, **dict(kwargs, start_new_session=True))
        self.started = [other for other in self.started if other.returncode is None] + [process]
        self._tell(process)
        return process

    def _tell(self, process):
        """Before there is an event for the process. Not before it runs at all: a child of many threads must not run Python first."""
        if self._file is None:
            return
        try:
            os.write(self._file, b"%d\n" % process.pid)  # Not buffered: it is there if this process is killed now.
        except OSError:
            _kill(process)
            raise


def _kill(proc):
    if proc is None:
        return
    try:
        os.killpg(proc.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _mend_end(processes):
    """AWS ends a sandbox at once, with all its processes, when the time-out is over. MiniStack asks the process and waits two seconds."""
    if not hasattr(lambda_runtime.subprocess, "Popen") or not hasattr(lambda_svc, "_provided_code_lock"):
        raise patching.Drift("ministack.core.lambda_runtime does not start processes as it did")
    lambda_runtime.subprocess = _Subprocess(lambda_runtime.subprocess, processes)
    patching.replace(lambda_runtime, "_signal", "proc", _kill)


def end_processes():
    """Ends every function process. No other starts after it: the lock that MiniStack starts them under is never given back."""
    lambda_svc._provided_code_lock.acquire(timeout=2)
    for process in lambda_runtime.subprocess.started:
        if process.poll() is None:
            _kill(process)
            process.wait(timeout=2)


def _mend_execution():
    """Reserved concurrency is the function's: MiniStack looks for it on the version, where it is not. The request id can be given."""

    def reserved(func, config):
        account, region = lambda_runtime._account_region_from_function_config(config)
        function = lambda_svc._functions.get_scoped(account, region, config.get("FunctionName", "")) or func
        return old(function, config)

    def execute(func, event):
        config = func.get("config") or func
        if lambda_svc._function_config_scope_mismatch(config):
            return lambda_svc._run_with_function_config_scope(config, execute, func, event)
        slot, limit = lambda_svc._acquire_execution_slot(func, config)
        if slot is None:
            return _throttled(config, limit)
        try:
            return lambda_svc._execute_function_dispatch(func, config, event, REQUEST_ID.get() or lambda_svc.new_uuid(), time.time())
        finally:
            lambda_svc._release_execution_slot(slot)

    for name, parameters in (("_acquire_execution_slot", "func, config"), ("_release_execution_slot", "key"),
                             ("_execute_function_dispatch", "func, config, event, request_id, started"),
                             ("_function_config_scope_mismatch", "config"),
                             ("_throttle_response", "reason_code, msg, retry_after")):
        patching.original(lambda_svc, name, parameters)
    old = patching.replace(lambda_svc, "_reserved_concurrency", "func, config", reserved)
    patching.replace(lambda_svc, "_execute_function", "func, event", execute)


def _throttled(config, limit):
    name = config.get("FunctionName", "unknown")
    lambda_svc._emit_lambda_metrics(name, duration_ms=0.0, error=False, throttle=True)
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded" if limit == "function" else "ConcurrentInvocationLimitExceeded"
    return lambda_svc._throttle_response(reason_code=reason, msg="Rate Exceeded.")


def _log_group(config):
    return (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName', 'unknown')}"


def _mend_logs():
    """AWS writes a function's log under its role, which needs logs:CreateLogStream and logs:PutLogEvents. MiniStack just writes."""

    def emit(func, request_id, log_text, error, duration_ms, *, log_source=None):
        config = func.get("config") or func
        if _may_log(config):
            old(func, request_id, log_text, error, duration_ms, log_source=log_source)

    old = patching.replace(lambda_svc, "_emit_lambda_logs", "func, request_id, log_text, error, duration_ms, log_source", emit)
    patching.original(cloudwatch_logs, "_make_group_arn", "name")


def _may_log(config):
    group, role = _log_group(config), config.get("Role", "")
    # Both calls are on a stream, so that a policy for the group has to end in ":*", as the ARN of the group in CloudFormation does.
    stream = cloudwatch_logs._make_group_arn(group).removesuffix(":*") + ":log-stream:any"
    needed = ["logs:CreateLogStream", "logs:PutLogEvents"]
    if group not in cloudwatch_logs._log_groups:
        needed.insert(0, "logs:CreateLogGroup")
    for action in needed:
        if not permissions.role_may(role, action, stream):
            log.warning("log lines of %s are lost: %s is not authorized to perform %s", config.get("FunctionName"), role, action)
            return False
    return True


def _mend_patience():
    """A function's lines come by a pipe, which MiniStack gives 50 ms after the answer, and 5 ms after a line. On a busy machine that is
    too short, and a line shows up with the next invocation or never. Where the function logs, as Mulligan always does, this costs little.
    """
    drain = patching.original(lambda_runtime.Worker, "_drain_stderr_bounded", "self, first_line_wait, idle_confirm, hard_cap")
    drain.__defaults__ = (FIRST_LINE_SECONDS, NEXT_LINE_SECONDS, ALL_LINES_SECONDS)


def _mend_sessions(path):
    """MiniStack keeps sessions to itself. The stand-in for SageMaker has to know whose request it got, and reads it from this file."""

    def credentials(config):
        issued = old(config)
        key = issued["AWS_ACCESS_KEY_ID"]
        with _sessions_lock:
            if permissions.enforced() and key not in _sessions_told:
                line = {"key": key, "role": config.get("Role", ""), "function": config.get("FunctionName", "")}
                with open(path, "a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                _sessions_told.add(key)
        return issued

    old = patching.replace(lambda_runtime, "execution_credentials", "config", credentials)

"""What the tests of the mends share: an account of their own, and a tiny function whose events say what it shall do.

One account serves all tests. It is started by the first and ended with the process. Names are never used twice.
"""

import atexit
import functools
import io
import itertools
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import zipfile

import boto3
from botocore.config import Config

HERE = pathlib.Path(__file__).parent
ACCOUNT, REGION = "123456789012", "eu-west-1"
# The first delay after a function's error. Short, and long enough to be told from no delay.
RETRY_SECONDS = 0.4
# After this every rule with a rate fires.
RATE_SECONDS = 1
PATIENCE_SECONDS = 30

BOOTSTRAP = f"""#!/bin/sh
exec '{sys.executable}' -S "$LAMBDA_TASK_ROOT/function.py"
"""

# Writes a line for every invocation at its begin and its end, and does what the event says.
FUNCTION = '''
import http.client, json, os, subprocess, time
api = os.environ["AWS_LAMBDA_RUNTIME_API"]

def call(method, path, body=None):
    connection = http.client.HTTPConnection(api)
    connection.request(method, "/2018-06-01/runtime/invocation/" + path, body)
    response = connection.getresponse()
    return response, response.read()

def tell(**line):
    with open(os.environ["DIARY"], "a") as diary:
        diary.write(json.dumps(dict(line, at=time.time(), pid=os.getpid())) + "\\n")

while True:
    response, body = call("GET", "next")
    request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(body)
    wish = event.get("detail", event) if isinstance(event, dict) else {}
    tell(begin=request, event=event, arn=response.headers["Lambda-Runtime-Invoked-Function-Arn"], env=dict(os.environ))
    print("a line of", request, flush=True)
    if wish.get("child"):
        tell(child=subprocess.Popen(["sleep", "60"]).pid)
    time.sleep(wish.get("seconds", 0))
    if wish.get("exit"):
        os._exit(7)
    tell(end=request)
    if wish.get("fail"):
        call("POST", request + "/error", json.dumps({"errorMessage": "asked to", "errorType": "Wish"}))
    else:
        call("POST", request + "/response", json.dumps(dict(os.environ)))
'''

_numbers = itertools.count(1)


def unique(word):
    """A name that nothing else in the account has."""
    return f"{word}-{next(_numbers)}"


def eventually(what, ask, patience=PATIENCE_SECONDS):
    """Returns the first true answer, or fails when there is none in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {patience} s: {what}")


def ended(pid):
    """Whether the process is gone; a zombie is."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


class Account:
    """A running local account. home is the folder that holds its log, its sessions and the functions' diaries."""

    def __init__(self, home, **extra):
        self.home = pathlib.Path(home)
        self.log, self.sessions, self.temp = self.home / "log", self.home / "sessions", self.home / "tmp"
        self.temp.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MINISTACK_"))}
        environment.update(AUTH="true", BIND_HOST="0.0.0.0", MINISTACK_REGION=REGION, MINISTACK_ACCOUNT_ID=ACCOUNT,
                           GATEWAY_PORT=str(self.port), AWS_ENDPOINT_URL=self.url, AWS_ENDPOINT_URL_SAGEMAKER="http://127.0.0.1:9",
                           TMPDIR=str(self.temp), ACCOUNT_SESSIONS=str(self.sessions), ACCOUNT_DIES_WITH_STDIN="1",
                           LAMBDA_ASYNC_RETRY_BASE_SECONDS=str(RETRY_SECONDS), ACCOUNT_RATE_SECONDS=str(RATE_SECONDS), **extra)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([sys.executable, str(HERE / "launch.py")], env=environment, stdin=subprocess.PIPE,
                                            stdout=log, stderr=subprocess.STDOUT)
        eventually(f"the account answers, see {self.log}", self._answers, 30)

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the account ended: {self.said()}")
        try:
            return urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).status == 200
        except OSError:
            return False

    def end(self):
        """Ends it as its parent's death would."""
        self.process.stdin.close()
        self.process.wait(20)

    def said(self):
        """What it has logged until now."""
        return self.log.read_text(errors="replace")

    @functools.lru_cache(maxsize=None)
    def client(self, service, key="test", secret="test"):
        """A client of the account's root, or of the holder of another key. It checks nothing before it sends."""
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=30)
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
                            config=config)


@functools.lru_cache(maxsize=None)
def account():
    """The account that all tests share."""
    home = tempfile.TemporaryDirectory(prefix="mends-")
    running = Account(home.name)
    atexit.register(home.cleanup)
    atexit.register(running.end)
    return running


def statement(actions, resources="*", **more):
    """One statement of a policy that allows actions on resources."""
    return dict({"Effect": "Allow", "Action": actions, "Resource": resources}, **more)


def policy(*statements):
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Case(unittest.TestCase):
    """A test with the shared account."""

    def setUp(self):
        self.account = account()
        self.client = self.account.client

    def role(self, *statements, service="lambda.amazonaws.com", condition=None, path="/", boundary=None):
        """The ARN of a new role that the service may assume and that may do what the statements say."""
        name, trust = unique("role"), {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if condition:
            trust["Condition"] = condition
        more = {"PermissionsBoundary": boundary} if boundary else {}
        made = self.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=policy(trust), **more)
        if statements:
            self.client("iam").put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy(*statements))
        return made["Role"]["Arn"]

    def boundary(self, *statements):
        """The ARN of a new managed policy."""
        return self.client("iam").create_policy(PolicyName=unique("boundary"), PolicyDocument=policy(*statements))["Policy"]["Arn"]

    def user(self, *statements):
        """The key and secret of a new user who may do what the statements say."""
        name = unique("user")
        self.client("iam").create_user(UserName=name)
        self.client("iam").put_user_policy(UserName=name, PolicyName="may", PolicyDocument=policy(*statements))
        key = self.client("iam").create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def queue(self, queue_policy=None):
        """The URL and the ARN of a new queue."""
        attributes = {"Policy": queue_policy} if queue_policy else {}
        url = self.client("sqs").create_queue(QueueName=unique("queue"), Attributes=attributes)["QueueUrl"]
        return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/', 1)[-1]}"

    def messages(self, url):
        """The messages that are in the queue now; it does not keep them."""
        return self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get("Messages", [])

    def message(self, url):
        """The first message to come."""
        return eventually(f"a message in {url}; the log: {self.account.said()[-2000:]}", lambda: self.messages(url))[0]

    def says(self, *parts):
        """Waits until a line of the account's log has all the parts."""
        return eventually(f"a line with {parts}", lambda: [line for line in self.account.said().splitlines()
                                                           if all(part in line for part in parts)])

    def function(self, role=None, **more):
        """A new function with the alias live."""
        return Function(self, role or self.role(), more)


def package():
    """The tiny function as Lambda wants it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("bootstrap", BOOTSTRAP)
        file.writestr("function.py", FUNCTION)
    return packed.getvalue()


class Function:
    """The tiny function: its names, and what it has written into its diary."""

    def __init__(self, case, role, more):
        self.name, self.role = unique("function"), role
        self.diary = case.account.home / f"diary-{self.name}"
        environment = {"Variables": {"DIARY": str(self.diary)}}
        client = case.client("lambda")
        made = client.create_function(FunctionName=self.name, Role=role, Runtime="provided.al2023", Handler="bootstrap", Publish=True,
                                      Code={"ZipFile": package()}, Environment=environment, **more)
        client.create_alias(FunctionName=self.name, Name="live", FunctionVersion="1")
        self.arn = made["FunctionArn"].removesuffix(":1")
        self.live = f"{self.arn}:live"

    def lines(self, kind):
        """The lines of the diary that have this key."""
        text = self.diary.read_text() if self.diary.exists() else ""
        return [line for line in map(json.loads, text.splitlines()) if kind in line]

    def wait(self, kind, count=1):
        """The lines, as soon as there are so many."""
        return eventually(f"{count} times {kind} of {self.name}", lambda: (found := self.lines(kind)) and len(found) >= count and found)

"""That nothing which a browser sends is served, neither at the account's port nor at a function's Runtime API, and everything else is."""

import http.client
import json
import unittest

from botocore.exceptions import ClientError

from trial import Case, package, unique

# What a page sends, or what arrives under a name that is not this machine's.
FOREIGN = {"a preflight's or a script's origin": {"Origin": "http://evil.example"}, "a hidden origin": {"Origin": "null"},
           "a page's image": {"Sec-Fetch-Site": "cross-site"}, "a page of another port": {"Origin": "http://127.0.0.1:8000"},
           "a name that was made to resolve to loopback": {"Host": "evil.example"}, "with its port": {"Host": "evil.example:4566"},
           "a name that begins like ours": {"Host": "localhost.evil.example"}, "an address": {"Host": "192.0.2.1:4566"},
           "one that begins like ours": {"Host": "127.0.0.1.evil.example"}, "a bucket's": {"Host": "bucket.localhost"},
           "no port at all": {"Host": "evil.example:127.0.0.1"}, "nothing": {"Host": ""}}
LOCAL = ("127.0.0.1", "127.0.0.1:4566", "localhost", "LocalHost:4566", "[::1]", "[::1]:4566")
WEBSOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}


def ask(address, method, path, headers, body=None):
    """The status and the headers of the answer; headers may say what Host is."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in dict(headers, **({"Content-Length": str(len(body))} if body else {})).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers
    finally:
        connection.close()


class Browsers(Case):
    def setUp(self):
        super().setUp()
        self.address = f"127.0.0.1:{self.account.port}"

    def test_a_page_reaches_nothing(self):
        for name, headers in FOREIGN.items():
            for method, path in (("OPTIONS", "/2015-03-31/functions"), ("GET", "/_ministack/health"), ("GET", "/?Action=ListQueues"),
                                 ("POST", "/"), ("PUT", "/bucket")):
                with self.subTest(name, method=method, path=path):
                    status, answered = ask(self.address, method, path, headers)
                    self.assertEqual((status, answered["Access-Control-Allow-Origin"]), (403, None))
        self.says("refused a request for /2015-03-31/functions", "it comes from a browser")

    def test_a_page_opens_no_websocket(self):
        path = "/_aws/execute-api/api/stage/"
        self.assertEqual(ask(self.address, "GET", path, dict(WEBSOCKET, Origin="http://evil.example"))[0], 403)
        self.says(f"refused a request for {path}", "evil.example")

    def test_a_page_does_not_wipe_the_account(self):
        url, _ = self.queue()
        status, _ = ask(self.address, "POST", "/_ministack/reset", {"Origin": "http://evil.example", "Content-Type": "text/plain"}, b"x")
        self.assertEqual(status, 403)
        self.client("sqs").get_queue_attributes(QueueUrl=url)

    def test_a_page_that_knows_the_keys_makes_no_function(self):
        def foreign(request, **_):
            request.headers["Origin"] = "http://evil.example"

        role, name, client = self.role(), unique("function"), self.client("lambda")
        client.meta.events.register("before-send.lambda", foreign)
        try:
            with self.assertRaises(ClientError) as refused:
                client.create_function(FunctionName=name, Role=role, Runtime="provided.al2023", Handler="bootstrap", Code={"ZipFile": package()})
        finally:
            client.meta.events.unregister("before-send.lambda", foreign)
        self.assertEqual(refused.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)
        self.assertNotIn(name, [each["FunctionName"] for each in client.list_functions()["Functions"]])

    def test_this_machine_s_own_names_are_served(self):
        for host in LOCAL:
            with self.subTest(host):
                self.assertEqual(ask(self.address, "GET", "/_ministack/health", {"Host": host})[0], 200)

    def test_the_runtime_api_is_as_careful(self):
        function, client = self.function(), self.client("lambda")
        api = json.load(client.invoke(FunctionName=function.name, Payload="{}")["Payload"])["AWS_LAMBDA_RUNTIME_API"]
        for name, headers in FOREIGN.items():
            for method, path in (("GET", "next"), ("POST", "next/response"), ("GET", "nothing")):
                with self.subTest(name, method=method, path=path):
                    self.assertEqual(ask(api, method, f"/2018-06-01/runtime/invocation/{path}", headers)[0], 403)
            self.assertEqual(ask(api, "POST", "/2018-06-01/runtime/init/error", headers, b'{"errorMessage": "forged"}')[0], 403)
        for host in LOCAL:
            self.assertEqual(ask(api, "GET", "/nothing", {"Host": host})[0], 404)
        self.assertNotIn("FunctionError", client.invoke(FunctionName=function.name, Payload="{}"))
        self.assertEqual({line["pid"] for line in function.lines("begin")}, {function.lines("begin")[0]["pid"]})


if __name__ == "__main__":
    unittest.main()

"""How requests arrive and answers leave.

The account answers on loopback without TLS, because functions and tools would have to be taught its certificate. Every request counts
as one over TLS, as otherwise a queue that demands TLS could not be read here at all.

Loopback is no wall against the web: a page that this machine's browser shows can send requests here too, port and keys are known, and
functions run with the user's rights. So nothing that a browser sends is served.
"""

import http.server
import json
import logging
import zlib

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime

import patching

log = logging.getLogger("account")

# Browsers send Origin with what may change something and with what a script wants to read, and Sec-Fetch-Site with everything, also an
# image's GET (https://www.w3.org/TR/fetch-metadata/). No page can leave them out, and no SDK sends them.
OF_BROWSERS = ("origin", "sec-fetch-site")
# A page whose own host name has been made to resolve to loopback counts as of the same origin, but its name is in Host. SDKs put no
# bucket's name and no prefix before an endpoint that is an address.
HOSTS = {"127.0.0.1", "localhost", "[::1]"}


def mend():
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed."""
    _mend_entry()
    _mend_runtime_api()
    _mend_origin()
    _mend_checksum()


def refusal(headers):
    """Why a request with these headers, pairs of text, is not served; empty if it is."""
    fields = [(name.lower(), value.strip()) for name, value in headers]
    for name, value in fields:
        if name in OF_BROWSERS:
            return f"it comes from a browser: {name} is {value!r}"
    hosts = [value for name, value in fields if name == "host"]
    if len(hosts) != 1 or _without_port(hosts[0]).lower() not in HOSTS:
        return f"the host is {', '.join(map(repr, hosts)) or 'not named'}, and not one of {', '.join(sorted(HOSTS))}"
    return ""


def _without_port(host):
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _mend_entry():
    """Everything that arrives at the account's port, WebSockets included, passes here before MiniStack sees it."""

    async def entry(scope, receive, send):
        refused = ""
        if scope["type"] != "lifespan":
            refused = refusal((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        if not refused:
            await old(scope, receive, send)
            return
        log.warning("refused a request for %s: %s", scope["path"], refused)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # Before it is accepted: the server answers 403.
            return
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps({"message": f"Not served here: {refused}"}).encode()})

    old = patching.replace(app, "app", "scope, receive, send", entry)
    # The server has to look the entry up by this name, and only when it starts.
    if app.app is not entry or "app" not in patching.original(app, "main", "").__code__.co_names:
        raise patching.Drift("ministack.app.main does not serve ministack.app.app any more")


def _mend_runtime_api():
    """The same for the Runtime API, which every function process has on a port of its own: a page could take its events or fail them."""

    def parse_request(self):
        if not parse(self):
            return False
        refused = refusal(self.headers.items())
        if refused:
            log.warning("the Runtime API refused a request for %s: %s", self.path, refused)
            self.send_error(403, "Forbidden", refused)
        return not refused

    patching.original(lambda_runtime.ProvidedWorker, "_build_handler_class", "self, generation, pending")
    handler = lambda_runtime.ProvidedWorker._build_handler_class(None, 0, None)
    base = http.server.BaseHTTPRequestHandler
    parse = patching.original(base, "parse_request", "self")
    if not issubclass(handler, base) or handler.parse_request is not parse:
        raise patching.Drift("the Runtime API of ministack.core.lambda_runtime does not parse requests as http.server does any more")
    # In http.server itself: MiniStack makes a class of handlers for every process. Nothing else here serves by it.
    base.parse_request = parse_request


def _mend_origin():
    def pin(source_ip, secure_transport):
        old(source_ip, True)

    old = patching.replace(iam_evaluator, "pin_request_origin", "source_ip, secure_transport", pin)
    if app.pin_request_origin is not pin:
        raise patching.Drift("ministack.app does not import pin_request_origin any more")


def _mend_checksum():
    """DynamoDB sends a CRC-32 of every answer, and the SDK for Go warns where it is missing.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
    """

    async def dispatch(method, path, headers, body, query_params, request_id):
        status, answered, answer = await old(method, path, headers, body, query_params, request_id)
        if headers.get("x-amz-target", "").startswith("DynamoDB_") and isinstance(answer, (bytes, bytearray)):
            answered = dict(answered, **{"x-amz-crc32": str(zlib.crc32(answer))})
        return status, answered, answer

    old = patching.replace(app, "_dispatch_service_request", "method, path, headers, body, query_params, request_id", dispatch)

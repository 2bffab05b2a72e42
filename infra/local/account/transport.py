"""How requests arrive and answers leave.

The account answers on loopback without TLS, because functions and tools would have to be taught its certificate. Every request counts
as one over TLS, as otherwise a queue that demands TLS could not be read here at all.
"""

import zlib

from ministack import app
from ministack.core import iam_evaluator

import patching


def mend():
    """Puts the mends in place. Raises patching.Drift if MiniStack has changed."""
    _mend_origin()
    _mend_checksum()


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

"""Where a request ends in the bytes that have come so far.

It only tells when there is enough for gunicorn's parser, which then judges every byte of it.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from ivr.web.entry import MAX_REQUEST_BYTES

MAX_LINE_BYTES: Final = 4094
MAX_FIELDS: Final = 64
MAX_FIELD_BYTES: Final = 4096
"""Twilio sends some twenty fields of a hundred bytes, and a line that is shorter still; proxies
add theirs."""
MAX_HEAD_BYTES: Final = 16 * 1024

_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_HEAD_END: Final = b"\r\n\r\n"
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"


class Coming(Struct, frozen=True):
    """A request goes on; there is not enough of it yet."""

    waits: bool = False
    """Its sender waits to be told to go on with the body: RFC 9110, 10.1.1."""


class Whole(Struct, frozen=True):
    """A request is there."""

    size: int
    """Of its bytes, from the first one."""


class TooLarge(Struct, frozen=True):
    """A request is larger than any that the line takes."""

    size: int | None
    """So many bytes are enough to refuse it in the words of the service; None: it has no head."""


def find_request(data: bytes | bytearray) -> Coming | Whole | TooLarge:
    """Tell how far the first request goes in what has come and was not taken yet."""
    end = data.find(_HEAD_END)
    if max(end, 0) > MAX_HEAD_BYTES or (end < 0 and len(data) > MAX_HEAD_BYTES):
        return TooLarge(None)
    if end < 0:
        return Coming()
    head = bytes(data[: end + len(_HEAD_END)])
    size = _size(data, head)
    if size is None or size > len(head) + MAX_REQUEST_BYTES:
        is_known = size is not None or len(data) > len(head) + MAX_REQUEST_BYTES
        return TooLarge(len(data)) if is_known else Coming()
    if size > len(data):
        return Coming(waits=len(data) == len(head) and _EXPECTS.search(head) is not None)
    return Whole(size)


def _size(data: bytes | bytearray, head: bytes) -> int | None:
    """Of head and body; None: only its end tells, and that is not there yet."""
    if not _CHUNKED.search(head):
        length = _LENGTH.search(head)
        return len(head) + int(length[1] if length else 0)
    # The line break behind the head stands before the first chunk.
    end = data.find(_LAST_CHUNK, len(head) - 2)
    return None if end < 0 else end + len(_LAST_CHUNK)

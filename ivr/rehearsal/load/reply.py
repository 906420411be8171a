"""An HTTP/1.1 answer, read piece by piece as it comes.

Small on purpose: a load must cost little of the machine that it shares with what it measures, and a
library for every case of HTTP takes several times as long for each answer.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from ivr.simulator.http.sending import MAX_CLIP_BYTES

MAX_HEAD_BYTES: Final = 65_536
_STATUS: Final = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: |\r\n|$)")
_HEADER: Final = re.compile(rb"\r\n([^\s:]+):[ \t]*([^\r\n]*?)[ \t]*(?=\r\n|$)")
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]*)?")
_END: Final = b"\r\n\r\n"
_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class BrokenReplyError(Exception):
    """What came is no HTTP, or too much of it; the message says which."""


class Reply(Struct, frozen=True):
    """A whole answer: `Reply(200, ((b"content-type", b"text/xml"),), b"<Response/>", True)`."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    """The names in small letters."""
    body: bytes
    is_kept_open: bool
    """Whether the connection may be used for another request."""

    def header(self, name: bytes) -> bytes:
        """The first header of that name, in small letters; empty where there is none."""
        return next((value for each, value in self.headers if each == name), b"")


class Reader:
    """Takes the bytes of one connection, and gives the answers in them one by one."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._head: Reply | None = None
        self._body = bytearray()

    @property
    def has_begun(self) -> bool:
        """Whether something of an answer has come."""
        return self._head is not None or bool(self._data)

    def feed(self, data: bytes) -> Reply | None:
        """Takes bytes; gives an answer when it is whole, None before.

        Raises:
            BrokenReplyError: they are no answer that can be read.
        """
        self._data += data
        while self._head is None:
            if not self._take_head():
                return None
        return self._whole(self._head)

    def end(self) -> Reply | None:
        """The connection was closed: gives the answer that only this ends; None: there is none."""
        head = self._head
        if head is None or _is_chunked(head) or head.header(b"content-length"):
            return None
        return self._taken(head, len(self._data), is_kept_open=False)

    def _take_head(self) -> bool:
        """Reads the head once it is whole; one of 1xx is passed over."""
        end = self._data.find(_END)
        if (len(self._data) if end < 0 else end) > MAX_HEAD_BYTES:
            raise BrokenReplyError(f"its head has over {MAX_HEAD_BYTES} bytes")
        if end < 0:
            return False
        head = bytes(self._data[:end])
        del self._data[: end + len(_END)]
        first = _STATUS.match(head)
        if first is None:
            raise BrokenReplyError(f"it begins with {head[:40]!r}, and not as HTTP/1 does")
        status = int(first[2])
        if status >= HTTPStatus.OK:
            headers = tuple((name.lower(), value) for name, value in _HEADER.findall(head))
            self._head = Reply(status, headers, b"", is_kept_open=first[1] == b"1")
        return self._head is not None or self._take_head()

    def _whole(self, head: Reply) -> Reply | None:
        if head.status in _BODILESS:
            return self._taken(head, 0)
        if _is_chunked(head):
            return self._chunked(head)
        length = head.header(b"content-length")
        if length and not _LENGTH.fullmatch(length):
            raise BrokenReplyError(f"its Content-Length is {length[:40]!r}")
        expected = int(length) if length else None
        if max(len(self._data), expected or 0) > MAX_CLIP_BYTES:
            raise BrokenReplyError(f"it has over {MAX_CLIP_BYTES} bytes")
        if expected is None or len(self._data) < expected:
            return None
        return self._taken(head, expected)

    def _chunked(self, head: Reply) -> Reply | None:
        """https://www.rfc-editor.org/rfc/rfc9112#section-7.1, without trailers."""
        while True:
            end = self._data.find(b"\r\n")
            if end < 0:
                return None
            size = _SIZE.fullmatch(bytes(self._data[:end]))
            if size is None:
                raise BrokenReplyError("a chunk of it has no size")
            length = int(size[1], 16)
            if len(self._body) + length > MAX_CLIP_BYTES:
                raise BrokenReplyError(f"it has over {MAX_CLIP_BYTES} bytes")
            begin, after = end + 2, end + 2 + length + 2
            if len(self._data) < after:
                return None
            self._body += self._data[begin : begin + length]
            del self._data[:after]
            if not length:
                self._data[:0] = self._body
                return self._taken(head, len(self._body))

    def _taken(self, head: Reply, length: int, *, is_kept_open: bool = True) -> Reply:
        body = bytes(self._data[:length])
        del self._data[:length]
        wish = head.header(b"connection").lower()
        is_open = b"close" not in wish and (head.is_kept_open or b"keep-alive" in wish)
        # What came behind the answer belongs to none, and must not be taken for the next one.
        is_clean = not self._data
        self._head = None
        self._body.clear()
        return Reply(head.status, head.headers, body, is_kept_open and is_open and is_clean)


def _is_chunked(head: Reply) -> bool:
    return b"chunked" in head.header(b"transfer-encoding").lower()

"""An answer's body, read within bounds: of bytes, of bytes after decompression, and of time."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
_RAW: Final = -zlib.MAX_WBITS
_DEFLATE: Final = "deflate"
_COMPRESSED: Final = frozenset({"gzip", "x-gzip", _DEFLATE})
_ZLIB_HEAD_BYTES: Final = 2
_ZLIB_METHOD: Final = zlib.DEFLATED
_PLAIN: Final = frozenset({"", "identity"})


def read_body(response: httpx.Response, max_bytes: int, is_over: Callable[[], bool]) -> bytes:
    """Reads a body as far as it may go, and leaves the rest of it where it is.

    Args:
        response: open, and not read yet.
        max_bytes: one byte more is read at most, so that the reader can tell.
        is_over: says whether its time is over; asked after each piece.

    Raises:
        httpx.RequestError: the connection failed; the time was over (ReadTimeout); or it is
            compressed in a way that is unknown, broken or cut short (DecodingError).
    """
    unpacked = _Unpacking(response.headers.get("content-encoding", ""))
    body = bytearray()
    for chunk in response.iter_raw():
        body += unpacked.more(chunk, max_bytes + 1 - len(body))
        if is_over():
            raise httpx.ReadTimeout("the answer was not whole in time")
        if len(body) > max_bytes:
            return bytes(body)
    if body and not unpacked.is_whole:
        raise httpx.DecodingError("the compressed answer is cut short")
    return bytes(body)


class _Unpacking:
    """Undoes one Content-Encoding; a compressed one never to more than there is room for.

    httpx undoes it too, but a piece of 64 kB at once, of which a bomb makes 64 MB, and as many
    encodings one after another as the header names.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in _COMPRESSED | _PLAIN:
            raise httpx.DecodingError(f"nobody asked for the Content-Encoding {encoding!r}")
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB) if name in _COMPRESSED else None
        self._head = b"" if name == _DEFLATE else None
        """What has come while it is open what comes; None when that is known."""

    @property
    def is_whole(self) -> bool:
        return self._inflate is None or self._inflate.eof

    def more(self, chunk: bytes, room: int) -> bytes:
        """The next piece, cut to `room` bytes; `room` is 1 or more."""
        if self._head is not None:
            chunk = self._open(chunk)
        if self._inflate is None:
            return chunk[:room]
        try:
            return self._inflate.decompress(chunk, room)
        except zlib.error as error:
            raise httpx.DecodingError(f"the compressed answer is broken: {error}") from error

    def _open(self, chunk: bytes) -> bytes:
        """Looks at the head of what is called `deflate`, and gives what can be read by now.

        That means zlib's form of it (https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2), which
        begins with two bytes that 31 divides; many servers send the bare form, and browsers read
        both.
        """
        head = (self._head or b"") + chunk
        if len(head) < _ZLIB_HEAD_BYTES:
            self._head = head
            return b""
        self._head = None
        if head[0] & 0x0F != _ZLIB_METHOD or int.from_bytes(head[:2]) % 31:
            self._inflate = zlib.decompressobj(_RAW)
        return head

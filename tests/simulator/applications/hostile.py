"""What a hostile server answers, as bytes."""

from __future__ import annotations


def answer(
    body: bytes, content_type: str = "text/xml", status: str = "200 OK", **headers: str
) -> bytes:
    """A whole HTTP answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join((*lines, "", "")).encode() + body


def head(*lines: str) -> bytes:
    """The first lines of an answer of TwiML."""
    return "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/xml", *lines, "", "")).encode()


def in_response(content: bytes) -> bytes:
    """A document of these verbs."""
    return b"<Response>" + content + b"</Response>"


def padded(length: int) -> bytes:
    """A document of so many bytes."""
    frame = in_response(b"<!---->")
    return in_response(b"<!--" + b"x" * (length - len(frame)) + b"-->")

"""An HTTP answer as the load reads it."""

from __future__ import annotations

import pytest

from ivr.rehearsal.load import reply as module
from ivr.rehearsal.load.reply import MAX_HEAD_BYTES, BrokenReplyError, Reader

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n\r\n<Response/>"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;name=value\r\n<Resp\r\n6\r\nonse/>\r\n0\r\n\r\n"
)


@pytest.mark.parametrize("data", [OK, CHUNKED], ids=["with its length", "in chunks"])
def test_an_answer_is_whole_at_its_last_byte_however_it_comes(data: bytes) -> None:
    reader = Reader()
    assert not reader.has_begun
    for byte in data[:-1]:
        assert reader.feed(bytes([byte])) is None
        assert reader.has_begun
    whole = reader.feed(data[-1:])
    assert whole is not None
    assert (whole.status, whole.body, whole.is_kept_open) == (200, b"<Response/>", True)
    again = reader.feed(data)
    assert again is not None
    assert again.body == b"<Response/>"


def test_headers_are_found_under_small_letters_and_the_first_one_counts() -> None:
    found = Reader().feed(b"HTTP/1.1 204 No Content\r\nX-One: a\r\nx-one:  b \r\n\r\n")
    assert found is not None
    assert found.header(b"x-one") == b"a"
    assert found.headers == ((b"x-one", b"a"), (b"x-one", b"b"))
    assert found.header(b"x-two") == b""


def test_what_comes_before_an_answer_is_passed_over() -> None:
    found = Reader().feed(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK)
    assert found is not None
    assert found.status == 200


@pytest.mark.parametrize(
    ("head", "is_kept_open"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
    ],
)
def test_a_connection_is_kept_as_its_server_wishes(head: bytes, is_kept_open: bool) -> None:  # noqa: FBT001 - a column of the table
    found = Reader().feed(head + b"Content-Length: 0\r\n\r\n")
    assert found is not None
    assert found.is_kept_open is is_kept_open


def test_what_comes_behind_an_answer_is_never_taken_for_the_next_one() -> None:
    found = Reader().feed(OK + b"HTTP/1.1 500 Planted\r\n")
    assert found is not None
    assert found.body == b"<Response/>"
    assert not found.is_kept_open


def test_without_a_length_the_end_of_the_connection_ends_the_answer() -> None:
    reader = Reader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\n<Resp") is None
    assert reader.feed(b"onse/>") is None
    found = reader.end()
    assert found is not None
    assert (found.body, found.is_kept_open) == (b"<Response/>", False)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200", OK[:-1], CHUNKED[:-1]])
def test_half_an_answer_is_none(data: bytes) -> None:
    reader = Reader()
    assert reader.feed(data) is None
    assert reader.end() is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", "it begins with b'SSH-2.0-OpenSSH'"),
        (b"HTTP/2 200\r\n\r\n", "it begins with b'HTTP/2 200'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "its Content-Length is b'-1'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", "it has over"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "has no size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", "it has over"),
        (b"x" * (MAX_HEAD_BYTES + 1), "its head has over"),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(BrokenReplyError, match=message):
        Reader().feed(data)


def test_an_endless_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CLIP_BYTES", 10)
    reader = Reader()
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(BrokenReplyError, match="it has over 10 bytes"):
        reader.feed(b"<Response/>")

"""Whatever a stranger answers is refused with a code or read, in bounded time and memory."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import TwimlError
from ivr.twiml.document import MAX_FINDINGS, Document
from ivr.twiml.read import read
from ivr.twiml.rules import MAX_DOCUMENT_BYTES
from ivr.twiml.verbs import Gather, Hangup, Play, Say

LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

# "11750: over 64 kB", "11770: empty", "12100: cannot be parsed", "12102: root is not Response".
# The title of 12101 is "invalid XML version".
REFUSED = {
    "nothing": (b"", 11770),
    "white space": (b" \n", 11770),
    "over 64 kB": (b"<Response>" + b" " * MAX_DOCUMENT_BYTES + b"</Response>", 11750),
    "not XML": (b"Internal Server Error", 12100),
    "HTML": (b"<!doctype html><html><body><br></body></html>", 12100),
    "cut off": (b"<Response><Say>a", 12100),
    "two roots": (b"<Response/><Response/>", 12100),
    "unescaped ampersand": (b"<Response><Play>/a?b=1&c=2</Play></Response>", 12100),
    "attribute given twice": (b'<Response><Say loop="1" loop="2">a</Say></Response>', 12100),
    "bad UTF-8": (b"<Response><Say>\xff</Say></Response>", 12100),
    "NUL": (b"<Response><Say>\x00</Say></Response>", 12100),
    "unknown encoding": (b'<?xml version="1.0" encoding="x"?><Response/>', 12100),
    "encoding of several bytes": (b'<?xml version="1.0" encoding="big5"?><Response/>', 12100),
    "encoding that is a codec of Python's": (
        b'<?xml version="1.0" encoding="rot13"?><Response/>',
        12100,
    ),
    "UTF-16 that is none": (b'<?xml version="1.0" encoding="UTF-16"?><Response/>', 12100),
    "doctype": (b"<!DOCTYPE Response><Response/>", 12100),
    "entity": (b'<!DOCTYPE r [<!ENTITY e "x">]><Response><Say>&e;</Say></Response>', 12100),
    "entity bomb": (LAUGHS + b"<Response><Say>&b;</Say></Response>", 12100),
    "external entity": (
        b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><Response>&e;</Response>',
        12100,
    ),
    "unknown entity": (b"<Response><Say>&nbsp;</Say></Response>", 12100),
    "unknown prefix": (b"<Response><a:Say>a</a:Say></Response>", 12100),
    "another version of XML": (b'<?xml version="2.0"?><Response/>', 12101),
    "a newer version of XML": (b'<?xml version="1.1" encoding="UTF-8"?><Response/>', 12101),
    "no version of XML": (b'<?xml version=""?><Response/>', 12101),
    "a long version of XML": (b'<?xml version="%s"?><Response/>' % (b"1" * 500), 12101),
    "another version in UTF-16": (
        '<?xml version="2.0" encoding="UTF-16"?><Response/>'.encode("utf-16"),
        12101,
    ),
    "another version behind a byte order mark": (
        '<?xml version="1.1"?><Response/>'.encode("utf-8-sig"),
        12101,
    ),
    "a declaration without version": (b'<?xml encoding="UTF-8"?><Response/>', 12100),
    "other root": (b"<html/>", 12102),
    "root in small letters": (b"<response/>", 12102),
    "root in a namespace": (b'<Response xmlns="http://example.org"/>', 12102),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_document_is_refused(body: bytes, code: int) -> None:
    with pytest.raises(TwimlError) as refusal:
        read(body)
    assert refusal.value.code == code
    assert len(str(refusal.value)) < 200


def nested(element: str, depth: int, inner: str = "") -> str:
    return f"<{element}>" * depth + inner + f"</{element}>" * depth


HUGE = {
    "gathers nested in gathers": nested("Gather", 3000),
    "unknown elements nested": nested("a", 8000),
    "ssml nested where it may not be": f"<Say>{nested('p', 9000, 'x')}</Say>",
    "many unknown elements": "".join(f"<a{number:x}/>" for number in range(8000)),
    "many unknown attributes": "<Say " + "".join(f' a{n:x}=""' for n in range(5000)) + ">a</Say>",
    "unknown elements in text": f"<Say>{'<x/>y' * 12_000}</Say>",
    "stray texts": "<Hangup/>a" * 6000,
    "bad values": '<Pause length="a"/>' * 3000,
    "nouns": f"<Dial>{'<Sim>a</Sim>' * 5000}</Dial>",
    "a long name": f"<{'a' * 60_000}/>",
    "a long attribute": f'<Say {"a" * 60_000}="1">a</Say>',
    "a long value": f'<Gather method="{"a" * 60_000}"/>',
    "a long number": f'<Pause length="{"9" * 60_000}"/>',
    "a long word for a number": f'<Dial callerId="a">{"1" * 60_000}</Dial>',
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("content", HUGE.values(), ids=[name.replace(" ", "-") for name in HUGE])
def test_a_huge_document_is_read_in_bounded_time_and_told_of_in_few_words(content: str) -> None:
    body = f"<Response>{content}</Response>".encode()
    assert len(body) <= MAX_DOCUMENT_BYTES
    begun = time.monotonic()
    findings = read(body).findings
    assert time.monotonic() - begun < 5
    assert 0 < len(findings) <= MAX_FINDINGS + 1
    assert all(len(found.message) < 400 for found in findings)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"<!doctype html><p>a<br>", "a web page, not TwiML", id="HTML"),
        pytest.param(b"\n<HTML><br>", "a web page, not TwiML", id="HTML without a doctype"),
        pytest.param(b"<!DOCTYPE r><Response/>", "leave <!DOCTYPE …> out", id="a doctype"),
    ],
)
def test_what_is_no_document_is_told_with_what_to_do(body: bytes, words: str) -> None:
    with pytest.raises(TwimlError, match=words):
        read(body)


def test_ssml_may_be_nested_without_end() -> None:
    content = nested("prosody", 3000, "Hello")
    assert read(f"<Response><Say>{content}</Say></Response>".encode()) == Document((Say("Hello"),))


def test_more_findings_than_anybody_reads_are_counted_no_further() -> None:
    findings = read(b"<Response>" + b"<a/>" * 1000 + b"</Response>").findings
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].message == "more is wrong; mend the first of it"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"])
def test_a_document_in_another_encoding_is_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?><Response><Play>/a</Play></Response>'
    assert read(text.encode(encoding)) == Document((Play("/a"),))


def test_cdata_is_text() -> None:
    assert read(b"<Response><Say><![CDATA[a < b]]></Say></Response>") == Document((Say("a < b"),))


def is_told(body: bytes) -> bool:
    """Whether a body is read, or refused with a code of Twilio's."""
    try:
        return isinstance(read(body), Document)
    except TwimlError as error:
        return 11000 < error.code < 15000


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_read_or_refused_with_a_code(body: bytes) -> None:
    assert is_told(body)
    assert is_told(b"<Response>" + body + b"</Response>")


ELEMENTS = st.sampled_from(
    ["Say", "Play", "Pause", "Gather", "Dial", "Number", "Record", "Enqueue", "Redirect", "b"]
)
NAMES = st.sampled_from(["loop", "digits", "length", "timeout", "action", "method", "url", "b"])
VALUES = st.text(st.sampled_from("019-+#*w aA./:\u09e6\u00b2"), max_size=4)
TREES = st.recursive(
    st.builds(lambda value: value.replace("<", ""), VALUES),
    lambda inner: st.builds(
        lambda element, name, value, content: (
            f'<{element} {name}="{value}">{"".join(content)}</{element}>'
        ),
        ELEMENTS,
        NAMES,
        VALUES,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_tree_of_elements_is_a_document(tree: str) -> None:
    document = read(f"<Response>{tree}</Response>".encode())
    assert all(found.message for found in document.findings)


def test_what_is_good_before_and_behind_is_kept() -> None:
    document = read(b"<Response><Gather/><Gather><a/></Gather><a/><Hangup/></Response>")
    assert document.verbs == (Gather(), Gather(), Hangup())

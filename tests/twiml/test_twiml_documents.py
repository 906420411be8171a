"""Documents are written as Twilio takes them, and read as strictly as Twilio's schema."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import (  # type: ignore[import-untyped,unused-ignore]
    Gather as TwilioGather,
)
from twilio.twiml.voice_response import (  # type: ignore[import-untyped,unused-ignore]
    VoiceResponse,
)

from ivr.errors import TwimlError
from ivr.twiml.read import read
from ivr.twiml.verbs import (
    MAX_DOCUMENT_BYTES,
    Gather,
    Hangup,
    Nested,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Verb,
)
from ivr.twiml.write import write

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"  # the name of the line

EVERY_VERB: dict[str, Verb] = {
    "say": Say(BENGALI, language="bn-IN", voice="Google.bn-IN-Standard-A"),
    "say with defaults": Say("Hello"),
    "say again and again": Say(" a < b & c > d \"e\" 'f' \r\n\t]]> ", loop=0),
    "play": Play("/clips/9f86.wav"),
    "play three times": Play("https://example.org/a.wav?b=1&c=%E0%A6%98", loop=3),
    "pause": Pause(),
    "long pause": Pause(12),
    "gather with defaults": Gather(),
    "gather with everything": Gather(
        nested=(Play("/a.wav"), Pause(2), Say("b", language="bn-IN", voice="alice")),
        action="/turn/menu?turn=7&x=%27",
        method="GET",
        timeout_seconds=9,
        finish_on_key="*",
        num_digits=10,
        action_on_empty_result=True,
        input="dtmf speech",
    ),
    "gather that no key ends": Gather(finish_on_key=""),
    "redirect": Redirect("/voice"),
    "redirect by GET": Redirect("../voice?a=1&b=2", method="GET"),
    "hangup": Hangup(),
    "reject": Reject(),
    "reject as busy": Reject("busy"),
}


@pytest.mark.parametrize("verb", EVERY_VERB.values(), ids=EVERY_VERB.keys())
def test_what_is_written_is_read_back_the_same(verb: Verb) -> None:
    assert read(write([verb])) == (verb,)


def test_verbs_keep_their_order() -> None:
    verbs = tuple(EVERY_VERB.values())
    assert read(write(verbs)) == verbs


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
SAYS = TEXTS.filter(str.strip).map(Say)
URLS = st.from_regex(r"/[A-Za-z0-9&<>\"'?=%./_-]{0,60}", fullmatch=True)
NESTED: st.SearchStrategy[Nested] = st.one_of(
    SAYS, st.builds(Play, URLS, st.integers(0, 1000)), st.builds(Pause, st.integers(1, 99))
)
GATHERS = st.builds(
    Gather,
    nested=st.lists(NESTED, max_size=3).map(tuple),
    action=st.none() | URLS,
    timeout_seconds=st.integers(1, 600),
    finish_on_key=st.sampled_from(["", "#", "*", "5"]),
    num_digits=st.none() | st.integers(1, 99),
    action_on_empty_result=st.booleans(),
)


@given(st.lists(st.one_of(NESTED, GATHERS, st.builds(Redirect, URLS)), max_size=5))
def test_any_document_that_is_written_is_read_back_the_same(verbs: list[Verb]) -> None:
    assert read(write(verbs)) == tuple(verbs)


def code_of(document: bytes) -> int:
    """The code that a document is refused with; 0 when it is not."""
    try:
        read(document)
    except TwimlError as error:
        return error.code
    return 0


# Whatever a stranger answers, the reader says what is wrong with it, and raises nothing else.
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_refused_with_a_code(document: bytes) -> None:
    for content in (document, b"<Response>" + document + b"</Response>"):
        code = code_of(content)
        assert code == 0 or 11000 < code < 14000


def test_a_gather_spells_out_its_rules() -> None:
    gather = Gather(nested=(Play("/menu.wav"),), action="/turn?turn=1&x=2", num_digits=1)
    assert write([gather]) == DECLARATION + (
        b'<Response><Gather action="/turn?turn=1&amp;x=2" method="POST" timeout="5" '
        b'finishOnKey="#" numDigits="1"><Play>/menu.wav</Play></Gather></Response>'
    )


def test_no_verbs_make_an_empty_response() -> None:
    assert write([]) == DECLARATION + b"<Response/>"
    assert read(write([])) == ()


def test_bengali_is_written_as_utf_8() -> None:
    assert BENGALI.encode() in write([Say(BENGALI)])


def test_a_document_in_another_encoding_is_read() -> None:
    document = '<?xml version="1.0" encoding="UTF-16"?><Response><Play>/a</Play></Response>'
    assert read(document.encode("utf-16")) == (Play("/a"),)


def test_twilios_own_library_writes_what_is_read() -> None:
    response = VoiceResponse()
    gather = TwilioGather(action="/turn", num_digits=1, timeout=6, action_on_empty_result=True)
    gather.say("Press 1", voice="alice", language="en-GB", loop=2)
    gather.pause(length=2)
    gather.play("/a.wav")
    response.append(gather)
    response.redirect("/again", method="GET")
    response.reject(reason="busy")
    response.hangup()
    assert read(str(response).encode()) == (
        Gather(
            nested=(Say("Press 1", "en-GB", "alice", 2), Pause(2), Play("/a.wav")),
            action="/turn",
            num_digits=1,
            timeout_seconds=6,
            action_on_empty_result=True,
        ),
        Redirect("/again", "GET"),
        Reject("busy"),
        Hangup(),
    )


# Gather: "action defaults to the current document's URL", which an empty one resolves to as well.
@pytest.mark.parametrize("gather", ["<Gather/>", '<Gather action=""/>'])
def test_a_gather_without_action_means_its_own_document(gather: str) -> None:
    assert read(f"<Response>{gather}</Response>".encode()) == (Gather(),)


def test_comments_and_white_space_are_no_verbs() -> None:
    assert read(b"<Response>\n  <!-- a -->\n  <Play>\n /a.wav </Play>\n</Response>\n") == (
        Play("/a.wav"),
    )


REFUSED = {
    "nothing": (b"", 11770),
    "white space": (b" \n", 11770),
    "over 64 kB": (b"<Response>" + b" " * MAX_DOCUMENT_BYTES + b"</Response>", 11750),
    "not XML": (b"Internal Server Error", 12100),
    "cut off": (b"<Response><Say>a", 12100),
    "unescaped ampersand": (b"<Response><Play>/a?b=1&c=2</Play></Response>", 12100),
    "bad UTF-8": (b"<Response><Say>\xff</Say></Response>", 12100),
    "unknown encoding": (b'<?xml version="1.0" encoding="x"?><Response/>', 12100),
    "encoding of several bytes": (b'<?xml version="1.0" encoding="big5"?><Response/>', 12100),
    "doctype": (b"<!DOCTYPE html><Response/>", 12100),
    "entity": (b'<!DOCTYPE r [<!ENTITY e "x">]><Response><Say>&e;</Say></Response>', 12100),
    "other root": (b"<html/>", 12102),
    "root in small letters": (b"<response/>", 12102),
    "root in a namespace": (b'<Response xmlns="http://example.org"/>', 12102),
    "attribute of the root": (b'<Response version="2"/>', 12200),
    "unknown verb": (b"<Response><Speak>a</Speak></Response>", 12200),
    "verb in small letters": (b"<Response><say>a</say></Response>", 12200),
    "verb not read yet": (b"<Response><Dial>+15005550006</Dial></Response>", 12200),
    "stray text": (b"<Response>Hello</Response>", 12200),
    "stray text after a verb": (b"<Response><Hangup/>Hello</Response>", 12200),
    "unknown attribute": (b'<Response><Say speed="2">a</Say></Response>', 12200),
    "attribute in another case": (b'<Response><Gather numdigits="1"/></Response>', 12200),
    "gather in gather": (b"<Response><Gather><Gather/></Gather></Response>", 12200),
    "hangup in gather": (b"<Response><Gather><Hangup/></Gather></Response>", 12200),
    "text in gather": (b"<Response><Gather>Press 1</Gather></Response>", 12200),
    "element in say": (b"<Response><Say>a<break/></Say></Response>", 12200),
    "text in hangup": (b"<Response><Hangup>now</Hangup></Response>", 12200),
    "verb in pause": (b"<Response><Pause><Say>a</Say></Pause></Response>", 12200),
    "bad truth": (b'<Response><Gather actionOnEmptyResult="yes"/></Response>', 12200),
    "bad input": (b'<Response><Gather input="voice"/></Response>', 12200),
    "bad reason": (b'<Response><Reject reason="tired"/></Response>', 12200),
    "say without text": (b"<Response><Say> </Say></Response>", 13520),
    "say too long": (b"<Response><Say>" + b"a" * 4097 + b"</Say></Response>", 13521),
    "say loop": (b'<Response><Say loop="-1">a</Say></Response>', 13510),
    "say without voice": (b'<Response><Say voice="">a</Say></Response>', 13511),
    "play without url": (b"<Response><Play/></Response>", 11100),
    "play loop": (b'<Response><Play loop="1001">/a</Play></Response>', 13410),
    "play loop in words": (b'<Response><Play loop="twice">/a</Play></Response>', 13410),
    "pause of nothing": (b'<Response><Pause length="0"/></Response>', 13910),
    "pause of half a second": (b'<Response><Pause length="0.5"/></Response>', 13910),
    "pause without end": (b'<Response><Pause length="%s"/></Response>' % (b"9" * 5000), 13910),
    "gather method": (b'<Response><Gather method="PUT"/></Response>', 13312),
    "gather timeout": (b'<Response><Gather timeout="0"/></Response>', 13313),
    "gather timeout auto": (b'<Response><Gather timeout="auto"/></Response>', 13313),
    "gather digits": (b'<Response><Gather numDigits="0"/></Response>', 13314),
    "gather digits in Bengali": (
        '<Response><Gather numDigits="\u09e7"/></Response>'.encode(),
        13314,
    ),
    "gather key": (b'<Response><Gather finishOnKey="a"/></Response>', 13310),
    "gather keys": (b'<Response><Gather finishOnKey="*#"/></Response>', 13311),
    "redirect to nowhere": (b"<Response><Redirect/></Response>", 11100),
    "redirect method": (b'<Response><Redirect method="post">/a</Redirect></Response>', 13710),
}


@pytest.mark.parametrize(("document", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_twilio_would_complain_about_is_refused(document: bytes, code: int) -> None:
    with pytest.raises(TwimlError) as refusal:
        read(document)
    assert refusal.value.code == code


# "Basic 4096, Polly 3000, Google 5000 characters", and "URL-encoded at most 4500".
@pytest.mark.parametrize(
    ("voice", "text", "is_short_enough"),
    [
        pytest.param("man", "a" * 4096, True, id="basic, at the limit"),
        pytest.param("man", "a" * 4097, False, id="basic, over it"),
        pytest.param("Polly.Aditi", "a" * 3000, True, id="Polly, at the limit"),
        pytest.param("Polly.Aditi", "a" * 3001, False, id="Polly, over it"),
        pytest.param("Google.bn-IN-Standard-A", "a" * 4500, True, id="Google, encoded limit"),
        pytest.param("Google.bn-IN-Standard-A", "a" * 4501, False, id="Google, over it"),
        pytest.param("Google.bn-IN-Standard-A", "\u0995" * 500, True, id="Bengali letters"),
        pytest.param("Google.bn-IN-Standard-A", "\u0995" * 501, False, id="one letter more"),
    ],
)
def test_a_say_is_as_long_as_its_voice_allows(
    voice: str, text: str, *, is_short_enough: bool
) -> None:
    if is_short_enough:
        assert Say(text, "bn-IN", voice).text == text
        return
    with pytest.raises(TwimlError) as refusal:
        Say(text, "bn-IN", voice)
    assert refusal.value.code == 13521


def test_a_document_over_64_kb_is_not_written() -> None:
    with pytest.raises(TwimlError) as refusal:
        write([Play("/" + "a" * 1000)] * 70)
    assert refusal.value.code == 11750


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ufffeb", "a\ud800b"], ids=ascii)
def test_what_xml_cannot_hold_is_not_written(text: str) -> None:
    with pytest.raises(TwimlError) as refusal:
        write([Say(text)])
    assert refusal.value.code == 12100


def test_a_gather_takes_only_what_can_be_nested() -> None:
    with pytest.raises(TwimlError) as refusal:
        Gather(nested=(Hangup(),))  # type: ignore[arg-type] # what the type forbids, at run time
    assert refusal.value.code == 12200


def test_gathers_nested_without_end_are_refused_with_a_code() -> None:
    depth = 2000
    document = f"<Response>{'<Gather>' * depth}{'</Gather>' * depth}</Response>"
    with pytest.raises(TwimlError) as caught:
        read(document.encode())
    assert caught.value.code == 12200

"""Documents are written as Twilio takes them, and read back as the same verbs."""

from __future__ import annotations

from typing import Any

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
from ivr.twiml.document import Document
from ivr.twiml.read import read
from ivr.twiml.verbs import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Nested,
    Noun,
    Other,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Sms,
    Verb,
)
from ivr.twiml.write import write

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"  # the name of the line
BENGALI_VOICE = "Google.bn-IN-Standard-A"

EVERY_NOUN: dict[str, Noun] = {
    "number": Noun("Number", "+15005550006"),
    "number with everything": Noun(
        "Number",
        "(415) 555-1234",
        url="/whisper?a=1&b=2",
        method="GET",
        status_callback="https://example.org/leg",
        status_callback_method="GET",
        status_callback_events=("initiated", "ringing", "answered", "completed"),
    ),
    "number without events": Noun("Number", "+15005550006", status_callback_events=()),
    "client": Noun("Client", "ann", url="/whisper"),
    "sip": Noun("Sip", "sip:ann@example.org?x-a=1&x-b=2", status_callback="/leg"),
    "application": Noun("Application", "AP1", method="GET"),
    "whatsapp": Noun("WhatsApp", "+15005550006"),
    "sim": Noun("Sim", "DE1"),
    "queue": Noun("Queue", "support", url="/you-are-next", method="GET"),
    "conference": Noun("Conference", "Room 1"),
}
EVERY_VERB: dict[str, Verb] = {
    "say": Say(BENGALI, language="bn-IN", voice=BENGALI_VOICE),
    "say with defaults": Say("Hello"),
    "say again and again": Say(" a < b & c > d \"e\" 'f' \r\n\t]]> ", loop=0),
    "play": Play("/clips/9f86.wav"),
    "play three times": Play("https://example.org/a.wav?b=1&c=%E0%A6%98", loop=3),
    "play tones": Play(digits="1wW#*A"),
    "pause": Pause(),
    "long pause": Pause(12),
    "gather with defaults": Gather(),
    "gather with everything": Gather(
        nested=(Play("/a.wav"), Pause(2), Say("b", language="bn-IN", voice=BENGALI_VOICE)),
        action="/turn/menu?turn=7&x=%27",
        method="GET",
        timeout_seconds=9,
        finish_on_key="*",
        num_digits=10,
        action_on_empty_result=True,
        input="dtmf speech",
        speech_timeout_seconds=3,
        max_speech_seconds=20,
        language="bn-IN",
        hints=f'{BENGALI}, "b"',
        barge_in=False,
        partial_result_callback="/partly",
        partial_result_callback_method="GET",
    ),
    "gather that no key ends": Gather(finish_on_key=""),
    "gather by itself": Gather(timeout_seconds=None, speech_timeout_seconds="auto"),
    "record with defaults": Record(),
    "record with everything": Record(
        action="/recorded",
        method="GET",
        timeout_seconds=0,
        finish_on_key="",
        max_length_seconds=30,
        play_beep=False,
        trim="do-not-trim",
        recording_status_callback="/there",
        recording_status_callback_method="GET",
        transcribe=True,
        transcribe_callback="/text",
    ),
    "dial with defaults": Dial(nouns=(EVERY_NOUN["number"],)),
    "dial with everything": Dial(
        nouns=tuple(noun for noun in EVERY_NOUN.values() if noun.kind != "Conference"),
        action="/dialed",
        method="GET",
        timeout_seconds=20,
        hangup_on_star=True,
        time_limit_seconds=60,
        caller_id="+12025550100",
        record="record-from-answer-dual",
        answer_on_bridge=True,
        sequential=True,
    ),
    "enqueue": Enqueue(queue="support"),
    "enqueue with everything": Enqueue(
        queue="support", action="/out", method="GET", wait_url="", wait_url_method="GET"
    ),
    "leave": Leave(),
    "sms": Sms(" Hello "),
    "sms with everything": Sms(
        BENGALI,
        to="+15005550006",
        from_number="+12025550100",
        action="/sent",
        method="GET",
        status_callback="/there",
    ),
    "redirect": Redirect("/voice"),
    "redirect to itself": Redirect(),
    "redirect by GET": Redirect("../voice?a=1&b=2#rc=2", method="GET"),
    "hangup": Hangup(),
    "reject": Reject(),
    "reject as busy": Reject("busy"),
}


@pytest.mark.parametrize("verb", EVERY_VERB.values(), ids=EVERY_VERB.keys())
def test_what_is_written_is_read_back_the_same(verb: Verb) -> None:
    assert read(write([verb])) == Document((verb,))


@pytest.mark.parametrize("noun", EVERY_NOUN.values(), ids=EVERY_NOUN.keys())
def test_a_noun_is_read_back_the_same(noun: Noun) -> None:
    dial = Dial(nouns=(noun,))
    assert read(write([dial])) == Document((dial,))


def test_verbs_keep_their_order() -> None:
    verbs = tuple(EVERY_VERB.values())
    assert read(write(verbs)) == Document(verbs)


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
SAYS = TEXTS.filter(str.strip).map(Say)
URLS = st.from_regex(r"/[A-Za-z0-9&<>\"'?=%./_#-]{0,60}", fullmatch=True)
CALLBACKS = st.none() | URLS
METHODS = st.sampled_from(["GET", "POST"])
SECONDS = st.integers(5, 600)
NESTED: st.SearchStrategy[Nested] = st.one_of(
    SAYS, st.builds(Play, URLS, st.integers(0, 1000)), st.builds(Pause, st.integers(1, 99))
)
GATHERS = st.builds(
    Gather,
    nested=st.lists(NESTED, max_size=3).map(tuple),
    action=CALLBACKS,
    method=METHODS,
    timeout_seconds=st.none() | SECONDS,
    finish_on_key=st.sampled_from(["", "#", "*", "5"]),
    num_digits=st.none() | st.integers(1, 99),
    action_on_empty_result=st.booleans(),
    input=st.sampled_from(["dtmf", "speech", "dtmf speech"]),
    speech_timeout_seconds=st.none() | st.just("auto") | SECONDS,
    max_speech_seconds=st.integers(1, 60),
    hints=TEXTS,
    barge_in=st.booleans(),
    partial_result_callback=CALLBACKS,
    partial_result_callback_method=METHODS,
)
RECORDS = st.builds(
    Record,
    action=CALLBACKS,
    method=METHODS,
    timeout_seconds=SECONDS,
    finish_on_key=st.text("0123456789*#", max_size=12),
    max_length_seconds=st.integers(2, 14_400),
    play_beep=st.booleans(),
    trim=st.sampled_from(["trim-silence", "do-not-trim"]),
    recording_status_callback=CALLBACKS,
    transcribe=st.booleans(),
)
NOUNS = st.builds(
    Noun,
    st.just("Number"),
    st.from_regex(r"\+[1-9][0-9]{5,14}", fullmatch=True),
    url=CALLBACKS,
    method=METHODS,
    status_callback=CALLBACKS,
    status_callback_events=st.lists(st.sampled_from(["ringing", "completed"])).map(tuple),
) | st.sampled_from([noun for noun in EVERY_NOUN.values() if noun.kind != "Conference"])
DIALS = st.builds(
    Dial,
    nouns=st.lists(NOUNS, min_size=1, max_size=3).map(tuple),
    action=CALLBACKS,
    method=METHODS,
    timeout_seconds=SECONDS,
    hangup_on_star=st.booleans(),
    time_limit_seconds=SECONDS,
    caller_id=st.none() | TEXTS,
    answer_on_bridge=st.booleans(),
    sequential=st.booleans(),
)
ENQUEUES = st.builds(
    Enqueue,
    queue=st.from_regex(r"[a-z<&]{1,64}", fullmatch=True),
    action=CALLBACKS,
    wait_url=CALLBACKS,
    wait_url_method=METHODS,
)
MESSAGES = st.builds(
    Sms, TEXTS.filter(str.strip), action=CALLBACKS, method=METHODS, status_callback=CALLBACKS
)
REDIRECTS = st.builds(Redirect, st.just("") | URLS, METHODS)
VERBS: st.SearchStrategy[Verb] = st.one_of(
    NESTED, GATHERS, RECORDS, DIALS, ENQUEUES, MESSAGES, REDIRECTS
)


@given(st.lists(VERBS, max_size=5))
def test_any_document_that_is_written_is_read_back_the_same(verbs: list[Verb]) -> None:
    assert read(write(verbs)) == Document(tuple(verbs))


def test_a_gather_spells_out_its_rules() -> None:
    gather = Gather(nested=(Play("/menu.wav"),), action="/turn?turn=1&x=2", num_digits=1)
    assert write([gather]) == DECLARATION + (
        b'<Response><Gather action="/turn?turn=1&amp;x=2" method="POST" timeout="5" '
        b'finishOnKey="#" numDigits="1"><Play>/menu.wav</Play></Gather></Response>'
    )


def test_other_verbs_leave_most_defaults_out() -> None:
    dial = Dial(nouns=(Noun("Number", "+15005550006"),), timeout_seconds=20)
    verbs: list[Verb] = [dial, Say("a"), Pause(), Record(), Redirect("/a"), Reject(), Hangup()]
    assert write(verbs) == DECLARATION + (
        b'<Response><Dial timeout="20"><Number>+15005550006</Number></Dial>'
        b'<Say language="en-US" voice="man">a</Say><Pause length="1"/><Record/>'
        b'<Redirect method="POST">/a</Redirect><Reject reason="rejected"/><Hangup/></Response>'
    )


def test_no_verbs_make_an_empty_response() -> None:
    assert write([]) == DECLARATION + b"<Response/>"
    assert read(write([])) == Document(())


def test_bengali_is_written_as_utf_8() -> None:
    assert BENGALI.encode() in write([Say(BENGALI)])


def test_twilios_own_library_writes_what_is_read() -> None:
    response = VoiceResponse()
    gather = TwilioGather(action="/turn", num_digits=1, timeout=6, action_on_empty_result=True)
    gather.say("Press 1", voice="alice", language="en-GB", loop=2)
    gather.pause(length=2)
    gather.play("/a.wav")
    response.append(gather)
    response.record(max_length=30, play_beep=False, finish_on_key="1#")
    dial = response.dial(caller_id="+12025550100", answer_on_bridge=True, hangup_on_star=True)
    dial.number("+15005550006", url="/whisper", status_callback_event="initiated answered")
    dial.client("ann").identity("bob")
    dial.sip("sip:ann@example.org")
    response.enqueue("support", wait_url="/music", wait_url_method="GET")
    response.sms("Hello", from_="+12025550100", to="+15005550006")
    response.redirect("/again", method="GET")
    response.leave()
    response.pay(charge_amount="20")
    response.reject(reason="busy")
    response.hangup()
    assert read(str(response).encode()) == Document(
        (
            Gather(
                nested=(Say("Press 1", "en-GB", "alice", 2), Pause(2), Play("/a.wav")),
                action="/turn",
                num_digits=1,
                timeout_seconds=6,
                action_on_empty_result=True,
            ),
            Record(max_length_seconds=30, play_beep=False, finish_on_key="1#"),
            Dial(
                nouns=(
                    Noun(
                        "Number",
                        "+15005550006",
                        url="/whisper",
                        status_callback_events=("initiated", "answered"),
                    ),
                    Noun("Client", "ann"),
                    Noun("Sip", "sip:ann@example.org"),
                ),
                caller_id="+12025550100",
                answer_on_bridge=True,
                hangup_on_star=True,
            ),
            Enqueue(queue="support", wait_url="/music", wait_url_method="GET"),
            Sms("Hello", to="+15005550006", from_number="+12025550100"),
            Redirect("/again", "GET"),
            Leave(),
            Other("Pay"),
            Reject("busy"),
            Hangup(),
        )
    )


def test_a_document_over_64_kb_is_not_written() -> None:
    with pytest.raises(TwimlError) as refusal:
        write([Play("/" + "a" * 1000)] * 70)
    assert refusal.value.code == 11750


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ufffeb", "a\ud800b"], ids=ascii)
def test_what_xml_cannot_hold_is_not_written(text: str) -> None:
    with pytest.raises(TwimlError) as refusal:
        write([Say(text)])
    assert refusal.value.code == 12100


def test_a_verb_known_by_name_only_is_not_written() -> None:
    with pytest.raises(TwimlError) as refusal:
        write([Other("Pay")])
    assert refusal.value.code == 12200


@pytest.mark.parametrize("verb", [Hangup(), Play(digits="1")], ids=["hangup", "tones"])
def test_a_gather_takes_only_what_can_be_nested(verb: Nested) -> None:
    with pytest.raises(TwimlError) as refusal:
        Gather(nested=(verb,))
    assert refusal.value.code == 12200


# "Basic 4096, Polly 3000, Google 5000 characters" are what a Say may have.
@pytest.mark.parametrize(
    ("voice", "limit"),
    [("man", 4096), ("Polly.Aditi", 3000), ("Google.bn-IN-Standard-A", 5000)],
    ids=["basic", "Polly", "Google"],
)
def test_a_say_is_as_long_as_its_voice_allows(voice: str, limit: int) -> None:
    assert len(Say("a" * limit, voice=voice).text) == limit
    with pytest.raises(TwimlError) as refusal:
        Say("a" * (limit + 1), voice=voice)
    assert refusal.value.code == 13521


NOT_TO_BE_MADE: dict[str, tuple[type[Verb | Noun], dict[str, Any], int]] = {
    "say nothing": (Say, {"text": " "}, 13520),
    "play nothing": (Play, {}, 12200),
    "play a file and tones": (Play, {"url": "/a.wav", "digits": "1"}, 12200),
    "play a URL with a space": (Play, {"url": "/a b.wav"}, 11100),
    "redirect to a URL with a space": (Redirect, {"url": "/a b"}, 11100),
    "dial nobody": (Dial, {"nouns": ()}, 13223),
    "dial eleven": (Dial, {"nouns": (Noun("Sim", "DE1"),) * 11}, 13250),
    "number without digits": (Noun, {"kind": "Number", "address": ""}, 13223),
    "unknown noun": (Noun, {"kind": "Pigeon", "address": "ann"}, 12200),
    "verb as a noun": (Noun, {"kind": "Say", "address": "ann"}, 12200),
    "queue without name": (Noun, {"kind": "Queue", "address": ""}, 14212),
    "queue with too long a name": (Noun, {"kind": "Queue", "address": "a" * 65}, 14213),
    "conference with too long a name": (Noun, {"kind": "Conference", "address": "a" * 129}, 13237),
    "sim with a document": (Noun, {"kind": "Sim", "address": "DE1", "url": "/a"}, 12200),
    "enqueue with too long a name": (Enqueue, {"queue": "a" * 65}, 14205),
    "message to signs": (Sms, {"text": "a", "to": "----"}, 14101),
    "empty message": (Sms, {"text": " "}, 14103),
    "pause for a truth": (Pause, {"seconds": True}, 13910),
    "loop for a truth": (Play, {"url": "/a.wav", "loop": False}, 13410),
    "number for a truth": (Gather, {"action_on_empty_result": 0}, 13338),
}


@pytest.mark.parametrize(
    ("made", "values", "code"), NOT_TO_BE_MADE.values(), ids=NOT_TO_BE_MADE.keys()
)
def test_what_twilio_would_refuse_cannot_be_made(
    made: type[Verb | Noun], values: dict[str, Any], code: int
) -> None:
    with pytest.raises(TwimlError) as refusal:
        made(**values)
    assert refusal.value.code == code

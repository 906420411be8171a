"""A kept call that is placed again against an unchanged application does not differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from werkzeug.wrappers import Request, Response

from ivr.simulator.digits import Digits
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.replay.difference import compare
from ivr.simulator.replay.kept import KeptCall, has_secret, keep
from ivr.simulator.script import ReadBack, Timed, parse
from ivr.simulator.setup import Setup
from tests.sounds import sound

if TYPE_CHECKING:
    from ivr.simulator.call import Call

ORIGIN = "http://line.test"
DIGITS = Digits()
DOCUMENTS = {
    "/voice": '<Gather numDigits="1" action="/code"><Play>/menu.wav</Play><Pause length="1"/>'
    "<Say>Press a key</Say></Gather><Redirect>/code</Redirect>",
    "/talk": '<Gather input="dtmf speech" action="/record" timeout="3"/><Redirect>/end</Redirect>',
    "/record": '<Record action="/end" timeout="4" maxLength="20"/>',
    "/end": '<Say>Goodbye</Say><Pause length="2"/><Hangup/>',
}


@Request.application
def line(request: Request) -> Response:
    """Reads another code out on each call, as long as any other."""
    if request.path == "/menu.wav":
        return Response(sound("The menu", 2.5), mimetype="audio/wav")
    verbs = DOCUMENTS.get(request.path, "")
    if request.path == "/code":
        code = "".join(str(int(letter, 16) % 10) for letter in request.form["CallSid"][-4:])
        verbs = (
            '<Gather numDigits="4" action="/talk" timeout="4"><Say>Your code is</Say>'
            f"<Say>{' '.join(code)}</Say></Gather><Redirect>/voice</Redirect>"
        )
    return Response(f"<Response>{verbs}</Response>", mimetype="text/xml")


def place_again(kept: KeptCall) -> KeptCall:
    with Phone(InProcess(line), "T") as phone:
        call = phone.call(f"{ORIGIN}/voice", setup=kept.setup)
        follow(call, parse(kept.keys), DIGITS)
    return keep(call, f"{ORIGIN}/voice", DIGITS, keys=kept.keys)


class Deed(Struct, frozen=True):
    """What somebody at the keys does, after so many seconds."""

    seconds: float
    what: str
    """A key, words, `code` or `record`."""


WAITS = st.one_of(
    st.sampled_from([0.0, 0.5, 2.5, 1.0, 3.5]),
    st.integers(0, 6000).map(lambda number: number / 1000),
    st.floats(0, 6, allow_nan=False),
)
DEEDS = st.lists(
    st.builds(Deed, WAITS, st.sampled_from(["1", "#", "5", "code", "say", "record"])), max_size=12
)


def talk(call: Call, deeds: list[Deed], last: float | None) -> None:
    """As a live call goes: the clock is moved on, and what is done is done at once."""
    call.start(listen_seconds=0.0)
    for deed in deeds:
        if call.ended is None:
            call.wait(deed.seconds)
        if call.ended is None:
            do(call, deed)
    while call.ended is None and last is None:
        call.wait(60.0)
    if call.ended is None and last is not None:
        call.wait(last)
    call.hang_up()


def do(call: Call, deed: Deed) -> None:
    match deed.what:
        case "say":
            call.say("two words", listen_seconds=0.0)
        case "record":
            if "voice" in call.listens:
                call.record(3.0, listen_seconds=0.0)
        case "code":
            for key in DIGITS.read_out(call.heard):
                if call.ended is None:
                    call.press(key, listen_seconds=0.0)
                    call.wait(0.375)
        case key:
            call.press(key, listen_seconds=0.0)


@settings(deadline=None, max_examples=300)
@given(DEEDS, st.none() | WAITS)
def test_a_live_call_is_the_same_when_it_is_placed_again(
    deeds: list[Deed], last: float | None
) -> None:
    with Phone(InProcess(line), "T", Setup(key_seconds=0.0, max_documents=40)) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        talk(call, deeds, last)
    kept = keep(call, f"{ORIGIN}/voice", DIGITS)
    again = place_again(kept)
    assert compare(kept.moments, again.moments, DIGITS) == (), kept.keys


def test_keys_that_were_read_out_are_keyed_as_they_are_read_out() -> None:
    with Phone(InProcess(line), "T", Setup(key_seconds=0.0)) as phone:
        call = phone.call(f"{ORIGIN}/voice")
        talk(call, [Deed(1.25, "1"), Deed(2.0, "code")], 2.0)
    kept = keep(call, f"{ORIGIN}/voice", DIGITS)
    assert kept.keys == "1@1.25 heard@2,0.375 hangup@3.5"


def test_keys_that_only_look_like_a_code_stay_as_they_are() -> None:
    with Phone(InProcess(line), "T", Setup(key_seconds=0.0)) as phone:
        call = phone.call(f"{ORIGIN}/voice", call_sid=f"CA{'0' * 28}1234")
        talk(call, [Deed(1.0, "1"), *[Deed(1.0, "5")] * 4], 2.0)
    turns = parse(keep(call, f"{ORIGIN}/voice", DIGITS).keys)
    assert not any(isinstance(turn, Timed) and isinstance(turn.turn, ReadBack) for turn in turns)


def test_a_script_is_kept_as_it_was_written() -> None:
    with Phone(InProcess(line), "T") as phone:
        call = phone.call(f"{ORIGIN}/voice")
        follow(call, parse("1  heard   silence"), DIGITS)
    kept = keep(call, f"{ORIGIN}/voice", DIGITS, keys="1  heard   silence")
    assert kept.keys == "1  heard   silence"
    assert compare(kept.moments, place_again(kept).moments, DIGITS) == ()


def test_a_script_that_was_interrupted_is_kept_up_to_there() -> None:
    with Phone(InProcess(line), "T") as phone:
        call = phone.call(f"{ORIGIN}/voice")
        call.start()
        call.press("12", listen_seconds=1.0)
        call.hang_up()
    kept = keep(call, f"{ORIGIN}/voice", DIGITS)
    assert kept.keys.startswith("12@")
    assert compare(kept.moments, place_again(kept).moments, DIGITS) == ()


def test_what_differs_from_run_to_run_is_not_kept() -> None:
    setup = Setup(
        method="GET",
        fallback_url="http://asha:secret@other.test/",
        status_callback="http://asha:secret@line.test/ended",
    )
    with Phone(InProcess(line), "the-token", setup) as phone:
        call = phone.call("http://asha:secret@line.test/end?a=1")
        call.start()
    kept = keep(call, "http://asha:secret@line.test/end?a=1", DIGITS)
    assert kept.url == "http://asha:***@line.test/end?a=1"
    assert kept.setup.fallback_url == "http://asha:***@other.test/"
    assert kept.keys == "stay"
    asked = [moment for moment in kept.moments if moment.event == "request"]
    assert dict(asked[0].fields) == {"method": "GET", "url": "/end?a=1", "status": 200}
    told = str(kept)
    assert "secret" not in told
    assert "the-token" not in told
    assert call.party.call_sid not in told


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, False),
        ("http://a.test/", False),
        ("http://asha@a.test/:***@", False),
        ("http://asha:***@a.test/", True),
        ("//asha:***@a.test/", True),
    ],
)
def test_a_password_that_was_left_out_is_seen(url: str | None, *, expected: bool) -> None:
    assert has_secret(url) is expected


def test_a_clip_without_words_is_kept_by_where_it_is() -> None:
    @Request.application
    def mute(request: Request) -> Response:
        if request.path == "/a.wav":
            return Response(sound("", 1.0), mimetype="audio/wav")
        verbs = "<Response><Play>/a.wav</Play><Play digits='1w2'/></Response>"
        return Response(verbs, mimetype="text/xml")

    with Phone(InProcess(mute), "T") as phone:
        call = phone.call(f"{ORIGIN}/")
        call.start()
    plays = [
        dict(moment.fields)
        for moment in keep(call, f"{ORIGIN}/", DIGITS).moments
        if moment.event == "play"
    ]
    assert plays == [
        {"words": "", "url": "/a.wav", "seconds": 1.0, "loop": 1},
        {"words": "1w2", "url": None, "seconds": 0.9, "loop": 1},
    ]

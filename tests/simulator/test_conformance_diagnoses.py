"""What the pretend carrier warns of: where it must, and where it must not.

Warnings without a code are its own: Twilio takes such a document without a word, and a caller or an
engineer suffers. Each is here with documents that must have it and near ones that must not.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.simulator.conformance import (
    BENGALI,
    EMPTY,
    THANKS,
    Case,
    Reply,
    case,
    clip,
    one,
    setup,
)
from tests.sounds import sound

GOOGLE = "language='bn-IN' voice='Google.bn-IN-Standard-A'"
LETTER = BENGALI[0]
MP3 = Reply(sound("", 1, "MP3"), type="audio/mpeg")
ENCODED = "%E0%A6%98"


def bengali(letters: int) -> str:
    return f"<Response><Say {GOOGLE}>{LETTER * letters}</Say></Response>"


GIVEN = {
    # Error 13521: a Say is at most 4500 characters once URL-encoded, where a letter of Bengali is
    # nine: so 500 letters.
    "Bengali over the limit": (one(bengali(501), warnings=[13521]), "say it in parts"),
    "Bengali over the limit in a Gather": (
        one(
            f"<Response><Gather><Say {GOOGLE}>{LETTER * 600}</Say></Gather><Hangup/></Response>",
            warnings=[13521],
        ),
        "say it in parts",
    ),
    # Error 13511: the default voice, man, speaks no Bengali: always give an explicit voice.
    "Bengali without a voice": (
        one(f"<Response><Say language='bn-IN'>{BENGALI}</Say></Response>", warnings=[13511]),
        "voice",
    ),
    # All nested files are fetched, and converted to 8 kHz µ-law, before any of them is played.
    "an mp3 inside of a Gather": (
        case(
            {
                "/voice": "<Response><Gather><Play>/a.mp3</Play></Gather><Hangup/></Response>",
                "/a.mp3": MP3,
            },
            warnings=[None],
        ),
        "mp3 inside <Gather>",
    ),
    # Redirect, Hangup and Reject: what stands behind is never reached.
    "a verb after Redirect": (
        case(
            {"/voice": "<Response><Redirect>/b</Redirect><Hangup/></Response>", "/b": EMPTY},
            warnings=[None],
        ),
        "<Hangup> after <Redirect> is never reached",
    ),
    "a verb after Hangup": (
        one("<Response><Hangup/><Pause/></Response>", warnings=[None]),
        "<Pause> after <Hangup> is never reached",
    ),
    "a verb after Reject": (
        one("<Response><Reject/><Say>never</Say></Response>", warnings=[None]),
        "<Say> after <Reject> is never reached",
    ),
    # Record always asks its action, by default the document itself.
    "a verb after Record": (
        one("<Response><Record/><Say>never</Say></Response>", warnings=[None]),
        "<Say> after <Record> is never reached",
    ),
    # Dial, Enqueue and Sms: with an action, what stands behind is not reached.
    "a verb after Dial with an action": (
        case(
            {
                "/voice": "<Response><Dial action='/b'>+15005550006</Dial><Hangup/></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Hangup> after <Dial> is never reached",
    ),
    "a verb after Enqueue with an action": (
        case(
            {
                "/voice": "<Response><Enqueue action='/b'>q</Enqueue><Hangup/></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Hangup> after <Enqueue> is never reached",
    ),
    "a verb after Sms with an action": (
        case(
            {
                "/voice": "<Response><Sms action='/b'>Hello</Sms><Hangup/></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Hangup> after <Sms> is never reached",
    ),
    # There is no documented limit on Redirect loops.
    "a Redirect to itself": (
        one(
            "<Response><Say>Hello</Say><Redirect>/voice</Redirect></Response>",
            setup=setup(max_documents=3),
            warnings=[None],
            failures=[None],
        ),
        "<Redirect> leads back to this document",
    ),
    "a Redirect to itself, by no URL": (
        one(
            "<Response><Redirect/></Response>",
            setup=setup(max_documents=3),
            warnings=[None],
            failures=[None],
        ),
        "<Redirect> leads back to this document",
    ),
    "a Redirect to itself, by a fragment": (
        one(
            "<Response><Redirect>voice#rc=2</Redirect></Response>",
            setup=setup(max_documents=3),
            warnings=[None],
            failures=[None],
        ),
        "<Redirect> leads back to this document",
    ),
    # Twilio signs the URL as encoded; frameworks decode it first.
    "an action in Bengali": (
        case(
            {
                "/voice": f"<Response><Gather action='/b?a={BENGALI[0]}'/><Hangup/></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Gather> has a URL with letters beyond ASCII",
    ),
    "an action in encoded Bengali": (
        one(f"<Response><Gather action='/b?a={ENCODED}'/><Hangup/></Response>", warnings=[None]),
        "<Gather> has a URL with letters beyond ASCII",
    ),
    "a Redirect in Bengali": (
        case(
            {
                "/voice": f"<Response><Redirect>/b?a={ENCODED}</Redirect></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Redirect> has a URL with letters beyond ASCII",
    ),
    "the url of a Number in Bengali": (
        case(
            {
                "/voice": f"<Response><Dial><Number url='/b?a={ENCODED}'>+15005550006</Number>"
                "</Dial></Response>",
                "/b": EMPTY,
            },
            warnings=[None],
        ),
        "<Number> has a URL with letters beyond ASCII",
    ),
    "a waitUrl in Bengali": (
        case(
            {
                "/voice": f"<Response><Enqueue waitUrl='/b?a={ENCODED}'>q</Enqueue></Response>",
                "/b": "<Response><Leave/></Response>",
            },
            warnings=[None],
        ),
        "<Enqueue> has a URL with letters beyond ASCII",
    ),
    # A Gather without input falls through; as the last verb it ends the call.
    "nobody handles silence": (
        one("<Response><Gather numDigits='1'/></Response>", warnings=[None]),
        "nothing follows <Gather>",
    ),
    "nobody handles silence after two": (
        one("<Response><Gather/><Gather/></Response>", warnings=[None]),
        "nothing follows <Gather>",
    ),
    # Error 13420: what says that it is one type and is another.
    "a clip of another type than it says": (
        case(
            {
                "/voice": "<Response><Play>/a.wav</Play></Response>",
                "/a.wav": Reply(sound("A", 1), type="audio/mpeg"),
            },
            warnings=[13420],
            heard=["A"],
        ),
        "audio/mpeg",
    ),
    # Error 12200: judged by what Twilio's own library can write; a near name is told.
    "a misspelt attribute": (
        one("<Response><Gather numDigit='1'/><Hangup/></Response>", warnings=[12200]),
        "did you mean numDigits?",
    ),
    "a verb in wrong case": (
        one("<Response><HangUp/></Response>", warnings=[12200]),
        "did you mean Hangup?",
    ),
    "a noun without its verb": (
        one("<Response><Conference>room</Conference></Response>", warnings=[12200]),
        "it belongs in <Dial>",
    ),
}


@pytest.mark.parametrize(("placed", "words"), GIVEN.values(), ids=GIVEN.keys())
def test_what_is_likely_wrong_is_told_in_words_that_help(placed: Case, words: str) -> None:
    assert placed.seen() == placed.expected()
    told = replace(placed, then={"messages": []}).seen()["messages"]
    assert isinstance(told, list)
    assert words in told[0]


NOT_GIVEN = {
    "Bengali within the limit": one(bengali(500)),
    "English as long as Bengali may not be": one(
        f"<Response><Say voice='Polly.Amy'>{'a' * 2000}</Say></Response>"
    ),
    "a WAV inside of a Gather": case(
        {
            "/voice": "<Response><Gather><Play>/a.wav</Play></Gather><Hangup/></Response>",
            "/a.wav": clip("A", 1),
        }
    ),
    "an mp3 outside of a Gather": case(
        {"/voice": "<Response><Play>/a.mp3</Play></Response>", "/a.mp3": MP3}
    ),
    "Redirect, Hangup or Record as the last": case(
        {
            "/voice": "<Response><Say>Hello</Say><Redirect>/b</Redirect></Response>",
            "/b": "<Response><Pause/><Redirect>/c</Redirect></Response>",
            "/c": "<Response><Say>Bye</Say><Hangup/></Response>",
        }
    ),
    "a verb after Gather": one("<Response><Gather/><Say>Nobody</Say></Response>", "silence"),
    # For carriers that do not know actionOnEmptyResult.
    "a verb after Gather with actionOnEmptyResult": one(
        "<Response><Gather actionOnEmptyResult='true'/><Redirect>/b</Redirect></Response>"
    ),
    "a verb after Dial without an action": one(
        "<Response><Dial>+15005550006</Dial><Say>Next</Say></Response>"
    ),
    "a verb after Enqueue without an action": one(
        "<Response><Enqueue>q</Enqueue><Say>Next</Say></Response>"
    ),
    "a verb after Sms without an action": one(
        "<Response><Sms>Hello</Sms><Say>Next</Say></Response>"
    ),
    # Outside of a queue there is nothing to leave; what is carried out is not unreached.
    "a verb after one that a waitUrl does not allow": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait'>q</Enqueue></Response>",
            "/wait": "<Response><Record/><Say>Hold</Say><Leave/></Response>",
        },
        heard=["Hold"],
        warnings=[12200],
    ),
    "a verb after Leave outside of a queue": one(
        "<Response><Leave/><Say>Next</Say></Response>", heard=["Next"]
    ),
    "a Redirect to itself after a Gather": one(
        "<Response><Gather timeout='1'/><Redirect>/voice</Redirect></Response>", "silence silence"
    ),
    "a Redirect to another query": case(
        {
            "/voice": [
                "<Response><Redirect>/voice?try=2</Redirect></Response>",
                "<Response><Hangup/></Response>",
            ]
        }
    ),
    "a Redirect to itself by another method": case(
        {"/voice": ["<Response><Redirect method='GET'>/voice</Redirect></Response>", THANKS]}
    ),
    "a waitUrl that leads back to itself": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait'>q</Enqueue></Response>",
            "/wait": [
                "<Response><Pause length='9'/><Redirect>/wait</Redirect></Response>",
                "<Response><Leave/></Response>",
            ],
        }
    ),
    "an ASCII action": one("<Response><Gather action='/b?a=1&amp;b=c'/><Hangup/></Response>"),
    # The request for a clip has no parameters, and hardly anybody checks its signature.
    "a Play in Bengali": case(
        {
            "/voice": f"<Response><Play>/{ENCODED}.wav</Play></Response>",
            f"/{ENCODED}.wav": clip("A", 1),
        },
        heard=["A"],
    ),
    "silence is handled by the action": one(
        "<Response><Gather actionOnEmptyResult='true'/></Response>"
    ),
    "silence is handled by a verb": one("<Response><Gather/><Hangup/></Response>"),
    "a Gather as the last verb of a waitUrl": case(
        {
            "/voice": "<Response><Enqueue waitUrl='/wait'>q</Enqueue></Response>",
            "/wait": "<Response><Gather timeout='1'/></Response>",
        }
    ),
    "a clip of the type that it says": case(
        {"/voice": "<Response><Play>/a</Play></Response>", "/a": clip("A", 1)}
    ),
    # Each verb of the library's own description of TwiML, in a place where it may be.
    "everything that is TwiML": one(
        "<Response><Gather input='speech' hints='a' profanityFilter='true' enhanced='false' debug="
        "'true' speechModel='default' language='bn-IN'><Say>A</Say><Pause/></Gather><Dial callerId="
        "'+15005550006' ringTone='in' recordingTrack='both'><Number statusCallbackEvent='initiated "
        "answered' byoc='BY1' sendDigits='ww1'>+15005550006</Number></Dial><Hangup/></Response>"
    ),
}


@pytest.mark.parametrize("placed", NOT_GIVEN.values(), ids=NOT_GIVEN.keys())
def test_what_is_likely_right_is_left_alone(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# A warning is told once in a call, however often its document comes.
def test_a_warning_is_told_once() -> None:
    placed = one("<Response><Gather numDigits='1'/></Response>", "1 2 3", asked=["POST /voice"] * 4)
    assert placed.seen() == placed.expected() | {"warnings": [None]}

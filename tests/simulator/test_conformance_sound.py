"""Say, Play and Pause do what Twilio's pages of them say, case by case.

https://www.twilio.com/docs/voice/twiml/say, …/play and …/pause; the codes are those of
https://www.twilio.com/docs/api/errors. Each rule stands above its cases.
"""

from __future__ import annotations

import pytest

from tests.simulator.conformance import (
    BENGALI,
    EMPTY,
    ONE_SECOND,
    ORIGIN,
    Case,
    Reply,
    case,
    clip,
    one,
    press,
    start,
)
from tests.sounds import sound

CASES = {
    # Say: loop is 1 by default; the voice is man, the language en-US.
    "Say has its defaults": one(
        f"<Response><Say>{ONE_SECOND}</Say></Response>",
        said=[(ONE_SECOND, "en-US", "man", 1)],
        heard=[ONE_SECOND],
        seconds=1,
        ended="document",
    ),
    "Say has its attributes": one(
        f"<Response><Say voice='Polly.Amy' language='en-GB' loop='3'>{ONE_SECOND}</Say></Response>",
        said=[(ONE_SECOND, "en-GB", "Polly.Amy", 3)],
        heard=[ONE_SECOND],
        seconds=3,
    ),
    # Say: loop="0" repeats until the caller hangs up, or 1000 times.
    "Say without end is a thousand times": one(
        f"<Response><Say loop='0'>{ONE_SECOND}</Say></Response>", seconds=1000, ended="document"
    ),
    "Say without end until the caller hangs up": one(
        f"<Response><Say loop='0'>{ONE_SECOND}</Say></Response>",
        [start(60.5), lambda call: call.hang_up()],
        seconds=60.5,
        ended="caller",
    ),
    # Error 13510: a bad loop of Say; the default stands.
    "Say with a negative loop": one(
        f"<Response><Say loop='-1'>{ONE_SECOND}</Say></Response>", warnings=[13510], seconds=1
    ),
    "Say with a loop that is no number": one(
        f"<Response><Say loop='twice'>{ONE_SECOND}</Say></Response>", warnings=[13510], seconds=1
    ),
    # Errors 13321 and 13322: a bad voice and a bad loop of a Say in a Gather.
    "a nested Say has codes of its own": one(
        "<Response><Gather><Say voice='a b' loop='x'>Hello</Say></Gather><Hangup/></Response>",
        warnings=[13321, 13322],
        said=[("Hello", "en-US", "man", 1)],
    ),
    # Error 13511: a bad voice of Say; the default stands.
    "Say with a bad voice": one(
        "<Response><Say voice=''>Hello</Say></Response>",
        warnings=[13511],
        said=[("Hello", "en-US", "man", 1)],
    ),
    # Say: an invalid pair of voice and language may fail. The voices man and woman know no Bengali.
    "Bengali needs a voice": one(
        f"<Response><Say language='bn-IN'>{BENGALI}</Say></Response>", warnings=[13511]
    ),
    # Bengali voices: Google.bn-IN-Standard-A to D, Google.bn-IN-Wavenet-A to D, …-Chirp3-HD-*.
    "a standard voice for Bengali": one(
        f"<Response><Say language='bn-IN' voice='Google.bn-IN-Standard-A'>{BENGALI}</Say>"
        "</Response>",
        heard=[BENGALI],
    ),
    "a Wavenet voice for Bengali": one(
        f"<Response><Say language='bn-IN' voice='Google.bn-IN-Wavenet-D'>{BENGALI}</Say>"
        "</Response>",
        heard=[BENGALI],
    ),
    "a Chirp3 voice for Bengali": one(
        f"<Response><Say language='bn-IN' voice='Google.bn-IN-Chirp3-HD-Kore'>{BENGALI}</Say>"
        "</Response>",
        heard=[BENGALI],
    ),
    # Error 13520: there is no text to say; a warning.
    "Say without text": one(
        "<Response><Say/><Say>After</Say></Response>", warnings=[13520], heard=["After"]
    ),
    "Say with white space": one(
        "<Response><Say> \n </Say><Say>After</Say></Response>", warnings=[13520], heard=["After"]
    ),
    # Error 13521: at most 4096 characters with a basic voice, 3000 with Polly, 5000 with Google …
    "4096 characters": one(f"<Response><Say>{'a' * 4096}</Say></Response>", heard=["a" * 4096]),
    "4097 characters": one(f"<Response><Say>{'a' * 4097}</Say></Response>", warnings=[13521]),
    "3000 characters with Polly": one(
        f"<Response><Say voice='Polly.Joanna'>{'a' * 3000}</Say></Response>", heard=["a" * 3000]
    ),
    "3001 characters with Polly": one(
        f"<Response><Say voice='Polly.Joanna'>{'a' * 3001}</Say></Response>", warnings=[13521]
    ),
    "5001 characters with Google": one(
        f"<Response><Say voice='Google.en-US-Standard-C'>{'a' * 5001}</Say></Response>",
        warnings=[13521],
    ),
    # … and at most 4500 once URL-encoded.
    "4500 encoded characters": one(
        f"<Response><Say voice='Google.en-US-Standard-C'>{'a' * 4500}</Say></Response>",
        heard=["a" * 4500],
    ),
    "4501 encoded characters": one(
        f"<Response><Say voice='Google.en-US-Standard-C'>{'a' * 4501}</Say></Response>",
        warnings=[13521],
    ),
    # Say: SSML may stand in it; its tags are not spoken.
    "Say with SSML": one(
        "<Response><Say voice='Polly.Amy'>One <break time='200ms'/>two <emphasis level='strong'>"
        "three</emphasis>.</Say></Response>",
        heard=["One two three."],
    ),
    # Say: an XML document, so entities, CDATA sections and comments are what they are in XML.
    "Say with entities": one(
        "<Response><Say>Tom &amp; Jerry &#38; Spike</Say></Response>",
        heard=["Tom & Jerry & Spike"],
    ),
    "Say with a CDATA section": one(
        "<Response><Say><![CDATA[5 < 6]]></Say></Response>", heard=["5 < 6"]
    ),
    "Say with a comment": one(
        "<Response><!-- greets --><Say>He<!-- l -->llo</Say></Response>", heard=["Hello"]
    ),
    # Play: fetches the audio file by GET, and plays it once; relative to the document's URL.
    "Play plays once": case(
        {
            "/a/voice": "<Response><Play>../b/two.wav</Play></Response>",
            "/b/two.wav": clip("Two", 2),
        },
        path="/a/voice",
        asked=["POST /a/voice", "GET /b/two.wav"],
        heard=["Two"],
        seconds=2,
        ended="document",
    ),
    "Play in a loop": case(
        {
            "/voice": "<Response><Play loop='3'>/two.wav</Play></Response>",
            "/two.wav": clip("Two", 2),
        },
        asked=["POST /voice", "GET /two.wav"],
        heard=["Two"],
        seconds=6,
    ),
    # Play: loop="0" plays until the caller hangs up, or 1000 times.
    "Play without end is a thousand times": case(
        {"/voice": "<Response><Play loop='0'>/one.wav</Play></Response>", "/one.wav": clip("1", 1)},
        seconds=1000,
    ),
    # Error 13410: a bad loop of Play; the default stands.
    "Play with a bad loop": case(
        {
            "/voice": "<Response><Play loop='-2'>/one.wav</Play></Response>",
            "/one.wav": clip("1", 1),
        },
        warnings=[13410],
        seconds=1,
    ),
    # Play: the request for a file carries none of the parameters of the call.
    "Play asks without parameters": case(
        {"/voice": "<Response><Play>/one.wav?n=1</Play></Response>", "/one.wav": clip("1", 1)},
        targets=["POST /voice", "GET /one.wav?n=1"],
        sent={"/one.wav": {"CallSid": None, "From": None}},
    ),
    "Play by an absolute URL": case(
        {"/voice": f"<Response><Play>{ORIGIN}/one.wav</Play></Response>", "/one.wav": clip("1", 1)},
        heard=["1"],
    ),
    # Error 11200: a file that cannot be fetched is in the debugger, and the call goes on.
    "Play of what is not there": one(
        "<Response><Play>/no.wav</Play><Say>After</Say></Response>",
        failures=[11200],
        heard=["After"],
        ended="document",
    ),
    "Play of what breaks": case(
        {
            "/voice": "<Response><Play>/a.wav</Play><Say>After</Say></Response>",
            "/a.wav": Reply("", 500),
        },
        failures=[11200],
        heard=["After"],
    ),
    # Error 11100: not a URL.
    "Play of no URL": one(
        "<Response><Play>ftp://line.test/a.wav</Play><Say>After</Say></Response>",
        failures=[11100],
        heard=["After"],
    ),
    "Play without a URL": one(
        "<Response><Play/><Say>After</Say></Response>", warnings=[12200], heard=["After"]
    ),
    # Play: digits plays tones, with w for half a second of silence and W for a second.
    "w is half a second": one("<Response><Play digits='www'/></Response>", seconds=1.5),
    "W is a second": one("<Response><Play digits='WwW'></Play></Response>", seconds=2.5),
    "tones are keys and A to D": one(
        "<Response><Play digits='0123456789*#ABCD'/></Response>", events=["Played", "Ended"]
    ),
    # Error 13430: digits that are no tones; a warning.
    "tones that are none": one(
        "<Response><Play digits='12-34'/><Say>After</Say></Response>",
        warnings=[13430],
        heard=["After"],
    ),
    # Pause: one second by default.
    "Pause is one second": one(
        "<Response><Pause/></Response>", seconds=1, events=["Paused", "Ended"]
    ),
    "Pause as given": one("<Response><Pause length='7'/></Response>", seconds=7),
    # Error 13910: length must be a positive integer; the default stands.
    "Pause of nothing": one(
        "<Response><Pause length='0'/></Response>", warnings=[13910], seconds=1
    ),
    "Pause of less than nothing": one(
        "<Response><Pause length='-3'/></Response>", warnings=[13910], seconds=1
    ),
    "Pause of a word": one(
        "<Response><Pause length='long'/></Response>", warnings=[13910], seconds=1
    ),
    "Pause of a fraction": one(
        "<Response><Pause length='0.5'/></Response>", warnings=[13910], seconds=1
    ),
    # TwiML: verbs are carried out one after the other, in the order of the document.
    "verbs are in order": case(
        {
            "/voice": f"<Response><Say>{ONE_SECOND}</Say><Pause length='2'/><Play>/a.wav</Play>"
            "<Say>Bye</Say></Response>",
            "/a.wav": clip("A", 3),
        },
        events=["Said", "Heard", "Paused", "Played", "Heard", "Said", "Heard", "Ended"],
        heard=[ONE_SECOND, "A", "Bye"],
        at={"Paused": 1, "Played": 3, "Said": 6},
    ),
    # Keys do nothing outside of a Gather: they stop no sound.
    "keys do not stop a Say": one(
        f"<Response><Say>{ONE_SECOND}</Say><Say>Bye</Say></Response>",
        [start(0.1), press("1")],
        heard=[ONE_SECOND, "Bye"],
        events=["Said", "Heard", "KeyPressed", "Said", "Heard", "Ended"],
        at={"Said": 1},
    ),
}


@pytest.mark.parametrize("placed", CASES.values(), ids=CASES.keys())
def test_sound_is_heard_as_with_twilio(placed: Case) -> None:
    assert placed.seen() == placed.expected()


# Play: the types that it knows. A second of sound without a head is 8000 bytes of µ-law, or 50
# frames of 33 bytes of GSM 06.10.
PLAYED = {
    "audio/mpeg": sound("", 1, "MP3"),
    "audio/wav": sound("", 1),
    "audio/wave": sound("", 1),
    "audio/x-wav": sound("", 1),
    "audio/aiff": sound("", 1, "AIFF"),
    "audio/x-aifc": sound("", 1, "AIFF"),
    "audio/x-aiff": sound("", 1, "AIFF"),
    "audio/x-gsm": (b"\xd0" + bytes(32)) * 50,
    "audio/gsm": (b"\xd0" + bytes(32)) * 50,
    "audio/ulaw": b"\xff" * 8000,
}


@pytest.mark.parametrize(("type_", "body"), PLAYED.items(), ids=PLAYED.keys())
def test_each_type_of_audio_is_played(type_: str, body: bytes) -> None:
    placed = case(
        {"/voice": "<Response><Play>/a</Play></Response>", "/a": Reply(body, type=type_)},
        events=["Played", "Heard", "Ended"],
        seconds=1,
    )
    # An mp3 is a whole number of frames, which a second is not.
    assert placed.seen() == placed.expected() | {"seconds": pytest.approx(1, abs=0.1)}


# Error 13420: the URL of a Play did not give one of the types of audio; the call goes on.
NOT_PLAYED = {
    "a document": Reply(EMPTY),
    "a page": Reply("<html/>", type="text/html"),
    "bytes of no type": Reply(sound("", 1), type="application/octet-stream"),
    "no content type": Reply(sound("", 1), type=None),
    "a type that Twilio does not play": Reply(sound("", 1), type="audio/ogg"),
    "nothing": Reply("", type="audio/wav"),
    "what only says that it is audio": Reply("RIFF....WAVE", type="audio/wav"),
}


@pytest.mark.parametrize("reply", NOT_PLAYED.values(), ids=NOT_PLAYED.keys())
def test_what_is_no_audio_is_an_error_and_the_call_goes_on(reply: Reply) -> None:
    document = "<Response><Play>/a</Play><Say>After</Say></Response>"
    placed = case(
        {"/voice": document, "/a": reply}, failures=[13420], heard=["After"], ended="document"
    )
    assert placed.seen() == placed.expected()

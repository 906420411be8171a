"""A clip that cannot be had, or that never ends, is told and left out; the call goes on."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from ivr.simulator.http.sending import MAX_CLIP_BYTES
from ivr.simulator.verbs.sound import SAY_CHARACTERS_PER_SECOND
from tests.simulator.applications.hostile import answer, in_response
from tests.simulator.applications.hostile_calls import (
    DRIP_SECONDS,
    IMPATIENT,
    codes,
    hang_up,
    memory_below,
    reset_in_the_middle,
    ring,
    say_nothing,
)
from tests.sounds import sound

if TYPE_CHECKING:
    from tests.simulator.sockets import Connection, Serve

MOST_BYTES = 4 * MAX_CLIP_BYTES

pytestmark = pytest.mark.timeout(60)


def playing(serve: Serve | bytes, fragment: str = "") -> Serve:
    """A server of a document that plays a clip and then says something."""

    def answers(connection: Connection) -> None:
        if connection.path == "/voice":
            url = ("/clip" + fragment).replace("&", "&amp;").encode()
            document = in_response(b"<Play>" + url + b"</Play><Say>after</Say>")
            connection.send(answer(document))
        elif isinstance(serve, bytes):
            connection.send(serve)
        else:
            serve(connection)

    return answers


def drip_clip(connection: Connection) -> None:
    whole = answer(sound("slow", 10), "audio/wav")
    connection.send(whole[:200])
    connection.drip(whole[200:], DRIP_SECONDS)


def send_endless_clip(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: audio/ulaw\r\n\r\n")
    connection.send_forever(bytes(1_000_000))


# Twilio: a Play whose file cannot be had is in the debugger, and the call goes on.
@pytest.mark.parametrize(
    ("serve", "code"),
    [
        pytest.param(say_nothing, 11200, id="does not answer"),
        pytest.param(drip_clip, 11200, id="drips"),
        pytest.param(reset_in_the_middle, 11200, id="breaks off in the middle"),
        pytest.param(answer(b"", status="404 Not Found"), 11200, id="404"),
        pytest.param(hang_up, 11206, id="closes without an answer"),
        pytest.param(answer(b"<html/>", "text/html"), 13420, id="a page"),
        pytest.param(answer(b"rubbish" * 100, "audio/wav"), 13420, id="rubbish"),
        pytest.param(answer(b"", "audio/wav"), 13420, id="nothing"),
        pytest.param(answer(sound("x", 1)[:60], "audio/wav"), 13420, id="half of a head"),
        pytest.param(answer(bytes(1000), "audio/mpeg"), 13420, id="zeros as an mp3"),
    ],
)
def test_a_clip_that_cannot_be_had_is_left_out(serve: Serve | bytes, code: int) -> None:
    call = ring(playing(serve, IMPATIENT if code == 11200 else ""))
    assert codes(call) == [code]
    assert call.heard[-1] == "after"
    assert call.ended == "document"


def test_an_endless_clip_is_left_out() -> None:
    with memory_below(MOST_BYTES):
        call = ring(playing(send_endless_clip))
    assert codes(call) == [11200]
    assert call.heard == ["after"]


def forged(seconds: int) -> bytes:
    """A WAV file of a tenth of a second whose head tells of more."""
    samples = bytes(800)
    size = seconds * 8000
    form = struct.pack("<HHIIHH", 7, 1, 8000, 8000, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", size + 36)
        + b"WAVEfmt "
        + struct.pack("<I", len(form))
        + form
        + b"data"
        + struct.pack("<I", size)
        + samples
    )


def test_a_clip_whose_head_tells_of_days_takes_as_long_as_its_sound() -> None:
    call = ring(playing(answer(forged(5 * 86_400), "audio/wav")))
    assert codes(call) == []
    assert call.seconds == pytest.approx(0.1 + len("after") / SAY_CHARACTERS_PER_SECOND)

"""How a live call stands is told in a line, the most important first, whatever its width."""

from __future__ import annotations

import pytest

from ivr.cli.call.screen import fitted
from ivr.cli.call.status import Status
from ivr.simulator.faults import parse_faults
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from tests.cli.pages import pages
from tests.sounds import sound

NUMBER = "+12025550123"
SAY = f"<Say>{'word ' * 28}</Say>"  # 10 s
STATES = {
    "a clip": ("<Play>/a.wav</Play>", 1.0, "the line speaks"),
    "a Say": (SAY, 1.0, "the line speaks"),
    "a prompt": (f"<Gather>{SAY}</Gather>", 1.0, "the line speaks; a key stops it"),
    "a Pause": ('<Pause length="3"/>', 1.0, "the line pauses"),
    "a Gather": ("<Gather/>", 0.5, "5 s · waits for keys, up to #"),
    "after a prompt": (f"<Gather>{SAY}</Gather>", 10.5, "5 s · waits for keys, up to #"),
    "the tone of a Record": ("<Record/>", 0.25, "…"),
    "a Record": ("<Record/>", 1.0, "records what you say; a key or hanging up ends it"),
    "a Record that two keys end": (
        '<Record finishOnKey="1#"/>',
        1.0,
        "records what you say; 1 or # or hanging up ends it",
    ),
    "a Record that no key ends": (
        '<Record finishOnKey=""/>',
        1.0,
        "records what you say; hanging up ends it",
    ),
    "a queue": ("<Enqueue>help</Enqueue>", 1.0, "you wait in the queue 'help'"),
    "a Dial that rings": (
        f"<Dial>{NUMBER}</Dial>",
        1.5,
        "3 s · it rings elsewhere, or you talk there",
    ),
    "a Dial after a Say": (
        f"{SAY}<Dial>{NUMBER}</Dial>",
        11.0,
        "3 s · it rings elsewhere, or you talk there",
    ),
    "a Dial that a star ends": (
        f'<Dial hangupOnStar="true">{NUMBER}</Dial>',
        5.0,
        "19 s · it rings elsewhere, or you talk there; * ends it",
    ),
    "what only the one who was dialled hears": (
        f'<Dial><Number url="/whisper">{NUMBER}</Number></Dial>',
        5.0,
        f"the line speaks to {NUMBER}",
    ),
}


def stand(verbs: str, seconds: float, keys: str = "", *, width: int = 100) -> str:
    """How a call stands that has gone on for so long, and in which keys were then pressed."""
    documents = {"/": f"{verbs}<Hangup/>", "/whisper": SAY}
    line, status = pages(documents, {"/a.wav": sound("Hi", 3)}), Status()
    with Phone(InProcess(line), "T", Setup(key_seconds=0.0)) as phone:
        call = phone.call("http://line.test/", on_event=status)
        call.start(listen_seconds=seconds)
        for key in keys:
            call.press(key, listen_seconds=0.0)
        return status.text(call, width)


@pytest.mark.parametrize(("verbs", "seconds", "told"), STATES.values(), ids=STATES)
def test_what_goes_on_is_told(verbs: str, seconds: float, told: str) -> None:
    assert stand(verbs, seconds) == told


KEYS = {
    "all of them": (40, "1234567 · 5 s · waits for keys, up to #"),
    "as many as fit": (13, "…34567 · 5 s · waits for keys, up to #"),
    "the last, however narrow": (1, "…7 · 5 s · waits for keys, up to #"),
}


@pytest.mark.parametrize(("width", "told"), KEYS.values(), ids=KEYS)
def test_the_keys_pressed_so_far_stand_first(width: int, told: str) -> None:
    assert stand("<Gather/>", 1.0, "1234567", width=width) == told


def test_keys_that_were_taken_or_not_heard_are_shown_no_more() -> None:
    again = '<Gather numDigits="2" action="/whisper"/>'
    assert stand(again, 1.0, "12") == "the line speaks"
    assert stand(SAY, 1.0, "12") == "the line speaks"


FITTED = {
    "both": (21, "waits · 5 s   h ends "),
    "no room for the hint": (15, "waits · 5 s"),
    "just the state": (11, "waits · 5 s"),
    "not even the state": (8, "waits ·…"),
}


@pytest.mark.parametrize(("width", "told"), FITTED.values(), ids=FITTED)
def test_a_hint_is_shown_where_there_is_room_for_it(width: int, told: str) -> None:
    assert fitted("waits · 5 s", "h ends", width) == told


def test_a_late_answer_is_no_call_to_somebody_else() -> None:
    status = Status()
    setup = Setup(faults=parse_faults(["slow:3"]))
    with Phone(InProcess(pages({"/": "<Hangup/>"})), "T", setup) as phone:
        call = phone.call("http://line.test/", on_event=status)
        call.start(listen_seconds=1.0)
        assert status.text(call, 100) == "2 s · you wait for the application, which is slow"

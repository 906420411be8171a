"""Applications with other habits than ours, driven through in-process and over a real server.

Each checks the signature of every request by Twilio's own library.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

import pytest

from ivr.simulator.events import (
    Beeped,
    Dialed,
    Gathering,
    Heard,
    Interrupted,
    Recorded,
    Requested,
    Said,
    Silence,
    Spoke,
    Texted,
)
from ivr.simulator.testing import TestPhone
from tests.serving import serving
from tests.simulator.applications import (
    booking,
    front_desk,
    opening_hours,
    quiz,
    survey,
    voicemail,
)
from tests.simulator.applications.webhooks import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from ivr.simulator.call import Call

Kind = TypeVar("Kind")

USUAL = {
    *("CallSid", "AccountSid", "CallStatus", "ApiVersion", "Direction"),
    *("From", "To", "Caller", "Called"),
    *(
        f"{party}{place}"
        for party in ("From", "To", "Caller", "Called")
        for place in ("City", "State", "Zip", "Country")
    ),
}


class Ring(Protocol):
    """Rings an application, and does what a script says, if there is one."""

    def __call__(
        self, app: WSGIApplication, path: str, keys: str | None = None, **setup: Any
    ) -> Call: ...


@pytest.fixture(params=["in-process", "over HTTP"])
def ring(request: pytest.FixtureRequest) -> Iterator[Ring]:
    with ExitStack() as stack:
        phone = stack.enter_context(TestPhone(TOKEN))
        origins: dict[WSGIApplication, str] = {}

        def ring(app: WSGIApplication, path: str, keys: str | None = None, **setup: Any) -> Call:
            if request.param == "in-process":
                return phone.ring(app, keys, path=path, **setup)
            if app not in origins:
                origins[app] = stack.enter_context(serving(app))
            return phone.ring(origins[app] + path, keys, **setup)

        yield ring


def asked(call: Call) -> list[str]:
    """Each request as `POST /path?query 200`, without the parameters that every request has."""
    return [
        f"{event.method} {_own_part(event.url)} {event.status}"
        for event in call.events
        if isinstance(event, Requested)
    ]


def _own_part(url: str) -> str:
    parts = urlsplit(url)
    own = [
        f"{name}={value}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in USUAL
    ]
    return f"{parts.path}?{'&'.join(own)}" if own else parts.path


def of_kind(call: Call, kind: type[Kind]) -> list[Kind]:
    return [event for event in call.events if isinstance(event, kind)]


def complaints(call: Call) -> list[str]:
    failed = [failure.message for failure in call.failures]
    return failed + [warning.message for warning in call.warnings]


# "By GET all of them are in the query string"; the base of relative URLs is the document's own.
def test_webhooks_by_get_with_relative_urls_and_state_in_the_query(ring: Ring) -> None:
    call = ring(opening_hours.make_app(), "/shop/hours/", "silence 3", method="GET")
    assert complaints(call) == []
    assert call.heard == [opening_hours.MENU, opening_hours.MENU, "Please ring again."]
    sound = "GET /shop/sounds/menu.wav 200"
    assert asked(call) == [
        "GET /shop/hours/ 200",
        sound,
        "GET /shop/hours/?tried=1 200",
        sound,
        "GET /shop/hours/day?tried=1&Digits=3&FinishedOnKey=&msg=Gather End 200",
        "GET /shop/hours/?tried=2 200",
    ]
    first = urlsplit(of_kind(call, Requested)[0].url).query
    assert {name for name, _ in parse_qsl(first, keep_blank_values=True)} == USUAL
    assert call.ended == "hangup"


def test_a_key_in_the_middle_of_a_clip_leads_to_the_hours(ring: Ring) -> None:
    app = opening_hours.make_app()
    call = ring(app, "/shop/hours/", method="GET", listen_seconds=1.0, key_seconds=0.25)
    assert call.seconds == 1.0 < opening_hours.MENU_SECONDS
    call.press("1")
    assert of_kind(call, Interrupted) == [Interrupted(at_seconds=1.25)]
    assert call.heard[-1] == opening_hours.HOURS["1"]
    assert call.ended == "document"
    assert complaints(call) == []


# "After a 3xx on an action URL Digits is not sent again."
def test_each_post_answered_with_a_redirect_to_a_get(ring: Ring) -> None:
    call = ring(survey.app, "/", "9 silence 3 2#")
    assert complaints(call) == []
    assert call.heard == [
        "How was the food?",
        "How was the food?",
        "How was the food?",
        "How was the music?",
        "Thank you. You gave us 5 points.",
    ]
    assert asked(call) == [
        "POST / 302",
        "GET /question/0?points=0 200",
        "POST /question/0?points=0 303",
        "GET /question/0?points=0 200",
        "GET /question/0?points=0&again=yes 200",
        "POST /question/0?points=0&again=yes 303",
        "GET /question/1?points=3 200",
        "POST /question/1?points=3 303",
        "GET /question/2?points=5 200",
    ]
    assert call.ended == "hangup"


# Record ends at maxLength, at a key of finishOnKey, or after `timeout` seconds of silence.
def test_a_message_is_recorded_again_until_it_is_kept(ring: Ring) -> None:
    mailbox = voicemail.Mailbox()
    call = ring(
        voicemail.make_app(mailbox),
        "/message",
        "record:40 2 record:4 1",
        status_callback="/ended",
    )
    assert complaints(call) == []
    assert mailbox.kept == [4]
    assert [event.seconds for event in of_kind(call, Recorded)] == pytest.approx([30, 4])
    assert call.heard == [
        "Speak after the tone.",
        "30 seconds. Press 1 to keep it, 2 to record it again.",
        "Speak after the tone.",
        "4 seconds. Press 1 to keep it, 2 to record it again.",
        "Kept.",
    ]
    assert asked(call) == [
        "POST /message 200",
        "POST /recorded 200",
        "POST /decide?seconds=30 200",
        "POST /message 200",
        "POST /recorded 200",
        "POST /decide?seconds=4 200",
        "POST /ended 204",
    ]
    assert [form["CallStatus"] for form in mailbox.ended] == ["completed"]
    assert mailbox.ended[0]["CallDuration"] == str(round(call.seconds))


# "Digits (the key, or the word hangup)": the action is told, and its answer is heard by nobody.
def test_a_message_of_a_caller_who_hangs_up_is_kept(ring: Ring) -> None:
    mailbox = voicemail.Mailbox()
    call = ring(voicemail.make_app(mailbox), "/message", status_callback="/ended")
    assert call.waiting == "record"
    call.record(20, listen_seconds=6)
    call.hang_up()
    assert mailbox.kept == [6]
    assert asked(call) == ["POST /message 200", "POST /recorded 200", "POST /ended 204"]
    assert call.heard == ["Speak after the tone."]
    assert complaints(call) == []
    assert call.ended == "caller"


# "action = current document (so it loops)".
def test_a_record_without_an_action_records_note_after_note(ring: Ring) -> None:
    mailbox = voicemail.Mailbox()
    call = ring(voicemail.make_app(mailbox), "/notes", "record:4 record:2 5 silence")
    assert complaints(call) == []
    # Of the first the silence at its end is trimmed away; of the others it is kept.
    assert mailbox.notes == [(4, ""), (7, ""), (0, "5")]
    assert call.heard == ["Goodbye."]
    assert asked(call) == ["POST /notes 200"] * 4
    assert [event.at_seconds for event in of_kind(call, Beeped)] == pytest.approx([0, 9, 16])


# The document of a noun is heard by the one who answers, before the two are connected.
def test_a_doctor_who_presses_1_is_connected(ring: Ring) -> None:
    progress: list[tuple[str, str]] = []
    call = ring(front_desk.make_app(progress), "/desk", "1")
    assert complaints(call) == []
    assert call.heard == [
        "We are ringing the doctor.",
        "You have talked for 24 seconds.",
    ]
    doctor = [(event.to, event.words) for event in of_kind(call, Heard) if event.to is not None]
    assert doctor == [("+919876500000", "A call from +15005550006 for +919876500000. Press 1.")]
    assert [event.outcome for event in of_kind(call, Dialed)] == ["completed"]
    assert [status for status, _ in progress][-1] == "completed"
    told = [each for each in asked(call) if "/progress" not in each]
    assert told == [
        "POST /desk 200",
        "POST /screen 200",
        "POST /accept 200",
        "POST /after 200",
    ]


@pytest.mark.parametrize(
    ("keys", "outcome", "status", "screening"),
    [
        pytest.param("2 record:3", (), "completed", ["POST /screen", "POST /accept"], id="refuses"),
        pytest.param("silence record:3", (), "completed", ["POST /screen"], id="says nothing"),
        pytest.param("record:3", ("busy",), "busy", [], id="is busy"),
        pytest.param("record:3", ("no-answer",), "no-answer", [], id="does not answer"),
    ],
)
def test_a_doctor_who_is_away_gets_a_message(
    ring: Ring, keys: str, outcome: tuple[str, ...], status: str, screening: list[str]
) -> None:
    progress: list[tuple[str, str]] = []
    call = ring(front_desk.make_app(progress), "/desk", keys, dial_outcomes=outcome)
    assert complaints(call) == []
    assert call.heard[-2:] == [
        f"The doctor is away: {status}. Leave a message.",
        "Your message has 3 seconds.",
    ]
    told = [each.removesuffix(" 200") for each in asked(call) if "/progress" not in each]
    assert told == ["POST /desk", *screening, "POST /after", "POST /message"]
    assert [each for each, _ in progress][-1] == status
    assert call.ended == "hangup"


def test_a_doctor_who_does_not_answer_rings_for_as_long_as_the_timeout(ring: Ring) -> None:
    call = ring(front_desk.make_app([]), "/desk", "", dial_outcomes=("no-answer",))
    said_seconds = of_kind(call, Said)[0].seconds
    ended_at = said_seconds + front_desk.RING_SECONDS
    assert [event.at_seconds for event in of_kind(call, Dialed)] == [pytest.approx(ended_at)]


# initiated is told when dialling begins, completed when the leg ends, whatever came of it.
@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer"])
def test_the_doctors_leg_is_told_of_from_its_beginning(ring: Ring, outcome: str) -> None:
    progress: list[tuple[str, str]] = []
    call = ring(front_desk.make_app(progress), "/desk", "1", dial_outcomes=(outcome,))
    told = [event for event in of_kind(call, Requested) if "/progress" in event.url]
    dialing_at = of_kind(call, Said)[0].seconds
    assert told[0].at_seconds == pytest.approx(dialing_at)
    assert told[-1].at_seconds == pytest.approx(of_kind(call, Dialed)[0].at_seconds)
    assert len(told) == len(progress) >= 2
    assert progress[-1][0] == outcome


# "Cookies are kept within a call", and shared with no other.
def test_two_calls_at_once_keep_their_own_state_in_cookies(ring: Ring) -> None:
    app = quiz.make_app()
    one, other = ring(app, "/quiz"), ring(app, "/quiz")
    one.press("4#")
    other.press("5#")
    one.press("8#")
    other.wait()
    one.press("1#")
    other.press("12#")
    assert one.heard == [
        *("Two and two?", "Right.", "Three and five?", "Right."),
        *("Six and six?", "Wrong.", "2 of 3 were right."),
    ]
    assert other.heard == [
        *("Two and two?", "Wrong.", "Three and five?", "Wrong."),
        *("Six and six?", "Right.", "1 of 3 were right."),
    ]
    assert asked(one) == asked(other) == ["POST /quiz 200", *["POST /quiz/answer 200"] * 3]
    for call in (one, other):
        assert complaints(call) == []
        assert call.ended == "document"


# "dtmf speech: the first input wins", and what an sms's action is told.
@pytest.mark.parametrize(
    ("keys", "heard", "inputs"),
    [
        pytest.param(
            "'say:Monday please' say:Rina",
            ["Booked for Rina on monday.", "We are sending you a message."],
            ["dtmf speech", "speech"],
            id="by speech",
        ),
        pytest.param(
            "'say:some day' 2 silence",
            ["Booked for a guest on tuesday.", "We are sending you a message."],
            ["dtmf speech", "dtmf speech", "speech"],
            id="by speech that is not understood, then by a key and by silence",
        ),
        pytest.param("silence", ["No day, no booking."], ["dtmf speech"], id="by silence"),
    ],
)
def test_a_day_is_booked_by_speech_or_by_keys(
    ring: Ring, keys: str, heard: list[str], inputs: list[str]
) -> None:
    heard_partly: list[str] = []
    call = ring(booking.make_app(heard_partly), "/booking", keys)
    assert complaints(call) == []
    assert call.heard[-len(heard) :] == heard
    assert [event.input for event in of_kind(call, Gathering)] == inputs
    assert heard_partly == [event.text for event in of_kind(call, Spoke)][:1]
    assert len(of_kind(call, Silence)) == keys.split().count("silence")
    texted = ["+15005550006"] if "Booked" in heard[0] else []
    assert [event.to for event in of_kind(call, Texted)] == texted


# A request with a wrong signature is refused; the call ends with Twilio's own code for a 403.
@pytest.mark.parametrize(
    ("app", "path"),
    [
        pytest.param(quiz.make_app(), "/quiz", id="Flask"),
        pytest.param(survey.app, "/", id="werkzeug"),
    ],
)
def test_another_auth_token_is_refused(app: WSGIApplication, path: str) -> None:
    with TestPhone("another") as phone:
        call = phone.ring(app, path=path)
    assert [failure.code for failure in call.failures] == [11200]
    assert "auth token" in call.failures[0].message
    assert call.ended == "error"

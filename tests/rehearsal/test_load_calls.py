"""Calls of a load, over real HTTP, in step with a clock that runs fast."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, request

from ivr.cli.clock import now
from ivr.cli.digits import digit_words
from ivr.rehearsal.acts import HangUp, Touch, Wait
from ivr.rehearsal.ear import Ear
from ivr.rehearsal.guide import Guide
from ivr.rehearsal.line import STATUS_PATH, Told
from ivr.rehearsal.load import carrier as carrier_module
from ivr.rehearsal.load import connections
from ivr.rehearsal.load import crowd as crowd_module
from ivr.rehearsal.load.call import LoadedCall
from ivr.rehearsal.load.callers import Callers, Rung, apologies
from ivr.rehearsal.load.carrier import Carrier
from ivr.rehearsal.load.crowd import Crowd, Load
from ivr.rehearsal.load.run import Plan, hold
from ivr.rehearsal.load.tally import Tally
from ivr.rehearsal.population import person
from ivr.simulator.digits import Digits
from ivr.simulator.events import Ended, Heard, Pressed, Silence
from ivr.simulator.http.clips import Clip
from ivr.simulator.http.wire import Ask
from ivr.simulator.log import Log
from ivr.simulator.phone import Phone
from ivr.simulator.setup import Setup
from ivr.simulator.wav import with_head
from tests.conftest import TOKEN
from tests.rehearsal.fast_loop import SPEED, run_fast
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ivr.flow.model import Spec
    from ivr.rehearsal.acts import Act
    from ivr.rehearsal.load.tally import Figures
    from ivr.rehearsal.personas import Personas
    from ivr.simulator.events import Event

SETUP = Setup(from_number="+915000000001", status_callback="/status")
MENU = (
    '<Response><Gather numDigits="1" timeout="3" action="/key"><Say>Press a key.</Say></Gather>'
    "<Redirect>/late</Redirect></Response>"
)
BYE = "<Response><Say>Good bye.</Say><Hangup/></Response>"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of real time stay what they are, however fast this clock runs."""
    monkeypatch.setattr(connections, "CONNECT_SECONDS", connections.CONNECT_SECONDS * SPEED)
    monkeypatch.setattr(carrier_module, "ANSWER_SECONDS", connections.ANSWER_SECONDS * SPEED)


class Application:
    """Answers with documents by their path, and remembers what it was asked."""

    def __init__(self, documents: dict[str, str | tuple[str, int] | Response]) -> None:
        self.forms: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.app = Flask(__name__)
        self._documents = {"/": MENU, "/key": BYE, "/late": BYE} | documents
        self.app.add_url_rule("/", "voice", self._answer, methods=["GET", "POST"])
        self.app.add_url_rule("/<path:_>", "any", self._answer, methods=["GET", "POST"])

    def _answer(self, _: str = "") -> Response:
        self.paths.append(request.path)
        self.forms.append(dict(request.values))
        if request.path == "/status":
            return Response(status=204)
        found = self._documents[request.path]
        if isinstance(found, Response):
            return found
        text, status = found if isinstance(found, tuple) else (found, 200)
        return Response(text, status, mimetype="text/xml")


class Rang:
    """What became of one call."""

    def __init__(self) -> None:
        self.tally = Tally(1)
        self.events: list[Event] = []
        self.seconds = 0.0

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def ring(
    documents: dict[str, str | tuple[str, int] | Response],
    acts: Sequence[Act] = (Wait(60.0),),
    setup: Setup = SETUP,
) -> tuple[Rang, Application]:
    """One call of a load, from its ring to its end."""
    application, rang = Application(documents), Rang()

    async def run(url: str) -> None:
        carrier = Carrier(TOKEN, rang.tally)
        call = LoadedCall(carrier, url, setup, rang.events.append)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await call.start()
        for act in acts:
            if call.ended is None:
                await call.do(act)
        await call.do(HangUp())
        rang.seconds = loop.time() - begun
        carrier.close()

    with serving(application.app) as origin:
        run_fast(run(f"{origin}/"))
    return rang, application


def test_a_key_leads_on_at_the_moment_at_which_it_is_pressed() -> None:
    rang, application = ring({}, [Wait(2.0), Touch("4")])
    assert application.paths == ["/", "/key", "/status"]
    assert application.forms[1]["Digits"] == "4"
    assert application.forms[1]["From"] == "+915000000001"
    assert application.forms[2]["CallStatus"] == "completed"
    assert rang.seconds >= 2.0
    assert rang.tally.turns == 2
    assert not rang.tally.errors


def test_silence_leads_on_when_the_line_has_waited_as_long_as_it_says() -> None:
    rang, application = ring({}, [Wait(60.0)])
    assert application.paths == ["/", "/late", "/status"]
    words_seconds = len("Press a key.") / 14 + len("Good bye.") / 14
    assert rang.seconds >= 3 + words_seconds
    assert application.forms[-1]["CallDuration"] == str(round(3 + words_seconds))
    assert [event.by for event in rang.of(Ended) if isinstance(event, Ended)] == ["hangup"]


def test_who_hangs_up_is_gone_and_the_line_is_told() -> None:
    rang, application = ring({}, [Wait(1.0), HangUp(), Touch("1")])
    assert application.paths == ["/", "/status"]
    assert (rang.tally.in_progress, rang.tally.turns) == (0, 1)


def test_cookies_are_kept_within_a_call() -> None:
    shown: list[str | None] = []
    application = Application({})

    @application.app.before_request
    def look() -> None:
        shown.append(request.headers.get("Cookie"))

    @application.app.after_request
    def set_cookie(response: Response) -> Response:
        response.set_cookie("place", "menu")
        return response

    async def run(url: str) -> None:
        carrier = Carrier(TOKEN, Tally(1))
        for _ in range(2):
            call = LoadedCall(carrier, url, SETUP, lambda _: None)
            await call.start()
            await call.do(Touch("1"))
        carrier.close()

    with serving(application.app) as origin:
        run_fast(run(f"{origin}/"))
    assert shown.count(None) == 2  # the first request of each call
    assert "place=menu" in shown


@pytest.mark.parametrize(
    ("documents", "kinds", "message"),
    [
        ({"/key": ("Sorry", 503)}, {"status_503": 1}, "answered 503"),
        ({"/key": "no XML"}, {"twiml_12100": 1}, "/key"),
        ({"/key": Response("", 302, {"Location": "/"})}, {"status_302": 1}, "answered 302"),
        ({"/key": "<Response><Redirect>ftp://x/</Redirect></Response>"}, {"twiml_11100": 1}, "ftp"),
        (
            {"/key": "<Response><Play>/none.wav</Play></Response>", "/none.wav": ("", 404)},
            {"status_404": 1},
            "/none.wav answered 404",
        ),
        (
            {"/key": "<Response><Play>/a.wav</Play><Play>/a.wav</Play></Response>", "/a.wav": "?"},
            {"clip": 2},
            "has the content type 'text/xml'",
        ),
        (
            {
                "/key": "<Response><Play>/a.wav</Play></Response>",
                "/a.wav": Response("?", mimetype="audio/wav"),
            },
            {"clip": 1},
            "is not audio",
        ),
        ({"/key": "<Response><Redirect>/key</Redirect></Response>"}, {"limit": 1}, "is it a loop?"),
    ],
)
def test_what_fails_is_counted_by_its_kind(
    documents: dict[str, str | tuple[str, int] | Response], kinds: dict[str, int], message: str
) -> None:
    rang, _ = ring(documents, [Touch("1"), Wait(30.0)])
    assert dict(rang.tally.errors) == kinds
    assert message in next(iter(rang.tally.examples.values()))


def test_a_document_that_is_a_sound_is_heard_and_a_queue_is_waited_in() -> None:
    rang, application = ring({"/": "<Response><Enqueue>help</Enqueue></Response>"}, [Wait(5.0)])
    assert not rang.tally.errors
    assert application.paths == ["/", "/status"]
    tone = b"RIFF" + b"\0" * 40
    rang, _ = ring({"/": Response(tone, mimetype="audio/ulaw")}, [Wait(5.0)])
    assert rang.tally.errors.keys() == {"twiml_13420"}


def test_a_document_may_be_asked_for_by_get() -> None:
    menu = MENU.replace("action=", 'method="GET" action=')
    rang, application = ring({"/": menu}, [Touch("7")])
    assert not rang.tally.errors
    assert application.forms[1]["Digits"] == "7"
    assert application.paths == ["/", "/key", "/status"]


def test_a_failing_status_callback_is_an_error_too() -> None:
    setup = Setup(status_callback="/gone")
    rang, _ = ring({"/gone": ("", 500)}, [HangUp()], setup)
    assert rang.tally.errors == {"status_500": 1}


def test_a_line_that_never_answers_is_counted_after_fifteen_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert connections.ANSWER_SECONDS == 15.0
    monkeypatch.setattr(carrier_module, "ANSWER_SECONDS", SPEED / 2)
    application, tally = Application({}), Tally(1)

    @application.app.before_request
    def hang() -> None:
        asyncio.run(asyncio.sleep(1.0))

    async def run(url: str) -> None:
        call = LoadedCall(Carrier(TOKEN, tally), url, Setup(), lambda _: None)
        await call.start()
        assert (call.ended, call.is_answered) == ("error", False)

    with serving(application.app) as origin:
        run_fast(run(f"{origin}/"))
    assert tally.errors == {"timeout": 1}
    assert tally.figures(1.0, 0.0).slowest_ms >= SPEED / 2 * 1000


def test_a_call_ends_when_twilio_would_end_it() -> None:
    application = Application({"/": '<Response><Pause length="14400"/><Pause/></Response>'})

    async def run(url: str) -> dict[str, int]:
        tally = Tally(1)
        call = LoadedCall(Carrier(TOKEN, tally), url, Setup(), lambda _: None)
        await call.start()
        call._begun -= 14_400  # nobody waits for hours
        await call.do(Wait(14_401.0))
        assert call.ended == "limit"
        return dict(tally.errors)

    with serving(application.app) as origin:
        assert run_fast(run(f"{origin}/")) == {"limit": 1}


def test_what_is_no_tls_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 10.0 * SPEED)
    tally = Tally(1)

    async def run(url: str) -> None:
        call = LoadedCall(Carrier(TOKEN, tally), url, Setup(), lambda _: None)
        await call.start()
        await call.do(Touch("1"))  # the call is over; nothing happens
        await call.hang_up()

    with serving(Application({}).app) as origin:
        run_fast(run(origin.replace("http://", "https://")))
    assert tally.errors == {"no_connection": 1}
    assert "takes no connection by TLS (WRONG_VERSION_NUMBER)" in tally.examples["no_connection"]


def test_a_sound_is_fetched_once_for_all_calls() -> None:
    second = with_head(b"\xff" * 8000, "ULAW", 8000, 8000)
    application = Application({"/a.wav": Response(second, mimetype="audio/wav")})

    async def run(url: str) -> Tally:
        carrier = Carrier(TOKEN, Tally(1))
        sending = carrier.sending(Log())
        ask = Ask(method="GET", url=url, purpose="clip")
        sounds = await asyncio.gather(*(carrier.clip(ask, sending) for _ in range(3)))
        sounds.append(await carrier.clip(ask, sending))
        assert [each.seconds for each in sounds if isinstance(each, Clip)] == [1.0] * 4
        carrier.close()
        return carrier.tally

    with serving(application.app) as origin:
        assert run_fast(run(f"{origin}/a.wav")).clips == 1
    assert application.paths == ["/a.wav"]


# -- The shipped line ------------------------------------------------------------------------------


@pytest.fixture
def told(spec: Spec) -> Told:
    return Told(spec.flow, tuple(spec.words.values()), Digits(digit_words(spec)))


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


def test_a_caller_does_in_a_load_what_the_pretend_carrier_would_make_of_it(
    told: Told, shipped: Personas, origin: str
) -> None:
    """The same acts in a call of the load and in one of `ivr call` come to the same events.

    The caller wants the lesson alone: a practice has other codes in each call.
    """
    number = next(n for n in range(99) if person(shipped, 1, n).goals == ("lesson",))
    acts: list[Act] = []
    events: list[Event] = []

    async def run() -> None:
        carrier = Carrier(TOKEN, Tally(1))
        guide = Guide(told, shipped)
        url = f"{origin}/voice"
        rung = Rung(url=url, status_callback=None, guide=guide, apologies=apologies(told))
        call, doing = Callers(guide, rung, carrier, 1, now).call(number)
        listener = call._log._tell
        assert listener is not None

        def listen(event: Event) -> None:
            events.append(event)
            listener(event)

        call._log._tell = listen
        await call.start()
        for act in doing:
            acts.append(act)
            await call.do(act)
        carrier.close()
        assert not carrier.tally.errors

    run_fast(run())
    with Phone(None, TOKEN) as phone:
        call = phone.call(
            f"{origin}/voice", setup=Setup(key_seconds=0.0, dial_outcomes=("no-answer",) * 9)
        )
        call.start(listen_seconds=0)
        for act in acts:
            match act:
                case Wait(seconds):
                    call.wait(seconds)
                case Touch(key):
                    call.press(key, listen_seconds=0)
                case HangUp():
                    call.hang_up()
                case _:
                    call.go_on()
    kinds = (Pressed, Silence, Ended)
    assert len(acts) > 20
    assert [e for e in events if isinstance(e, kinds)] == [
        e for e in call.events if isinstance(e, kinds)
    ]
    heard, usual = (
        [(e.at_seconds, e.seconds) for e in each if isinstance(e, Heard)]
        for each in (events, call.events)
    )
    assert heard == usual


def loaded(
    told: Told,
    personas: Personas,
    url: str,
    load: Load,
    *,
    is_known: bool = True,
    interrupted_after: float | None = None,
) -> tuple[Figures, list[int]]:
    """A load on a fast clock; gives its figures, and how many calls went on whenever told."""
    seen: list[int] = []

    async def run() -> Figures:
        tally = Tally(load.calls)
        carrier = Carrier(TOKEN, tally)
        guide = Guide(told, personas)
        rung = Rung(
            url=url,
            status_callback=url + STATUS_PATH if is_known else None,
            guide=guide if is_known else None,
            apologies=apologies(told),
        )
        callers = Callers(guide, rung, carrier, 1, now)
        crowd = Crowd(load, callers, tally, lambda progress: seen.append(progress.in_progress))
        task = asyncio.current_task()
        if interrupted_after is not None and task is not None:
            asyncio.get_running_loop().call_later(interrupted_after, task.cancel)
        try:
            return await crowd.ring()
        finally:
            carrier.close()

    return run_fast(run()), seen


def test_so_many_calls_go_on_all_the_time_though_they_end(told: Told, shipped: Personas) -> None:
    document = '<Response><Pause length="47"/><Hangup/></Response>'
    with serving(Application({"/": document}).app) as origin:
        load = Load(calls=5, seconds=300.0)
        figures, seen = loaded(told, shipped, f"{origin}/", load, is_known=False)
    assert figures.errors_by_kind == {}
    assert figures.concurrent_calls >= 3  # on this clock a call rings for some seconds
    assert figures.concurrent_max == 6
    assert figures.calls_ended >= 10
    assert figures.calls_answered == figures.turns
    assert figures.plateau_seconds < 300.0 * 0.6
    assert seen[0] == 0
    assert max(seen) <= 6


@pytest.mark.parametrize("is_known", [True, False])
def test_a_call_that_is_over_leaves_nothing_to_the_garbage_collector(
    told: Told, shipped: Personas, *, is_known: bool
) -> None:
    document = '<Response><Pause length="9"/><Hangup/></Response>'
    gc.collect()
    gc.disable()
    try:
        with serving(Application({"/": document}).app) as origin:
            load = Load(calls=4, seconds=200.0)
            figures, _ = loaded(told, shipped, f"{origin}/", load, is_known=is_known)
        left = sum(isinstance(each, (LoadedCall, Ear)) for each in gc.get_objects())
    finally:
        gc.enable()
    assert figures.calls_answered > 15
    assert left <= 2 * load.lines  # those that were hung up at the end may be held by their tasks


def test_callers_of_the_shipped_line_hear_no_apology(
    told: Told, shipped: Personas, origin: str
) -> None:
    figures, _ = loaded(told, shipped, f"{origin}/voice", Load(calls=3, seconds=200.0))
    assert figures.errors_by_kind == {}
    assert figures.turns > 10
    assert figures.clips > 5


def test_callers_of_an_unknown_line_key_what_it_asks_for(told: Told, shipped: Personas) -> None:
    entry = (
        '<Response><Gather timeout="3" action="/"><Say>Your number.</Say></Gather>'
        "<Redirect>/</Redirect></Response>"
    )
    again = MENU.replace("/key", "/entry").replace("/late", "/")
    application = Application({"/": again, "/entry": entry})
    with serving(application.app) as origin:
        figures, _ = loaded(
            told, shipped, f"{origin}/", Load(calls=3, seconds=300.0), is_known=False
        )
    assert figures.errors_by_kind == {}
    digits = [form["Digits"] for form in application.forms if "Digits" in form]
    assert {len(each) for each in digits} >= {1, 4}
    ends = {form["FinishedOnKey"] for form in application.forms if "FinishedOnKey" in form}
    assert ends == {"", "#"}
    assert "/status" not in application.paths


def test_an_apology_is_an_error_though_it_comes_with_200(told: Told, shipped: Personas) -> None:
    sorry = min(apologies(told))
    document = f"<Response><Say>{sorry}</Say><Hangup/></Response>"
    with serving(Application({"/": document}).app) as origin:
        figures, _ = loaded(told, shipped, f"{origin}/", Load(calls=1, seconds=60.0))
    assert figures.errors_by_kind["apology"] == figures.calls_answered
    assert sorry in figures.examples["apology"]


def test_a_line_that_breaks_down_is_not_rung_without_a_pause(told: Told, shipped: Personas) -> None:
    with serving(Application({"/": ("", 500)}).app) as origin:
        figures, _ = loaded(told, shipped, f"{origin}/", Load(calls=2, seconds=30.0))
    assert figures.errors_by_kind.keys() == {"status_500"}
    assert 5 <= figures.errors <= 3 * 30
    assert figures.concurrent_calls == 0


@pytest.mark.parametrize("document", ["", "<html></html>", "<Response><Hangup/></Response>"])
def test_a_line_that_ends_each_call_at_once_is_not_rung_without_a_pause(
    told: Told, shipped: Personas, document: str
) -> None:
    application = Application({"/": document})
    with serving(application.app) as origin:
        loaded(told, shipped, f"{origin}/", Load(calls=2, seconds=60.0), is_known=False)
    assert 5 <= len(application.paths) <= 3 * 61


def test_a_line_that_falls_silent_cannot_hide_it_behind_the_end(
    told: Told, shipped: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_module, "ANSWER_SECONDS", SPEED / 2)
    monkeypatch.setattr(crowd_module, "LEAVING_SECONDS", SPEED)
    application = Application({})

    @application.app.before_request
    def hang() -> None:
        if request.path != "/":
            asyncio.run(asyncio.sleep(1.0))

    with serving(application.app) as origin:
        load = Load(calls=3, seconds=40.0)
        figures, _ = loaded(told, shipped, f"{origin}/", load, is_known=False)
    assert figures.concurrent_calls == 4  # all wait for an answer at the end
    assert figures.errors_by_kind == {"timeout": 4}
    assert figures.slowest_ms >= SPEED / 2 * 1000


def test_a_load_that_is_interrupted_gives_the_figures_so_far(told: Told, shipped: Personas) -> None:
    with serving(Application({}).app) as origin:
        load = Load(calls=3, seconds=3600.0)
        figures, seen = loaded(
            told, shipped, f"{origin}/", load, is_known=False, interrupted_after=90.0
        )
    assert 90.0 <= figures.seconds < 200.0
    assert (figures.is_whole, figures.is_good, figures.errors) == (False, False, 0)
    assert figures.turns > 0
    assert seen


def test_a_failure_of_our_own_ends_the_load_at_once(
    told: Told, shipped: Personas, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Callers, "call", fails)
    with pytest.raises(ZeroDivisionError):
        loaded(told, shipped, f"{origin}/voice", Load(calls=2, seconds=3600.0))


def test_a_load_finds_out_which_flow_a_line_has(told: Told, shipped: Personas, origin: str) -> None:
    plan = _plan(told, shipped, f"{origin}/voice")
    figures = hold(plan)
    assert figures.errors_by_kind == {}
    assert figures.clips > 0
    assert figures.concurrent_max == 3  # two and one that may ring meanwhile


def test_a_load_tells_whom_it_was_told_to_tell(told: Told, shipped: Personas) -> None:
    application = Application({})
    with serving(application.app) as origin:
        called_back = f"{origin}/status"
        plan = _plan(told, shipped, f"{origin}/", lambda: called_back)
        figures = hold(plan)
    assert figures.errors_by_kind == {}
    assert "/status" in application.paths


def _plan(
    told: Told, personas: Personas, url: str, called_back: Callable[[], str | None] = lambda: None
) -> Plan:
    return Plan(
        url=url,
        token=TOKEN,
        told=told,
        guide=Guide(told, personas),
        status_callback=called_back(),
        seed=1,
        load=Load(calls=2, seconds=4.0),
        now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    )

"""What the tables of conformance share: an application of raw documents, and the view of a call.

    case(
        {"/voice": "<Response><Gather numDigits='1' action='/turn'/><Hangup/></Response>",
         "/turn": "<Response><Say>Thanks</Say></Response>"},
        "1",
        asked=["POST /voice", "POST /turn"],
        sent={"/turn": {"Digits": "1"}},
        heard=["Thanks"],
    )

The application answers only what Twilio's own library finds well signed; anything else gets a 403,
and so an error that no case expects. Nor has a case warnings or failures that it does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, Unpack
from urllib.parse import urlsplit

from msgspec import Struct
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from ivr.simulator.events import Dialed, Said
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from tests.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    import httpx

    from ivr.simulator.call import Call

TOKEN = "secret"
ORIGIN = "http://line.test"
CALL_SID = "CA" + "1" * 32
SETUP = Setup(started_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC))
XML = "text/xml"

EMPTY = "<Response/>"
THANKS = "<Response><Say>Thanks</Say></Response>"
ONE_SECOND = "Fourteen chars"
"""Takes a second to say."""
NO_HTTP = "mailto:a@b.test"
"""A URL, and none of a web page."""
BENGALI = "\u0998\u09b0\u09c7 \u09ac\u09b8\u09c7"


class Reply(Struct, frozen=True):
    """An answer of the application."""

    body: str | bytes = ""
    status: int = 200
    type: str | None = XML
    """The content type; None for none."""
    headers: Mapping[str, str] = {}


Answer: TypeAlias = str | Reply
"""A string is a document of TwiML."""
Page: TypeAlias = Answer | Sequence[Answer] | Callable[[Request], Answer]
"""Some answers are given one a visit, and the last of them from then on."""
Do: TypeAlias = Callable[["Call"], None]


class Asked(Struct, frozen=True):
    """A request that the application got."""

    method: str
    target: str
    """Path and query, exactly as sent."""
    params: Mapping[str, str]
    """Of the form, or of the query."""
    form: Mapping[str, str]
    headers: Mapping[str, str]
    is_signed: bool

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Application:
    """Answers each path with its page, and anything else with 404."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = pages
        self.asked: list[Asked] = []
        self.target = ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        signature = request.headers.get("X-Twilio-Signature", "")
        url = f"{request.scheme}://{request.headers['Host']}{self.target}"
        is_signed = RequestValidator(TOKEN).validate(url, request.form, signature)
        asked = Asked(
            request.method,
            self.target,
            request.values.to_dict(),
            request.form.to_dict(),
            dict(request.headers),
            is_signed,
        )
        self.asked.append(asked)
        reply = self._answer(request, asked) if is_signed else Reply("not signed", 403)
        response = Response(reply.body, reply.status, dict(reply.headers))
        response.headers.remove("Content-Type")
        if reply.type is not None:
            response.headers["Content-Type"] = reply.type
        return response(environ, start_response)

    def forms(self, path: str) -> list[Mapping[str, str]]:
        """Gives the parameters of each request of a path."""
        return [asked.params for asked in self.asked if asked.path == path]

    def _answer(self, request: Request, asked: Asked) -> Reply:
        page = self.pages.get(asked.path, Reply("", 404))
        if callable(page):
            answer = page(request)
        elif isinstance(page, str | Reply):
            answer = page
        else:
            answer = page[min(len(self.forms(asked.path)), len(page)) - 1]
        return Reply(answer) if isinstance(answer, str) else answer


class Carrier(InProcess):
    """The way to an application in this process, which is told of the URL exactly as sent."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self._application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._application.target = request.url.raw_path.decode("ascii")
        return super().handle_request(request)


class Then(TypedDict, total=False):
    """What is seen of a call; a case names some of it."""

    asked: Sequence[str]
    """Each request that the application got: `POST /turn`."""
    targets: Sequence[str]
    """The same with its query: `POST /turn?n=1`."""
    sent: Mapping[str, Mapping[str, str | None]]
    """Some parameters of the last request of each path; None for one that is not there."""
    cookies: Mapping[str, str | None]
    """The header of the last request of each path; None for none."""
    each: Mapping[str, Mapping[str, Sequence[str | None]]]
    """The same parameter of all requests of a path."""
    heard: Sequence[str]
    said: Sequence[tuple[str, str, str, int]]
    """Text, language, voice and loop of each Say."""
    dialed: Sequence[tuple[tuple[str, ...], str]]
    """Whom each Dial called, and its outcome."""
    talked: Sequence[float]
    """For how many seconds, by each Dial."""
    ended: str | None
    seconds: float
    warnings: Sequence[int | None]
    """Their codes; none when not named. The same for failures."""
    failures: Sequence[int | None]
    messages: Sequence[str]
    """Of the warnings."""
    events: Sequence[str]
    """The names of all events in order, without the requests."""
    at: Mapping[str, float | None]
    """When the last event of a name happened; None when none did."""


class Case(Struct, frozen=True):
    """An application, what its caller does, and what is seen then."""

    pages: Mapping[str, Page]
    caller: str | Sequence[Do]
    setup: Setup
    path: str
    then: Then

    def expected(self) -> dict[str, object]:
        """Gives what is to be seen."""
        return {"warnings": [], "failures": []} | dict(self.then)

    def seen(self) -> dict[str, object]:
        """Places the call, and gives what is seen of it."""
        application = Application(self.pages)
        with Phone(Carrier(application), TOKEN) as phone:
            call = phone.call(ORIGIN + self.path, setup=self.setup, call_sid=CALL_SID)
            if isinstance(self.caller, str):
                follow(call, parse(self.caller))
            else:
                for do in self.caller:
                    do(call)
        seen = Seen(application, call, self.then)
        return {name: getattr(seen, name)() for name in self.expected()}


class Seen:
    """What is seen of a call, by the names of `Then`."""

    def __init__(self, application: Application, call: Call, then: Then) -> None:
        self._asked = application.asked
        self._forms = application.forms
        self._call = call
        self._then = then

    def asked(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self._asked]

    def targets(self) -> list[str]:
        return [f"{asked.method} {asked.target}" for asked in self._asked]

    def sent(self) -> dict[str, dict[str, str | None]]:
        return {
            path: {param: self._forms(path)[-1].get(param) for param in params}
            for path, params in self._then["sent"].items()
        }

    def cookies(self) -> dict[str, str | None]:
        last = {asked.path: asked.headers.get("Cookie") for asked in self._asked}
        return {path: last[path] for path in self._then["cookies"]}

    def each(self) -> dict[str, dict[str, list[str | None]]]:
        return {
            path: {param: [form.get(param) for form in self._forms(path)] for param in params}
            for path, params in self._then["each"].items()
        }

    def heard(self) -> list[str]:
        return self._call.heard

    def said(self) -> list[tuple[str, str, str, int]]:
        said = (event for event in self._call.events if isinstance(event, Said))
        return [(event.text, event.language, event.voice, event.loop) for event in said]

    def dialed(self) -> list[tuple[tuple[str, ...], str]]:
        dialed = (event for event in self._call.events if isinstance(event, Dialed))
        return [(event.to, event.outcome) for event in dialed]

    def talked(self) -> list[float]:
        dialed = (event for event in self._call.events if isinstance(event, Dialed))
        return [round(event.seconds, 3) for event in dialed]

    def ended(self) -> str | None:
        return self._call.ended

    def seconds(self) -> float:
        return round(self._call.seconds, 3)

    def warnings(self) -> list[int | None]:
        return [event.code for event in self._call.warnings]

    def failures(self) -> list[int | None]:
        return [event.code for event in self._call.failures]

    def messages(self) -> list[str]:
        return [event.message for event in self._call.warnings]

    def events(self) -> list[str]:
        names = (type(event).__name__ for event in self._call.events)
        return [name for name in names if name not in {"Requested", "Received"}]

    def at(self) -> dict[str, float | None]:
        at = {type(event).__name__: round(event.at_seconds, 3) for event in self._call.events}
        return {name: at.get(name) for name in self._then["at"]}


def case(
    pages: Mapping[str, Page],
    caller: str | Sequence[Do] = "",
    *,
    setup: Setup = SETUP,
    path: str = "/voice",
    **then: Unpack[Then],
) -> Case:
    """Gives a case.

    Args:
        pages: by path.
        caller: a script as of `ivr call --keys`, after which the caller hangs up; or what the
            caller does, from `start` on.
        setup: of the call.
        path: of the first document.
        **then: what is seen.
    """
    return Case(pages, caller, setup, path, then)


def one(
    document: Answer,
    caller: str | Sequence[Do] = "",
    *,
    setup: Setup = SETUP,
    path: str = "/voice",
    **then: Unpack[Then],
) -> Case:
    """Gives a case of one document; the rest as for `case`."""
    return Case({urlsplit(path).path: document}, caller, setup, path, then)


def start(listen_seconds: float | None = None) -> Do:
    return lambda call: call.start(listen_seconds=listen_seconds)


def press(keys: str, listen_seconds: float | None = None) -> Do:
    return lambda call: call.press(keys, listen_seconds=listen_seconds)


def say(text: str, listen_seconds: float | None = None) -> Do:
    return lambda call: call.say(text, listen_seconds=listen_seconds)


def record(seconds: float, listen_seconds: float | None = None) -> Do:
    return lambda call: call.record(seconds, listen_seconds=listen_seconds)


def wait(seconds: float | None = None) -> Do:
    return lambda call: call.wait(seconds)


def hang_up() -> Do:
    return lambda call: call.hang_up()


def setup(**fields: Any) -> Setup:
    """Gives the setup of the cases with some fields changed."""
    return Setup(**({"started_at": SETUP.started_at} | fields))


def clip(words: str = "", seconds: float = 1, **headers: str) -> Reply:
    """Gives the answer that is a WAV file; underscores of header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(sound(words, seconds), type="audio/wav", headers=named)


PROMPTED: dict[str, Page] = {
    "/voice": f"""<Response>
        <Gather action='/turn' timeout='2'>
            <Say>{ONE_SECOND}</Say><Play>/two.wav</Play><Pause length='3'/>
        </Gather>
        <Hangup/>
    </Response>""",
    "/two.wav": clip("Two", 2),
    "/turn": THANKS,
}
"""A Gather that says something up to 1 s, plays a clip up to 3 s and is silent up to 6 s."""

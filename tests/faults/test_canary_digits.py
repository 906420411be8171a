"""Secrets keyed at every place, in every way a request can hold them, turn up nowhere."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from flask import request
from msgspec import Struct, field
from msgspec.structs import replace

from ivr.flow.model import Lesson, Practice
from ivr.flow.places import is_place
from ivr.logs import configure
from ivr.store.redis import RedisStore
from ivr.twiml.signature import HEADER, sign
from ivr.web.app import create_app
from ivr.web.voice import Voice
from tests.conftest import DAY, LINE, TOKEN
from tests.faults import canaries
from tests.faults.canaries import CALLER, KEYED, VOLUNTEER, hits
from tests.faults.redis_servers import RedisServer
from tests.logging_taken_back import logging_as_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from flask import Flask

    from ivr.flow.model import Flow
    from ivr.web.parts import Parts
    from ivr.web.webhook import Webhook

BEGAN = int(DAY.timestamp())
WAYS: dict[str, Callable[[str], dict[str, str]]] = {
    "digits": lambda digits: {"Digits": digits, "FinishedOnKey": "", "msg": "Gather End"},
    "ended by #": lambda digits: {"Digits": digits, "FinishedOnKey": "#"},
    "as the last key": lambda digits: {"Digits": "", "FinishedOnKey": digits},
    "spoken": lambda digits: {"SpeechResult": f"it is {digits}", "Confidence": "0.9"},
    "in groups": lambda digits: {"Digits": f"{digits[:2]}*{digits[2:]}"},
    "beside a Dial": lambda digits: {"DialCallStatus": "no-answer", "Digits": digits},
    "in a field of no use": lambda digits: {"Digits": "1", "CallerName": digits},
}
"""How a form can hold what was keyed or said."""
LEAD = 2
"""So many turns ahead of the last one each request is: the line takes its own signed URL's word."""
FIRST = 10


def at(place: str, turn: int) -> str:
    """The address of a turn, as the line writes it itself."""
    return f"/voice/turn/{place}?turn={turn}&call={BEGAN}"


class Answers(Struct):
    """Everything that the line has answered."""

    said: list[str] = field(default_factory=list)

    def add(self, response: httpx.Response) -> None:
        """Head and body; the volunteer's number is meant for the carrier, in a Dial alone."""
        body = re.sub(rf"<Number>{re.escape(VOLUNTEER)}</Number>", "<Number/>", response.text)
        self.said += [f"{name}: {value}" for name, value in response.headers.items()]
        self.said.append(body)


class Canary(Struct):
    """A caller who keys secrets wherever asked, and a carrier that sends them on."""

    client: httpx.Client
    answers: Answers = field(default_factory=Answers)
    calls: Iterator[int] = field(default_factory=count)
    statuses: list[int] = field(default_factory=list)

    def ring(self) -> dict[str, str]:
        """Begin a call; gives the form that its requests have in common."""
        form = {
            "AccountSid": "AC1",
            "CallSid": f"CAcanary{next(self.calls)}",
            "From": CALLER,
            "To": "+12025550100",
            "CallStatus": "in-progress",
        }
        assert self.send("/voice", form).status_code == 200
        return form

    def send(
        self, path: str, form: Mapping[str, str], *, token: str = TOKEN, method: str = "POST"
    ) -> httpx.Response:
        is_form = method == "POST"
        signature = sign(token, LINE + path, form if is_form else {})
        headers = {HEADER: signature, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form) if is_form else None
        response = self.client.request(method, LINE + path, content=body, headers=headers)
        self.answers.add(response)
        self.statuses.append(response.status_code)
        return response

    def key_at(
        self, place: str, language: str, ways: Mapping[str, Callable[[str], dict[str, str]]]
    ) -> None:
        """Key each secret at one place in each way."""
        form, turns = self.ring(), count(FIRST, LEAD)
        for make in ways.values():
            for secret in KEYED:
                path = at(place, next(turns)) + ("" if language == "bn" else ",language:en")
                response = self.send(path, form | make(secret))
                assert response.status_code == 200, (place, secret)
                assert response.content.startswith(b"<?xml"), (place, secret)

    def disturb(self, place: str, secret: str) -> None:
        """Send a secret in requests that a line refuses, or that come beside the turns."""
        form = self.ring() | {"Digits": secret}
        path = at(place, FIRST)
        self.send(path, form, token="another")
        self.send(path, {"Digits": secret})
        self.send(f"{path}&{secret}={secret}", form)
        self.send(f"{path}&Digits={secret}&From={CALLER}", {}, method="GET")
        self.send(f"/voice/turn/{place}.{secret}?turn={FIRST}&call={secret}", form)
        told = f"{secret},language:{secret},back:{secret},{secret}"
        self.send(f"/voice/turn/{secret}?turn={FIRST}&call={told}", form)
        self.send("/voice/status", form | {"CallStatus": secret})
        for tried in ("", "&retry=2", "&retry=4"):
            failed = f"{LINE}{path}{tried}&Digits={secret}"
            self.send("/voice/fallback", form | {"ErrorCode": "11200", "ErrorUrl": failed})
        self.send(f"/clips/{secret}.wav", {}, method="GET")
        self.send("/voice/status", form | {"CallStatus": "completed", "CallDuration": "61"})
        self.send(path, form)

    def ready(self) -> dict[str, Any]:
        response = self.client.get(f"{LINE}/readyz")
        self.answers.add(response)
        found: dict[str, Any] = response.json()
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One that writes all it is given to disk."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with RedisServer(folder, keeps_data=True, options={"appendfsync": "everysec"}) as running:
        yield running


@pytest.fixture
def canary_parts(parts: Parts, server: RedisServer) -> Iterator[Parts]:
    server.empty()
    store = RedisStore(server.url)
    yield replace(parts, store=store, helper_number=VOLUNTEER)
    store.close()


@contextmanager
def logged(*, is_json: bool) -> Iterator[StringIO]:
    """All that is logged while the block runs, at every level, by whomever."""
    with logging_as_before(), redirect_stderr(StringIO()) as written:
        configure(is_json=is_json, level="debug")
        yield written


@contextmanager
def canary(parts: Parts) -> Iterator[Canary]:
    with httpx.Client(transport=httpx.WSGITransport(app=create_app(parts))) as client:
        yield Canary(client)


def places(flow: Flow) -> list[str]:
    """Every place that can ask for keys: nodes, steps of lessons, parts of codes."""
    found: list[str] = []
    for name, node in flow.nodes.items():
        match node:
            case Lesson():
                found += [f"{name}.{step.prompt}" for step in node.steps]
            case Practice():
                parts = range(1, len(node.code.groups) + 1)
                found += [name, *(f"{name}.part_{part}" for part in parts if len(parts) > 1)]
            case _:
                found.append(name)
    return [each for each in found if is_place(flow, each)]


@pytest.mark.parametrize("is_json", [True, False], ids=["JSON", "text"])
@pytest.mark.parametrize("language", ["bn", "en"])
def test_no_secret_that_is_keyed_is_kept_logged_or_repeated(
    language: str,
    server: RedisServer,
    canary_parts: Parts,
    record_property: Any,
    *,
    is_json: bool,
) -> None:
    every = places(canary_parts.spec.flow)
    with logged(is_json=is_json) as log, canary(canary_parts) as caller:
        for number, place in enumerate(every):
            # Each way everywhere in the one run, and by turns in the other: both log alike.
            names = [*WAYS] if is_json else [[*WAYS][number % len(WAYS)]]
            caller.key_at(place, language, {name: WAYS[name] for name in names})
            caller.disturb(place, KEYED[number % len(KEYED)])
        caller.ready()
        found = {
            "Redis": hits(canaries.kept(server)),
            "its files": hits(canaries.on_disk(server)),
            "answers": hits("\n".join(caller.answers.said)),
            "log": hits(log.getvalue()),
        }
    assert len(log.getvalue().splitlines()) > len(every)
    assert {200, 204, 400, 403, 404, 405} <= set(caller.statuses)
    assert max(caller.statuses) < 500
    record_property("requests", len(caller.statuses))
    sys.stdout.write(f"\n{len(every)} places, {len(caller.statuses)} requests\n")
    assert found == {"Redis": [], "its files": [], "answers": [], "log": []}


@pytest.mark.parametrize("is_json", [True, False], ids=["JSON", "text"])
def test_no_secret_stands_in_what_is_told_of_a_fault(
    canary_parts: Parts, monkeypatch: pytest.MonkeyPatch, *, is_json: bool
) -> None:
    """The fault is the worst there can be: its message has the whole form."""

    def fail(_: Voice, webhook: Webhook, place: str) -> NoReturn:
        raise ValueError(f"cannot take {webhook!r} at {place!r}")

    every = places(canary_parts.spec.flow)
    with logged(is_json=is_json) as log, canary(canary_parts) as caller:
        form = caller.ring()
        monkeypatch.setattr(Voice, "_turn", fail)
        for place, make in zip(every, [*WAYS.values()] * len(every), strict=False):
            for secret in KEYED:
                caller.send(at(place, FIRST), form | make(secret))
    assert log.getvalue().count("ValueError: cannot take") == len(every) * len(KEYED)
    assert set(caller.statuses) == {200}
    assert hits(log.getvalue()) == []
    assert hits("\n".join(caller.answers.said)) == []


def test_no_secret_is_told_while_redis_is_away(server: RedisServer, canary_parts: Parts) -> None:
    with logged(is_json=True) as log, canary(canary_parts) as caller:
        server.kill()
        try:
            for number, place in enumerate(places(canary_parts.spec.flow)):
                name = [*WAYS][number % len(WAYS)]
                caller.key_at(place, "bn", {name: WAYS[name]})
            told = caller.ready()
        finally:
            server.start()
    assert told["degraded"] == ["redis"]
    assert "degraded" in log.getvalue()
    assert hits(log.getvalue()) == []
    assert hits("\n".join(caller.answers.said)) == []


# -- The search itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [*KEYED, *canaries.NUMBERS])
def test_what_is_planted_is_found(secret: str, server: RedisServer) -> None:
    packed = msgspec.msgpack.encode(["bn", int(secret.lstrip("+"))])
    with server.raw() as client:
        client.flushall()
        client.set("text", f"it is {secret}")
        client.set("packed", packed)
        client.hset("counts", f"keyed.{secret}", 1)
        client.zadd("calls", {f"CA-{secret}": 1.0})
        client.set(secret, "a name")
    assert len(hits(canaries.kept(server))) >= 5
    assert len(hits(canaries.on_disk(server))) >= 4
    assert hits(f'{{"event": "turn", "digits": "{secret}"}}')


def test_a_secret_that_would_be_logged_as_a_word_of_its_own_is_found() -> None:
    """What masks the log is not what searches it."""
    for secret in KEYED:
        assert hits(f"x={secret}&") == [f"x={secret}&"]
    assert hits(f"name_{canaries.PHONE}x")
    assert hits("Digits=93*71#")
    assert hits(f"f{canaries.PIN}e0") == [], "four digits within a hash are chance"


def test_a_secret_in_an_answer_is_found(canary_parts: Parts) -> None:
    app: Flask = create_app(canary_parts)
    app.add_url_rule("/echo", view_func=lambda: request.args["Digits"])
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        caller = Canary(client)
        caller.answers.add(client.get(f"{LINE}/echo?Digits={canaries.PIN}"))
    assert hits("\n".join(caller.answers.said))

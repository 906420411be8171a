"""How fast the pretend carrier is: the whole registration practised on this project's own line.

    make bench

The floor is the same number of bare requests by httpx to an application that does nothing, measured
in turns with the calls in one run, since machines are noisy. Asked for: a whole practice of about
30 turns in under 0.5 s, in-process and in virtual time; and a thousand calls without growing. Each
practice is made twice, the second time by a phone that knows every clip, as in a rehearsal of many
callers; its time is told as a multiple of what the line itself takes for the same requests.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import httpx
from msgspec import Struct
from rich.console import Console

# A script has only its own folder on the path; the application and its caller are the tests' own.
sys.path.insert(0, str(Path(__file__).parents[2]))

from ivr.cli.audio.studio import render_missing
from ivr.cli.project import read_spec
from ivr.cli.table import table
from ivr.logs import configure
from ivr.settings import Settings
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.speech.library import Library
from ivr.store.embedded import embedded_redis
from ivr.store.redis import RedisStore
from ivr.web.app import create_app
from ivr.web.parts import Parts
from tests.simulator.applications.whole_practice import register

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from ivr.flow.model import Spec
    from ivr.simulator.call import Call

ROUNDS = 15
CALLS = 1_000
ROOT = Path(__file__).parents[2]
TOKEN = "token-of-the-benchmark"
URL = "http://line.test/voice"
MIB = 1024 * 1024
MENU = b"""<Response>
  <Gather numDigits="1"><Say>Press 1.</Say></Gather><Redirect/>
</Response>"""


class Practice(Struct, frozen=True):
    """One whole practice, and its floor."""

    seconds: float
    application_seconds: float
    floor_seconds: float
    turns: int
    requests: int
    virtual_seconds: float
    known_turn_seconds: float
    """Of a turn when every clip is known."""
    known_multiple: float
    """The same, as a multiple of the line's own work in it: 1 would be a carrier for nothing."""


def own_line(stack: ExitStack, spec: Spec) -> WSGIApplication:
    """This project's line, with clips by the offline voice and a Redis of its own."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    settings = Settings.from_env({"IVR_CONFIG": str(ROOT / "config"), "IVR_AUDIO": str(folder)})
    render_missing(spec.words, settings, Console(quiet=True), voice_name="espeak")
    store = RedisStore(stack.enter_context(embedded_redis(folder)))
    stack.callback(store.close)
    return create_app(
        Parts(
            spec=spec,
            store=store,
            library=Library.open(folder),
            auth_tokens=(TOKEN,),
            secret_key="secret-of-the-benchmark",
            clock=lambda: datetime(2026, 3, 2, 6, 30, tzinfo=UTC),
        )
    )


def nothing(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An application that answers at once."""
    start_response("200 OK", [("Content-Type", "text/xml")])
    return [MENU]


def practise(app: WSGIApplication, spec: Spec) -> Practice:
    """One practice by a phone that knows no clip yet, another that does, and bare requests."""
    inside: list[float] = []

    def timed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = time.perf_counter()
        answer = list(app(environ, start_response))
        inside.append(time.perf_counter() - begun)
        return answer

    with Phone(InProcess(timed), TOKEN) as phone:
        call = phone.call(URL)
        begun = time.perf_counter()
        turns = register(call, spec)
        seconds, requests = time.perf_counter() - begun, len(inside)
        again = phone.call(URL)
        begun = time.perf_counter()
        register(again, spec)
        known_seconds = time.perf_counter() - begun
    _expect_clean(call)
    _expect_clean(again)
    with httpx.Client(transport=httpx.WSGITransport(nothing), trust_env=False) as client:
        begun = time.perf_counter()
        for _ in range(requests):
            client.post(URL, data={"CallSid": "CA1", "Digits": "1"})
        floor_seconds = time.perf_counter() - begun
    return Practice(
        seconds=seconds,
        application_seconds=sum(inside[:requests]),
        floor_seconds=floor_seconds,
        turns=turns,
        requests=requests,
        virtual_seconds=call.seconds,
        known_turn_seconds=known_seconds / turns,
        known_multiple=known_seconds / sum(inside[requests:]),
    )


def _expect_clean(call: Call) -> None:
    if call.failures or call.ended != "caller":
        raise SystemExit(f"the practice failed: {call.ended}, {call.failures}")


def short_calls() -> tuple[float, float]:
    """Calls a second of two turns each, and by how many MiB the process grew meanwhile."""
    turns = parse("1 silence")
    with Phone(InProcess(nothing), TOKEN) as phone:

        def place(count: int) -> None:
            for _ in range(count):
                follow(phone.call(URL), turns)

        place(CALLS // 5)
        gc.collect()
        before = _resident_mib()
        begun = time.perf_counter()
        place(CALLS)
        seconds = time.perf_counter() - begun
        return CALLS / seconds, _resident_mib() - before


def _resident_mib() -> float:
    """The most memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB


def main() -> None:
    """Measure, and print one table."""
    configure(is_json=True, level="warning")  # a line for each turn would hide the table
    spec = read_spec(ROOT / "config")
    with ExitStack() as stack:
        app = own_line(stack, spec)
        practise(app, spec)  # imports and caches of the first call are not the call's
        rounds = [practise(app, spec) for _ in range(ROUNDS)]
    a_second, grown_mib = short_calls()
    one = rounds[0]
    seconds = statistics.median(each.seconds for each in rounds)
    application = statistics.median(each.application_seconds for each in rounds)
    floor = statistics.median(each.floor_seconds for each in rounds)
    carrier = seconds - application
    known_turn = statistics.median(each.known_turn_seconds for each in rounds)
    known_multiple = statistics.median(each.known_multiple for each in rounds)
    click.echo(
        "The pretend carrier (ivr call, the phone fixture): the whole registration, practised on "
        "this line\n"
        f"{one.turns} turns, {one.requests} requests, {one.virtual_seconds:.0f} s of a caller's "
        f"time; the median of {ROUNDS} rounds; {os.cpu_count()} cores\n"
    )
    rows = [
        ("what", "measured", "asked for"),
        ("a whole practice", f"{seconds:.3f} s", "under 0.5 s"),
        ("  of it, the line's own work", f"{application:.3f} s", ""),
        ("  of it, the carrier itself", f"{carrier:.3f} s", ""),
        ("as many bare requests by httpx", f"{floor:.3f} s", ""),
        ("the carrier itself, as a multiple of bare requests", f"{carrier / floor:.1f}", ""),
        ("a turn when every clip is known", f"{known_turn * 1000:.2f} ms", ""),
        ("  as a multiple of the line's own work in it", f"{known_multiple:.2f}", ""),
        ("short calls of two turns in a second", f"{a_second:.0f}", ""),
        (f"more memory after {CALLS} of them", f"{grown_mib:.1f} MiB", "about 0"),
    ]
    click.echo(f"{table(rows, numbers={1})}\n")


if __name__ == "__main__":
    main()

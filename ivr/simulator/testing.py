"""The telephone of the pytest fixture `phone`, which can be used without pytest as well."""

from __future__ import annotations

from contextlib import ExitStack
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Self

import httpx
from msgspec.structs import replace

from ivr.errors import CallError
from ivr.simulator.faults import parse_faults
from ivr.simulator.follower import follow
from ivr.simulator.http.in_process import InProcess
from ivr.simulator.phone import Phone
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from ivr.simulator.transcript import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import WSGIApplication

    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits

ORIGIN = "http://line.test"
"""Where an application is that is rung in-process."""


class TestPhone:
    """Rings applications, and remembers the calls.

        with TestPhone("secret") as phone:
            call = phone.ring(app, path="/voice", keys="1 silence 2")

    Args:
        auth_token: signs every request, unless a call is given another.
    """

    __test__ = False  # pytest takes it for a class of tests by its name

    def __init__(self, auth_token: str = "") -> None:
        self.calls: list[Call] = []
        self._auth_token = auth_token
        self._phones: dict[tuple[int, str], Phone] = {}
        self._stack = ExitStack()

    def ring(  # noqa: PLR0913 - what a ring has, by name and with defaults
        self,
        target: str | WSGIApplication,
        keys: str | None = None,
        *,
        path: str | None = None,
        token: str | None = None,
        listen_seconds: float | None = None,
        fault: str | Iterable[str] = (),
        digits: Digits | None = None,
        **setup: Any,
    ) -> Call:
        """Places a call, and listens until the line waits for the caller or the call ends.

        Args:
            target: the URL of a running application, or a WSGI application itself.
            keys: a script such as "1 2 silence", after which the caller hangs up; None leaves the
                call to the test.
            path: of the first document of a WSGI application, with its query; None means "/".
            token: signs the requests; None for the phone's own.
            listen_seconds: how long to listen at first; None until the line waits. Not with `keys`.
            fault: what goes wrong on the way to the application: `slow:SECONDS`, `status:CODE`,
                `drop` or `duplicate`, with `@N` behind it for the N-th request for a document only;
                or several of them. Besides those of `faults`, which is a field of the setup.
            digits: what counts as a digit that was read out, for `heard` in keys; None: numerals
                and English words.
            **setup: fields of `ivr.simulator.setup.Setup`, such as `from_number`.

        Raises:
            CallError: the script, a fault or the setup is wrong, or two arguments do not go
                together.
            ScriptError: `heard` comes where nothing was read out.
        """
        turns = None if keys is None else parse(keys)
        faults = parse_faults([fault] if isinstance(fault, str) else fault)
        if turns is not None and listen_seconds is not None:
            raise CallError("give keys or listen_seconds, not both")
        url = _url(target, path)
        phone = self._phone(target, self._auth_token if token is None else token)
        made = replace(Setup(), **setup)
        call = phone.call(url, setup=replace(made, faults=(*made.faults, *faults)))
        self.calls.append(call)
        if turns is None:
            call.start(listen_seconds=listen_seconds)
        else:
            follow(call, turns, digits)
        return call

    def transcripts(self) -> list[str]:
        """Gives what happened on each call, in lines to read."""
        return [_transcript(call) for call in self.calls]

    def close(self) -> None:
        """Closes all connections; calls that go on are left as they are."""
        self._stack.close()

    def _phone(self, target: str | WSGIApplication, token: str) -> Phone:
        """One for each application and token, so that its clips are read once."""
        key = (0 if isinstance(target, str) else id(target), token)
        if key not in self._phones:
            transport = None if isinstance(target, str) else InProcess(target)
            self._phones[key] = self._stack.enter_context(Phone(transport, token))
        return self._phones[key]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _url(target: str | WSGIApplication, path: str | None) -> str:
    if isinstance(target, str):
        if path is not None:
            raise CallError(f"path {path!r} has no place beside a URL; make it part of {target!r}")
        return target
    if iscoroutinefunction(target) or iscoroutinefunction(type(target).__call__):
        raise CallError(f"{target!r} is an ASGI application; run it on a server, and ring its URL")
    return str(httpx.URL(ORIGIN).join(path or "/"))


def _transcript(call: Call) -> str:
    end = f"It was ended by: {call.ended}." if call.ended else "It goes on."
    return "\n".join([*told(call.events), end, *_unused(call)])


def _unused(call: Call) -> Iterator[str]:
    """A test whose fault befalls nothing has not tested what it means to."""
    for fault in call.unused_faults:
        yield f"The fault {fault} befell nothing: the call had too few requests for documents."

"""The form of a kept call: YAML that a person can read, an event a line.

    version: 1
    url: http://127.0.0.1:5000/voice
    keys: 1 heard
    method: POST
    …
    events:
    - {at: 0.0, event: request, method: POST, url: /voice, status: 200}
    - {at: 0.0, event: say, text: 'For our opening hours, press 1.', language: en, …}
    - {at: 2.7, event: pressed, digits: '1', finished_on: ''}

A change of its form is a new version; files of older ones are still read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the types of fields
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import msgspec
import yaml
from msgspec import Meta, Struct

from ivr.errors import CallError, ReplayError, TwimlError
from ivr.simulator.faults import parse_faults
from ivr.simulator.http.urls import resolve
from ivr.simulator.replay.happenings import Happening, Seconds
from ivr.simulator.replay.kept import KeptCall, Moment
from ivr.simulator.replay.notation import Loader, dumped
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from ivr.twiml.request import DialStatus  # noqa: TC001
from ivr.twiml.rules import MAX_CALL_SECONDS
from ivr.twiml.verbs import Method  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import Node

    from ivr.simulator.faults import Fault

VERSION: Final = 1
NO_URL: Final = "http://line.test/"
"""In place of the one that the own line of a checkout does not have."""
HEADING: Final = "# A call that was kept: ivr call --replay FILE places it again.\n"

_Event: TypeAlias = dict[str, Any]
"""Looked at more closely as a Happening."""
_PATH: Final = re.compile(r" - at `(?:key` in `)?\$(?:\[\.\.\.\])?(?P<path>[^`]*)`$")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of the file, in its order."""

    version: Literal[1]
    url: str | None
    keys: str
    method: Method
    from_number: str = msgspec.field(name="from")
    to_number: str = msgspec.field(name="to")
    account_sid: str
    params: Mapping[str, str]
    dial: tuple[DialStatus, ...]
    fallback: str | None
    status_callback: str | None
    max_turns: Annotated[int, Meta(ge=1)]
    faults: tuple[str, ...]
    key_seconds: Seconds
    started_at: Annotated[datetime, Meta(tz=True)]
    events: tuple[_Event, ...]


def written(kept: KeptCall) -> str:
    """Gives the text of a kept call's file."""
    head = msgspec.to_builtins(_file(kept))
    moments = head.pop("events")
    lines = [HEADING, dumped(head, is_flow=False)]
    lines.append("events:\n" if moments else "events: []\n")
    lines += [f"- {dumped(moment, is_flow=True)}" for moment in moments]
    return "".join(lines)


def _file(kept: KeptCall) -> _File:
    setup = kept.setup
    return _File(
        version=VERSION,
        url=kept.url,
        keys=kept.keys,
        method=setup.method,
        from_number=setup.from_number,
        to_number=setup.to_number,
        account_sid=setup.account_sid,
        params=setup.params,
        dial=setup.dial_outcomes,
        fallback=setup.fallback_url,
        status_callback=setup.status_callback,
        max_turns=setup.max_documents,
        faults=tuple(str(fault) for fault in setup.faults),
        key_seconds=setup.key_seconds,
        started_at=setup.started_at,
        events=tuple(
            {"at": moment.at_seconds, "event": moment.event, **moment.fields}
            for moment in kept.moments
        ),
    )


def read(text: str, name: str) -> KeptCall:
    """Gives the kept call of a file.

    Args:
        text: of the file.
        name: of the file, for messages.

    Raises:
        ReplayError: names file, line, what is wrong and what to do.
    """
    root: Node | None = None
    try:
        loader = Loader(text)
        root = loader.get_single_node()
        found = None if root is None else loader.construct_document(root)
        _check_version(found)
        return _kept(msgspec.convert(found, _File, strict=True))
    except yaml.constructor.ConstructorError as error:
        raise broken(name, _line_of(error), str(error.problem)) from error
    except yaml.MarkedYAMLError as error:
        raise broken(name, _line_of(error), f"it is not YAML: {error.problem}") from error
    except RecursionError as error:
        raise broken(name, 1, "it is nested too deeply") from error
    except msgspec.ValidationError as error:
        where = _PATH.search(str(error))
        line = _line(root, where["path"] if where else "")
        raise broken(name, line, _plainly(str(error), where)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise broken(name, 1, str(error).splitlines()[0]) from error


def broken(name: str, line: int, message: str) -> ReplayError:
    """Gives the error of a file that is no kept call any more, or never was one."""
    return ReplayError(
        f"{name}:{line}: {message}; mend it, or keep the call anew with ivr call --save"
    )


def _check_version(found: object) -> None:
    if not isinstance(found, dict):
        raise msgspec.ValidationError("it is no kept call")
    version = found.get("version")
    if type(version) is int and version != VERSION:
        raise msgspec.ValidationError(
            f"{version} is not known here, only {VERSION} - at `$.version`"
        )


def _line_of(error: yaml.MarkedYAMLError) -> int:
    return 1 if error.problem_mark is None else error.problem_mark.line + 1


def _plainly(message: str, where: re.Match[str] | None) -> str:
    """What msgspec says, beginning with the field that it says it of."""
    if where is None or not where["path"]:
        return _PATH.sub("", message)
    return f"{where['path'].lstrip('.')}: {_PATH.sub('', message)}"


def _line(root: Node | None, path: str) -> int:
    """The line of the part at a path of msgspec's, or of what is around it."""
    node = root
    for name, index in _STEP.findall(path):
        match node:
            case yaml.MappingNode(value=pairs):
                inner = [value for key, value in pairs if key.value == name]
            case yaml.SequenceNode(value=items) if index:
                inner = items[int(index) :]
            case _:
                inner = []
        if not inner:
            break
        node = inner[0]
    return 1 if node is None else node.start_mark.line + 1


def _kept(file: _File) -> KeptCall:
    with _at("keys"):
        parse(file.keys)
    url = NO_URL if file.url is None else file.url
    for name, other in {
        "url": None,
        "fallback": file.fallback,
        "status_callback": file.status_callback,
    }.items():
        with _at(name):
            resolve(url, other or "")
    with _at("faults"):
        faults = parse_faults(file.faults)
    with _at("started_at"):
        file.started_at + timedelta(seconds=MAX_CALL_SECONDS)
    return KeptCall(
        url=file.url,
        keys=file.keys,
        setup=_setup(file, faults),
        moments=tuple(_moment(fields, place) for place, fields in enumerate(file.events)),
    )


def _setup(file: _File, faults: tuple[Fault, ...]) -> Setup:
    return Setup(
        from_number=file.from_number,
        to_number=file.to_number,
        account_sid=file.account_sid,
        method=file.method,
        params=file.params,
        fallback_url=file.fallback,
        status_callback=file.status_callback,
        dial_outcomes=file.dial,
        max_documents=file.max_turns,
        faults=faults,
        key_seconds=file.key_seconds,
        started_at=file.started_at,
    )


@contextmanager
def _at(field: str) -> Iterator[None]:
    """Says of what is wrong with a field where it is, as msgspec does."""
    try:
        yield
    except (CallError, TwimlError, OverflowError) as error:
        message = str(error).removeprefix(f"{field}: ")
        raise msgspec.ValidationError(f"{message} - at `$.{field}`") from error


def _moment(fields: _Event, place: int) -> Moment:
    try:
        msgspec.convert(fields, Happening, strict=True)
    except msgspec.ValidationError as error:
        where = _PATH.search(str(error))
        inner = where["path"] if where else ""
        message = f"{_PATH.sub('', str(error))} - at `$.events[{place}]{inner}`"
        raise msgspec.ValidationError(message) from error
    rest = {name: value for name, value in fields.items() if name not in {"at", "event"}}
    return Moment(float(str(fields["at"])), str(fields["event"]), rest)

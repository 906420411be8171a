"""The file of a kept call: YAML that a person can read, an event a line.

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

import os
import re
from collections.abc import Mapping, Sequence  # noqa: TC003 - msgspec reads the types of fields
from contextlib import contextmanager, suppress
from datetime import datetime  # noqa: TC003
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec
import yaml
from msgspec import Struct

from ivr.errors import CallError, ReplayError, TwimlError
from ivr.simulator.faults import parse_faults
from ivr.simulator.http.urls import resolve
from ivr.simulator.replay.kept import KeptCall, Moment
from ivr.simulator.script import parse
from ivr.simulator.setup import Setup
from ivr.twiml.request import DialStatus  # noqa: TC001
from ivr.twiml.verbs import Method  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yaml import Node

VERSION: Final = 1
MAX_FILE_BYTES: Final = 4_194_304
NO_URL: Final = "http://line.test/"
"""In place of the one that the own line of a checkout does not have."""
HEADING: Final = "# A call that was kept: ivr call --replay FILE places it again.\n"

_Field: TypeAlias = str | int | float | list[str] | None
_PATH: Final = re.compile(r" - at `\$(?:\[\.\.\.\])?(?P<path>[^`]*)`$")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")
_AS_IT_IS: Final = re.compile(
    r"[ -~\u00a0-\u2027\u202f-\u2065\u2070-\ud7ff\uf900-\ufefe\U00010000-\U0010fffd]*"
)
"""What can stand in a file as it is; the rest is escaped, line breaks of any kind included."""


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
    max_turns: int
    faults: tuple[str, ...]
    key_seconds: float
    started_at: datetime
    events: tuple[Mapping[str, _Field], ...]


class _Event(Struct, frozen=True):
    """What every event has."""

    at: float
    event: str


class _Dumper(yaml.SafeDumper):
    """Leaves letters of any script as they are, and escapes what would not come back."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if _AS_IT_IS.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


def written(kept: KeptCall) -> str:
    """Gives the text of a kept call's file."""
    head = msgspec.to_builtins(_file(kept))
    moments = head.pop("events")
    lines = [HEADING, _dumped(head, is_flow=False)]
    lines.append("events:\n" if moments else "events: []\n")
    lines += [f"- {_dumped(moment, is_flow=True)}" for moment in moments]
    return "".join(lines)


def _dumped(data: Any, *, is_flow: bool) -> str:
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=True if is_flow else None,
        sort_keys=False,
        width=float("inf"),
    )
    return text


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
            {"at": moment.at_seconds, "event": moment.event, **moment.fields}  # type: ignore[dict-item]
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
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        found = None if root is None else loader.construct_document(root)
        file = msgspec.convert(found, _File, strict=True)
        return _kept(file)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise _broken(name, line, f"it is not YAML: {error.problem}") from error
    except RecursionError as error:
        raise _broken(name, 1, "it is nested too deeply") from error
    except msgspec.ValidationError as error:
        where = _PATH.search(str(error))
        line = _line(root, where["path"] if where else "")
        raise _broken(name, line, _plainly(str(error), where)) from error
    except (yaml.YAMLError, ValueError, CallError, TwimlError) as error:
        raise _broken(name, 1, str(error).splitlines()[0]) from error


def _broken(name: str, line: int, message: str) -> ReplayError:
    return ReplayError(
        f"{name}:{line}: {message}; mend it, or keep the call anew with ivr call --save"
    )


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
    with _at("url"):
        resolve(file.url or NO_URL, "")
    with _at("faults"):
        faults = parse_faults(file.faults)
    setup = Setup(
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
    moments = tuple(_moment(fields, place) for place, fields in enumerate(file.events))
    return KeptCall(url=file.url, keys=file.keys, setup=setup, moments=moments)


@contextmanager
def _at(field: str) -> Iterator[None]:
    """Says of what is wrong with a field where it is, as msgspec does."""
    try:
        yield
    except (CallError, TwimlError) as error:
        message = str(error).removeprefix(f"{field}: ")
        raise msgspec.ValidationError(f"{message} - at `$.{field}`") from error


def _moment(fields: Mapping[str, _Field], place: int) -> Moment:
    try:
        head = msgspec.convert(fields, _Event, strict=True)
    except msgspec.ValidationError as error:
        where = _PATH.search(str(error))
        inner = where["path"] if where else ""
        message = f"{_PATH.sub('', str(error))} - at `$.events[{place}]{inner}`"
        raise msgspec.ValidationError(message) from error
    rest: dict[str, str | int | float | Sequence[str] | None] = {
        name: value for name, value in fields.items() if name not in {"at", "event"}
    }
    return Moment(head.at, head.event, rest)


def load(path: Path) -> KeptCall:
    """Reads a kept call.

    Raises:
        ReplayError: there is no such file, or it is broken; says where and what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ReplayError(
            f"{path} cannot be read: {error.strerror}; give a file that ivr call --save has made"
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise ReplayError(f"{path} is over {MAX_FILE_BYTES} bytes, so it is no kept call")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _broken(str(path), line, "it is not UTF-8") from error
    return read(text, str(path))


def check_free(path: Path) -> None:
    """Sees that a call may be kept in a place: nothing stands there, or another kept call.

    Raises:
        ReplayError: something else does, or the folder is not there.
    """
    if not path.parent.is_dir():
        raise ReplayError(f"{path} cannot be written: there is no folder {path.parent}; make it")
    try:
        if not path.exists():
            return
        with path.open("rb") as file:
            is_kept = file.read(len(HEADING)) == HEADING.encode()
    except OSError as error:
        raise _unwritable(path, error) from error
    if not is_kept:
        raise ReplayError(
            f"{path} is there and is no kept call, so it is not overwritten; give another name, or "
            "remove it"
        )


def save(path: Path, kept: KeptCall) -> None:
    """Writes a kept call, whole or not at all.

    Raises:
        ReplayError: it cannot be written, or something else stands there.
    """
    check_free(path)
    data = written(kept).encode()
    if len(data) > MAX_FILE_BYTES:
        raise ReplayError(f"{path}: the call is too long to be kept: over {MAX_FILE_BYTES} bytes")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ReplayError:
    return ReplayError(
        f"{path} cannot be written: {error.strerror}; make the place writable, or give another file"
    )

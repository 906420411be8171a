"""How the line writes its log: structlog over the standard library's, and nobody's number in it.

Whatever is logged, by us or by others, goes the same way: the call and the turn are added, an
exception becomes one field, numbers and digits are masked, and one handler writes one line of it to
stderr: JSON for machines, text for a person at a terminal. The law for who logs: a short word for
what happened, and fields; counts and milliseconds as numbers, which are never masked.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from ivr.masks import masked

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

CALL: Final = "call"
TURN: Final = "turn"
"""The names under which structlog's contextvars hold the CallSid and the number of the turn."""
CHATTY: Final = ("httpcore", "httpx", "urllib3", "watchfiles", "werkzeug")
"""A line for each request or change of a file hides the lines that matter."""
NEAR_CALLERS: Final = ("ivr.web", "ivr.engine", "ivr.carriers", "werkzeug", "flask")
"""What these log is about a request, whether the call is known already or not."""
_OWN_HANDLERS: Final = ("gunicorn.error", "gunicorn.access")
"""They bring handlers of their own, whose lines nobody would have masked."""
_TIME: Final = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
_LEVELS: Final = {
    **{name: name for name in ("debug", "info", "warning", "error", "critical")},
    "exception": "error",
}
"""By the method with which it is logged."""
_encoder = msgspec.json.Encoder()
_COLOURS: Final = {"WARNING": "33", "ERROR": "31", "CRITICAL": "31"}


def configure(*, is_json: bool, level: str) -> None:
    """Let all that is logged in this process be written to stderr, in one form, and masked.

    It may be called again, as behind gunicorn's own set-up of its loggers.

    Args:
        is_json: one JSON object a line, with `time` (ISO 8601, UTC), `level`, `event`, `logger`;
            else a line of text for a person.
        level: the least that is written, `debug`, `info`, `warning` or `error`.
    """
    route()
    handler = _JsonHandler() if is_json else _Handler()
    handler.setFormatter(_formatter(_TIME, _head, _json) if is_json else _formatter(_text))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def route() -> None:
    """Let structlog hand its events, masked, to the standard library's loggers.

    Without it structlog would print to stdout, where results stand. Who keeps a handler of their
    own, such as a test or a rehearsal, needs no more than this.
    """
    structlog.configure(
        processors=_ROUTE,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class _Handler(logging.Handler):
    """Writes to what stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what goes wrong with it is no fault of who logged."""
        try:
            _write(self.format(record))
        except Exception:  # noqa: BLE001 - as every handler of the standard library does
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Tell that a line could not be written; where stderr is full or closed, nobody."""
        with suppress(OSError, ValueError):
            super().handleError(record)


class _JsonHandler(_Handler):
    """Lets structlog's events be written by the shortest way, since there is one for each turn."""

    def write(self, level: str, name: str, event: EventDict) -> None:
        """Write an event that has come through our own processors, in the form of all others."""
        said = event.get("event")
        try:
            line = _json(None, "", _headed(level, name, _TIME(None, "", event)))
            with self.lock or nullcontext():
                _write(line)
        except Exception:  # noqa: BLE001 - as above
            self.handleError(logging.makeLogRecord({"name": name, "msg": said}))


def _write(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _mask(logger: WrappedLogger, _: str, event: EventDict) -> EventDict:
    """Hides numbers everywhere, and digits in all that comes from a call."""
    is_of_call = CALL in event or _is_near(logger.name)
    return {name: _hidden(value, is_of_call) for name, value in event.items()}


def _mask_foreign(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The same for an event that reached the standard library's loggers by itself."""
    record: logging.LogRecord = event["_record"]
    is_server_trouble = record.name in _OWN_HANDLERS and record.levelno >= logging.WARNING
    is_of_call = CALL in event or is_server_trouble or _is_near(record.name)
    own = {"_record", "_from_structlog"}
    return {
        name: value if name in own else _hidden(value, is_of_call) for name, value in event.items()
    }


def _is_near(name: str) -> bool:
    return name.startswith(NEAR_CALLERS) or name == "ivr"  # flask's own, by the name of the app


def _hidden(value: object, is_of_call: bool) -> object:  # noqa: FBT001 - a value that is known, not a switch
    if type(value) is str:
        return masked(value, is_of_call=is_of_call)
    if value is None or isinstance(value, int | float):
        return value
    return masked(value if isinstance(value, str) else str(value), is_of_call=is_of_call)


def _head(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What every line begins with, in this order, and nothing of what carried it here."""
    record: logging.LogRecord = event.pop("_record")
    del event["_from_structlog"]
    return _headed(record.levelname.lower(), record.name, event)


def _headed(level: str, name: str, event: EventDict) -> EventDict:
    head: EventDict = {
        "time": event.pop("time"),
        "level": level,
        "event": event.pop("event"),
        "logger": name,
    }
    for of_call in (CALL, TURN):
        if of_call in event:
            head[of_call] = event.pop(of_call)
    head.update(event)
    return head


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    try:
        return _encoder.encode(event).decode()
    except (TypeError, UnicodeEncodeError):
        # A number or a text of a type of its own; half of a character, as a file may be called.
        return json.dumps(event)


def _text(_: WrappedLogger, __: str, event: EventDict) -> str:
    """One line for a person, such as `WARNING ivr.web.line: degraded why="Redis is away"`."""
    record: logging.LogRecord = event.pop("_record")
    del event["_from_structlog"]
    said, exception = event.pop("event"), event.pop("exception", None)
    of_call = {name: event.pop(name) for name in (TURN, CALL) if name in event}
    fields = "".join(f" {name}={_plain(value)}" for name, value in {**event, **of_call}.items())
    trace = "" if exception is None else f"\n{exception}"
    return f"{_coloured(record.levelname)} {record.name}: {said}{fields}{trace}"


def _coloured(level: str) -> str:
    colour = _COLOURS.get(level)
    return f"\x1b[{colour}m{level}\x1b[0m" if colour and sys.stderr.isatty() else level


def _plain(value: object) -> str:
    """A word as it is; what has spaces in it, or what no terminal should get, as JSON."""
    if not isinstance(value, str):
        return str(value)
    is_word = value.isprintable() and value and not {*value}.intersection(' "=')
    return value if is_word else json.dumps(value, ensure_ascii=not value.isprintable())


def _formatter(*processors: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=processors,
        foreign_pre_chain=(
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            _mask_foreign,
        ),
    )


def _hand_over(logger: WrappedLogger, method: str, event: EventDict) -> Any:
    """Give an event to the one handler that wants it, or as a record to whoever does.

    A record costs as much as half a turn: who called, in which file, process and thread, and all of
    it twice. Nothing of that is written.

    Raises:
        DropEvent: it is written; structlog's own word for it.
    """
    handlers = logging.getLogger().handlers
    if len(handlers) == 1 and isinstance(handlers[0], _JsonHandler) and method in _LEVELS:
        handlers[0].write(_LEVELS[method], logger.name, event)
        raise structlog.DropEvent
    return structlog.stdlib.ProcessorFormatter.wrap_for_formatter(logger, method, event)


_ROUTE: Final[list[Processor]] = [
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.processors.format_exc_info,
    # Here and not in the formatter: another handler, too, gets to see the masked event only.
    _mask,
    _hand_over,
]
"""Always this very list: structlog's own capture for tests exchanges what is in it."""

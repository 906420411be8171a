"""Every error that this project raises on purpose, as one tree.

IvrError
├── SettingsError     settings are missing or bad; lists every one of them
├── FlowError         the flow spec or its words are broken; lists every problem
├── StoreError        Redis did not answer, or cannot be started
├── SpeechError       a voice or an audio file cannot give what was asked of it
│   └── VoiceAwayError  a voice that is elsewhere cannot be reached now
├── TwimlError        a document is not TwiML that a carrier would take
├── EventError        a carrier's request does not say what it must
│   └── CallOverError   it is about a call that is over; nothing is said to it any more
├── CallError         the pretend carrier cannot place or go on with a call
│   └── ScriptError     a turn of a script cannot be done where it comes
├── ReplayError       a kept call cannot be read, written or placed again
├── PaperError        a page, a drawing or a file for others cannot be made or written
├── RehearsalError    a rehearsal cannot be held: personas, figures or a pretend caller
└── ProviderError     the telephone provider's REST API refused or did not answer

A message says what is wrong, where, and what to do. Foreign exceptions are mapped to these at one
boundary each, `from` the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class IvrError(Exception):
    """The root: anything that this project raises on purpose."""


class ProblemsError(IvrError):
    """Several problems at once, each a whole sentence in `problems`."""

    def __init__(self, headline: str, problems: Iterable[object]) -> None:
        self.headline = headline
        self.problems: tuple[str, ...] = tuple(str(problem) for problem in problems)
        super().__init__("\n  ".join((headline, *self.problems)))


class SettingsError(ProblemsError):
    """Settings are missing or bad; `problems` names every one of them."""


class FlowError(ProblemsError):
    """The flow spec or its words are broken; `problems` has file, line, node and what to do."""


class StoreError(IvrError):
    """Redis did not answer, or cannot be started."""


class SpeechError(IvrError):
    """A voice or an audio file cannot give what was asked of it."""


class VoiceAwayError(SpeechError):
    """A voice that is elsewhere cannot be reached now; another one may stand in for it."""


class TwimlError(IvrError):
    """A document is not TwiML that a carrier would take."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        """The code that Twilio's debugger would show, such as 12100 for a parse failure."""
        super().__init__(message)


class EventError(IvrError):
    """A carrier's request lacks what it must have, or has it in a form that cannot be."""


class CallOverError(EventError):
    """A request is about a call that is over: it is late, or an old one that is sent anew."""


class CallError(IvrError):
    """The pretend carrier cannot place a call or go on with one."""


class ScriptError(CallError):
    """A turn of a script cannot be done where it comes; the call was hung up."""


class ReplayError(IvrError):
    """A kept call cannot be read, written or placed again."""


class PaperError(IvrError):
    """A page, a drawing or a file for others cannot be made or written."""


class RehearsalError(IvrError):
    """The personas or the figures to compare with cannot be read, or a rehearsal cannot go on."""


class ProviderError(IvrError):
    """The telephone provider's REST API refused or did not answer."""

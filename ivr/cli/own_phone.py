"""This checkout's line as the browser phone rings it: what it keeps of callers, and its English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from ivr.engine.session import Phase
from ivr.engine.told import troubled
from ivr.errors import StoreError
from ivr.simulator.digits import Digits
from ivr.store.keys import CallKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ivr.browser.line import About, English, RungLine
    from ivr.cli.local import LocalLine
    from ivr.engine.memory import Memory
    from ivr.engine.session import Session
    from ivr.flow.model import Flow, Spec
    from ivr.twiml.request import Party

ENGLISH: Final = "en"


class Speaking(Protocol):
    """What says the words of a spec, which may be another one later."""

    @property
    def spec(self) -> Spec:
        """Of now."""
        ...


def own_rung_line(speaking: Speaking, line: LocalLine, origin: str, auth_token: str) -> RungLine:
    """The line inside of this process, as it is rung at an origin.

    Args:
        speaking: whose words the line says; asked anew for each caption, and for the page's head.
        line: that answers.
        origin: scheme and host over which it checks signatures.
        auth_token: the key of the signatures.
    """
    from ivr.browser.line import RungLine
    from ivr.cli.call.line import PATH
    from ivr.cli.clock import now
    from ivr.simulator.http.in_process import InProcess
    from ivr.simulator.setup import Setup

    return RungLine(
        url=origin + PATH,
        auth_token=auth_token,
        transport=InProcess(line.app),
        about=lambda: about_of(speaking.spec),
        # As `ivr twilio connect` points a number at the line.
        setup=lambda: Setup(
            started_at=now(), fallback_url=f"{PATH}/fallback", status_callback=f"{PATH}/status"
        ),
        english=_EnglishNow(speaking),
        session=lambda party: rows(line, party, speaking.spec.flow),
        digits=_DigitsNow(speaking),
        is_own=True,
    )


class _EnglishNow:
    """The English of the words as they stand now."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking
        self._known = speaking.spec, english_of(speaking.spec)

    def __call__(self, words: str) -> str | None:
        spec = self._speaking.spec
        if spec is not self._known[0]:
            self._known = spec, english_of(spec)
        english = self._known[1]
        return None if english is None else english(words)


class _DigitsNow(Digits):
    """What counts as a digit by the words as they stand now."""

    def __init__(self, speaking: Speaking) -> None:
        super().__init__()
        self._speaking = speaking

    def read_out(self, heard: Iterable[str]) -> str:
        return self._now().read_out(heard)

    def masked(self, words: str) -> str:
        return self._now().masked(words)

    def masked_rows(self, heard: Iterable[str]) -> list[str]:
        return self._now().masked_rows(heard)

    def _now(self) -> Digits:
        from ivr.cli.digits import digit_words

        return Digits(digit_words(self._speaking.spec))


def about_of(spec: Spec) -> About:
    """What the page tells of the line."""
    from ivr.browser.line import About

    return About(name=spec.flow.flow.name, has_english=ENGLISH in spec.words)


def english_of(spec: Spec) -> English | None:
    """What the words of a prompt are in English; None where the line has no English words."""
    english = spec.words.get(ENGLISH)
    if english is None:
        return None
    known = {
        _even(text): english.prompts[prompt]
        for language, words in spec.words.items()
        for prompt, text in words.prompts.items()
        if language != ENGLISH and prompt in english.prompts
    }
    return lambda words: known.get(_even(words))


def rows(line: LocalLine, party: Party, flow: Flow) -> list[tuple[str, str]]:
    """What the line keeps of a call, and of its caller from call to call, as names and values.

    Nothing of it is secret, and nothing of it was keyed.

    Args:
        line: that keeps it.
        party: of the call.
        flow: whose places they are.
    """
    key = line.caller_key(party.from_number)
    try:
        session = line.store.load(CallKey(party.call_sid, key)).session
        memory = None if key is None else line.store.recall(key)
    except StoreError as error:
        return [("nothing is known", str(error))]
    if session is None:
        return []
    kept = "nothing: the number is withheld" if key is None else _kept(memory)
    return [*_rows(session, flow), ("kept of the caller", kept)]


def _rows(session: Session, flow: Flow) -> list[tuple[str, str]]:
    rows = [
        ("place", session.place),
        ("turn", str(session.turn)),
        ("language", session.language),
        ("pace", session.pace.value),
        ("simpler way", _yes(session.simple)),
        ("two at the screen", _yes(session.together)),
        ("silences", str(session.silences)),
        ("wrong keys", str(session.wrongs)),
        ("confusion", str(session.confusion)),
        ("levels offered", str(session.offered or "")),
        ("given more time", _times(session.patience)),
        ("had trouble at", ", ".join(troubled(flow, session))),
        ("said again", _yes(session.again)),
        ("said before", ", ".join(session.lead)),
        ("goes back to", ", ".join(reversed(session.back))),
        ("a volunteer", "can be rung" if session.has_helper else ""),
        ("the call", "" if session.phase is Phase.RUNNING else session.phase.name.lower()),
    ]
    return [(name, value) for name, value in rows if value]


def _kept(memory: Memory | None) -> str:
    """What is known at the caller's next call, in one line."""
    if memory is None:
        return "nothing"
    told = [f"language {memory.language}", f"pace {memory.pace.value}"]
    told += [f"given more time {_times(memory.patience)}"] if memory.patience else []
    told += ["simpler way"] if memory.simple else []
    told += [f"goes on at {memory.bookmark}"] if memory.bookmark else []
    return ", ".join(told)


def _yes(is_so: bool) -> str:  # noqa: FBT001 - a value that is told, not a switch
    return "yes" if is_so else ""


def _times(count: int) -> str:
    return {0: "", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _even(text: str) -> str:
    return " ".join(text.split())

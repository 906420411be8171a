"""This checkout's line as the browser phone rings it: what it keeps of a call, and its English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.engine.session import Phase
from ivr.errors import StoreError

if TYPE_CHECKING:
    from ivr.browser.line import English, RungLine
    from ivr.cli.local import LocalLine
    from ivr.cli.project import Project
    from ivr.engine.session import Session
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore

ENGLISH: Final = "en"


def own_rung_line(project: Project, line: LocalLine, origin: str, auth_token: str) -> RungLine:
    """The line inside of this process, as it is rung at an origin.

    Args:
        project: whose line.
        line: that answers.
        origin: scheme and host over which it checks signatures.
        auth_token: the key of the signatures.
    """
    from ivr.browser.line import RungLine
    from ivr.cli.call.line import PATH
    from ivr.cli.clock import now
    from ivr.cli.digits import digit_words
    from ivr.simulator.digits import Digits
    from ivr.simulator.http.in_process import InProcess
    from ivr.simulator.setup import Setup

    return RungLine(
        url=origin + PATH,
        auth_token=auth_token,
        transport=InProcess(line.app),
        name=project.spec.flow.flow.name,
        # As `ivr twilio connect` points a number at the line.
        setup=lambda: Setup(
            started_at=now(), fallback_url=f"{PATH}/fallback", status_callback=f"{PATH}/status"
        ),
        english=english_of(project.spec),
        session=lambda call_sid: rows(line.store, call_sid),
        digits=Digits(digit_words(project.spec)),
        is_own=True,
    )


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


def rows(store: RedisStore, call_sid: str) -> list[tuple[str, str]]:
    """What the line keeps of a call, as names and values; nothing of it is secret."""
    try:
        session = store.load(call_sid).session
    except StoreError as error:
        return [("nothing is known", str(error))]
    return [] if session is None else _rows(session)


def _rows(session: Session) -> list[tuple[str, str]]:
    rows = [
        ("place", session.place),
        ("turn", str(session.turn)),
        ("language", session.language),
        ("pace", session.pace.value),
        ("silences", str(session.silences)),
        ("wrong keys", str(session.wrongs)),
        ("said again", "yes" if session.again else ""),
        ("said before", ", ".join(session.lead)),
        ("goes back to", session.return_to or ""),
        ("the call", "" if session.phase is Phase.RUNNING else session.phase.name.lower()),
    ]
    return [(name, value) for name, value in rows if value]


def _even(text: str) -> str:
    return " ".join(text.split())

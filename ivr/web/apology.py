"""What a caller hears when something has failed, and the way back to the place where it did.

All of it comes from the URL that failed: neither Redis nor a session is needed. Should the clips
or the words be what fails, the carrier's own voice says what was made ready at the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from msgspec import Struct
from msgspec.structs import replace

from ivr.carriers import action_url
from ivr.carriers.document import say
from ivr.engine.carried import NAMED, NOTHING, Carried
from ivr.engine.session import Session
from ivr.engine.turn import Play
from ivr.twiml.verbs import Hangup, Redirect
from ivr.twiml.write import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.flow.model import Spec
    from ivr.flow.terms import Language, PromptId
    from ivr.twiml import verbs
    from ivr.web.sound import Sound

_log: Final = structlog.get_logger(__name__)
MAX_RETRIES: Final = 2
"""How often a caller is led back with an apology before the goodbye."""
MAX_SILENT: Final = 2
"""How often before that without a word, where the carrier got no answer: while processes are killed
or restarted one after the other, a turn may be cut off twice, and the next one is well."""
MAX_URL: Final = 2000
"""No URL of ours is half so long; a longer one tells nothing."""
MAX_ARGUMENTS: Final = 50
"""No URL of ours has half so many."""
START: Final = "/voice"
TURNS: Final = "/voice/turn/"


class _Way(Struct, frozen=True):
    """What a URL that failed tells of the call."""

    place: str | None = None
    """None: it was not the URL of a turn, and the call can only be taken up where it stands."""
    turn: int = 0
    carried: Carried = NOTHING

    @property
    def retry(self) -> int:
        """How often the caller was led back before."""
        return self.carried.retry

    @property
    def back(self) -> str:
        """The same URL, once more; never another one than ours, whatever the URL was."""
        retry = self.retry + 1
        if self.place is None:
            return f"{START}?retry={retry}"
        again = replace(self.carried, retry=retry)
        return action_url.action_url(self.place, self.turn, again)


class Apology:
    """The answers for when something has failed: each valid TwiML, with nothing else alive."""

    def __init__(self, spec: Spec, sound: Sound) -> None:
        head = spec.flow.flow
        self._default_language = head.default_language
        self._again, self._end = head.apologies.again, head.apologies.end
        self._sound = sound
        words = spec.words[head.default_language].prompts
        self._ready = {
            prompt: (say(words[prompt], head.default_language),)
            for prompt in (self._again, self._end)
            if prompt in words
        }

    def after_error(self, url: str) -> bytes:
        """The answer to a request that failed in here: an apology, and back to the same place.

        Args:
            url: which failed; one that cannot be read tells nothing.
        """
        return self._led_back(_way(url), silent=0)

    def after_silence(self, url: str) -> bytes:
        """The answer where the carrier got none: back to the same place, at first without a word.

        Most of the time a process has ended in mid-answer, and another takes the call up at once.

        Args:
            url: from which there was no answer; one that cannot be read tells nothing.
        """
        return self._led_back(_way(url), silent=MAX_SILENT)

    def _led_back(self, way: _Way, silent: int) -> bytes:
        """Back without a word as often as `silent` tells, with an apology, and then no more."""
        language = way.carried.language or self._default_language
        _log.warning("led_back", place=way.place, retry=way.retry)
        if way.retry >= silent + MAX_RETRIES:
            return write((*self._speech(self._end, language), Hangup()))
        said = self._speech(self._again, language) if way.retry >= silent else ()
        return write((*said, Redirect(way.back)))

    def _speech(self, prompt: PromptId, language: Language) -> Sequence[verbs.Play | verbs.Say]:
        session = Session(place=START, turn=0, language=language)
        try:
            return self._sound.speak(session)((Play(prompt),))
        except Exception:  # noqa: BLE001 - this is the last that a caller can be told
            _log.exception("apology_without_clip", prompt=prompt)
            return self._ready.get(prompt, ())


def _way(url: str) -> _Way:
    """What a URL tells of a call; nothing, where it is none of a turn of ours."""
    try:
        split = urlsplit(url if len(url) <= MAX_URL else "")
        given = dict(parse_qsl(split.query, max_num_fields=MAX_ARGUMENTS))
    except ValueError:
        return _Way()
    turn, carried = action_url.read(given)
    place = split.path.removeprefix(TURNS)
    if not turn or place == split.path or not NAMED.fullmatch(place):
        return _Way(carried=carried)
    return _Way(place, turn, carried)

"""A call's requests, handed to whoever carries them out, in place of being carried out here.

The verbs of the pretend carrier (`ivr.simulator.verbs`) run as generators on a virtual clock. Of
all that they do, only requests take real time: so thousands of them run in one thread when each
request is handed out, and its answer handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.simulator.http.clips import Clips
from ivr.simulator.http.failures import RETRIEVAL
from ivr.simulator.http.urls import resolve
from ivr.simulator.http.wire import Answer, Ask, Wire
from ivr.simulator.log import Log
from ivr.simulator.verbs.document import read_answer
from ivr.simulator.verbs.leg import Leg
from ivr.twiml.verbs import Gather, Play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ivr.errors import CallError
    from ivr.simulator.events import Event
    from ivr.simulator.http.cache import Cache
    from ivr.simulator.http.clips import Clip
    from ivr.simulator.http.patience import Awaited
    from ivr.twiml.request import Status
    from ivr.twiml.verbs import Verb


class Passing(Log):
    """A log that keeps nothing: of ten thousand calls there would be too much.

    Args:
        listener: told of each event.
        on_failure: told of whatever has failed.
    """

    def __init__(
        self,
        listener: Callable[[Event], object],
        on_failure: Callable[[TwimlError | CallError], object],
    ) -> None:
        super().__init__()
        self._tell: Callable[[Event], object] | None = listener
        self._on_failure = on_failure

    def add(self, event: Event) -> None:
        """Tells the listener, and forgets."""
        if self._tell is not None:
            self._tell(event)

    def end(self) -> None:
        """Lets the listener go: it may hold the call, and the call holds this log."""
        self._tell = None

    def warn_of(self, message: str, code: int | None = None) -> None:
        """A load warns of nothing; `ivr crawl` does."""

    def fail(self, error: TwimlError | CallError) -> None:
        """Tells of a failure."""
        self._on_failure(error)


class Handing(Wire):
    """The wire of one call: what it is asked for is `taken`, and what comes of it `given`.

    Args:
        log: of the call.
        cache: of documents that were read, shared by all calls.
    """

    cache: Cache

    def __init__(self, log: Log, cache: Cache) -> None:
        # Nothing of a wire that asks by itself is made: ten thousand cookie jars are a burden.
        self.log = log
        self.cache = cache
        self.sounds: dict[str, Clip | TwimlError] = {}
        """Those of the last document by their URLs, or why they cannot be had."""
        self.told: list[Ask] = []
        """What the application is only told, and nobody waits for; to be emptied."""
        self._asked: Ask | None = None
        self._given: Answer | TwimlError = TwimlError(RETRIEVAL, "nothing was handed in")

    def taken(self) -> Ask | None:
        """What is asked for now, once; then it must be given before the call goes on."""
        asked, self._asked = self._asked, None
        return asked

    def give(self, answer: Answer | TwimlError) -> None:
        """Hands in the document that was taken, or why there is none."""
        self._given = answer

    def give_sound(self, url: str, sound: Clip | TwimlError) -> None:
        """Hands in the sound that was taken, or why there is none."""
        self.sounds[url] = sound

    def awaited(self, ask: Ask) -> Awaited[Answer]:
        """Asks for a document, and then for each of its sounds.

        Raises:
            TwimlError: the document could not be had.
        """
        self._asked = ask
        yield 0.0
        answer = self._given
        if not isinstance(answer, Answer):
            raise answer
        self.sounds.clear()
        for url in _sounds(answer, self.cache):
            self._asked = Ask(method="GET", url=url, purpose="clip")
            yield 0.0
        return answer

    def fetch(self, ask: Ask) -> Answer:
        """Takes note of what is only told; nobody reads its answer."""
        self.told.append(ask)
        return Answer(url=ask.url, content_type="", body=b"")


class KnownClips(Clips):
    """The sounds of one call, which are all known by the time that they are heard."""

    def __init__(self, wire: Handing) -> None:
        super().__init__(wire)
        self._sounds_known = wire.sounds

    def fetch(self, url: str) -> Clip:
        """Gives what is known of a sound.

        Raises:
            TwimlError: it could not be had.
        """
        found = self._sounds_known[url]
        if isinstance(found, TwimlError):
            raise found
        return found


class LoadedLeg(Leg):
    """A leg that makes the parameters of every request once for each status of the call."""

    _forms: tuple[Status, dict[str, str]] | None = None

    def _form(self) -> dict[str, str]:
        if self._forms is None or self._forms[0] != self.status:
            self._forms = self.status, super()._form()
        return self._forms[1]


def _sounds(answer: Answer, cache: Cache) -> tuple[str, ...]:
    """The URL of every sound of a document, once; of what is no document, none."""
    if answer.is_audio:
        return ()
    try:
        verbs = read_answer(answer, cache).verbs
        return tuple(dict.fromkeys(resolve(answer.url, url) for url in _played(verbs)))
    except TwimlError:  # it is told of when the document is carried out
        return ()


def _played(verbs: tuple[Verb, ...]) -> Iterator[str]:
    for verb in verbs:
        nested = verb.nested if isinstance(verb, Gather) else (verb,)
        yield from (each.url for each in nested if isinstance(each, Play) and each.url)

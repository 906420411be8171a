"""Rendering: what is missing or stale in a library is spoken and put there.

Speakers are asked in order: the recordings of a human voice, then the voice that was chosen, then
the offline voice, which stands in for what that one could not say.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from ivr.errors import SpeechError, VoiceAwayError
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Clip, Recipe, Source
from ivr.speech.telephone import clip
from ivr.speech.utterance import Utterance  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Sequence

    from ivr.speech.speaker import Speaker

    Outcomes: TypeAlias = Generator[tuple[Recipe, Clip | SpeechError]]
    OnProgress: TypeAlias = Callable[[Source, int, int], object]

SAVE_SECONDS: Final = 0.5
"""Between two savings of the manifest: what a killed rendering loses at most."""

_AHEAD: Final = 2
"""Utterances a lane is given at a time, so that none is idle.

A lane that is alone gets one: it is far away, and one in vain takes long when it does not answer.
"""

MAX_FAILURES_IN_A_ROW: Final = 3
"""After so many the voice is gone, and to ask it hundreds of times more helps nobody.

Prompts are counted, since one may well fail in each language and at each pace; when the voice is
away, each utterance is. One that is away from the first utterance on is given up at once.
"""


class _UnfitError(SpeechError):
    """What was spoken makes no clip, such as silence: it says nothing of the voice's next words."""


class Failure(Struct, frozen=True):
    """An utterance that a speaker could not speak, and why, in a whole sentence."""

    utterance: Utterance
    source: Source
    reason: str


class Report(Struct, frozen=True):
    """What a rendering did.

    Attributes:
        made: the clips that are new.
        kept: utterances whose clip stayed as it was.
        stood_in: failures of a speaker for whom another one stood in, or whose older clip with
            the words of now stayed.
        failed: failures that nobody could help; there is no clip of these words.
    """

    made: tuple[Clip, ...]
    kept: tuple[Utterance, ...]
    stood_in: tuple[Failure, ...]
    failed: tuple[Failure, ...]


def render(
    utterances: Iterable[Utterance],
    library: Library,
    speakers: Sequence[Speaker],
    keep: Keep = Keep.SAME_RECIPE,
    on_progress: OnProgress = lambda _source, _done, _total: None,
) -> Report:
    """Render what the library misses, and save the manifest.

    One failure does not lose the others, and an interruption does not lose what was made; the
    manifest is saved every half second, at the end, and when this is interrupted. A voice that
    fails for three prompts one after another, or is away from the beginning, is not asked for
    the rest.

    Args:
        utterances: all that the line can say.
        library: where the clips go.
        speakers: the first one who has a recipe for an utterance speaks it; when that fails, those
            after it are asked, and then a clip of another voice with the words of now stays.
        keep: which clips stay as they are.
        on_progress: told, in the calling thread, who speaks, how many are done, how many there are.

    Raises:
        SpeechError: the folder cannot be written.
    """
    work = _Work(library, keep, on_progress)
    left = list(utterances)
    with library.rendering():
        for speaker in speakers:
            left = work.give(speaker, left)
    return work.report(left)


class _Work:
    """One rendering under way."""

    def __init__(self, library: Library, keep: Keep, on_progress: OnProgress) -> None:
        self._library, self._keep, self._on_progress = library, keep, on_progress
        self.made: list[Clip] = []
        self.kept: list[Utterance] = []
        self.failures: dict[Utterance, Failure] = {}
        """Who should have spoken each utterance, and why not; also why nobody stood in."""

    def report(self, left: Collection[Utterance]) -> Report:
        """Tell what was done, when nobody else can speak what is left.

        A clip that says the words of now stays, even if nobody could have made it now.
        """
        playable = {each for each in left if (c := self._library.find(each)) and c.says(each)}
        kept = (*self.kept, *(each for each in left if each in playable))
        lost = set(left) - playable
        stood_in = (each for each in self.failures.values() if each.utterance not in lost)
        failed = (each for each in self.failures.values() if each.utterance in lost)
        return Report(tuple(self.made), kept, tuple(stood_in), tuple(failed))

    def give(self, speaker: Speaker, utterances: Sequence[Utterance]) -> list[Utterance]:
        """Have a speaker speak what it can, and give back what is left for the next one."""
        missing: list[Recipe] = []
        left = {utterance.place: utterance for utterance in utterances}
        for utterance in utterances:
            recipe = self._recipe(speaker, utterance)
            if recipe is None:
                continue
            if self._library.missing([recipe], self._keep_of(utterance)):
                missing.append(recipe)
            else:
                self.kept.append(left.pop(utterance.place))
        for recipe, outcome in self._outcomes(speaker, sorted(missing, key=_turn)):
            if isinstance(outcome, Clip):
                del left[outcome.place]
            else:
                self._fail(left[recipe.utterance.place], speaker, outcome)
        return list(left.values())

    def _recipe(self, speaker: Speaker, utterance: Utterance) -> Recipe | None:
        try:
            return speaker.recipe(utterance)
        except SpeechError as exc:
            self._fail(utterance, speaker, exc)
            return None

    def _keep_of(self, utterance: Utterance) -> Keep:
        """What was good before one who stands in comes is better than what she would say."""
        return Keep.CURRENT_WORDS_BY_ANYBODY if utterance in self.failures else self._keep

    def _fail(self, utterance: Utterance, speaker: Speaker, exc: SpeechError) -> None:
        before = self.failures.get(utterance)
        failure = Failure(utterance, speaker.source, str(exc))
        if before is not None and before.reason != failure.reason:
            failure = Failure(utterance, before.source, f"{before.reason} {exc}")
        self.failures[utterance] = failure

    def _outcomes(self, speaker: Speaker, missing: Sequence[Recipe]) -> Outcomes:
        """Have recipes spoken, and keep what was made, whatever becomes of the rest."""
        saved = time.monotonic()
        if missing:
            self._on_progress(speaker.source, 0, len(missing))
        try:
            spoken = _until_gone(_spoken(missing, self._library, speaker), missing, speaker)
            for done, (recipe, outcome) in enumerate(spoken, start=1):
                if isinstance(outcome, Clip):
                    self._library.add(outcome)
                    self.made.append(outcome)
                yield recipe, outcome
                self._on_progress(speaker.source, done, len(missing))
                if time.monotonic() - saved >= SAVE_SECONDS:
                    self._library.save()
                    saved = time.monotonic()
        finally:
            if missing:
                self._library.save()


def _turn(recipe: Recipe) -> tuple[str, str, str]:
    """Languages by turns: one that the voice does not speak must not stop the others."""
    return recipe.utterance.prompt_id, recipe.utterance.pace, recipe.utterance.language


def _until_gone(outcomes: Outcomes, recipes: Sequence[Recipe], speaker: Speaker) -> Outcomes:
    """The same outcomes; after too many failures in a row, the rest fails without being tried."""
    failing: set[str] = set()
    away, worked = 0, False
    last: Clip | SpeechError | None = None
    left = dict.fromkeys(recipes)
    with closing(outcomes):
        for recipe, last in outcomes:
            yield recipe, last
            del left[recipe]
            if isinstance(last, Clip):
                away, worked = 0, True
                failing.clear()
            elif not isinstance(last, _UnfitError):
                away += isinstance(last, VoiceAwayError)
                failing.add(recipe.utterance.prompt_id)
            gone = away >= (MAX_FAILURES_IN_A_ROW if worked else 1)
            if speaker.breaks and (gone or len(failing) == MAX_FAILURES_IN_A_ROW):
                break
    reason = SpeechError(f"not tried, since the voice failed again and again, at last: {last}")
    for recipe in left:
        yield recipe, reason


def _spoken(recipes: Sequence[Recipe], library: Library, speaker: Speaker) -> Outcomes:
    """Make clips in the speaker's lanes, and give each as it is done."""

    def make(recipe: Recipe) -> Clip | SpeechError:
        try:
            speech = speaker.speak(recipe)
        except SpeechError as exc:
            return exc
        try:
            wav, seconds = clip(speech, recipe.utterance.pace, recipe.utterance.text)
        except SpeechError as exc:
            return _UnfitError(str(exc))
        return library.write(recipe, wav, seconds)

    waiting = iter(recipes)
    pending: dict[Future[Clip | SpeechError], Recipe] = {}
    ahead = _AHEAD * speaker.lanes if speaker.lanes > 1 else 1
    pool = ThreadPoolExecutor(max_workers=speaker.lanes)
    try:
        while True:
            for recipe in islice(waiting, ahead - len(pending)):
                pending[pool.submit(make, recipe)] = recipe
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield pending.pop(future), future.result()
    finally:
        if pending:  # nobody waits for what is under way any more
            speaker.stop()
        pool.shutdown(cancel_futures=True)

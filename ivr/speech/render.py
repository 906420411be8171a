"""Rendering: what is missing or stale in a library is spoken and put there.

Speakers are asked in order: the recordings of a human voice, then the voice that was chosen, then
the offline voice, which stands in for what that one could not say.
"""

from __future__ import annotations

import functools
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from msgspec import Struct

from ivr.errors import SpeechError, VoiceAwayError
from ivr.speech.library import Keep, Library
from ivr.speech.manifest import Clip, Make, Recipe, Source
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import PIPELINE, clip
from ivr.speech.utterance import Utterance  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from ivr.speech.lexicon import Lexicon
    from ivr.speech.recordings import Recordings
    from ivr.speech.voice import Speech, Voice

    Outcomes: TypeAlias = Generator[tuple[Recipe, Clip | SpeechError]]
    OnProgress: TypeAlias = Callable[[Source, int, int], object]

SAVE_SECONDS: Final = 0.5
"""Between two savings of the manifest: what a killed rendering loses at most."""

_AHEAD: Final = 2
"""Utterances a lane is given at a time, so that none is idle.

A lane that is alone gets one: it is far away, and one in vain takes long when it does not answer.
"""

MAX_FAILURES_IN_A_ROW: Final = 3
"""After so many the voice itself is gone, and to ask it hundreds of times more helps nobody.

One that is away from the first utterance on is given up at once.
"""


class Speaker(Protocol):
    """One who speaks utterances: a voice, or the recordings of a human one."""

    source: Source
    lanes: int
    """How many utterances it speaks at once."""
    breaks: bool
    """Whether failures one after another mean that it is gone."""

    def recipe(self, utterance: Utterance) -> Recipe | None:
        """Say how it would speak this; None: it is not the one to speak it.

        Raises:
            SpeechError: the words cannot be said.
        """
        ...

    def speak(self, recipe: Recipe) -> Speech:
        """Speak.

        Raises:
            SpeechError: it cannot; the message says why and what to do.
        """
        ...


class VoiceSpeaker:
    """A voice with its lexicons."""

    breaks = True

    def __init__(self, voice: Voice, lexicons: Mapping[str, Lexicon]) -> None:
        self._voice, self._lexicons = voice, lexicons
        self.source = Source(voice.name)
        self.lanes = voice.lanes

    def recipe(self, utterance: Utterance) -> Recipe:
        """See `Speaker.recipe`."""
        spoken = spoken_sentences(utterance, self.source, self._lexicons)
        return Recipe(utterance, spoken, self._make, PIPELINE)

    @functools.cached_property
    def _make(self) -> Make:
        """Looked up when the first clip is wanted: a voice that stands in need not be installed."""
        return Make(self.source, self._voice.version, self._voice.parameters)

    def speak(self, recipe: Recipe) -> Speech:
        """See `Speaker.speak`."""
        utterance = recipe.utterance
        return self._voice.speak(recipe.spoken, utterance.language, utterance.pace)


class HumanSpeaker:
    """Recordings; each stands for itself, so that a bad one says nothing of the next."""

    source = Source.HUMAN
    lanes = 2
    breaks = False

    def __init__(self, recordings: Recordings) -> None:
        self.recipe = recordings.recipe
        self.speak = recordings.speak


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
    fails three times one after another, or is away from the beginning, is not asked for the rest.

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
    for speaker in speakers:
        left = work.give(speaker, left)
    helped = [failure for failure in work.failures.values() if failure.utterance not in left]
    failed = [work.failures[utterance] for utterance in left if utterance in work.failures]
    return Report(tuple(work.made), tuple(work.kept), tuple(helped), tuple(failed))


class _Work:
    """One rendering under way."""

    def __init__(self, library: Library, keep: Keep, on_progress: OnProgress) -> None:
        self._library, self._keep, self._on_progress = library, keep, on_progress
        self.made: list[Clip] = []
        self.kept: list[Utterance] = []
        self.failures: dict[Utterance, Failure] = {}
        """Who should have spoken each utterance, and why not; also why nobody stood in."""

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
    in_a_row, worked = 0, False
    last: Clip | SpeechError | None = None
    left = dict.fromkeys(recipes)
    with closing(outcomes):
        for recipe, last in outcomes:
            yield recipe, last
            del left[recipe]
            in_a_row = 0 if isinstance(last, Clip) else in_a_row + 1
            worked = worked or isinstance(last, Clip)
            never_reached = isinstance(last, VoiceAwayError) and not worked
            if speaker.breaks and (never_reached or in_a_row == MAX_FAILURES_IN_A_ROW):
                break
    reason = SpeechError(f"not tried, since {in_a_row} failed one after another, the last: {last}")
    for recipe in left:
        yield recipe, reason


def _spoken(recipes: Sequence[Recipe], library: Library, speaker: Speaker) -> Outcomes:
    """Make clips in the speaker's lanes, and give each as it is done."""

    def make(recipe: Recipe) -> Clip | SpeechError:
        try:
            speech = speaker.speak(recipe)
            wav, seconds = clip(speech, recipe.utterance.pace, recipe.utterance.text)
        except SpeechError as exc:
            return exc
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
        pool.shutdown(cancel_futures=True)

"""Rendering: what is missing or stale in a library is said by a voice and put there."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ivr.errors import SpeechError
from ivr.speech.library import Clip, Keep, Library, Recipe
from ivr.speech.spelling import spoken_sentences
from ivr.speech.telephone import PIPELINE, clip
from ivr.speech.utterance import Utterance  # noqa: TC001 (a field of structs)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from ivr.speech.lexicon import Lexicon
    from ivr.speech.voice import Voice

    Outcomes: TypeAlias = Generator[tuple[Recipe, Clip | SpeechError]]

_SAVE_EVERY = 50
"""Clips; what a killed rendering loses at most."""

_AHEAD = 2
"""Utterances a lane is given at a time: none is idle, and little is in vain when it is stopped."""

MAX_FAILURES_IN_A_ROW = 5
"""After so many the voice itself is gone, and to ask it hundreds of times more helps nobody."""


class Order(Struct, frozen=True):
    """What is to be rendered, and how.

    Attributes:
        utterances: all that the line can say.
        lexicons: language → pronunciation lexicon.
        keep: which clips stay as they are.
    """

    utterances: tuple[Utterance, ...]
    lexicons: Mapping[str, Lexicon]
    keep: Keep = Keep.SAME_RECIPE


class Failure(Struct, frozen=True):
    """An utterance that could not be rendered, and why, in a whole sentence."""

    utterance: Utterance
    reason: str


class Report(Struct, frozen=True):
    """What a rendering did with each utterance."""

    made: tuple[Clip, ...]
    kept: tuple[Utterance, ...]
    failed: tuple[Failure, ...]


def render(
    order: Order,
    library: Library,
    voice: Voice,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> Report:
    """Render what the library misses, in as many lanes as the voice has, and save the manifest.

    One failure does not lose the others, and an interruption does not lose what was made; the
    manifest is saved every 50 clips, at the end, and when this is interrupted. When five fail one
    after another, the rest is not tried.

    Args:
        order: what is to be rendered.
        library: where the clips go.
        voice: who says them.
        on_progress: told, in the calling thread, how many are done and how many there are to do.

    Raises:
        SpeechError: the voice is not installed, or fails again and again, or the manifest cannot
            be written.
    """
    wanted, failed = _recipes(order, voice)
    missing = sorted(library.missing(wanted, order.keep), key=_turn)
    made: list[Clip] = []
    on_progress(0, len(missing))
    try:
        outcomes = _while_it_speaks(_outcomes(missing, library, voice), voice)
        for done, (recipe, outcome) in enumerate(outcomes, start=1):
            if isinstance(outcome, Clip):
                library.add(outcome)
                made.append(outcome)
            else:
                failed.append(Failure(recipe.utterance, str(outcome)))
            on_progress(done, len(missing))
            if done % _SAVE_EVERY == 0:
                library.save()
    finally:
        if made:
            library.save()
    anew = {recipe.utterance for recipe in missing}
    kept = tuple(recipe.utterance for recipe in wanted if recipe.utterance not in anew)
    return Report(tuple(made), kept, tuple(failed))


def _turn(recipe: Recipe) -> tuple[str, str, str]:
    """Languages by turns: one that the voice does not speak must not stop the others."""
    return recipe.utterance.prompt_id, recipe.utterance.pace, recipe.utterance.language


def _while_it_speaks(outcomes: Outcomes, voice: Voice) -> Outcomes:
    """The same outcomes, ended with an error when too many failures come in a row."""
    in_a_row = 0
    with closing(outcomes):
        for recipe, outcome in outcomes:
            yield recipe, outcome
            in_a_row = 0 if isinstance(outcome, Clip) else in_a_row + 1
            if in_a_row == MAX_FAILURES_IN_A_ROW:
                raise SpeechError(
                    f"The voice {voice.name} failed {in_a_row} times one after another, so the "
                    f"rest was not tried; clips made before are kept. The last failure: {outcome}"
                )


def _recipes(order: Order, voice: Voice) -> tuple[list[Recipe], list[Failure]]:
    fingerprint = voice.fingerprint
    recipes: list[Recipe] = []
    failures: list[Failure] = []
    for utterance in order.utterances:
        try:
            spoken = spoken_sentences(utterance, voice.name, order.lexicons)
        except SpeechError as exc:
            failures.append(Failure(utterance, str(exc)))
        else:
            recipes.append(Recipe(utterance, spoken, voice.name, fingerprint, PIPELINE))
    return recipes, failures


def _outcomes(recipes: Sequence[Recipe], library: Library, voice: Voice) -> Outcomes:
    """Make clips in the voice's lanes, and give each as it is done."""

    def make(recipe: Recipe) -> Clip | SpeechError:
        utterance = recipe.utterance
        try:
            speech = voice.speak(recipe.spoken, utterance.language, utterance.pace)
            wav, seconds = clip(speech, utterance.pace, utterance.text)
            return library.write(recipe, wav, seconds)
        except SpeechError as exc:
            return exc

    waiting = iter(recipes)
    pending: dict[Future[Clip | SpeechError], Recipe] = {}
    pool = ThreadPoolExecutor(max_workers=voice.lanes)
    try:
        while True:
            for recipe in islice(waiting, _AHEAD * voice.lanes - len(pending)):
                pending[pool.submit(make, recipe)] = recipe
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield pending.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)

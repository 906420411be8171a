"""What a caller hears: Say, Play and Pause, on the call's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from ivr.errors import TwimlError
from ivr.simulator.clips import Clip, Clips, Part
from ivr.simulator.events import Heard, Paused
from ivr.simulator.wire import Wire, resolve
from ivr.twiml.verbs import MAX_LOOP, Nested, Pause, Play, Say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.simulator.record import Record

SAY_CHARACTERS_PER_SECOND = 14.0
"""An estimate for an unhurried voice; a clip's length is exact."""


class Ear:
    """Hears verbs to their end."""

    def __init__(self, wire: Wire, record: Record) -> None:
        self._clips = Clips(wire)
        self._record = record

    def hear(self, verbs: Sequence[Nested], base_url: str) -> None:
        """Hears `verbs` one after the other; a clip that cannot be fetched is told and left out.

        Args:
            verbs: as nested in a Gather, or one on its own.
            base_url: of the document, absolute.
        """
        # Twilio fetches everything nested before it plays any of it.
        urls = dict.fromkeys(verb.url for verb in verbs if isinstance(verb, Play))
        clips = {url: self._fetch(base_url, url) for url in urls}
        for verb in verbs:
            match verb:
                case Play(url, loop):
                    self._play(clips[url], loop)
                case Say():
                    self._say(verb)
                case Pause(seconds):
                    paused = Paused(at_seconds=self._record.seconds, seconds=seconds)
                    self._record.add(paused, lasts_seconds=seconds)
                case _:
                    assert_never(verb)

    def _fetch(self, base_url: str, url: str) -> tuple[str, Clip] | None:
        try:
            absolute = resolve(base_url, url)
            return absolute, self._clips.fetch(absolute)
        except TwimlError as error:
            self._record.fail(error)
            return None

    def _play(self, found: tuple[str, Clip] | None, loop: int) -> None:
        if found is None:
            return
        url, clip = found
        times = loop or MAX_LOOP
        begun = self._record.seconds
        whole = Part(words=clip.words, start_seconds=0, seconds=clip.seconds * times)
        # The parts of a loop are not told one by one: it may go round a thousand times.
        for part in clip.parts if clip.parts and times == 1 else (whole,):
            self._record.seconds = begun + part.start_seconds
            heard = Heard(
                at_seconds=self._record.seconds,
                words=part.words,
                url=url,
                seconds=part.seconds,
                is_clip=True,
                language=None,
                loop=times,
            )
            self._record.add(heard)
        self._record.seconds = begun + whole.seconds

    def _say(self, say: Say) -> None:
        times = say.loop or MAX_LOOP
        heard = Heard(
            at_seconds=self._record.seconds,
            words=say.text,
            url=None,
            seconds=len(say.text) / SAY_CHARACTERS_PER_SECOND * times,
            is_clip=False,
            language=say.language,
            loop=times,
        )
        self._record.add(heard, lasts_seconds=heard.seconds)

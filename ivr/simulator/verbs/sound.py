"""What a caller hears: Say, Play and Pause, on the call's clock, cut off by what the line heeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec import Struct

from ivr.errors import TwimlError
from ivr.simulator.events import Heard, Interrupted, Paused, Played, Said
from ivr.simulator.http.failures import shown
from ivr.simulator.verbs.activity import DEAF, Wait
from ivr.twiml.rules import MAX_LOOP
from ivr.twiml.verbs import Pause, Play, Say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ivr.simulator.http.clips import Clip
    from ivr.simulator.verbs.activity import Activity, Sense, Stimulus
    from ivr.simulator.verbs.leg import Leg
    from ivr.twiml.verbs import Nested

SAY_CHARACTERS_PER_SECOND = 14.0
"""An estimate for an unhurried voice; a clip's length is exact."""
TONE_SECONDS = 0.2
"""An estimate for a tone and the gap behind it; Twilio tells only the length of w and W."""
MP3 = "MP3"
WAIT_SECONDS = {"w": 0.5, "W": 1.0}
"""https://www.twilio.com/docs/voice/twiml/play#attributes-digits"""


def hear(
    leg: Leg,
    verbs: Sequence[Nested],
    *,
    hears: frozenset[Sense] = DEAF,
    turn: int | None = None,
) -> Activity[Stimulus | None]:
    """Hears `verbs` one after the other; a clip that cannot be fetched is told and left out.

    Args:
        leg: on which they are heard.
        verbs: as nested in a Gather, or one on its own.
        hears: what the caller may cut them off with.
        turn: the number of the Gather.

    Returns:
        What cut them off; None when all were heard.
    """
    # Twilio fetches everything nested before it plays any of it.
    urls = dict.fromkeys(verb.url for verb in verbs if isinstance(verb, Play) and verb.url)
    clips = {url: _fetch(leg, url) for url in urls}
    if turn is not None:
        _warn_of_mp3(leg, clips)
    for verb in verbs:
        stimulus = yield from _hear_out(leg, _begin(leg, verb, clips), hears, turn)
        if stimulus is not None:
            return stimulus
    return None


def hear_body(leg: Leg, clip: Clip) -> Activity[None]:
    """Hears an answer that is itself a clip."""
    yield from _hear_out(leg, _play(leg, Play(leg.base_url), (leg.base_url, clip)))


class _Stretch(Struct, frozen=True, kw_only=True):
    """A sound that is told of as one."""

    seconds: float
    words: str | None = None
    """None for one that is told of already, or has nothing to tell."""
    url: str | None = None
    language: str | None = None
    loop: int = 1


def _hear_out(
    leg: Leg,
    stretches: Sequence[_Stretch],
    hears: frozenset[Sense] = DEAF,
    turn: int | None = None,
) -> Activity[Stimulus | None]:
    """To the end, or to what cuts it off."""
    for stretch in stretches:
        _tell(leg, stretch)
        until = leg.log.seconds + stretch.seconds
        stimulus = yield Wait(until_seconds=until, hears=hears, turn=turn)
        if stimulus is not None:
            leg.log.add(Interrupted(at_seconds=leg.log.seconds))
            return stimulus
    return None


def _begin(
    leg: Leg, verb: Nested, clips: Mapping[str, tuple[str, Clip] | None]
) -> Sequence[_Stretch]:
    match verb:
        case Play(url=url) if url:
            return _play(leg, verb, clips[url])
        case Play():
            return _tones(leg, verb)
        case Say():
            return _say(leg, verb)
        case Pause(seconds):
            leg.log.add(Paused(at_seconds=leg.log.seconds, seconds=seconds))
            return (_Stretch(seconds=seconds),)
        case _:
            assert_never(verb)


def _tell(leg: Leg, stretch: _Stretch) -> None:
    if stretch.words is None:
        return
    heard = Heard(
        at_seconds=leg.log.seconds,
        words=stretch.words,
        url=stretch.url,
        seconds=stretch.seconds,
        is_clip=stretch.url is not None,
        language=stretch.language,
        loop=stretch.loop,
        to=leg.listener,
    )
    leg.log.add(heard)


def _fetch(leg: Leg, url: str) -> tuple[str, Clip] | None:
    leg.shared.check_patience()
    try:
        absolute = leg.resolve(url)
        return absolute, leg.clips.fetch(absolute)
    except TwimlError as error:
        leg.log.fail(error)
        return None


def _warn_of_mp3(leg: Leg, clips: Mapping[str, tuple[str, Clip] | None]) -> None:
    """Twilio does not: the menu is silent until the slowest of its files is converted."""
    for found in clips.values():
        if found is not None and found[1].kind == MP3:
            leg.log.warn_of(
                f"{shown(found[0])} is an mp3 inside <Gather>, where every file is fetched and "
                "converted before the first is heard; a WAV of 8000 Hz, u-law, needs no converting"
            )


def _play(leg: Leg, play: Play, found: tuple[str, Clip] | None) -> Sequence[_Stretch]:
    if found is None:
        return ()
    url, clip = found
    times = play.loop or MAX_LOOP
    seconds = clip.seconds * times
    leg.log.add(
        Played(
            at_seconds=leg.log.seconds,
            words=clip.words,
            url=url,
            seconds=seconds,
            loop=play.loop,
        )
    )
    # The parts of a loop are not told one by one: it may go round a thousand times.
    if times > 1 or not clip.parts:
        return (_Stretch(seconds=seconds, words=clip.words, url=url, loop=times),)
    before = _Stretch(seconds=clip.parts[0].start_seconds)
    parts = (_Stretch(seconds=part.seconds, words=part.words, url=url) for part in clip.parts)
    return (before, *parts)


def _tones(leg: Leg, play: Play) -> Sequence[_Stretch]:
    digits = play.digits or ""
    once = sum(WAIT_SECONDS.get(digit, TONE_SECONDS) for digit in digits)
    seconds = once * (play.loop or MAX_LOOP)
    leg.log.add(
        Played(at_seconds=leg.log.seconds, words=digits, url=None, seconds=seconds, loop=play.loop)
    )
    return (_Stretch(seconds=seconds),)


def _say(leg: Leg, say: Say) -> Sequence[_Stretch]:
    times = say.loop or MAX_LOOP
    seconds = len(say.text) / SAY_CHARACTERS_PER_SECOND * times
    leg.log.add(
        Said(
            at_seconds=leg.log.seconds,
            text=say.text,
            language=say.language,
            voice=say.voice,
            loop=say.loop,
            seconds=seconds,
        )
    )
    return (_Stretch(seconds=seconds, words=say.text, language=say.language, loop=times),)

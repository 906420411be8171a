"""What is likely to go wrong with a document that Twilio would take without a word.

Each of these has cost somebody an evening: verbs that are never reached, a redirect that comes back
to itself, a Gather after which silence ends the call, a URL over which signatures do not match.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ivr.errors import TwimlError
from ivr.simulator.http.urls import beyond_ascii, is_ascii, resolve
from ivr.simulator.verbs.rooms import CALL, QUEUE
from ivr.twiml.verbs import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    Record,
    Redirect,
    Reject,
    Sms,
    Verb,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.simulator.verbs.rooms import Room
    from ivr.twiml.verbs import Method, Noun

_URLS = (
    "url",
    "action",
    "wait_url",
    "status_callback",
    "recording_status_callback",
    "partial_result_callback",
)
"""The fields of verbs and nouns whose URLs get signed requests with parameters."""


def warnings(verbs: Sequence[Verb], method: Method, url: str, room: Room) -> Iterator[str]:
    """Gives what is likely to be wrong with a document, a sentence each.

    Args:
        verbs: of the document.
        method: by which it was asked for.
        url: where it came from, absolute.
        room: in which it is carried out.
    """
    yield from _unreachable(verbs, room)
    yield from _to_itself(verbs, method, url, room)
    yield from _unhandled_silence(verbs, room)
    for verb in verbs:
        yield from _not_ascii(verb)


def _unreachable(verbs: Sequence[Verb], room: Room) -> Iterator[str]:
    # What the place does not allow is left out.
    for verb, after in pairwise(verb for verb in verbs if room.allows(verb)):
        if _is_last(verb, room):
            yield (
                f"<{_name(after)}> after <{_name(verb)}> is never reached; "
                "remove it, or put it first"
            )
            return


def _is_last(verb: Verb, room: Room) -> bool:
    """Whether the verbs after `verb` are never reached.

    A Gather with actionOnEmptyResult is one too, yet what stands behind it is for carriers that do
    not know that attribute.
    """
    match verb:
        case Redirect() | Hangup() | Reject() | Record():
            return True
        case Leave():
            return room is QUEUE
        case Dial(action=action) | Sms(action=action) | Enqueue(action=action):
            return action is not None
        case _:
            return False


def _to_itself(verbs: Sequence[Verb], method: Method, url: str, room: Room) -> Iterator[str]:
    if room is not CALL:  # music that begins again is what a waitUrl is for
        return
    for verb in verbs:
        match verb:
            case Gather() | Record() | Dial() | Enqueue():
                return
            case Redirect() if verb.method == method and _is_same(url, verb.url):
                yield (
                    "<Redirect> leads back to this document, and nothing before it waits for the "
                    "caller: it goes round until they hang up"
                )
                return


def _is_same(base: str, url: str) -> bool:
    try:
        return resolve(base, url).partition("#")[0] == base
    except TwimlError:
        return False


def _unhandled_silence(verbs: Sequence[Verb], room: Room) -> Iterator[str]:
    last = verbs[-1] if verbs else None
    if room is CALL and isinstance(last, Gather) and not last.action_on_empty_result:
        yield (
            "nothing follows <Gather>, so a caller who gives no input is hung up on; "
            'put a verb behind it, or actionOnEmptyResult="true" in it'
        )


def _not_ascii(verb: Verb | Noun) -> Iterator[str]:
    for field in _URLS:
        url = getattr(verb, field, None)
        # A Play's URL is fetched without parameters; hardly anybody checks its signature.
        if url and _name(verb) != "Play" and not is_ascii(url):
            yield f"<{_name(verb)}> has {beyond_ascii(url)}"
    if isinstance(verb, Dial):
        for noun in verb.nouns:
            yield from _not_ascii(noun)


def _name(verb: Verb | Noun) -> str:
    return str(getattr(verb, "kind", None) or type(verb).__name__)

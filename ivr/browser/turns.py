"""What the caller does in virtual time, as the turns of a script: each when the line waits.

`ivr.simulator.replay` would write it with its times on the call's clock. But digits that are read
out take another time in the next call, and what came when the line began to wait would then come
before or after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from ivr.browser.messages import HangUp, Listen, Press, Record, Say, Wait
from ivr.simulator import actions, script
from ivr.simulator.digits import MIN_DIGITS

if TYPE_CHECKING:
    from ivr.browser.messages import Deed
    from ivr.simulator.call import Call
    from ivr.simulator.digits import Digits


class Turns:
    """The turns of one call.

    Args:
        call: that is to be told of before and after each thing that the caller does.
        digits: what counts as a digit that the line reads out.
    """

    def __init__(self, call: Call, digits: Digits) -> None:
        self._call = call
        self._digits = digits
        self._entries: list[script.Entry] = []
        self._is_plain = True
        """Whether all that was done was done as the line waited, and so has no time of its own."""
        self._turn: int | None = None
        """In which the last thing was done."""
        self._keys = ""
        """That were pressed in that turn, last of all."""
        self._read_out = ""
        """What had been read out before them."""

    @property
    def keys(self) -> str | None:
        """The script; None where the call needs one with times."""
        last = script.turn_of(self._entries[-1]) if self._entries else None
        is_told = isinstance(last, actions.HangUp)
        # Who has left while something was under way hung up behind it, at a time of its own.
        is_hung_up = self._call.ended == "caller"
        if not self._is_plain or is_told != is_hung_up:
            return None
        return script.write([*self._entries, *([] if is_told else [script.Stay()])])

    def begin(self, deed: Deed, *, is_virtual: bool) -> None:
        """Takes down what is now done."""
        call = self._call
        is_same_turn = call.turn is not None and call.turn == self._turn
        # In a queue a script's caller has a patience of their own.
        is_timely = call.waiting in {"gather", "record"} or isinstance(deed, HangUp)
        # After anything but keys time has passed in that turn.
        is_plain = is_virtual and is_timely and (not is_same_turn or self._keys != "")
        self._is_plain = self._is_plain and is_plain
        self._turn = call.turn
        match deed:
            case Press(keys=keys):
                self._press(keys, is_further=is_same_turn)
                return
            case Listen():
                if not is_same_turn:
                    self._entries.append(script.Wait())
            case Say(text=text):
                self._act(actions.Speak(text), is_at_once=is_same_turn)
            case Record(seconds=seconds):
                self._act(actions.Record(seconds), is_at_once=is_same_turn)
            case HangUp():
                self._act(actions.HangUp(), is_at_once=is_same_turn)
            case Wait():
                pass  # in real time only, which is in no script without times
            case _:
                assert_never(deed)
        self._keys = ""

    def end(self) -> None:
        """Takes down that the line waits again, or that the call is over."""
        if self._call.ended is None and self._call.waiting is None:
            self._is_plain = False

    def _act(self, action: actions.Action, *, is_at_once: bool) -> None:
        """With a time of zero it does not wait for the end of the turn of the keys before it."""
        self._entries.append(script.Timed(action, 0.0) if is_at_once else action)

    def _press(self, keys: str, *, is_further: bool) -> None:
        if is_further:
            del self._entries[-len(self._pressed()) :]
        else:
            self._keys, self._read_out = "", self._digits.read_out(self._call.heard)
        self._keys += keys
        self._entries += self._pressed()

    def _pressed(self) -> list[script.Entry]:
        """Who keys just what was read out before keys another code in another call."""
        code = self._read_out
        if len(code) < MIN_DIGITS or not self._keys.startswith(code):
            return [actions.Press(self._keys)]
        rest = self._keys.removeprefix(code)
        return [script.ReadBack(), *([script.Timed(actions.Press(rest), 0.0)] if rest else [])]

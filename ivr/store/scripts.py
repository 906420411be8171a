"""What Redis does in one go, in its own Lua: each script is whole or has not happened.

They keep to what Redis 6.2 has. A script is sent by its hash; a Redis that does not know it, new or
restarted, is sent the text, which it then keeps.
"""

from __future__ import annotations

import hashlib
from typing import Final

from msgspec import Struct


class Script(Struct, frozen=True):
    """A script with the name that Redis gives it."""

    text: bytes
    name: bytes


class Run(Struct, frozen=True):
    """A script with what it works on, to be run once."""

    script: Script
    keys: tuple[str, ...]
    """All of one partition."""
    args: tuple[str | bytes | int, ...] = ()

    @property
    def by_name(self) -> tuple[str | bytes | int, ...]:
        """The command for a Redis that knows the script."""
        return ("EVALSHA", self.script.name, len(self.keys), *self.keys, *self.args)

    @property
    def by_text(self) -> tuple[str | bytes | int, ...]:
        """The command for one that does not, and will know it then."""
        return ("EVAL", self.script.text, len(self.keys), *self.keys, *self.args)


def _script(text: str) -> Script:
    body = text.strip().encode()
    # SHA-1 is what EVALSHA asks for; nothing rests on its strength.
    return Script(body, hashlib.sha1(body, usedforsecurity=False).hexdigest().encode())


SAVE: Final = _script("""
local call, session, before = redis.call, KEYS[1], ARGV[1]
if call('GET', session) ~= (before ~= '' and before) then return 0 end
call('SET', session, ARGV[2], 'EX', ARGV[3])
local counts, degraded, first = KEYS[2], ARGV[5], 6
if KEYS[3] then
  local memory, memory_seconds, used = ARGV[6], ARGV[7], ARGV[8]
  first = 10
  if memory_seconds == '-1' then call('DEL', KEYS[3])
  elseif memory_seconds ~= '0' then call('SET', KEYS[3], memory, 'EX', memory_seconds) end
  if used ~= '0' and call('INCRBY', KEYS[4], used) == tonumber(used) then
    call('EXPIRE', KEYS[4], ARGV[9])
  end
end
for i = first, #ARGV do call('HINCRBY', counts, ARGV[i], 1) end
if degraded ~= '0' then call('HINCRBY', counts, 'degraded', degraded) end
if ARGV[first] or degraded ~= '0' then call('EXPIRE', counts, ARGV[4]) end
return 1
""")
"""Saves a session only if what is held is still what was loaded, and all else in the same trip.

So a save that is sent twice, because its answer was lost, counts once: the second finds what the
first has left. KEYS: session, counts, and where anything is told of a known caller, memory and used
seconds. ARGV: what was loaded, what is saved, its seconds, the seconds of counts, degraded answers;
with the keys of a caller the memory and its seconds (0: leave it, -1: delete it), seconds used, how
long those count; then each count. Most turns tell nothing of a caller, and send less.
"""

ADMIT: Final = _script("""
local sid, now, an_hour, a_day = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local recent = tonumber(ARGV[5])
local left = -1
if a_day > 0 then
  left = math.max(0, a_day - (tonumber(redis.call('GET', KEYS[2]) or '0') or 0))
end
local refused = ''
if not redis.call('ZSCORE', KEYS[3], sid) then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - recent)
  if left == 0 then refused = 'minutes'
  elseif an_hour > 0 and redis.call('ZCARD', KEYS[3]) >= an_hour then refused = 'calls'
  else
    redis.call('ZADD', KEYS[3], now, sid)
    redis.call('EXPIRE', KEYS[3], recent)
  end
end
return {redis.call('GET', KEYS[1]) or '', refused, left}
""")
"""What is known of a caller, and whether the call is taken; the same call is asked about freely.

A call that was taken counts once and stays taken; one that was refused does not count. KEYS:
memory, used seconds, calls of the last hour. ARGV: CallSid, now, calls an hour, seconds a day
(0: without end), the seconds of an hour.
"""

ERASE: Final = _script("""
local found = {redis.call('EXISTS', KEYS[1]), redis.call('ZCARD', KEYS[3]),
  tonumber(redis.call('GET', KEYS[2]) or '0') or 0}
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return found
""")
"""Deletes all that is kept of a caller, and tells what it was. KEYS as for `ADMIT`."""

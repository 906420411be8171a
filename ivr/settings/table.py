"""Every setting by its name, with its default and what it is for."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

TTS_ENGINES: Final = ("gtts", "espeak")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")


class Setting(Struct, frozen=True):
    """One line of the table of settings."""

    name: str
    default: str | None
    """None: it has none, and `ivr serve` may ask for it."""
    help: str


TABLE: Final = (
    Setting("PORT", "8000", "port of the web service"),
    Setting("PUBLIC_URL", None, "scheme and host under which the provider calls this service"),
    Setting(
        "REDIS_URL",
        None,
        "redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; "
        "unset under `ivr dev`: embedded",
    ),
    Setting("TWILIO_ACCOUNT_SID", None, "account, for `ivr twilio connect`"),
    Setting(
        "TWILIO_AUTH_TOKEN",
        None,
        "key of the request signatures and of the REST API; two, as new,old, while it is changed",
    ),
    Setting("TWILIO_NUMBER", None, "the line's number, such as +12025550100"),
    Setting("TWILIO_API_URL", "https://api.twilio.com", "where the provider's REST API answers"),
    Setting("IVR_SECRET_KEY", None, "16 letters or more: makes practice codes, hides callers"),
    Setting("IVR_HELPER_NUMBER", None, "a volunteer's number, rung for callers; unset: no person"),
    Setting("IVR_CONFIG", "config", "folder of the flow and the words"),
    Setting("IVR_AUDIO", "audio", "folder of recordings and rendered clips"),
    Setting("IVR_TTS", "gtts", "voice of `ivr audio render`: gtts (network) or espeak (offline)"),
    Setting(
        "IVR_PROXY_HOPS", "0", "how many proxies in front may set X-Forwarded-For, -Proto and -Host"
    ),
    Setting(
        "IVR_HOSTS",
        None,
        "names under which `ivr serve` may be asked, divided by commas; unset: that of PUBLIC_URL",
    ),
    Setting(
        "IVR_CALLS_AN_HOUR", "20", "calls of one caller in an hour; 0: no limit, as under `ivr dev`"
    ),
    Setting(
        "IVR_MINUTES_A_DAY",
        "120",
        "minutes of one caller in a day; 0: no limit, as under `ivr dev`",
    ),
    Setting("IVR_TURNS_A_CALL", "300", "turns of one call; 0: no limit, as under `ivr dev`"),
    Setting("IVR_KEEP_ENDED_DAYS", "30", "how long it is kept that a call has ended"),
    Setting("IVR_KEEP_COUNTS_DAYS", "400", "how long the counts of a day are kept"),
    Setting("IVR_DRAIN_SECONDS", "5", "how long `ivr serve` goes on taking calls after SIGTERM"),
    Setting("IVR_LOG_LEVEL", "info", "the least that is logged: debug, info, warning or error"),
)
"""Every setting: its name, its default, what it is for."""

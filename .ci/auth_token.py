"""A rule for the secret scan that it does not have by itself: this line's own two secrets."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from detect_secrets.plugins.base import RegexBasedDetector

_ASSIGNED: Final = re.compile(
    r"(?:auth_?token|secret_?key)['\"]?\s*[:=]\s*['\"]?([0-9a-zA-Z+/_-]{32,})\b", re.IGNORECASE
)
"""Twilio's auth token has 32 hexadecimal digits, and a key of ours has as many signs or more. In a
file of settings neither stands in quotes, and the rules for random letters look at quotes only."""


class AuthTokenDetector(RegexBasedDetector):
    """Finds `TWILIO_AUTH_TOKEN=…` and `IVR_SECRET_KEY: …`, with quotes or without."""

    secret_type = "Auth token or secret key"  # noqa: S105 - its name, as it is told
    denylist: ClassVar[list[re.Pattern[str]]] = [_ASSIGNED]

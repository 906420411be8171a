"""What a setting must look like: origins, names of hosts, numbers of telephones."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

PHONE_FORM: Final = "use + and 7 to 15 digits, such as +12025550100"
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*|\[[0-9a-f:.]+\]")


def is_origin(url: str) -> bool:
    """Whether it is a scheme of the web and a host, and nothing else."""
    parts = split_url(url)
    if parts is None or not url.isascii() or " " in url:
        return False
    plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def host_of(origin: str) -> str:
    """The name of the host in an origin, as a Host header has it: in small letters, no port."""
    name = urlsplit(origin).hostname or ""
    return f"[{name}]" if ":" in name else name


def is_host(name: str) -> bool:
    """Whether it is a host's name or address, in small letters, without a port (RFC 1123, 2.1)."""
    return _HOST.fullmatch(name) is not None


def is_phone(number: str) -> bool:
    """Whether it is written as ITU-T E.164 has it."""
    return re.fullmatch(r"\+[1-9][0-9]{6,14}", number) is not None


def split_url(url: str) -> SplitResult | None:
    """The parts of a URL, or None where it is none or its port cannot be."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port is None or port > 0 else None

"""`make audit`: known vulnerabilities of what is pinned, and secrets in what git tracks.

    python .ci/audit.py            # in the folder of a checkout
    python .ci/audit.py --accept   # what the secret scan finds now is no secret: read it first

Exit 0: everything was asked, and nothing found. Exit 1: something was found, or could not be asked;
a service that did not answer has vouched for nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PINS: Final = Path("constraints.txt")
KNOWN: Final = Path(".ci/known_secrets.json")
"""What looks like a secret and is none, such as the tokens of tests: by file, as hashes, so that
lines may move."""
OWN_RULE: Final = Path(__file__).resolve().with_name("auth_token.py")
NEVER_SECRET: Final = ("^AC0{32}$", "^[0-9a-f]{1,16}$")
"""The account of the pretend carrier; hashes of our own that name a version or a clip."""
EXCLUDING: Final = "detect_secrets.filters.regex.should_exclude_secret"
SERVICE_SECONDS: Final = 300
MOST_LETTERS: Final = 200
SHOWN: Final = 5
"""So many packages are named; the rest are counted."""


@click.command()
@click.option("--accept", is_flag=True, help="What looks like a secret now is none.")
def audit(*, accept: bool) -> None:
    """Look for known vulnerabilities and for secrets in this folder."""
    found = _suspects()
    if accept:
        hashes: dict[str, list[str]] = {}
        for name, each in found:
            hashes[name] = sorted({*hashes.get(name, ()), each.secret_hash})
        KNOWN.write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
        click.echo(f"{sum(map(len, hashes.values()))} are taken for no secrets in {KNOWN}.")
        return
    known = json.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else {}
    lines = [*told_of_pins(*_asked()), *told_of_suspects(found, known)]
    for line in lines:
        click.echo(line, err=True)
    if lines:
        sys.exit(1)
    click.echo(f"{PINS}: no known vulnerability. What git tracks: no secret.")


def _asked() -> tuple[Sequence[Mapping[str, Any]], str]:
    """What the service has said of each pinned package; or nothing, and the reason."""
    # Its own --strict stops at the first package that the service does not know, and without it
    # such a package counts as good: so each is judged here.
    words = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    command = [sys.executable, "-m", "pip_audit", *words, "--requirement", str(PINS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own Python, with arguments of our own
            command, capture_output=True, text=True, check=False, timeout=SERVICE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return [], f"no answer within {SERVICE_SECONDS} s"
    try:
        return json.loads(done.stdout)["dependencies"], ""
    except ValueError:
        return [], _last_words(done.stderr)


def _last_words(trace: str) -> str:
    """The line of a traceback that says the most: the last one that is more than a name."""
    lines = [line.strip() for line in trace.splitlines() if line.strip()] or ["it said nothing"]
    return next((line for line in reversed(lines) if ": " in line), lines[-1])[:MOST_LETTERS]


def told_of_pins(answers: Sequence[Mapping[str, Any]], reason: str) -> Iterator[str]:
    """What is wrong with the pinned packages, a line each.

    Args:
        answers: of the service, as pip-audit writes them: name and version, with `vulns`, or with
            `skip_reason` where the service had no answer.
        reason: why there are none at all.
    """
    for each in answers:
        for flaw in each.get("vulns", ()):
            mended = " or ".join(flaw["fix_versions"]) or "nothing yet"
            where = f"{PINS}: {each['name']} {each['version']}"
            yield f"{where}: {flaw['id']}, mended in {mended}; upgrade in .venv and pin it anew"
    unknown = [each["name"] for each in answers if "skip_reason" in each]
    if not answers or len(unknown) == len(answers):
        why = reason or "it does not know a single one of the packages"
        yield (
            f"{PINS}: the vulnerability service could not be asked, so nothing is known ({why}). "
            "Try again with a network; PIP_AUDIT_VULNERABILITY_SERVICE=osv asks another service."
        )
    elif unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        yield (
            f"{PINS}: nothing is known about {', '.join(unknown[:SHOWN])}{more}: the service does "
            "not know that package or version. Pin one that it knows."
        )


def _suspects() -> SecretsCollection:
    """What looks like a secret in any file that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git the checkout was made with
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name and Path(name).is_file()]
    found = SecretsCollection()
    with default_settings() as settings:
        settings.configure_plugins([{"name": "AuthTokenDetector", "path": OWN_RULE.as_uri()}])
        settings.filters[EXCLUDING] = {"pattern": list(NEVER_SECRET)}
        get_mapping_from_secret_type_to_class.cache_clear()  # it was read without our rule
        found.scan_files(*(name for name in names if Path(name) != KNOWN))
    return found


def told_of_suspects(found: SecretsCollection, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Where something looks like a secret and is not known to be none; never the secret itself."""
    for name, each in found:
        if each.secret_hash not in known.get(name, ()):
            yield (
                f"{name}:{each.line_number}: looks like a secret ({each.type}). Take it out, and "
                "make it void wherever it is valid; if it is none: python .ci/audit.py --accept"
            )


if __name__ == "__main__":
    audit()

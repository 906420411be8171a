"""`make audit`, on folders of a test's own, with a vulnerability service of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from msgspec import Struct
from werkzeug.wrappers import Request, Response

from tests.cli.terminal import UNMEASURED
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

AUDIT: Final = Path(__file__).parents[1] / ".ci/audit.py"
CLOSED: Final = "http://127.0.0.1:9"
"""The port of a service that nobody runs."""
FLAWED: Final = ("flawed", "1.0")
PINS: Final = "# The pins of a test.\nsound==2.0\n"
HEX: Final = "8f3b7c1d9e2a64058b7d3f9c1e6a2b40"
"""In the form of an auth token, and made up for these tests."""
SECRETS: Final = {
    "a token in a file of settings": ("line.env", f"TWILIO_AUTH_TOKEN={HEX}\n", "Auth token"),
    "a key in YAML": ("line.yaml", f"ivr_secret_key: {HEX}\n", "Auth token"),
    "a token in code": ("line.py", f'token = "{HEX}"\n', "Hex High Entropy String"),
    "a key of a cloud": ("notes.txt", "AKIA" + "Q3XK7P2WZ5TB9R4M" + "\n", "AWS Access Key"),
    "a private key": ("line.pem", "-----BEGIN " + "PRIVATE KEY-----\n", "Private Key"),
}


class Checkout(Struct, frozen=True):
    """A folder under git with pins, and who is asked about them."""

    folder: Path
    osv_url: str

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def audit(self, *words: str) -> subprocess.CompletedProcess[str]:
        asked = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": self.osv_url}
        return run(self.folder, [sys.executable, str(AUDIT), *words], asked)


def run(
    folder: Path, command: list[str], variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    # The scan ends its pool of processes by SIGTERM.
    env = {**os.environ, **UNMEASURED, **variables}  # noqa: TID251 - a child needs PATH
    return subprocess.run(  # noqa: S603 - our own program, and git
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=100
    )


@Request.application
def service(request: Request) -> Response:
    """Speaks as https://google.github.io/osv.dev/post-v1-query/ says, and knows one flaw."""
    asked = request.get_json(force=True)
    name, version = asked["package"]["name"], asked["version"]
    flaw = {
        "id": "OSV-2026-1",
        "summary": "It lets strangers in.",
        "affected": [
            {
                "package": {"name": name, "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}
                ],
            }
        ],
    }
    found = {"vulns": [flaw]} if (name, version) == FLAWED else {}
    return Response(json.dumps(found), mimetype="application/json")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    assert run(tmp_path, ["git", "init", "--quiet"], {}).returncode == 0
    with serving(service) as url:
        made = Checkout(tmp_path, f"{url}/v1/query")
        made.write("constraints.txt", PINS)
        made.write("README.md", "A line.\n")
        yield made


def test_what_is_sound_and_holds_no_secret_passes(checkout: Checkout) -> None:
    done = checkout.audit()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("constraints.txt: no known vulnerability. What git tracks: no secret.\n")


def test_a_known_flaw_is_told_with_what_mends_it(checkout: Checkout) -> None:
    checkout.write("constraints.txt", PINS + "==".join(FLAWED) + "\n")
    done = checkout.audit()
    assert done.returncode == 1
    assert done.stderr == (
        "constraints.txt: flawed 1.0: OSV-2026-1, mended in 1.1; upgrade in .venv and pin it anew\n"
    )


def test_a_service_that_cannot_be_asked_has_vouched_for_nothing(checkout: Checkout) -> None:
    done = Checkout(checkout.folder, f"{CLOSED}/v1/query").audit()
    assert done.returncode == 1
    assert "could not be asked, so nothing is known" in done.stderr
    assert "Try again with a network" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("name", "text", "kind"), SECRETS.values(), ids=SECRETS)
def test_a_secret_that_is_planted_is_found_and_not_repeated(
    checkout: Checkout, name: str, text: str, kind: str
) -> None:
    checkout.write(f"config/{name}", f"\n{text}")
    done = checkout.audit()
    assert done.returncode == 1
    assert f"config/{name}:2: looks like a secret ({kind}" in done.stderr
    assert text.strip() not in done.stderr
    assert HEX not in done.stderr


def test_what_git_ignores_is_not_looked_at(checkout: Checkout) -> None:
    checkout.write(".gitignore", "line.env\n")
    checkout.write("line.env", f"TWILIO_AUTH_TOKEN={HEX}\n")
    assert checkout.audit().returncode == 0


def test_what_was_accepted_is_known_also_on_another_line_and_nowhere_else(
    checkout: Checkout,
) -> None:
    (checkout.folder / ".ci").mkdir()
    checkout.write("one.env", f"TWILIO_AUTH_TOKEN={HEX}\n")
    assert checkout.audit("--accept").returncode == 0
    assert HEX not in (checkout.folder / ".ci/known_secrets.json").read_text(encoding="utf-8")
    checkout.write("one.env", f"\n\nTWILIO_AUTH_TOKEN={HEX}\n")
    assert checkout.audit().returncode == 0
    checkout.write("two.env", f"TWILIO_AUTH_TOKEN={HEX}\n")
    done = checkout.audit()
    assert done.returncode == 1
    assert done.stderr.startswith("two.env:1: ")


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program as a module, for answers that no service here can be made to give."""
    spec = importlib.util.spec_from_file_location("audit_program", AUDIT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


SOUND_ONE: Final = {"name": "sound", "version": "2.0", "vulns": []}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        pytest.param([SOUND_ONE], [], id="all known"),
        pytest.param(
            [SOUND_ONE, {"name": "odd", "skip_reason": "not found"}],
            ["nothing is known about odd:"],
            id="one unknown",
        ),
        pytest.param(
            [SOUND_ONE, *({"name": f"odd{n}", "skip_reason": "not found"} for n in range(7))],
            ["nothing is known about odd0, odd1, odd2, odd3, odd4 and 2 more:"],
            id="many unknown",
        ),
        pytest.param(
            [{"name": "odd", "skip_reason": "not found"}],
            ["could not be asked, so nothing is known (it does not know a single one"],
            id="all unknown, as behind a mirror",
        ),
        pytest.param(
            [{"name": "bad", "version": "1", "vulns": [{"id": "OSV-1", "fix_versions": []}]}],
            ["bad 1: OSV-1, mended in nothing yet"],
            id="flawed, and not mended by anybody",
        ),
    ],
)
def test_a_package_that_is_not_known_is_no_pass(
    program: ModuleType, answers: list[dict[str, Any]], told: list[str]
) -> None:
    lines = list(program.told_of_pins(answers, ""))
    assert len(lines) == len(told)
    assert all(words in line for words, line in zip(told, lines, strict=True))


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        ("a.b.Error: no name\n  at x\nc.d.Error\n", "a.b.Error: no name"),
        ("c.d.Error\n", "c.d.Error"),
        ("", "it said nothing"),
    ],
)
def test_of_a_traceback_the_line_is_told_that_says_the_most(
    program: ModuleType, trace: str, words: str
) -> None:
    assert program._last_words(trace) == words

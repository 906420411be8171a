"""What the offline voice's own process says on its stdout, asked as its file tells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import espeakng_loader
import pytest

from ivr.speech import espeak

WORKER: Final = Path(espeak.__file__).with_name("espeak_worker.py")
ASKED: Final = {
    "do": "speak",
    "voice": "bn",
    "rate": 150,
    "texts": ["এক", "দুই তিন"],
    "limit_seconds": 20,
}


def answers(*requests: dict[str, Any], data: str = "") -> list[tuple[dict[str, Any], list[bytes]]]:
    """Each answer, and the bytes for each of its texts."""
    library = espeakng_loader.get_library_path()
    asked = "".join(f"{json.dumps(each)}\n" for each in requests)
    done = subprocess.run(  # noqa: S603 - our own script
        # Without `-S`, which the voice gives it: only what is installed measures it.
        [sys.executable, "-I", str(WORKER), library, data or espeakng_loader.get_data_path()],
        input=asked.encode(),
        capture_output=True,
        timeout=100,
        check=True,
    )
    found, rest = [], done.stdout
    while rest:
        line, _, rest = rest.partition(b"\n")
        head = json.loads(line)
        parts = []
        for size in head["sizes"]:
            parts.append(rest[:size])
            rest = rest[size:]
        found.append((head, parts))
    return found


def test_each_text_of_a_request_has_its_sound() -> None:
    (head, (one, two)), (again, same) = answers(ASKED, ASKED)
    assert (head["error"], head["rate"], again) == (None, 22050, head)
    assert len(two) > len(one) > head["rate"] / 5, "a tenth of a second, 2 bytes a sample"
    assert [one, two] == same


def test_the_phonemes_of_all_clauses_are_told() -> None:
    ((head, (one, two)),) = answers({**ASKED, "do": "phonemes", "texts": ["এক", "এক। দুই"]})
    assert head["error"] is None
    assert one.decode()
    assert len(two.split()) > len(one.split())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"voice": "no such voice"}, "espeak-ng has no voice 'no such voice'"),
        ({"limit_seconds": 0.001, "texts": ["এক "] * 500}, "it said nothing within 0.001 s"),
    ],
    ids=["no voice", "too long"],
)
def test_what_cannot_be_said_is_an_answer_and_the_next_request_is_served(
    change: dict[str, Any], error: str
) -> None:
    (failed, nothing), (head, parts) = answers({**ASKED, **change}, ASKED)
    assert (failed["error"], nothing) == (error, [])
    assert (head["error"], len(parts)) == (None, 2)


def test_data_that_cannot_be_used_are_told_before_any_request(tmp_path: Path) -> None:
    ((head, _),) = answers(ASKED, data=str(tmp_path))
    assert head["error"] == f"espeak-ng cannot use its data in {tmp_path}"

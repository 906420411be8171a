"""How fast clips are made: all prompts, both languages, both paces, by the offline voice.

    make bench

Everything is measured in turns in one run, and told as a ratio too, since machines are noisy. Asked
for: all from nothing in under 10 s on two cores, and under 0.5 s when there is nothing to do.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.cli.audio.studio import Studio
from ivr.cli.project import read_spec
from ivr.cli.table import table
from ivr.settings import Settings
from ivr.speech.espeak import EspeakVoice
from ivr.speech.library import Library
from ivr.speech.spelling import spoken_sentences

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
CONFIG = Path(__file__).parents[2] / "config"
IVR = "from ivr.cli.main import main; main()"
VOICE_ALONE = "the voice alone, no clips"
FROM_NOTHING = "ivr audio render, from nothing"
NOTHING_TO_DO = "ivr audio render, nothing to do"
ASKED_FOR = {FROM_NOTHING: "under 10 s on two cores", NOTHING_TO_DO: "under 0.5 s"}


def studio_of(audio: Path) -> Studio:
    """The shipped words, with clips in this folder."""
    settings = Settings.from_env(
        {"IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(audio), "IVR_TTS": "espeak"}
    )
    return Studio(read_spec(CONFIG).words, settings)


def speak_only(studio: Studio) -> None:
    """Speak everything in as many lanes as rendering does, one after another in each."""
    with closing(EspeakVoice()) as voice:

        def speak(number: int) -> None:
            for each in studio.utterances[number :: voice.lanes]:
                spoken = spoken_sentences(each, voice.name, studio.lexicons)
                voice.speak(spoken, each.language, each.pace)

        with ThreadPoolExecutor(voice.lanes) as pool:
            list(pool.map(speak, range(voice.lanes)))


def command(audio: Path, *arguments: str) -> None:
    """Run `ivr` as an operator does, in a process of its own."""
    variables = {"IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(audio), "IVR_TTS": "espeak"}
    subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", IVR, *arguments],
        env={**os.environ, **variables},  # noqa: TID251 - a child needs PATH
        stdout=subprocess.DEVNULL,
        check=True,
    )


def timed(step: Callable[[], None]) -> float:
    """The seconds that a step takes."""
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def one_round(folder: Path) -> dict[str, float]:
    """The seconds of each step, beginning with an empty folder, which has the clips afterwards."""
    studio = studio_of(folder)
    return {
        VOICE_ALONE: timed(lambda: speak_only(studio)),
        FROM_NOTHING: timed(lambda: command(folder, "audio", "render")),
        NOTHING_TO_DO: timed(lambda: command(folder, "audio", "render")),
        "ivr audio list": timed(lambda: command(folder, "audio", "list")),
        "ivr audio check": timed(lambda: command(folder, "audio", "check")),
    }


def main() -> None:
    """Measure, and print one table."""
    rounds = []
    spoken, count = 0.0, 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder)))
            library = Library.open(Path(folder))
            places = [each.place for each in studio_of(Path(folder)).utterances]
            spoken = sum(clip.seconds for each in places if (clip := library.entry(each)))
            count = len(library)
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    floor = medians[VOICE_ALONE]
    rows = [("step", "seconds", "times the voice alone", "asked for")]
    rows += [
        (name, f"{each:.2f}", f"{each / floor:.2f}", ASKED_FOR.get(name, ""))
        for name, each in medians.items()
    ]
    click.echo(
        "Making the clips: all prompts, both languages, both paces, by the offline voice\n"
        f"{count} clips, {spoken:.0f} s of speech; the median of {ROUNDS} rounds; "
        f"{os.cpu_count()} cores\n"
    )
    click.echo(f"{table(rows, numbers={1, 2})}\n")


if __name__ == "__main__":
    main()

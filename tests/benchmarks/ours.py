"""*Ours*: the line as `ivr serve` makes it, with its settings, its clips and its log."""

from __future__ import annotations

from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from rich.console import Console

from ivr.cli.audio.studio import render_missing
from ivr.cli.project import Project, public_parts, read_spec, store_at
from ivr.logs import configure
from ivr.settings import Settings
from ivr.store.embedded import embedded_redis
from ivr.web.app import create_app
from ivr.web.standing import Standing
from tests.benchmarks.pretend_caller import ACCOUNT, LINE, ORIGIN, TOKEN
from tests.logging_taken_back import logging_as_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from ivr.web.parts import Parts

ROOT: Final = Path(__file__).parents[2]
SECRET: Final = "secret-of-the-benchmark"


class Stage(Struct, frozen=True):
    """What everything that is measured has in common: a Redis on a socket, and every clip."""

    folder: Path
    """For whatever is to be written; it goes away with the stage."""
    audio: Path
    redis_url: str

    def variables(self, port: int = 8000) -> dict[str, str]:
        """The settings of a public service."""
        return {
            "PORT": str(port),
            "PUBLIC_URL": ORIGIN,
            "REDIS_URL": self.redis_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_NUMBER": LINE,
            "IVR_SECRET_KEY": SECRET,
            "IVR_CONFIG": str(ROOT / "config"),
            "IVR_AUDIO": str(self.audio),
            "IVR_DRAIN_SECONDS": "1",
        }

    def project(self) -> Project:
        """What `ivr serve` loads at its start."""
        settings = Settings.from_env(self.variables(), serving=True)
        return Project(settings, read_spec(settings.config))


@contextmanager
def logged(folder: Path) -> Iterator[None]:
    """Lets this process log as `ivr serve` does, a JSON line a turn, into a file in the folder."""
    with (
        (folder / "turns.log").open("w", buffering=1, encoding="utf-8") as log,
        redirect_stderr(log),
        logging_as_before(),
    ):
        configure(is_json=True, level="info")
        yield


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Renders every clip by the offline voice, and runs a Redis, for as long as the block runs."""
    audio = folder / "audio"
    audio.mkdir(exist_ok=True)
    settings = Settings.from_env({"IVR_CONFIG": str(ROOT / "config"), "IVR_AUDIO": str(audio)})
    words = read_spec(settings.config).words
    report, _ = render_missing(words, settings, Console(quiet=True), voice_name="espeak")
    if report.failed:
        raise SystemExit(f"Some clips cannot be made: {report.failed}")
    with embedded_redis(folder / "redis") as url:
        yield Stage(folder, audio, url)


def ours_parts(stage: Stage) -> Parts:
    """What the service is put together from in a worker of `ivr serve`."""
    project = stage.project()
    return public_parts(project, store_at(stage.redis_url, project.settings), Standing())


def ours_app(stage: Stage) -> Flask:
    """The service in a worker of `ivr serve`."""
    return create_app(ours_parts(stage))

"""The project on disk: settings, and the spec of its config folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.errors import FlowError
from ivr.flow.load import load
from ivr.settings import Settings, environment

if TYPE_CHECKING:
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts


class Project(Struct, frozen=True):
    """What every command of the line begins with."""

    settings: Settings
    spec: Spec

    @classmethod
    def load(cls, *, serving: bool = False) -> Project:
        """The settings of this process and the checked spec.

        Raises:
            SettingsError: a setting is bad, or one that serving needs is missing.
            FlowError: the config folder has problems; all of them are named.
        """
        settings = Settings.from_env(environment(), serving=serving)
        return cls(settings, read_spec(settings.config))


def read_spec(folder: Path) -> Spec:
    """The checked spec of a config folder.

    Raises:
        FlowError: it cannot be read, or has problems; all of them are named.
    """
    return load(read_files(folder), str(folder))


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a config folder's flow, facts and words, by their names inside the folder.

    Raises:
        FlowError: the folder or a file in it cannot be read; all of them are named.
    """
    if not folder.is_dir():
        raise FlowError(
            f"There is no folder {folder}:",
            ["run the command in the project's folder, or set IVR_CONFIG"],
        )
    names = [folder / "flow.yaml", folder / "facts.yaml", *sorted(folder.glob("prompts/*.yaml"))]
    files: dict[str, str] = {}
    problems = []
    for file in filter(Path.exists, names):
        try:
            files[str(file.relative_to(folder))] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problems.append(f"{file}:{line}: it is not UTF-8; save it as UTF-8 in your editor")
        except OSError as error:
            problems.append(f"{file}: it cannot be read: {error.strerror}; mend or remove it")
    if problems:
        raise FlowError(f"{folder}/ cannot be read:", problems)
    return files


def parts(project: Project, store: RedisStore, auth_token: str, secret_key: str) -> Parts:
    """What the web service is put together from, under `ivr dev` and `ivr serve` alike.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
    """
    from ivr.cli.clock import now
    from ivr.speech.library import Library
    from ivr.web.parts import Parts

    settings = project.settings
    return Parts(
        spec=project.spec,
        store=store,
        library=Library.open(settings.audio),
        auth_token=auth_token,
        secret_key=secret_key,
        clock=now,
        public_url=settings.public_url,
        proxy_hops=settings.proxy_hops,
        helper_number=settings.helper_number,
        line_number=settings.number,
    )

"""The project on disk: settings, and the spec of its config folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ivr.settings import Settings, environment

if TYPE_CHECKING:
    from pathlib import Path

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
        FlowError: it cannot be read, or has errors; all of them are named.
    """
    from ivr.cli.folder import judge_folder

    return judge_folder(folder).checked()


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

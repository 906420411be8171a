"""The project on disk: settings, and the spec of its config folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ivr.settings import Settings, environment

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.engine.limits import Limits
    from ivr.flow.model import Spec
    from ivr.store.redis import RedisStore
    from ivr.web.parts import Parts
    from ivr.web.standing import Standing

DAY_SECONDS: Final = 24 * 60 * 60


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


def parts(
    project: Project, store: RedisStore, auth_tokens: tuple[str, ...], secret_key: str
) -> Parts:
    """What the web service is put together from on its maker's own machine.

    No limit holds but one that is set: who tries a line rings it all day.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
    """
    from ivr.cli.clock import now
    from ivr.engine.limits import NO_LIMITS
    from ivr.speech.library import Library
    from ivr.web.parts import Parts

    settings = project.settings
    return Parts(
        spec=project.spec,
        store=store,
        library=Library.open(settings.audio),
        auth_tokens=auth_tokens,
        secret_key=secret_key,
        clock=now,
        public_url=settings.public_url,
        proxy_hops=settings.proxy_hops,
        helper_number=settings.helper_number,
        line_number=settings.number,
        hosts=settings.hosts,
        limits=_limits(settings, NO_LIMITS),
    )


def public_parts(project: Project, store: RedisStore, standing: Standing) -> Parts:
    """What the web service is put together from for the public.

    Args:
        project: whose settings were loaded for serving.
        store: of this process.
        standing: shared by every process of the service.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
    """
    from msgspec.structs import replace

    from ivr.engine.limits import Limits

    settings = project.settings
    return replace(
        parts(project, store, settings.auth_tokens, settings.secret_key or ""),
        hosts=settings.public_hosts,
        limits=_limits(settings, Limits()),
        has_siblings=True,
        standing=standing,
    )


def store_at(url: str, settings: Settings) -> RedisStore:
    """The store at a Redis, with the times for which the settings let it keep things.

    Raises:
        StoreError: the URL is none of a Redis.
    """
    from ivr.store.keys import Kept
    from ivr.store.redis import RedisStore

    return RedisStore(
        url,
        kept=Kept(
            ended_seconds=settings.keep_ended_days * DAY_SECONDS,
            counts_seconds=settings.keep_counts_days * DAY_SECONDS,
        ),
    )


def _limits(settings: Settings, usual: Limits) -> Limits:
    """The usual limits, but for those that are set."""
    from msgspec.structs import asdict, replace

    given = {name: most for name, most in asdict(settings.limits).items() if most is not None}
    return replace(usual, **given)

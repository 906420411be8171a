"""`ivr flow export floip`: the call for other flow tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.cli.output import give, out_option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ivr.cli.project import Project
    from ivr.paper.floip.words import ClipUrl


@click.command()
@click.option(
    "--clips-url",
    metavar="URL",
    help="Scheme and host at which this line serves its clips; names each clip beside its words.",
)
@click.option(
    "--modified",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day of the last change, such as 2026-03-02; otherwise that of the facts.",
)
@out_option("the container")
def floip(clips_url: str | None, modified: datetime | None, out: Path | None) -> None:
    """Give the call as a FLOIP container: JSON that other flow tools load.

    It is made for the runner on npm, @floip/flow-runner 1.0.11. What FLOIP has no word for stands
    in its vendor_metadata; docs/floip.md tells what that is.
    """
    from ivr.cli.project import Project
    from ivr.paper.floip.container import container_json
    from ivr.paper.floip.words import no_clips

    project = Project.load()
    clip_url = no_clips if clips_url is None else _clips(project, _base(clips_url))
    day = None if modified is None else modified.date().isoformat()
    give(container_json(project.spec, clip_url=clip_url, modified=day), out)


def _base(url: str) -> str:
    """The address without a slash at its end.

    Raises:
        click.BadParameter: it is no scheme and host, and so no clip would be found under it.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        message = f"{url!r} is no address; give scheme and host, such as https://line.example.org"
        raise click.BadParameter(message, param_hint="--clips-url")
    return url.rstrip("/")


def _clips(project: Project, base: str) -> ClipUrl:
    """The addresses of the clips at the usual pace; tells how many prompts have none.

    Raises:
        SpeechError: the manifest of the clips cannot be read.
    """
    from ivr.flow.terms import Pace
    from ivr.flow.usage import prompts_used
    from ivr.speech.library import Library
    from ivr.speech.utterance import Utterance

    library, words = Library.open(project.settings.audio), project.spec.words

    def clip_url(language: str, prompt_id: str) -> str | None:
        text = words[language].prompts[prompt_id]
        clip = library.find(Utterance(language, prompt_id, Pace.NORMAL, text))
        return None if clip is None else f"{base}/clips/{clip.sha256}.wav"

    flow = project.spec.flow
    prompts = {prompt_id for _, prompt_id in prompts_used(flow)}
    missing = sum(clip_url(each, p) is None for each in flow.flow.languages for p in prompts)
    if missing:
        told = "1 prompt has no clip" if missing == 1 else f"{missing} prompts have no clip"
        click.echo(f"{told} and stand in words alone; to make them: ivr audio render", err=True)
    return clip_url

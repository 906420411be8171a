"""`ivr dev`: the line on this machine, with a telephone in the browser and all that it needs."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


TURNS: Final = "ivr.web.line"
"""What logs each turn."""


@click.command()
def dev() -> None:
    """Run the line on this machine, with all that it needs.

    Checks the flow, renders missing clips with the offline voice, starts a Redis of its own unless
    REDIS_URL is set, and answers on 127.0.0.1:PORT until Ctrl-C; /phone there is a telephone in the
    browser. Requests must be signed here too: `ivr call` signs with the token that this command
    makes.

    What is saved in config/ is checked and taken at once, and so are recordings in audio/human;
    calls go on. While there are errors in it, they are named, and the line answers as before;
    warnings are named and stop nothing.
    """
    from ivr.browser.app import browser_phone
    from ivr.cli.dev.current import CurrentLine
    from ivr.cli.dev.news import News, warnings_of
    from ivr.cli.dev.saved import SavedFiles
    from ivr.cli.dev.taking import Taking
    from ivr.cli.dev.watch import watching
    from ivr.cli.faults import faults_told
    from ivr.cli.folder import judge_folder
    from ivr.cli.local import LocalLine, caller_keys, local_parts
    from ivr.cli.own_phone import own_rung_line
    from ivr.cli.port import reserved
    from ivr.cli.project import Project
    from ivr.cli.serving import HOST, origin, serve, stopped_by_signal
    from ivr.cli.state import made_up
    from ivr.settings import Settings, environment
    from ivr.speech.library import Library
    from ivr.web.sound import Sound

    settings = Settings.from_env(environment())
    _log_as_text(settings.log_level)
    files = SavedFiles.of(settings)
    begun_with = files.state()  # before they are read: what is saved from now on is seen as new
    judged = judge_folder(settings.config)
    project, warnings = Project(settings, judged.checked()), News()
    with ExitStack() as stack:
        stack.enter_context(stopped_by_signal())
        # The port first: to render for seconds and then find it taken would be a waste.
        listener = stack.enter_context(reserved(HOST, settings.port))
        warnings.tell(warnings_of(judged))
        tokens = settings.auth_tokens or (made_up("auth_token"),)
        parts = stack.enter_context(local_parts(project, tokens, is_stdout_free=True))
        for told in faults_told(Sound(project.spec, Library.open(settings.audio)).faults()):
            click.echo(told, err=True)
        current = CurrentLine(parts)
        line = LocalLine(current, parts.store, caller_keys(parts.secret_key))
        here = origin(listener)
        public = settings.public_url or here
        page = stack.enter_context(browser_phone(own_rung_line(current, line, public, tokens[0])))
        taking = Taking(settings, files, begun_with, current, warnings)
        stack.enter_context(watching(files, begun_with, taking.take))
        serve(listener, _beside(current, page), _ready(here, public))


def _log_as_text(level: str) -> None:
    """Of turns it tells at level debug only: a line for each hides the lines that matter."""
    import logging

    from ivr.logs import configure

    configure(is_json=False, level=level)
    if level != "debug":
        logging.getLogger(TURNS).setLevel(logging.WARNING)


def _beside(line: WSGIApplication, page: WSGIApplication) -> WSGIApplication:
    """The line, and beside it the page, which has its own checks of who may use it."""
    from ivr.browser.app import ROOT

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_page = f"{environ['PATH_INFO']}/".startswith(f"{ROOT}/")
        return (page if is_page else line)(environ, start_response)

    return answer


def _ready(here: str, public: str) -> str:
    from ivr.browser.app import ROOT

    return (
        f"Ready. Open {here}{ROOT} in a browser, and ring the line there.\n"
        f"{public}/voice answers calls. Ring it from another terminal, and press keys as on a "
        "telephone:\n"
        f"  .venv/bin/ivr call {public}/voice\n"
        "or by a script:\n"
        f'  .venv/bin/ivr call {public}/voice --from anonymous --keys "1 1 1"\n'
        "What you save in config/ is checked and taken at once.\n"
        "Stop with Ctrl-C."
    )

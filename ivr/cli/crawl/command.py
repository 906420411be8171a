"""The command `ivr crawl`: what was asked for, put together and carried through."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

import click

from ivr.cli.given import Caller, caller_options

if TYPE_CHECKING:
    from ivr.cli.call.line import Line
    from ivr.simulator.crawl.inputs import Offers
    from ivr.simulator.crawl.limits import Limits
    from ivr.simulator.crawl.report import Report
    from ivr.simulator.setup import Setup

_EPILOG = """\b
Examples:
  ivr crawl                    walk this checkout's own line
  ivr crawl http://127.0.0.1:5000/voice
  ivr crawl https://example.org/voice --token T --entry 1234 --say yes --say no --json
  ivr crawl http://127.0.0.1:5000/ --method GET --max-documents 50 --timeout 30

\b
Exits with 0 when all was tried and nothing is wrong (warnings do not count), 1 when something is,
or a limit was reached, 2 on wrong usage.
"""


_SOME_TOKEN: Final = "T"  # noqa: S105 - stands for the real one, which is never printed


class Options(Caller, frozen=True, kw_only=True):
    """The options of `ivr crawl`, as click gives them."""

    url: str | None
    entries: tuple[str, ...]
    words: tuple[str, ...]
    ring_again: bool | None
    max_documents: int
    max_calls: int
    timeout: float
    json: bool

    def check(self, url: str) -> None:
        """Sees that what was given can be sent and keyed.

        Args:
            url: of the first document.

        Raises:
            click.UsageError: names the option that cannot.
        """
        from ivr.twiml.attributes import KEYS

        self.check_caller(url, words="".join(self.words))
        for entry in self.entries:
            if not entry or set(entry) - set(KEYS):
                message = f"{entry!r} cannot be keyed; give digits, * or #"
                raise click.BadParameter(message, param_hint="--entry")
        if not all(each.strip() for each in self.words):
            raise click.BadParameter("it has no words; give some", param_hint="--say")

    def command(self) -> str:
        """The call that rings the line in the same way, for a shell; its token is not told."""
        words = ["ivr", "call", *filter(None, [self.url])]
        words += [] if self.method == "POST" else ["--method", self.method]
        words += [] if self.token is None else ["--token", _SOME_TOKEN]
        words += [] if self.from_number is None else ["--from", self.from_number]
        words += [] if self.to_number is None else ["--to", self.to_number]
        words += [word for param in self.params for word in ("--param", param)]
        return shlex.join(words)

    def offers(self) -> Offers:
        """What the caller may key and say besides what every crawl tries."""
        from ivr.simulator.crawl.inputs import Offers

        # This checkout's line remembers who rings; of another one nobody knows.
        rings_again = self.url is None if self.ring_again is None else self.ring_again
        return Offers(entries=self.entries, words=self.words, rings_again=rings_again)

    def limits(self) -> Limits:
        """When the crawl stops."""
        from ivr.simulator.crawl.limits import Limits

        return Limits(
            max_documents=self.max_documents,
            max_calls=self.max_calls,
            max_seconds=self.timeout,
        )


@click.command(epilog=_EPILOG)
@click.argument("url", required=False)
@caller_options
@click.option(
    "--entry",
    "entries",
    metavar="KEYS",
    multiple=True,
    help="An entry to try wherever more than one key is taken; may be given more than once. "
    "[default: the digits that are read out, and wrong ones]",
)
@click.option(
    "--say",
    "words",
    metavar="WORDS",
    multiple=True,
    help="Words to try wherever speech is taken; may be given more than once. "
    "[default: the hints of the document]",
)
@click.option(
    "--ring-again/--no-ring-again",
    default=None,
    help="Hang up once at every place and ring again, for a line that remembers its callers. "
    "[default: only without URL]",
)
@click.option(
    "--max-documents",
    type=click.IntRange(min=1),
    metavar="N",
    default=500,
    show_default=True,
    help="Stop when so many documents were told apart by what they ask and say.",
)
@click.option(
    "--max-calls",
    type=click.IntRange(min=1),
    metavar="N",
    default=2000,
    show_default=True,
    help="Stop after so many calls.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=600.0,
    show_default=True,
    help="Stop after so much real time.",
)
@click.option("--json", is_flag=True, help="Print one JSON object, for scripts. [default: text]")
@click.pass_context
def crawl(ctx: click.Context, /, **given: Any) -> None:
    """Walk every menu of the application at URL; without URL, of this checkout's own line.

    Places call after call as Twilio would, tries every key, entry, word and silence at every place,
    and tells what is heard there, where it leads, and what is wrong: errors, dead ends, loops with
    no way out, documents that nothing leads to.
    """
    from ivr.cli.call.line import OWN_ORIGIN, PATH, rung_line
    from ivr.cli.clock import now
    from ivr.cli.signals import interrupted_by_signals

    options = Options(**given)
    options.check(OWN_ORIGIN + PATH if options.url is None else options.url)
    setup = options.caller_setup(now())
    with interrupted_by_signals(), rung_line(options.url, options.token) as line:
        report = _crawled(line, setup, options)
        is_told = _told(report, options)
    ctx.exit(0 if report.is_good and is_told else 1)


def _told(report: Report, options: Options) -> bool:
    """Prints a report; False if it cannot be printed whole."""
    from ivr.cli.call.output import Output
    from ivr.cli.crawl.text import tell, tell_json

    output = Output()
    output.write(lambda: tell_json(report) if options.json else tell(report, options.command()))
    return output.close()


def _crawled(line: Line, setup: Setup, options: Options) -> Report:
    from rich.console import Console

    from ivr.cli.call.line import digits_of
    from ivr.cli.crawl.progress import progress_shown
    from ivr.simulator.crawl.crawler import crawl as walk

    with progress_shown(Console(stderr=True)) as on_progress:
        return walk(
            line.url,
            line.token,
            transport=line.transport,
            setup=setup,
            digits=digits_of(line, None),
            offers=options.offers(),
            limits=options.limits(),
            on_progress=on_progress,
        )

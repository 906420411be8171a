"""What is not well while `ivr dev` runs: each thing told once, for as long as it stays so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.flow.problem import Level

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from ivr.flow.load import Judged


class News:
    """Tells on stderr only what was not there before, lest each saving repeat it all."""

    def __init__(self) -> None:
        self._known: frozenset[Hashable] = frozenset()

    def tell(self, there: Iterable[tuple[Hashable, str]]) -> None:
        """Tell what is new; what is not among it any more is new when it comes again.

        Args:
            there: all that is not well now: by what it is known again, and in words.
        """
        now = tuple(there)
        for known_by, words in now:
            if known_by not in self._known:
                click.echo(words, err=True)
        self._known = frozenset(known_by for known_by, _ in now)


def warnings_of(judged: Judged) -> Iterator[tuple[Hashable, str]]:
    """The warnings of a config, each the same one as before though its line has moved."""
    for each in judged.problems:
        if each.level is Level.WARNING:
            yield (each.file, each.node, each.what, each.to_do), str(each)

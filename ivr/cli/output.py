"""Where a result goes: to stdout, or whole to a file that is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def out_option(what: str) -> Callable[[Any], Any]:
    """The option `--out FILE`; without it the result goes to stdout.

    Args:
        what: is written, as the help names it, such as `the page`.
    """
    return click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help=f"Write {what} to this file, not to stdout.",
    )


def give(result: str | bytes, out: Path | None) -> None:
    """Writes a result to the file, or to stdout where there is none.

    Args:
        result: text gets a line end, if it has none; bytes stay as they are.
        out: the file; None: stdout.

    Raises:
        PaperError: the file cannot be written.
    """
    from ivr.errors import PaperError

    if isinstance(result, str):
        result = (result if result.endswith("\n") else f"{result}\n").encode()
    if out is None:
        click.get_binary_stream("stdout").write(result)
        return
    try:
        out.write_bytes(result)
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror}; name another file"
        raise PaperError(message) from error

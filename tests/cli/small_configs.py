"""Config folders with the small flow, and `ivr flow diff` run on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from ivr.cli.flow import flow as command
from ivr.errors import IvrError
from tests.flow.small import small_text
from tests.flow.small_versions import ROWS, files

if TYPE_CHECKING:
    from pathlib import Path

TO_ANOTHER_KEY = ("key: '3', prompt: to_end", "key: '4', prompt: to_end")
RENAMED_CODE = (("code:\n    kind", "practice:\n    kind"), ("go: code}", "go: practice}"))


def write(folder: Path, *changes: tuple[str, str], tail: str = "", **words: str) -> Path:
    """A config folder with the small flow, changed."""
    text = small_text(ROWS, tail=tail)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    for name, content in files(text, words).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def diff(config: Path, *arguments: str, **environment: str) -> Result:
    variables = {"IVR_CONFIG": str(config), "IVR_AUDIO": str(config.parent / "audio")}
    runner = CliRunner(mix_stderr=False, env={"REDIS_URL": "", **variables, **environment})
    result = runner.invoke(command, ["diff", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit | IvrError):
        raise result.exception
    return result

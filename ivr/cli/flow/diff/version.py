"""A version of config/: a folder, or that folder as a revision of git has it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec import Struct

from ivr.cli.folder import judge_folder
from ivr.errors import FlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.load import Judged
    from ivr.flow.model import Spec

GIT_SECONDS: Final = 30
"""So long one command of git may take; it takes some milliseconds."""
MAX_BYTES: Final = 10_000_000
"""Of flow and words in git; the shipped ones have a hundredth of it."""
FILES: Final = ("flow.yaml", "facts.yaml", "prompts/")
"""What makes a spec; in `prompts/` the YAML files."""


class Version(Struct, frozen=True):
    """One of the two that are compared."""

    name: str
    """The folder, or `HEAD:config`."""
    spec: Spec


def read_old(given: str, config: Path) -> Version:
    """The version that OLD names; errors that today's checks find in it keep nobody from comparing.

    Args:
        given: a config folder, or a revision of git such as `HEAD` or `v1.2`; a folder wins over a
            revision of the same name.
        config: the folder that is meant in a revision.

    Raises:
        FlowError: a file cannot be read or has not the shape that it must have; all that is wrong
            is named.
        click.BadParameter: it is no folder, and git cannot give it.
    """
    name, judged = _judge(given, config, "OLD")
    return Version(name, judged.spec or judged.checked())


def read_new(given: str, config: Path) -> Version:
    """The version that NEW names, which must have no errors.

    Args:
        given: as for `read_old`.
        config: likewise.

    Raises:
        FlowError: it has errors; all of them are named.
        click.BadParameter: it is no folder, and git cannot give it.
    """
    name, judged = _judge(given, config, "NEW")
    return Version(name, judged.checked())


def _judge(given: str, config: Path, hint: str) -> tuple[str, Judged]:
    """A version's name and what was found in it; `hint` is what messages call the argument."""
    folder = Path(given)
    if folder.is_dir():
        return given, judge_folder(folder)
    return _judge_in_git(given, config, hint)


def _judge_in_git(revision: str, config: Path, hint: str) -> tuple[str, Judged]:
    """The config folder as a revision has it."""
    from ivr.flow.load import judge

    if not config.is_dir():
        message = f"there is no folder {config}; run the command in the project, or set IVR_CONFIG"
        raise click.BadParameter(message, param_hint=hint)
    name = f"{revision}:{config}"
    commit = _commit(revision, config, hint)
    files = {}
    for path, blob in _listed(commit, name, config, hint):
        try:
            files[path] = _git(config, hint, "cat-file", "blob", blob).stdout.decode()
        except UnicodeDecodeError as error:
            problem = f"{name}/{path}: it is not UTF-8; give a folder in which it is"
            raise FlowError(f"{name}/ cannot be read:", [problem]) from error
    return name, judge(files, name)


def _commit(revision: str, config: Path, hint: str) -> str:
    """The full name of a revision's commit."""
    asked = ("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
    # A name that begins with a dash would be taken for an option of git.
    found = None if revision.startswith("-") else _git(config, hint, *asked, may_fail=True)
    if found is None or found.returncode == 1:
        message = (
            f"'{revision}' is no folder, and git knows no such revision; give a config folder, or "
            "a revision such as HEAD or a tag"
        )
        raise click.BadParameter(message, param_hint=hint)
    if found.returncode:
        raise _refused(found, config, hint)
    return found.stdout.decode().strip()


def _git(
    config: Path, hint: str, *arguments: str, may_fail: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """Asks git about the folder; nothing there is changed.

    Raises:
        click.BadParameter: there is no git, or it cannot tell.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the revision is verified or a full hash
            ["git", "-C", str(config), *arguments],  # noqa: S607 - whichever git people use
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=GIT_SECONDS,
        )
    except OSError as error:
        message = "git cannot be run, so that only folders can be compared; install it, or give two"
        raise click.BadParameter(message, param_hint=hint) from error
    except subprocess.TimeoutExpired as error:
        message = f"git did not answer within {GIT_SECONDS} s; try it again, or give two folders"
        raise click.BadParameter(message, param_hint=hint) from error
    if done.returncode and not may_fail:
        raise _refused(done, config, hint)
    return done


def _refused(
    done: subprocess.CompletedProcess[bytes], config: Path, hint: str
) -> click.BadParameter:
    """What git said, in its own words."""
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
    message = f"git cannot give {config} of that revision ({said[0]}); give a folder instead"
    return click.BadParameter(message, param_hint=hint)


def _listed(commit: str, name: str, config: Path, hint: str) -> Iterator[tuple[str, str]]:
    """The files that make a spec, as `judge_folder` takes them: path and blob."""
    asked = ("ls-tree", "-l", "-z", commit, "--", *FILES)
    lines = _git(config, hint, *asked).stdout.decode(errors="replace").split("\0")
    found = [(*line.partition("\t")[0].split(), line.partition("\t")[2]) for line in lines if line]
    blobs = [(path, blob, size) for _, kind, blob, size, path in found if kind == "blob"]
    if not blobs:
        message = f"{name} has no flow; give a revision that has, or a folder"
        raise click.BadParameter(message, param_hint=hint)
    # Of a blob that is damaged git tells BAD for its size, and why when it is asked for.
    if sum(int(size) for _, _, size in blobs if size.isdigit()) > MAX_BYTES:
        message = f"{name} has more than {MAX_BYTES // 1_000_000} MB; give a folder"
        raise click.BadParameter(message, param_hint=hint)
    for path, blob, _ in blobs:
        if path in FILES or (path.endswith(".yaml") and not path.startswith("prompts/.")):
            yield path, blob

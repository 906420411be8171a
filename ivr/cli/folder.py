"""A config folder on the disk: its files read, and all judged together that needs no clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.cli.reading import READABLE, judge_lexicon_at, read_text, unreadable
from ivr.errors import FlowError
from ivr.flow.load import FACTS, FLOW, in_order, judge
from ivr.flow.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ivr.flow.load import Judged
    from ivr.flow.model import Spec
    from ivr.flow.reading import Read
    from ivr.speech.lexicon import Lexicon


def see_folder(folder: Path) -> None:
    """Sees that a config folder is there, and that what lies in it can be seen.

    Raises:
        FlowError: it is not, or cannot be.
    """
    try:
        is_there = folder.is_dir()
        if is_there:
            (folder / FLOW).exists()  # refused where the folder may not be entered
            next(folder.iterdir(), None)  # and where it may not be listed
    except OSError as error:
        advice = f"{error.strerror}; {READABLE}, with all that is in it"
        raise FlowError(f"The folder {folder} cannot be read:", [advice]) from error
    if not is_there:
        advice = "run the command in the project's folder, or set IVR_CONFIG"
        raise FlowError(f"There is no folder {folder}:", [advice])


def judge_folder(folder: Path) -> Judged:
    """The spec of a config folder, and all that is found in flow, facts, words and lexicons.

    What is found in them without a clip being heard: see `ivr.flow.load.judge`, and key words and
    letters. It is what `ivr flow check` and every start of the line go by.

    Args:
        folder: as IVR_CONFIG names it.

    Raises:
        FlowError: there is no such folder, or it cannot be read.
    """
    see_folder(folder)
    files, hidden = _files(folder)
    judged = judge(files, str(folder))
    told = {problem.file for problem in hidden}
    others = (problem for problem in judged.problems if problem.file not in told)
    reads = {
        path.name.removeprefix("lexicon.").removesuffix(".yaml"): judge_lexicon_at(path)
        for path in sorted(folder.glob("lexicon.*.yaml"))
    }
    broken = (problem for read in reads.values() for problem in read.problems)
    judged = replace(judged, problems=in_order((*others, *hidden, *broken)))
    return judged if judged.spec is None else _spoken(judged, judged.spec, folder, reads)


def _spoken(judged: Judged, spec: Spec, folder: Path, reads: Mapping[str, Read[Lexicon]]) -> Judged:
    """The same with what lexicons tell, of themselves and of the words.

    Args:
        judged: what was found without them.
        spec: that it makes.
        folder: of the config.
        reads: language → its lexicon, or what is wrong with it.
    """
    from ivr.flow.reading import nfc_source
    from ivr.speech.letters import letter_findings
    from ivr.speech.lexicon_gaps import lexicon_findings
    from ivr.speech.named_keys import key_findings

    lexicons = {name: read.value for name, read in reads.items() if read.value is not None}
    found = [*lexicon_findings(spec, lexicons, reads), *key_findings(spec, lexicons)]
    # A lexicon is read as data once more only where a line of it is to be told.
    own = {finding.file for finding in found} - judged.sources.keys()
    texts = {name: read_text(folder / name) for name in own}
    sources = {
        name: nfc_source(text, str(folder / name))
        for name, text in texts.items()
        if isinstance(text, str)
    }
    judged = replace(judged, sources={**judged.sources, **sources})
    return judged.having((*found, *letter_findings(spec, lexicons)))


def _files(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The texts of flow, facts and words by their names in the folder, and what cannot be read.

    What cannot be read is there all the same, as an empty text: it is not to be told as missing. A
    name that begins with a dot is no file of words: editors and macOS leave such beside one.
    """
    words, problems = _word_files(folder)
    heads = (path for path in (folder / FLOW, folder / FACTS) if path.exists())
    files: dict[str, str] = {}
    for path in (*heads, *words):
        text = read_text(path)
        if isinstance(text, Problem):
            problems.append(text)
            text = ""
        files[str(path.relative_to(folder))] = text
    return files, problems


def _word_files(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The files of words, and why their folder cannot be read; one that is not there has none."""
    prompts = folder / "prompts"
    try:
        words = [path for path in prompts.iterdir() if path.suffix == ".yaml"]
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError as error:
        return [], [unreadable(f"{prompts}/", error)]
    return sorted(path for path in words if path.name[0] != "."), []

"""A config folder on the disk: its files read, and all judged together that needs no clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ivr.cli.reading import judge_lexicon_at, read_text
from ivr.errors import FlowError
from ivr.flow.load import in_order, judge
from ivr.flow.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.flow.load import Judged


def see_folder(folder: Path) -> None:
    """Sees that a config folder is there.

    Raises:
        FlowError: it is not.
    """
    if not folder.is_dir():
        advice = "run the command in the project's folder, or set IVR_CONFIG"
        raise FlowError(f"There is no folder {folder}:", [advice])


def judge_folder(folder: Path) -> Judged:
    """The spec of a config folder, and all that is found in flow, facts, words and lexicons.

    What is found in them without a clip being heard: see `ivr.flow.load.judge`, and key words and
    letters. It is what `ivr flow check` and every start of the line go by.

    Args:
        folder: as IVR_CONFIG names it.

    Raises:
        FlowError: there is no such folder.
    """
    from ivr.speech.letters import letter_findings
    from ivr.speech.named_keys import key_findings

    see_folder(folder)
    files, unreadable = _files(folder)
    judged = judge(files, str(folder))
    told = {problem.file for problem in unreadable}
    others = (problem for problem in judged.problems if problem.file not in told)
    reads = [judge_lexicon_at(path) for path in sorted(folder.glob("lexicon.*.yaml"))]
    broken = (problem for read in reads for problem in read.problems)
    judged = replace(judged, problems=in_order((*others, *unreadable, *broken)))
    spec = judged.spec
    if spec is None:
        return judged
    lexicons = {read.value.language: read.value for read in reads if read.value is not None}
    return judged.having((*key_findings(spec, lexicons), *letter_findings(spec, lexicons)))


def _files(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The texts of flow, facts and words by their names in the folder, and what cannot be read.

    What cannot be read is there all the same, as an empty text: it is not to be told as missing. A
    name that begins with a dot is no file of words: editors and macOS leave such beside one.
    """
    words = sorted(path for path in folder.glob("prompts/*.yaml") if path.name[0] != ".")
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in (folder / "flow.yaml", folder / "facts.yaml", *words):
        if not path.exists():
            continue
        text = read_text(path)
        if isinstance(text, Problem):
            problems.append(text)
            text = ""
        files[str(path.relative_to(folder))] = text
    return files, problems

"""Whether the words of the papers fit the flow, and its lesson fits short messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.errors import PaperError
from ivr.flow.problem import Finding, Level
from ivr.paper.pages.steps import step_findings
from ivr.paper.pages.words import paper_file
from ivr.paper.sms.messages import sms_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.flow.model import Spec
    from ivr.paper.pages.words import PaperWords


def paper_findings(spec: Spec, words: PaperWords, language: str) -> Iterator[Finding]:
    """Everything that paper or SMS would tell wrongly; warnings, since the line runs with it.

    Args:
        spec: whose lesson and prompts are printed.
        words: as config/paper.<language>.yaml holds them.
        language: in the name of that file.

    Yields:
        Findings in `paper.<language>.yaml`, and at prompts that are too long for SMS in
        `prompts/<language>.yaml`.
    """
    if words.language != language:
        what = f"the file's name says '{language}', and 'language' says '{words.language}'"
        to_do = "make the two the same"
        yield Finding(paper_file(language), ("language",), what, to_do, Level.WARNING)
        return
    yield from step_findings(spec, words)
    try:
        yield from sms_findings(spec, words)
    except PaperError:
        return  # a lesson or words are missing: that is told above, or by the flow's own checks

"""What Twilio's schema warns of: unknown elements and attributes, wrong nesting, stray text.

Twilio logs warning 12200 (https://www.twilio.com/docs/api/errors/12200), and the call goes on.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from ivr.twiml.attributes import quoted
from ivr.twiml.description import describe
from ivr.twiml.rules import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection
    from xml.etree.ElementTree import Element

    from ivr.twiml.description import Description
    from ivr.twiml.document import Findings

_XML = "{http://www.w3.org/XML/1998/namespace}"
_XML_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
"""Any document may say with these where its schema is."""


def prune(root: Element, findings: Findings) -> None:
    """Takes out of a document what is not TwiML, with a finding for each.

    What stays is described by `ivr.twiml.description`; the text around an element that goes stays
    where text may stand. Elements nested in each other without end are no trouble.

    Args:
        root: a Response; changed in place.
        findings: where warnings go.
    """
    to_do = [root]
    while to_do:
        element = to_do.pop()
        about = describe()[element.tag]
        _prune_attributes(element, about, findings)
        _prune_children(element, about, findings)
        if not about.has_text:
            _prune_texts(element, findings)
        to_do.extend(reversed(element))


def _prune_attributes(element: Element, about: Description, findings: Findings) -> None:
    for full_name in tuple(element.attrib):
        name = full_name.replace(_XML, "xml:")
        if name in about.attributes:
            continue
        del element.attrib[full_name]
        if name.startswith(_XML_SCHEMA) or findings.is_full:
            continue
        hint = _nearest(name, about.attributes) or _listed(about.attributes) or "it has none"
        findings.add("warning", SCHEMA, f"<{element.tag}> has no attribute {quoted(name)}; {hint}")


def _prune_children(element: Element, about: Description, findings: Findings) -> None:
    kept: list[Element] = []
    for child in element:
        if child.tag in about.children:
            kept.append(child)
            continue
        _keep_text_behind(child, element, kept)
        if not findings.is_full:
            findings.add("warning", SCHEMA, _misplaced(child.tag, element.tag, about))
    element[:] = kept


def _keep_text_behind(child: Element, parent: Element, kept: list[Element]) -> None:
    if child.tail and kept:
        kept[-1].tail = (kept[-1].tail or "") + child.tail
    elif child.tail:
        parent.text = (parent.text or "") + child.tail


def _prune_texts(element: Element, findings: Findings) -> None:
    texts = [element.text, *(child.tail for child in element)]
    for text in texts:
        if text and (stray := text.strip()):
            findings.add(
                "warning",
                SCHEMA,
                f"<{element.tag}> has the stray text {quoted(stray)}; take it out",
            )
    element.text = None
    for child in element:
        child.tail = None


def _misplaced(name: str, parent: str, about: Description) -> str:
    """The sentence for an element that is unknown, or known but not here."""
    homes = sorted(home for home, each in describe().items() if name in each.children)
    if homes:
        reason = f"it belongs in <{'>, <'.join(homes)}>"
    else:
        nearest = _nearest(name, about.children) or _nearest(name, describe())
        reason = f"there is no such element; {nearest or 'names are case-sensitive'}"
    return f"<{quoted(name)[1:-1]}> cannot stand in <{parent}> and was left out: {reason}"


def _nearest(name: str, names: Collection[str]) -> str:
    """A question for what the author may have meant; empty when nothing is near."""
    same = [each for each in names if each.lower() == name.lower()]
    found = same or get_close_matches(name, sorted(names), n=1)
    return f"did you mean {found[0]}?" if found else ""


def _listed(names: Collection[str]) -> str:
    return f"it has {', '.join(sorted(names))}" if names else ""

"""The templates of pages for print, filled in."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

_PLACE: Final = "ivr.paper"


def fill(name: str, values: dict[str, object]) -> str:
    """Fill in a template; what is filled in is text, never markup.

    Args:
        name: of its file inside this package, such as `pages/leaflet.html`.
        values: by the names that the template has for them.
    """
    return _templates().get_template(name).render(values)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(name: str) -> str:
    return resources.files(_PLACE).joinpath(name).read_text("utf-8")

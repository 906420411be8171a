"""The templates of pages for print, filled in."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template


def fill(name: str, values: dict[str, object]) -> str:
    """Fill in a template of this package; what is filled in is text, never markup.

    Args:
        name: of its file, such as `leaflet.html`.
        values: by the names that the template has for them.
    """
    return _template(name).render(values)


@cache
def _template(name: str) -> Template:
    made = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)


def _text(name: str) -> str:
    return resources.files("ivr.paper").joinpath(name).read_text("utf-8")

"""YAML as kept calls are written in it: letters of any script, nothing that would not come back."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import yaml

from ivr.twiml.request import can_be_sent

if TYPE_CHECKING:
    from collections.abc import Hashable

    from yaml import Node

_AS_IT_IS: Final = re.compile(
    r"[ -~\u00a0-\u2027\u202f-\u2065\u2070-\ud7ff\uf900-\ufefe\U00010000-\U0010fffd]*"
)
"""What can stand in a file as it is; the rest is escaped, line breaks of any kind included."""


class _Dumper(yaml.SafeDumper):
    """Leaves letters of any script as they are, and escapes what would not come back."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if _AS_IT_IS.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


def dumped(data: Any, *, is_flow: bool) -> str:
    """Gives data as YAML.

    Args:
        data: of plain types.
        is_flow: all of it in one line.
    """
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=True if is_flow else None,
        sort_keys=False,
        width=float("inf"),
    )
    return text


class Loader(yaml.SafeLoader):
    """Refuses what YAML can say and a call cannot have, and tells where it stands."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Gives what a node says, such as a day that there is."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise _odd(str(error), node) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Gives a mapping; none of its names may be there twice."""
        names = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in names[:place]:
                raise _odd(f"{key.value!r} is given twice", key)
        return super().construct_mapping(node, deep)

    def construct_text(self, node: yaml.ScalarNode) -> str:
        """Gives a text that can be sent."""
        text = str(self.construct_scalar(node))
        if not can_be_sent(text):
            raise _odd(f"{text!r} has a character that cannot be sent", node)
        return text

    def construct_number(self, node: yaml.ScalarNode) -> float:
        """Gives a number that is one."""
        number = float(self.construct_yaml_float(node))
        if not isfinite(number):
            raise _odd(f"{node.value} is no number that can be counted with", node)
        return number


Loader.add_constructor("tag:yaml.org,2002:str", Loader.construct_text)
Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_number)


def _odd(problem: str, node: Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)

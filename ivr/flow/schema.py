"""The JSON Schemas of the files in config/, made from the types, for editors and for the loader."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import msgspec

from ivr.flow.model import Facts, Flow, Words
from ivr.flow.near import meant
from ivr.flow.problem import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sized

    from ivr.flow.problem import Path

SHAPES: Final = {"flow": Flow, "prompts": Words, "facts": Facts}
"""Each kind of file in config/ and the type that it must have."""


def _one_of(
    _: object, wanted: Iterable[object], given: object, __: object
) -> Iterator[jsonschema.ValidationError]:
    """JSON Schema's `enum`, but that 1.0 is not 1: for our types it is not."""
    if not any(type(given) is type(each) and given == each for each in wanted):
        yield jsonschema.ValidationError(f"{given!r} is none of these")


_Validator: Final = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # its stubs lack it
    jsonschema.Draft202012Validator,
    {"enum": _one_of},
    # JSON Schema takes 10.0 for a whole number; our types do not.
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, given: isinstance(given, int) and not isinstance(given, bool)
    ),
)
MAX_STRANGE: Final = 3
"""More unknown names in one place, each like no known one, are one mistake and told as one."""
MAX_FIGURES: Final = 20
"""So many figures of a number are told again."""
_LIKE: Final = 0.6
"""How alike a name and the one that was meant are: few names are known in one place."""
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file, a key of `SHAPES`."""
    return schema_of(name, SHAPES[name])


@cache
def schema_of(name: str, shape: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of a file that must have the type `shape`.

    It says the same as the types, in a form whose errors name one place each: an optional part
    may be left out but not be null, and a node is judged by its own kind only.

    Args:
        name: the kind of file, as the schema's title names it.
        shape: the type that the whole file must have.
    """
    made = _without_null(msgspec.json.schema(shape))
    if shape is Flow:
        nodes = made["$defs"]["Flow"]["properties"]["nodes"]
        nodes["additionalProperties"] = _by_kind(nodes["additionalProperties"])
    return {"$schema": _DIALECT, "title": f"Ghore Boshe: {name}", **made}


def faults_of(asked: Mapping[str, Any], data: object) -> Iterator[Fault]:
    """Every way in which `data` is not what a schema asks."""
    validator = _Validator(asked)
    for error in validator.iter_errors(data):
        if error.validator == "items":  # a list is too long, and `maxItems` tells of it
            continue
        path = tuple(error.absolute_path)
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, str(error.instance))
        yield from _explain(error, path)


def _without_null(part: Any) -> Any:
    """`anyOf: [X, null]`, as msgspec writes an optional field, becomes X."""
    if isinstance(part, list):
        return [_without_null(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _without_null(value) for key, value in part.items()}
    choices = [choice for choice in kept.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        rest = {key: kept[key] for key in kept if key not in {"anyOf", "default"}}
        return {**rest, **choices[0]}
    return kept


def _by_kind(union: Mapping[str, Any]) -> dict[str, Any]:
    """A union told apart by `kind`, as conditions: so that only the right kind complains."""
    kinds = union["discriminator"]["mapping"]
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": reference},
            }
            for kind, reference in kinds.items()
        ],
    }


def _explain(error: jsonschema.ValidationError, path: Path) -> Iterator[Fault]:
    """One error of the library, at this path, as sentences of ours."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    around: Any = error.schema
    match error.validator:
        case "required":
            name = next(key for key in wanted if error.message.startswith(f"'{key}'"))
            yield from _missing(error, path, name)
        case "additionalProperties":
            yield from _unknown(error, path)
        case "enum" | "const":
            yield Fault(path, f"{_shown(given)} is not known here", _choice(given, wanted))
        case "type" if given is None:
            yield Fault(path, *_empty(path, wanted))
        case "type":
            due = f"{_shown(given)} should be {_TYPES.get(wanted, wanted)}"
            yield Fault(path, due, _written_right(given, wanted))
        case "pattern":
            due = f"use {around.get('description', wanted)}{_in_latin(given)}"
            yield Fault(path, f"{_shown(given)} cannot stand here", due)
        case "minItems" | "minLength" if not given:
            yield Fault(path, *_empty(path, "array" if given == [] else "string"))
        case _:
            yield Fault(path, *_out_of_measure(error))


def _missing(error: jsonschema.ValidationError, path: Path, name: str) -> Iterator[Fault]:
    """A name that is not there; nothing, where another is told of that was meant for it."""
    around: Any = error.schema
    given: Any = error.instance
    known = list(around["properties"])
    unknown = [each for each in given if each not in known]
    slip = next((each for each in unknown if meant(each, known, _LIKE) == name), None)
    if slip is None:
        yield Fault(path, f"'{name}' is missing", "add it")
    elif around.get("additionalProperties") is not False:  # else it is told of as unknown
        yield Fault((*path, slip), f"{_shown(slip)} is not known here", f"did you mean '{name}'?")


def _unknown(error: jsonschema.ValidationError, path: Path) -> Iterator[Fault]:
    """Names that are not known; of many that are like none the first, with how many follow."""
    around: Any = error.schema
    given: Any = error.instance
    known = list(around.get("properties", ()))
    unknown = [each for each in given if each not in known]
    strange = [each for each in unknown if meant(each, known, _LIKE) is None]
    for name in unknown:
        if name not in strange or len(strange) <= MAX_STRANGE:
            told = f"{_shown(name)} is not known here"
            yield Fault((*path, name), told, _meant(name, known))
    if len(strange) > MAX_STRANGE:
        others = len(strange) - 1
        told = f"{_shown(strange[0])} and {others} others are not known here"
        to_do = "see whether a line above them is missing, or they stand too far to the right"
        yield Fault((*path, strange[0]), told, to_do)


def _out_of_measure(error: jsonschema.ValidationError) -> tuple[str, str]:
    """What is told of too much or too little, and what to do; the library's words for all else."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "minItems":
            return f"it has {_parts(given)}, {wanted} are needed", "add what is missing"
        case "maxItems":
            return f"it has {_parts(given)}, {wanted} at most", "take out what is too much"
        case "minimum":
            return error.message, f"write {wanted} at least"
        case "maximum":
            return error.message, f"write {wanted} at most"
        case _:
            return error.message, "change it"


_TYPES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "a group of names and values",
    "boolean": "true or false",
}


def _meant(name: str, known: list[str]) -> str:
    found = meant(name, known, _LIKE)
    return f"did you mean '{found}'?" if found else f"known here: {', '.join(known)}"


def _choice(given: object, wanted: list[object]) -> str:
    """Which of several values to write."""
    if len(wanted) == 1:
        return f"write {_written(wanted[0])}"
    choices = ", ".join(map(_written, wanted))
    found = meant(given, map(str, wanted), _LIKE) if isinstance(given, str) else None
    return f"did you mean '{found}'?" if found else f"use one of: {choices}"


def _empty(path: Path, wanted: str) -> tuple[str, str]:
    """What is told of a part with nothing in it, and what to do."""
    match path:
        case (*_, str(around), int(place)):
            name = f"part {place + 1} of '{around}'"
        case (*_, str(last)):
            name = f"'{last}'"
        case _:
            name = "this part"
    if wanted == "string" and len(path) > 1 and path[0] in {"prompts", "facts"}:
        return f"{name} is empty", f"write the words of {name}"
    due = f"write {_DUE.get(wanted, 'what belongs there')}"
    return f"{name} is empty", f"{due}, or take the line away" if wanted in _GROUPS else due


_DUE: Final = {
    "integer": "a whole number",
    "array": "its list",
    "object": "the lines that belong under it",
    "boolean": "true or false",
}
"""What to write where nothing stands."""
_GROUPS: Final = {"array", "object"}


def _in_latin(given: object) -> str:
    """How figures of another script are written, to be told behind what to use."""
    text = str(given)
    latin = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    return "" if latin == text else f", in Latin figures: '{latin}'"


def _parts(given: Sized) -> str:
    return f"{len(given)} part" if len(given) == 1 else f"{len(given)} parts"


def _shown(given: object) -> str:
    """What was given, on one line, with signs that cannot be seen as codes."""
    if isinstance(given, list | dict):
        return "a list" if isinstance(given, list) else "a group of names and values"
    text = _written(given) if isinstance(given, bool) else repr(given)
    longest = 60
    return text if len(text) <= longest else text[:longest] + "…"


def _written(choice: object) -> str:
    """A choice as it is written in YAML."""
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _written_right(given: object, wanted: object) -> str:
    """What to do about a value of another type."""
    if wanted == "string" and isinstance(given, int | float):
        return f"put it in quotes: '{_written(given)}'"
    if wanted == "integer" and isinstance(given, str) and given.isdecimal():
        figures = "without quotes" if given.isascii() else "in Latin figures"
        return f"write {int(given[:MAX_FIGURES])}, {figures}"
    if wanted == "boolean" and given in {"true", "false"}:
        return f"write {given}, without quotes"
    return "change it"

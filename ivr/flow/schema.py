"""The JSON Schemas of the files in config/, made from the types, for editors and for the loader."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import msgspec

from ivr.flow.model import Facts, Flow, Words
from ivr.flow.problem import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sized

    from ivr.flow.problem import Path

SHAPES: Final = {"flow": Flow, "prompts": Words, "facts": Facts}
"""Each kind of file in config/ and the type that it must have."""

_Validator: Final = jsonschema.validators.extend(  # type: ignore[no-untyped-call] # its stubs lack it
    jsonschema.Draft202012Validator,
    # JSON Schema takes 10.0 for a whole number; our types do not.
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, given: isinstance(given, int) and not isinstance(given, bool)
    ),
)
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
            yield Fault(path, f"'{name}' is missing", "add it")
        case "additionalProperties":
            known = list(around.get("properties", ()))
            for name in given.keys() - set(known):
                told = f"{_shown(name)} is not known here"
                yield Fault((*path, name), told, _meant(name, known))
        case "enum" | "const":
            choices = ", ".join(map(_written, wanted))
            yield Fault(path, f"{_shown(given)} is not known here", f"use one of: {choices}")
        case "type":
            due = f"{_shown(given)} should be {_TYPES.get(wanted, wanted)}"
            yield Fault(path, due, _quotes(given, wanted))
        case "pattern":
            due = f"use {around.get('description', wanted)}"
            yield Fault(path, f"{_shown(given)} cannot stand here", due)
        case _:
            yield Fault(path, *_out_of_measure(error))


def _out_of_measure(error: jsonschema.ValidationError) -> tuple[str, str]:
    """What is told of too much or too little, and what to do; the library's words for all else."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "minItems" | "minLength" if not given:
            return "it is empty", "fill it or remove it"
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
    "array": "a list",
    "object": "a group of names and values",
    "boolean": "true or false",
}


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"


def _parts(given: Sized) -> str:
    return f"{len(given)} part" if len(given) == 1 else f"{len(given)} parts"


def _shown(given: object) -> str:
    """What was given, on one line, with signs that cannot be seen as codes."""
    if given is None:
        return "an empty value"
    text = _written(given) if isinstance(given, bool) else repr(given)
    longest = 60
    return text if len(text) <= longest else text[:longest] + "…"


def _written(choice: object) -> str:
    """A choice as it is written in YAML."""
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _quotes(given: object, wanted: object) -> str:
    plain = isinstance(given, int | float)
    return f"put it in quotes: '{_written(given)}'" if wanted == "string" and plain else "change it"

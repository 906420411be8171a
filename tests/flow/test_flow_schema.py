from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from ivr.cli.flow import flow
from ivr.flow import model, usage
from ivr.flow.model import Flow
from ivr.flow.schema import SHAPES, faults_of, schema
from ivr.flow.source import Source

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize("name", [*SHAPES, "lexicon", "paper", "personas"])
def test_the_command_prints_the_schema_that_the_config_files_name(name: str) -> None:
    result = CliRunner().invoke(flow, ["schema", name])
    assert result.exit_code == 0
    assert result.output == (CONFIG / f"schema/{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("flow.yaml", "schema/flow.json"),
        ("facts.yaml", "schema/facts.json"),
        ("prompts/bn.yaml", "../schema/prompts.json"),
        ("prompts/en.yaml", "../schema/prompts.json"),
        ("lexicon.bn.yaml", "schema/lexicon.json"),
        ("lexicon.en.yaml", "schema/lexicon.json"),
        ("paper.bn.yaml", "schema/paper.json"),
        ("paper.en.yaml", "schema/paper.json"),
        ("personas.yaml", "schema/personas.json"),
    ],
)
def test_each_config_file_names_its_schema_for_editors(file: str, schema: str) -> None:
    first = (CONFIG / file).read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={schema}"
    assert ((CONFIG / file).parent / schema).exists()


def test_the_schema_is_plain_json_schema_that_an_editor_can_use() -> None:
    told = json.loads(CliRunner().invoke(flow, ["schema"]).output)
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    kinds = told["$defs"]["Flow"]["properties"]["nodes"]["additionalProperties"]
    assert kinds["properties"]["kind"]["enum"] == [
        *("say", "menu", "lesson", "practice", "think", "transfer", "branch", "end")
    ]
    assert '"null"' not in json.dumps(told)  # an optional part is left out, not null


def test_the_shipped_flow_has_no_fault_by_the_schema() -> None:
    text = (CONFIG / "flow.yaml").read_text(encoding="utf-8")
    assert list(faults_of(schema("flow"), Source("flow.yaml", text).data)) == []


def test_nothing_at_all_is_told_of_as_empty() -> None:
    (fault,) = faults_of(schema("facts"), None)
    assert fault.what == "this part is empty"


def test_every_field_that_holds_a_prompt_id_is_known_to_usage() -> None:
    """Every struct of the model is looked at, so that a new one cannot be forgotten."""
    structs = [each for each in vars(model).values() if isinstance(each, type)]
    found: set[str] = set()
    for shape in structs:
        if issubclass(shape, msgspec.Struct) and shape not in {model.Words, model.Spec}:
            found |= _prompt_fields(shape)
    assert found == usage._NAMES


def _prompt_fields(shape: type) -> set[str]:
    """The fields whose annotation, as written, speaks of PromptId."""
    return {name for name, kind in shape.__annotations__.items() if "PromptId" in str(kind)} | {
        name
        for base in shape.__mro__[1:]
        for name, kind in getattr(base, "__annotations__", {}).items()
        if "PromptId" in str(kind)
    }


def test_every_prompt_of_the_words_is_used_by_the_flow(spec: model.Spec) -> None:
    used = {prompt for _, prompt in usage.prompts_used(spec.flow)}
    assert used == set(spec.words["bn"].prompts)


def test_a_flow_round_trips_through_json(spec: model.Spec) -> None:
    assert msgspec.json.decode(msgspec.json.encode(spec.flow), type=Flow) == spec.flow

"""The container holds all of the spec, in FLOIP's words or beside them, the same each time."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ivr.engine import codes
from ivr.errors import PaperError
from ivr.flow.load import load
from ivr.flow.model import Asking, Flow, Lesson, Menu, Spec
from ivr.flow.usage import prompts_used
from ivr.paper.floip.container import container, container_json
from ivr.paper.floip.expressions import NEAR, some_digits
from ivr.paper.floip.names import languages_of
from ivr.paper.floip.shapes import Language
from tests.flow.small import MENU, files_of, small_text

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
Json = dict[str, Any]


def small_spec(nodes: str = MENU, *changes: tuple[str, str]) -> Spec:
    return load(files_of(small_text(nodes, *changes)))


def blocks_of(exported: Json) -> dict[str, Json]:
    return {block["label"]: block for block in exported["flows"][0]["blocks"]}


def exported_small(nodes: str = MENU, *changes: tuple[str, str]) -> dict[str, Json]:
    return blocks_of(json.loads(container_json(small_spec(nodes, *changes))))


def texts(exported: Json, language: str) -> dict[str, str]:
    return {
        resource["uuid"]: value["value"]
        for resource in exported["resources"]
        for value in resource["values"]
        if (value["language_id"], value["content_type"]) == (language, "TEXT")
    }


def exits(exported: Json) -> Iterator[tuple[Json, Json]]:
    for block in exported["flows"][0]["blocks"]:
        yield from ((block, exit_) for exit_ in block["exits"])


def test_equal_specs_give_equal_bytes(spec: Spec) -> None:
    assert container_json(spec) == container_json(msgspec.convert(msgspec.to_builtins(spec), Spec))


def test_the_day_of_the_facts_stands_for_the_last_change_unless_another_is_given(
    spec: Spec,
) -> None:
    assert container(spec).flows[0].last_modified == "2020-04-18T00:00:00.000Z"
    given = container(spec, modified="2026-03-02").flows[0].last_modified
    assert given == "2026-03-02T00:00:00.000Z"


@pytest.mark.parametrize(("language", "code"), [("bn", "ben"), ("en", "eng")])
def test_every_prompt_of_the_flow_is_a_resource_with_its_words(
    spec: Spec, exported: Json, language: str, code: str
) -> None:
    prompts = exported["vendor_metadata"]["ghore_boshe"]["prompts"]
    used = {prompt for _, prompt in prompts_used(spec.flow)}
    assert set(prompts) == used
    said = texts(exported, code)
    assert {p: said[uuid] for p, uuid in prompts.items()} == {
        p: spec.words[language].prompts[p] for p in used
    }


def test_the_whole_flow_can_be_read_back(spec: Spec, exported: Json) -> None:
    own = exported["flows"][0]["vendor_metadata"]["ghore_boshe"]
    nodes = {
        block["vendor_metadata"]["ghore_boshe"]["node"]: block["vendor_metadata"]["ghore_boshe"]
        for block in exported["flows"][0]["blocks"]
        if "spec" in block["vendor_metadata"]["ghore_boshe"]
    }
    parts = ("spec", "flow", "defaults", "global_keys", "confusion", "renamed")
    read = {
        **{part: own[part] for part in parts},
        "nodes": {node: nodes[node]["spec"] for node in spec.flow.nodes},
    }
    assert msgspec.convert(read, Flow) == spec.flow
    assert own["facts"] == msgspec.to_builtins(spec.facts)
    assert (own["version"], own["content_hash"]) == (1, spec.content_hash)


def test_every_option_is_a_choice_with_its_key_and_an_exit(spec: Spec, exported: Json) -> None:
    blocks, missing = blocks_of(exported), []
    for node_id, node in spec.flow.nodes.items():
        if isinstance(node, Menu):
            rows = [(node_id, node.options)]
        elif isinstance(node, Lesson):
            rows = [(f"{node_id}.{step.prompt}", step.options) for step in node.steps]
        else:
            continue
        for place, options in rows:
            at = [b for label, b in blocks.items() if label.split("/")[0] == place]
            for option in options:
                has_exit = any(
                    (block["vendor_metadata"].get("digits") or {}).get(option.prompt) == option.key
                    and any(exit_["tag"] == option.prompt for exit_ in block["exits"])
                    for block in at
                )
                missing += [] if has_exit else [(place, option.key)]
    assert missing == []


def test_every_choice_has_one_exit_with_its_test_and_the_default_comes_last(exported: Json) -> None:
    for block in blocks_of(exported).values():
        if "SelectOne" not in block["type"]:
            continue
        *chosen, last = block["exits"]
        names = list(block["config"]["choices"])
        assert [exit_["test"] for exit_ in chosen] == [f'block.value = "{n}"' for n in names]
        assert (last["test"], last["default"]) == ("TRUE", True)
        known = dict(block["vendor_metadata"]["digits"])
        known |= block["vendor_metadata"]["ghore_boshe"]["events"]
        assert set(known) == set(names)


def test_every_exit_leads_to_a_block_and_every_block_is_come_to(exported: Json) -> None:
    flow = exported["flows"][0]
    by_uuid = {block["uuid"]: block for block in flow["blocks"]}
    assert len(by_uuid) == len(flow["blocks"])
    assert flow["first_block_id"] == flow["blocks"][0]["uuid"]
    open_, found = [flow["first_block_id"]], set()
    while open_:
        uuid = open_.pop()
        if uuid not in found:
            found.add(uuid)
            open_ += [e["destination_block"] for e in by_uuid[uuid]["exits"] if len(e) > 4]
    assert found == set(by_uuid)
    ends = {block["label"] for block, exit_ in exits(exported) if "destination_block" not in exit_}
    assert ends == {"goodbye", "goodbye_night"}


def test_what_is_asked_for_is_there(exported: Json) -> None:
    known = {resource["uuid"] for resource in exported["resources"]}
    for block in blocks_of(exported).values():
        config = block["config"]
        named = [config[name] for name in ("prompt", "message_audio") if name in config]
        assert {*named, *config.get("choices", {}).values()} <= known


def test_names_and_tags_are_such_as_floip_allows(exported: Json) -> None:
    for block, exit_ in exits(exported):
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", block["name"])
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", exit_["tag"])


def test_no_uuid_stands_for_two_things(exported: Json) -> None:
    uuids = [exit_["uuid"] for _, exit_ in exits(exported)]
    uuids += [block["uuid"] for block in exported["flows"][0]["blocks"]]
    uuids += [resource["uuid"] for resource in exported["resources"]]
    uuids += [exported["uuid"], exported["flows"][0]["uuid"]]
    assert len(set(uuids)) == len(uuids)


def test_no_entry_may_be_kept_and_each_comes_after_the_safety_words(
    spec: Spec, exported: Json
) -> None:
    assert "Nothing that is keyed at a practice entry may be kept." in exported["description"]
    blocks = blocks_of(exported)
    entries = {name.split("/")[0]: b for name, b in blocks.items() if name.endswith("/entry")}
    practising = [name for name, node in spec.flow.nodes.items() if "code" in dir(node)]
    assert sorted(entries) == sorted(practising)
    safety = exported["vendor_metadata"]["ghore_boshe"]["prompts"]["practice_safety"]
    for name, block in entries.items():
        own = block["vendor_metadata"]["ghore_boshe"]["entry"]
        assert "keep it in no result" in own["keep"]
        assert own["own_number"] == "practice_own_number"
        assert blocks[f"{name}/safety"]["config"]["prompt"] == safety


def test_a_code_with_zeros_in_front_is_text_and_another_is_a_number() -> None:
    practice = """
  menu:
    kind: practice
    prompt: scene
    code_prompt: code_is
    code: {CODE}
    next: bye
"""
    text = exported_small(practice.replace("{CODE}", "{digits: '0123'}"))["menu/entry"]
    assert text["type"] == "MobilePrimitives.OpenResponse"
    assert text["config"]["text"] == {"max_response_characters": 4}
    number = exported_small(practice.replace("{CODE}", "{digits: '1230'}"))["menu/entry"]
    assert number["type"] == "MobilePrimitives.NumericResponse"
    assert number["config"]["validation_maximum"] == 9999
    assert number["config"]["ivr"] == {"max_digits": 4}


def test_a_practice_aside_is_no_place_to_come_back_to() -> None:
    found = exported_small("""
  menu:
    kind: practice
    aside: true
    prompt: scene
    code_prompt: code_is
    code: {digits: '0123'}
    next: bye
""")
    assert found["menu"]["type"] == "MobilePrimitives.Message"
    assert "menu/scene" not in found
    assert [exit_["tag"] for exit_ in found["return"]["exits"]] == ["_otherwise"]


def test_two_keys_with_one_prompt_are_two_choices() -> None:
    options = "options: [{key: '1', prompt: x, go: bye}, {key: '2', prompt: x, go: aside}]"
    found = exported_small(f"\n  menu:\n    kind: menu\n    prompt: menu\n    {options}\n")
    digits = found["menu/ask"]["vendor_metadata"]["digits"]
    assert (digits["x"], digits["x_key_2"]) == ("1", "2")


def test_a_flow_without_a_long_name_is_called_by_its_id() -> None:
    assert container(small_spec()).name == "flow small"
    assert container(small_spec(MENU, ("id: small", "id: small\n  name: A"))).name == "flow small"


def test_a_flow_without_return_or_bookmark_has_no_block_for_them() -> None:
    back = "options: [{key: '1', prompt: aside_back, go: return}]"
    found = exported_small(MENU, (back, back.replace("return", "menu")))
    assert not {"return", "bookmark"} & set(found)


def test_a_sign_that_begins_an_expression_is_doubled() -> None:
    spec = small_spec()
    prompts = {**spec.words["en"].prompts, "menu": "mail us @home"}
    words = {"en": msgspec.structs.replace(spec.words["en"], prompts=prompts)}
    made: Json = json.loads(container_json(msgspec.structs.replace(spec, words=words)))
    assert "mail us @@home" in texts(made, "eng").values()


def test_a_language_is_named_by_three_letters() -> None:
    found = languages_of(["hi", "mai"])
    assert found["hi"] == Language(id="hin", label="Hindi", iso_639_3="hin", bcp_47="hi-IN")
    assert found["mai"] == Language(id="mai", label="mai", iso_639_3="mai", bcp_47="mai-IN")


def test_a_language_whose_three_letters_are_not_known_is_named_with_what_to_do() -> None:
    with pytest.raises(PaperError) as caught:
        languages_of(["bn", "xx"])
    assert str(caught.value) == (
        "flow.languages: FLOIP needs three letters for a language, and those of 'xx' are not known"
        " here; call it by its three letters (ISO 639-3, such as mai for Maithili), in flow.yaml"
        " and in the names of its files"
    )


def test_what_is_called_otherwise_is_not_taken_for_the_default() -> None:
    nodes = """
  menu:
    kind: menu
    prompt: menu
    options: [{key: '1', prompt: otherwise, go: otherwise}, {key: '2', prompt: x, go: aside}]
  otherwise:
    kind: menu
    prompt: again
    options: [{key: '1', prompt: y, go: menu}, {key: '2', prompt: z, go: bye}]
"""
    found = exported_small(nodes)
    for name in ("menu/ask", "return"):
        uuids = [exit_["uuid"] for exit_ in found[name]["exits"]]
        assert len(set(uuids)) == len(uuids)
        tags = [exit_["tag"] for exit_ in found[name]["exits"]]
        assert "otherwise" in tags
        assert tags[-1] == "_otherwise"


def test_clips_stand_beside_the_words_where_there_are_any(spec: Spec) -> None:
    def clip_url(language: str, prompt_id: str) -> str | None:
        return f"https://x/{language}" if prompt_id == "greeting" else None

    made: Json = json.loads(container_json(spec, clip_url=clip_url))
    clips = [v for r in made["resources"] for v in r["values"] if v["content_type"] == "AUDIO"]
    assert [(c["language_id"], c["value"], c["modes"]) for c in clips] == [
        ("ben", "https://x/bn", ["IVR"]),
        ("eng", "https://x/en", ["IVR"]),
    ]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_codes_of_one_length_share_no_number(parts: int) -> None:
    made = [some_digits(4, part, parts) for part in range(parts)]
    ends = [tuple(map(int, re.findall(r"\d+", each))) for each in made]
    assert (ends[0][0], ends[-1][1]) == (1000, 9999)
    assert all(one[1] + 1 == two[0] for one, two in pairwise(ends))


def test_what_counts_as_a_slip_is_what_the_line_takes_for_one() -> None:
    assert NEAR == codes.NEAR


def test_every_place_that_waits_is_noted_but_those_aside(spec: Spec, exported: Json) -> None:
    blocks = blocks_of(exported)
    for node_id, node in spec.flow.nodes.items():
        if isinstance(node, Asking):
            heads = [b for name, b in blocks.items() if re.fullmatch(rf"{node_id}(\.\w+)?", name)]
            assert heads
            assert all((head["name"] == "_place") is not node.aside for head in heads)


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text())
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    assert wanted == {"@floip/flow-runner": "1.0.11"}
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in each and "resolved" not in each for each in packages)
    assert "://" not in json.dumps([each.get("resolved") for each in packages])

"""The JSON Schemas: they accept what the compiler reads, refuse wrong structure, and are up to date."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

import symaug
from symaug.semantics import resets, types
from symaug.semantics.arguments import USAGE
from symaug.shipped import robots_dir, specs_dir
from symaug.syntax.fields import Kind
from symaug.syntax.parser import STARTS
from symaug.syntax.source import Text
from symaug.tools.fmt.canonical import canonical, quoted
from symaug.tools.models import kind_at
from symaug.tools.schema import DOCUMENTS, document_schema, dumps
from symaug.tools.vocabulary import EXAMPLES, MEMORIES, TYPES
from tests.symaug.documents import ROBOT, SPEC, write

SCHEMAS = Path(__file__).parents[3] / "schemas"
SHIPPED = [
    *(("robot", file) for file in sorted(robots_dir().glob("*/robot.yaml"))),
    *(("spec", file) for file in sorted(specs_dir().glob("*/*.yaml"))),
]


def problems(kind: str, content: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(document_schema(kind)).iter_errors(content)]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_committed_schema_is_up_to_date(kind):
    schema = document_schema(kind)
    jsonschema.Draft7Validator.check_schema(schema)
    assert (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8") == dumps(schema)


@pytest.mark.parametrize(("kind", "file"), SHIPPED, ids=lambda value: str(value)[-24:])
def test_shipped_documents_fit_and_name_their_schema_in_the_first_line(kind, file):
    text = file.read_text(encoding="utf-8")
    assert problems(kind, yaml.safe_load(text)) == []
    mark, _, place = text.splitlines()[0].partition("$schema=")
    assert mark == "# yaml-language-server: "
    assert (file.parent / place).resolve() == SCHEMAS / f"{kind}.schema.json"


def test_the_documents_that_are_broken_below_fit():
    assert problems("robot", yaml.safe_load(ROBOT)) == []
    assert problems("spec", yaml.safe_load(SPEC)) == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "words"),
    [
        ("robot", ("joint",), "LF_HAA", "'joint' was unexpected"),
        ("robot", ("limbs",), {}, "{} "),
        ("robot", ("joints",), ["LF_HAA"], "is not of type"),
        ("robot", ("symmetry", "generators", "sagittal"), 3, "is not of type 'string'"),
        ("robot", ("limbs", "left leg"), "LF_*", "does not match"),
        ("spec", ("observations", "policy", "gravity"), {"x": 1}, "is not valid under any"),
        ("spec", ("memory", "actor"), ["replay"], "is not valid under any"),
        ("spec", ("memory", "actor"), None, "is not valid under any"),
        ("spec", ("resets", "base_height"), "0..1", "'base_height' was unexpected"),
        ("spec", ("resets", "base_lin_vel", "w"), "0..1", "'w' was unexpected"),
        ("spec", ("tasks", "train"), ["fail(*)"], "is not of type"),
    ],
    ids=str,
)
def test_wrong_structure_is_refused(kind, path, value, words):
    content = copy.deepcopy(yaml.safe_load(ROBOT if kind == "robot" else SPEC))
    here = content
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    assert any(words in message for message in problems(kind, content)), problems(kind, content)


@pytest.mark.parametrize(("kind", "key"), [("robot", "limbs"), ("robot", "symmetry"), ("spec", "actions")])
def test_a_missing_key_is_refused(kind, key):
    content = yaml.safe_load(ROBOT if kind == "robot" else SPEC)
    del content[key]
    assert problems(kind, content) != []


def test_what_is_extended_may_have_the_rest():
    child = {"spec": "a/b", "extend": "a/c", "memory": None, "observations": {"policy": {"gone": None}}}
    assert problems("spec", child) == []
    assert problems("spec", {key: value for key, value in child.items() if key != "extend"}) != []


def walk(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a key within a schema."""
    yield from schema.get("properties", {}).values()
    for inner in [
        *schema.get("properties", {}).values(),
        schema.get("additionalProperties"),
        schema.get("items"),
    ]:
        if isinstance(inner, dict):
            yield from walk(inner)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_key_has_a_title_and_hover_text(kind):
    keys = list(walk(document_schema(kind)))
    assert len(keys) > 8
    for schema in keys:
        assert schema["title"] and schema["description"].strip().endswith((".", "`")), schema


def parsed(kind: Kind, value: str) -> str:
    return str(canonical(Text.alone(value), kind))


@pytest.mark.parametrize(
    ("kind", "example"),
    [
        (kind, example)
        for kind, some in {**EXAMPLES, "type": tuple(TYPES), "memory": tuple(MEMORIES)}.items()
        for example in some
    ],
    ids=str,
)
def test_what_editors_offer_is_canonical_and_needs_no_quotes(kind, example):
    assert parsed(kind, example) == example
    assert quoted(example, flow=False) == example


def test_every_type_and_every_reset_is_offered():
    offered = {example.partition("[")[0].partition("(")[0] for example in TYPES}
    assert {*types._PLAIN, *USAGE} <= offered
    known = document_schema("spec")["properties"]["resets"]["properties"]
    assert set(known) == {*resets.WHOLE, *resets.BY_AXIS}


def test_every_kind_of_expression_is_marked_somewhere():
    assert set(STARTS) <= set(get_args(Kind))
    assert kind_at(DOCUMENTS["robot"], ("symmetry", "relations", "0")) == "relation"
    assert kind_at(DOCUMENTS["spec"], ("resets", "base_lin_vel", "x")) == "range"
    assert kind_at(DOCUMENTS["spec"], ("resets", "base_yaw")) == "range"
    assert kind_at(DOCUMENTS["spec"], ("memory", "actor")) == "memory"


@pytest.mark.parametrize("role", ["actor", "critic"])
def test_editors_offer_memories_that_compile(tmp_path, role):
    memory = document_schema("spec")["properties"]["memory"]["properties"]
    offered = [choice["const"] for choice in memory[role]["anyOf"] if "const" in choice]
    assert offered == list(MEMORIES) and "replay" in offered
    for example in offered:
        program = symaug.compile(write(tmp_path, spec=SPEC.replace(f"{role}: replay", f"{role}: {example}")))
        assert program.memory[role] == example
        assert (f"memory/{role}" in program.spaces) == (example != "replay")


def test_schemas_are_plain_json():
    text = dumps(document_schema("spec"))
    assert json.loads(text) == document_schema("spec")
    assert "$ref" not in text

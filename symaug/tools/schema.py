"""`symaug schema`: JSON Schemas of the two documents, for completion and hover text in editors.

Made from the models, so that a key that the compiler knows is one that editors know. A schema sees structure;
what an expression means, only the compiler sees. Draft 7 without references is what every YAML plugin reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MinLen
from pydantic import BaseModel

from symaug.semantics.resets import BY_AXIS, WHOLE
from symaug.syntax.documents import RobotDocument, SpecDocument
from symaug.syntax.extending import TERM_BY_TERM
from symaug.syntax.fields import Kind, Written
from symaug.syntax.names import NAME
from symaug.syntax.source import KeyPath
from symaug.tools.vocabulary import ENTRIES, EXAMPLES, MEMORIES, TYPES, WRITTEN

DOCUMENTS: dict[str, type[BaseModel]] = {"robot": RobotDocument, "spec": SpecDocument}
Schema = dict[str, Any]

_MAY_LOOK_LIKE_NUMBERS = ("name", "path", "text", "names", "number")
_NOT_NAMED = (("default_pose",),)
"""Mappings whose keys are patterns; those of every other one are names."""


def document_schema(kind: Literal["robot", "spec"]) -> Schema:
    """The JSON Schema of a kind of document, as plain data."""
    made = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"symaug {kind} document",
        **_of(DOCUMENTS[kind], ()),
    }
    if kind == "spec":  # what it extends may have everything else, and `null` leaves that out
        whole = made.pop("required")
        made["anyOf"] = [{"required": ["spec", "extend"]}, {"required": whole}]
        optional = made["properties"].keys() - {"spec", "extend", *whole}
        made["properties"] |= {key: _or_null(made["properties"][key]) for key in sorted(optional)}
    return made


def dumps(schema: Schema) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _of(annotation: Any, path: KeyPath) -> Schema:
    """The schema of a value at a key path, `*` standing for keys of the user's choice."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for mark in arguments[1:]:
            if isinstance(mark, Written):
                return _text(mark.kind)
        made = _of(arguments[0], path)
        if any(isinstance(mark, MinLen) for mark in arguments[1:]):
            made["minProperties"] = 1
        return made
    if origin in (Union, UnionType):
        some = [_of(argument, path) for argument in arguments if argument is not type(None)]
        made = some[0] if len(some) == 1 else {"anyOf": some}
        return _or_null(made) if type(None) in arguments else made
    if origin is list:
        return {"type": "array", "items": _entry(arguments[0], (*path, "*"))}
    if origin is dict:
        return _mapping(arguments[1], path)
    return _model(annotation, path)


def _model(model: type[BaseModel], path: KeyPath) -> Schema:
    properties = {}
    for name, field in model.model_fields.items():
        inner = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        properties[name] = _described(_of(inner, (*path, name)), name, field.description or "")
        if field.examples:
            properties[name]["examples"] = field.examples
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _mapping(value: Any, path: KeyPath) -> Schema:
    if path == ("resets",):
        return {"type": "object", "properties": dict(_resets()), "additionalProperties": False}
    made: Schema = {"type": "object", "additionalProperties": _entry(value, (*path, "*"))}
    if path not in _NOT_NAMED:
        made["propertyNames"] = {"pattern": f"^{NAME.pattern}$"}
    return made


def _resets() -> Iterator[tuple[str, Schema]]:
    ranges = _text("range")
    for quantity in WHOLE:
        yield quantity, _described(ranges, quantity, ENTRIES[("resets", "*")])
    for quantity in BY_AXIS:
        axes = {axis: _described(ranges, axis, ENTRIES[("resets", "*", "*")]) for axis in "xyz"}
        by_axis = {"type": "object", "properties": axes, "additionalProperties": False}
        yield quantity, _described(by_axis, quantity, "The ranges along x, y and z that episodes start in.")


def _entry(annotation: Any, path: KeyPath) -> Schema:
    """What stands under a key of the user's choice, or in a list."""
    made = _described(_of(annotation, path), None, ENTRIES[path])
    return _or_null(made) if path[0] in TERM_BY_TERM and len(path) == 2 else made


def _text(kind: Kind) -> Schema:
    """A text of that kind: how it is written, and what an editor offers."""
    made: Schema = {"description": WRITTEN.get(kind, "")}
    if kind in ("type", "memory"):
        some = TYPES if kind == "type" else MEMORIES
        offered = [{"const": text, "description": told} for text, told in some.items()]
        any_other = {"type": ["string", "null"] if kind == "type" else "string"}
        return {**made, "anyOf": [*offered, any_other]}
    made["type"] = ["string", "number"] if kind in _MAY_LOOK_LIKE_NUMBERS else "string"
    return {**made, "examples": list(EXAMPLES[kind])} if kind in EXAMPLES else made


def _or_null(schema: Schema) -> Schema:
    """The same, or nothing."""
    if "type" not in schema:
        return {**schema, "anyOf": [*schema.get("anyOf", ()), {"type": "null"}]}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, *(["null"] if "null" not in kinds else [])]}


def _described(schema: Schema, key: str | None, description: str) -> Schema:
    """With the title and the hover text of a key, and after it how its value is written."""
    told = "\n\n".join(filter(None, [description, schema.get("description")]))
    rest = {name: value for name, value in schema.items() if name not in ("title", "description")}
    return {**({"title": key} if key else {}), "description": told, **rest}

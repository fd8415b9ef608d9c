"""Programs as JSON, written so that a person can read them and checked in full when they are read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from symaug.compiler.program import SCHEMA, Program, Space, Term
from symaug.compiler.verify import program_violations
from symaug.diagnostics import UserError
from symaug.semantics.group import Group
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.tasks import TaskOrbits


def dump(program: Program) -> str:
    """The JSON text of a program."""
    content: dict[str, Any] = {
        "schema": program.schema,
        "robot": program.robot,
        "spec": program.spec,
        "compiler": program.compiler,
        "sources": program.sources,
        "joint_order": program.joint_order,
        "memory": program.memory,
        "tasks": None,
        "group": {
            "elements": program.group.elements,
            "table": program.group.table,
            "generators": program.group.generators,
        },
        "spaces": {name: _space(space) for name, space in program.spaces.items()},
    }
    if program.tasks is not None:
        content["tasks"] = {
            "train": program.tasks.train,
            "test": program.tasks.test,
            "reached": program.tasks.reached,
        }
    return "".join(_pretty(content, 0)) + "\n"


def _space(space: Space) -> dict[str, Any]:
    return {
        "width": space.width,
        "terms": [
            {"name": term.name, "start": term.start, "stop": term.stop, "type": term.type}
            for term in space.terms
        ],
        "elements": {
            name: {"index": action.index, "sign": action.sign, "offset": action.offset}
            for name, action in space.elements.items()
        },
    }


def _pretty(value: Any, depth: int) -> Iterator[str]:
    """JSON indented by two, with whatever holds only plain values on one line."""
    inner = "  " * (depth + 1)
    entries: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        entries = [(json.dumps(key) + ": ", entry) for key, entry in value.items()]
        brackets = "{}"
    elif isinstance(value, (list, tuple)):
        entries = [("", entry) for entry in value]
        brackets = "[]"
    if not any(isinstance(entry, (dict, list, tuple)) for _, entry in entries):
        yield json.dumps(value)
        return
    yield brackets[0] + "\n"
    for rank, (key, entry) in enumerate(entries):
        yield f"{inner}{key}"
        yield from _pretty(entry, depth + 1)
        yield ",\n" if rank < len(entries) - 1 else "\n"
    yield "  " * depth + brackets[1]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _ActionModel(_Model):
    index: list[int]
    sign: list[int]
    offset: list[float]


class _TermModel(_Model):
    name: str
    start: int
    stop: int
    type: str


class _SpaceModel(_Model):
    width: int
    terms: list[_TermModel]
    elements: dict[str, _ActionModel]


class _GroupModel(_Model):
    elements: list[str]
    table: list[list[int]]
    generators: list[str]


class _TasksModel(_Model):
    train: list[str]
    test: list[str]
    reached: dict[str, list[str] | None]


class _ProgramModel(_Model):
    schema_: int
    robot: str
    spec: str
    compiler: str = ""
    sources: dict[str, str] = {}
    joint_order: list[str] = []
    memory: dict[str, str] = {}
    tasks: _TasksModel | None = None
    group: _GroupModel
    spaces: dict[str, _SpaceModel]


def load(text: str, file: str) -> Program:
    """The program that a JSON text holds. Raises UserError SA502 for anything else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise _unreadable(file, f"it is not JSON{where}") from None
    if not isinstance(content, dict) or "schema" not in content:
        raise _unreadable(file, "it has no `schema` key")
    if content["schema"] != SCHEMA:
        reason = f"its schema is {json.dumps(content['schema'])[:40]}, this version of symaug reads {SCHEMA}"
        raise _unreadable(file, reason)
    content["schema_"] = content.pop("schema")
    try:
        model = _ProgramModel.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        kind = "is missing" if first["type"] == "missing" else "is of the wrong kind"
        raise _unreadable(file, f"`{where}` {kind}") from None
    return _program(model, file)


def _program(model: _ProgramModel, file: str) -> Program:
    group = Group(
        tuple(model.group.elements), tuple(map(tuple, model.group.table)), tuple(model.group.generators)
    )
    spaces = {}
    for name, space in model.spaces.items():
        try:
            actions = {
                element: SignedPermutation.of(action.index, action.sign, action.offset)
                for element, action in space.elements.items()
            }
        except ValueError as error:
            raise _unreadable(file, f"an action on `{name}` is no signed permutation: {error}") from None
        terms = tuple(Term(term.name, term.start, term.stop, term.type) for term in space.terms)
        spaces[name] = Space(space.width, terms, actions)
    tasks = None
    if model.tasks is not None:
        reached: dict[str, tuple[str, str] | None] = {}
        for task, pair in model.tasks.reached.items():
            if pair is not None and len(pair) != 2:
                raise _unreadable(file, f"`tasks.reached.{task}` is no pair of task and element")
            reached[task] = (pair[0], pair[1]) if pair is not None else None
        tasks = TaskOrbits(tuple(model.tasks.train), tuple(model.tasks.test), reached)
    program = Program(
        robot=model.robot,
        spec=model.spec,
        group=group,
        spaces=spaces,
        joint_order=tuple(model.joint_order),
        memory=model.memory,
        tasks=tasks,
        sources=model.sources,
        compiler=model.compiler,
    )
    violations = program_violations(program)
    if violations:
        raise _unreadable(file, violations[0])
    return program


def _unreadable(file: str, reason: str) -> UserError:
    helps = ("compile the spec again: `symaug compile SPEC --format json`",)
    return UserError.of("SA502", f"`{file}` is not a compiled program: {reason}", helps=helps)

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
from symaug.semantics.linear_map import Action, LinearMap
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.task_orbits import Cover, TaskOrbits


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
            "partly": {
                task: {"parts": cover.parts, "rest": cover.rest}
                for task, cover in program.tasks.partly.items()
            },
            "orbits": program.tasks.orbits,
        }
    return "".join(_pretty(content, 0)) + "\n"


def _space(space: Space) -> dict[str, Any]:
    return {
        "width": space.width,
        "terms": [
            {"name": term.name, "start": term.start, "stop": term.stop, "type": term.type}
            for term in space.terms
        ],
        "elements": {name: _action(action) for name, action in space.elements.items()},
    }


def _action(action: Action) -> dict[str, Any]:
    if isinstance(action, LinearMap):
        return {"matrix": action.matrix(), "offset": action.offset}
    return {"index": action.index, "sign": action.sign, "offset": action.offset}


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
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False, defer_build=True)


class _PermutationModel(_Model):
    index: list[int]
    sign: list[int]
    offset: list[float]


class _MatrixModel(_Model):
    matrix: list[list[float]]
    offset: list[float]


class _TermModel(_Model):
    name: str
    start: int
    stop: int
    type: str


class _SpaceModel(_Model):
    width: int
    terms: list[_TermModel]
    elements: dict[str, _MatrixModel | _PermutationModel]


class _GroupModel(_Model):
    elements: list[str]
    table: list[list[int]]
    generators: list[str]


class _CoverModel(_Model):
    parts: list[list[str]]
    rest: list[str]


class _TasksModel(_Model):
    train: list[str]
    test: list[str]
    reached: dict[str, list[str] | None]
    partly: dict[str, _CoverModel] = {}
    orbits: list[list[str]] = []


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
            actions = {element: _read_action(action) for element, action in space.elements.items()}
        except ValueError as error:
            raise _unreadable(file, f"an action on `{name}` is malformed: {error}") from None
        terms = tuple(Term(term.name, term.start, term.stop, term.type) for term in space.terms)
        spaces[name] = Space(space.width, terms, actions)
    program = Program(
        robot=model.robot,
        spec=model.spec,
        group=group,
        spaces=spaces,
        joint_order=tuple(model.joint_order),
        memory=model.memory,
        tasks=_tasks(model.tasks, file) if model.tasks is not None else None,
        sources=model.sources,
        compiler=model.compiler,
    )
    violations = program_violations(program)
    if violations:
        raise _unreadable(file, violations[0])
    return program


def _read_action(action: _MatrixModel | _PermutationModel) -> Action:
    if isinstance(action, _MatrixModel):
        return LinearMap.from_matrix(action.matrix, action.offset)
    return SignedPermutation.of(action.index, action.sign, action.offset)


def _tasks(model: _TasksModel, file: str) -> TaskOrbits:
    for task in model.test:
        if task not in model.reached:
            raise _unreadable(file, f"`tasks.reached` says nothing of `{task}`")
    for task, pair in model.reached.items():
        if pair is not None and len(pair) != 2:
            raise _unreadable(file, f"`tasks.reached.{task}` is no pair of task and element")
    for task, cover in model.partly.items():
        if any(len(part) != 3 for part in cover.parts):
            raise _unreadable(file, f"`tasks.partly.{task}` holds no triples of part, task and element")
    return TaskOrbits(
        train=tuple(model.train),
        test=tuple(model.test),
        reached={task: (pair[0], pair[1]) if pair else None for task, pair in model.reached.items()},
        partly={
            task: Cover(tuple((part[0], part[1], part[2]) for part in cover.parts), tuple(cover.rest))
            for task, cover in model.partly.items()
        },
        orbits=tuple(map(tuple, model.orbits)),
    )


def _unreadable(file: str, reason: str) -> UserError:
    helps = ("compile the spec again: `symaug compile SPEC --format json`",)
    return UserError.of("SA502", f"`{file}` is not a compiled program: {reason}", helps=helps)

"""The compiler: a spec and its robot in, a verified `Program` out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from symaug import __version__
from symaug.compiler.program import Program, Space, Term
from symaug.compiler.verify import program_violations
from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics.memory import REPLAY, resolve_memory
from symaug.semantics.representations import Representation, direct_sum
from symaug.semantics.resets import resolve_resets
from symaug.semantics.robot import Robot, load_robot_of_spec
from symaug.semantics.task_kinds import Task
from symaug.semantics.task_orbits import TaskOrbits, task_orbits
from symaug.semantics.tasks import resolve_tasks
from symaug.semantics.types import TypeResolver
from symaug.shipped import display_path, find_spec, robots_dir, specs_dir
from symaug.syntax.blocks import block_texts, group_texts
from symaug.syntax.documents import Loaded, SpecDocument, load_spec
from symaug.syntax.expressions import TypeExpression
from symaug.syntax.parser import parse_tasks, parse_type
from symaug.syntax.source import Text, read_text

MAX_PROGRAM_BYTES = 1_000_000_000
"""The largest compiled program that is read back: matrices of thousands of numbers take their room."""


def compile_spec(name_or_path: str | Path) -> Program:
    """Compile a spec: how each element of the robot's symmetry group acts on each tensor.

    Args:
        name_or_path: a shipped spec (`anymal_d/velocity`), the path of a spec document, or the path of a
            program that was written as JSON (`*.json`), which is read back.

    Returns:
        The program; its algebra has been verified exactly.

    Raises:
        SpecError: everything that is wrong with the spec and its robot, in one go.
        UserError: SA502 the JSON file holds no program.
    """
    path = find_spec(name_or_path)
    if path.suffix == ".json":
        return Program.from_json(read_text(path, MAX_PROGRAM_BYTES), file=display_path(path))
    return _compile(load_spec(path), path)


def _compile(loaded: Loaded[SpecDocument], path: Path) -> Program:
    document, source = loaded.document, loaded.source
    problems = list(loaded.problems)
    resolve_resets(loaded, problems)
    robot = _robot(loaded, problems)
    order = _joint_order(loaded, robot, problems) if robot else None
    meanings = _Meanings(TypeResolver(robot, order) if robot and order else None, problems)
    blocks = block_texts(loaded, problems)
    layouts = {f"observations/{k}": terms for k, terms in group_texts(loaded, blocks, problems).items()}
    actions = source.get("actions")
    layouts["actions"] = {"actions": actions} if actions else {}
    for terms in (*blocks.values(), *layouts.values()):
        for text in terms.values():
            meanings.find(text)
    memory = {role: _memory(source.get("memory", role), meanings) for role in ("actor", "critic")}
    tasks = _tasks(loaded, robot, order, problems)
    if problems or robot is None or order is None:
        raise SpecError(problems)
    spaces = {name: _space(robot, terms, meanings) for name, terms in layouts.items()}
    for role, meaning in memory.items():
        if meaning is not None:
            spaces[f"memory/{role}"] = _joined(robot, {"memory": meaning})
    program = Program(
        robot=robot.name,
        spec=document.spec,
        group=robot.group,
        spaces=spaces,
        joint_order=order,
        memory={role: meaning[0] if meaning else REPLAY for role, meaning in memory.items()},
        tasks=tasks,
        sources={_source_name(file, path): _sha256(file) for file in (*source.files, robot.path)},
        compiler=__version__,
    )
    violations = program_violations(program)
    if violations:  # a mistake of ours, not of the document
        raise AssertionError("; ".join(violations))
    return program


def _robot(loaded: Loaded[SpecDocument], problems: list[Diagnostic]) -> Robot | None:
    if loaded.source.get("robot") is None:
        return None
    try:
        robot = load_robot_of_spec(loaded)
    except SpecError as error:
        problems += error.diagnostics
        return None
    problems += robot.pose_diagnostics
    return robot


def _joint_order(loaded: Loaded[SpecDocument], robot: Robot, problems: list[Diagnostic]) -> tuple[str, ...]:
    name = loaded.document.joint_order
    if name is None:
        return robot.joints
    if name in robot.joint_orders:
        return robot.joint_orders[name]
    problems.append(
        Diagnostic(
            "SA304",
            f"`{robot.name}` has no joint order named `{name}`",
            loaded.source.value("joint_order"),
            helps=(
                *did_you_mean(name, robot.joint_orders),
                "without `joint_order`, the canonical order is used",
            ),
        )
    )
    return robot.joints  # any order does to find what else is wrong


Meaning: TypeAlias = tuple[str, Representation]
"""A type in canonical form, and its representation."""


def _memory(text: Text | None, meanings: _Meanings) -> Meaning | None:
    """What a memory's type means; None where the network is run over the transformed history."""
    return None if text is None or text.value.strip() == REPLAY else meanings.memory(text)


class _Meanings:
    """What each type means, found once however many groups include its term."""

    def __init__(self, types: TypeResolver | None, problems: list[Diagnostic]) -> None:
        self._types, self._problems = types, problems
        self._found: dict[int, Meaning | None] = {}

    def find(self, text: Text) -> Meaning | None:
        """The type in canonical form and its representation; None when it is wrong or the robot unknown."""
        if id(text) not in self._found:
            self._found[id(text)] = self._resolve(text)
        return self._found[id(text)]

    def memory(self, text: Text) -> Meaning | None:
        """The same of a recurrent memory, which is only permuted."""
        return self._resolve(text, resolve_memory)

    def _resolve(
        self,
        text: Text,
        resolve: Callable[[TypeResolver, TypeExpression], Representation] = TypeResolver.resolve,
    ) -> Meaning | None:
        try:
            expression = parse_type(text)
            return (str(expression), resolve(self._types, expression)) if self._types else None
        except SpecError as error:
            self._problems += error.diagnostics
            return None


def _tasks(
    loaded: Loaded[SpecDocument],
    robot: Robot | None,
    order: tuple[str, ...] | None,
    problems: list[Diagnostic],
) -> TaskOrbits | None:
    if loaded.document.tasks is None:
        return None
    resolved: dict[str, tuple[Task, ...]] = {}
    for role in ("train", "test"):
        text = loaded.source.get("tasks", role)
        if text is None:
            continue
        try:
            patterns = parse_tasks(text)
        except SpecError as error:
            problems += error.diagnostics
            continue
        resolved[role] = resolve_tasks(patterns, order, problems)
    return task_orbits(resolved["train"], resolved["test"], robot) if robot and len(resolved) == 2 else None


def _space(robot: Robot, texts: dict[str, Text], meanings: _Meanings) -> Space:
    found = {name: meanings.find(text) for name, text in texts.items()}
    return _joined(robot, {name: meaning for name, meaning in found.items() if meaning is not None})


def _joined(robot: Robot, blocks: dict[str, Meaning]) -> Space:
    terms, parts, start = [], [], 0
    for name, (canonical, part) in blocks.items():
        terms.append(Term(name, start, start + part.width, canonical))
        parts.append(part)
        start += part.width
    actions = direct_sum(parts).actions
    return Space(start, tuple(terms), dict(zip(robot.group.elements, actions, strict=True)))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _source_name(file: Path, spec: Path) -> str:
    """A document's name, the same on every machine: within the shipped folders, or beside the spec."""
    resolved = file.resolve()
    for folder, name in ((specs_dir(), "specs"), (robots_dir(), "robots")):
        if resolved.is_relative_to(folder.resolve()):
            return f"{name}/{resolved.relative_to(folder.resolve()).as_posix()}"
    return Path(os.path.relpath(resolved, spec.resolve().parent)).as_posix()

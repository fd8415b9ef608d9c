"""What is put to the proof: a document, with all that follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from symaug.checks.contradictions import load_robot_of_spec_to_check, load_robot_to_check
from symaug.compiler.compile import compile_spec
from symaug.diagnostics import Diagnostic, SpecError
from symaug.semantics.resets import Reset, resolve_resets
from symaug.semantics.robot import Robot
from symaug.shipped import find_spec, list_robots
from symaug.syntax.documents import load_spec

if TYPE_CHECKING:
    from symaug.compiler.program import Program
    from symaug.semantics.task_orbits import TaskOrbits


@dataclass(frozen=True)
class Subject:
    """A document to check.

    Attributes:
        name: the spec's or robot's.
        robot: the robot and its symmetry.
        program: the compiled spec; None for a robot alone, or where only an uneven default pose keeps the
            spec from being compiled.
        resets: what the spec declares; None where there is no spec document to declare it (a robot alone, or
            a compiled program).
    """

    name: str
    robot: Robot
    program: Program | None
    resets: tuple[Reset, ...] | None

    @property
    def tasks(self) -> TaskOrbits | None:
        """The spec's tasks and which reach which; None where it names none."""
        return self.program.tasks if self.program is not None else None


def load_subject(spec_or_robot: str | Path) -> Subject:
    """Load a spec or a robot document, by the name of a shipped one or by its path.

    Raises:
        SpecError: the document cannot be read or compiled.
    """
    if _is_robot(spec_or_robot):
        robot = load_robot_to_check(spec_or_robot)
        return Subject(robot.name, robot, None, None)
    path = find_spec(spec_or_robot)
    if path.suffix == ".json":
        program = compile_spec(path)
        return Subject(program.spec, load_robot_to_check(program.robot, near=path), program, None)
    loaded = load_spec(path)
    problems: list[Diagnostic] = []  # those of resets; the compiler reports them
    resets = resolve_resets(loaded, problems)
    try:
        program = compile_spec(path)
    except SpecError as error:
        if loaded.problems:
            raise
        robot = load_robot_of_spec_to_check(loaded)
        # An uneven default pose keeps a spec from compiling, but physics can tell which sign is behind it.
        if not set(error.diagnostics) <= set(robot.pose_diagnostics):
            raise
        return Subject(loaded.document.spec, robot, None, resets)
    return Subject(loaded.document.spec, load_robot_of_spec_to_check(loaded), program, resets)


def _is_robot(spec_or_robot: str | Path) -> bool:
    path = Path(spec_or_robot)
    try:
        if not path.is_file():
            return str(spec_or_robot) in list_robots()
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return path.suffix != ".json" and re.search(r"^spec\s*:", text, re.MULTILINE) is None

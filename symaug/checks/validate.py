"""Put a whole document to the proof: algebra always, physics where there are a model and a simulator."""

from __future__ import annotations

import re
from importlib.util import find_spec as find_module
from pathlib import Path

from symaug.checks.algebra import check_algebra
from symaug.checks.report import CheckResult, Report, skipped
from symaug.checks.tasks import check_tasks
from symaug.compiler.compile import compile_spec
from symaug.compiler.program import Program
from symaug.diagnostics import SpecError, UserError
from symaug.semantics.robot import Robot, load_robot_of_spec, load_robot_symmetry
from symaug.shipped import find_spec, list_robots
from symaug.syntax.documents import load_spec

SAMPLES = 16
"""Random states per measurement. Mistakes show in every one of them; more only sharpen the numbers."""


def validate(spec_or_robot: str | Path, *, samples: int = SAMPLES, seed: int = 0) -> Report:
    """Check a spec or a robot document: is the symmetry it claims true?

    Args:
        spec_or_robot: a shipped spec (`anymal_d/velocity`) or robot (`anymal_d`), or the path of a document.
        samples: random states for each measurement, at least 1.
        seed: of these states; the same seed gives the same report.

    Returns:
        Every check's result. A wrong claim is a failed check, not an exception.

    Raises:
        SpecError: the document itself cannot be read or compiled.
        UserError: SA601 the model's joints are not the robot's, SA602 the model cannot be loaded,
            SA605 fewer than one sample.
    """
    if samples < 1:
        raise UserError.of("SA605", f"a check needs at least 1 sample, not {samples}")
    subject, robot, program = _resolve(spec_or_robot)
    checks = check_algebra(robot, program)
    if program is not None and program.tasks is not None:
        checks.append(check_tasks(program.tasks))
    return Report(subject, (*checks, *_physics(robot, samples, seed)), seed)


def _resolve(spec_or_robot: str | Path) -> tuple[str, Robot, Program | None]:
    if _is_robot(spec_or_robot):
        robot = load_robot_symmetry(spec_or_robot)
        return robot.name, robot, None
    path = find_spec(spec_or_robot)
    if path.suffix == ".json":
        program = compile_spec(path)
        return program.spec, load_robot_symmetry(program.robot, near=path), program
    loaded = load_spec(path)
    try:
        program = compile_spec(path)
    except SpecError as error:
        if loaded.problems:
            raise
        robot = load_robot_of_spec(loaded)
        # An uneven default pose keeps a spec from compiling, but physics can tell which sign is behind it.
        if not set(error.diagnostics) <= set(robot.pose_diagnostics):
            raise
        return loaded.document.spec, robot, None
    return loaded.document.spec, load_robot_of_spec(loaded), program


def _is_robot(spec_or_robot: str | Path) -> bool:
    path = Path(spec_or_robot)
    try:
        if not path.is_file():
            return str(spec_or_robot) in list_robots()
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return path.suffix != ".json" and re.search(r"^spec\s*:", text, re.MULTILINE) is None


def _physics(robot: Robot, samples: int, seed: int) -> list[CheckResult]:
    if robot.model is None:
        return skipped(("geometry", "dynamics"), f"robot `{robot.name}` names no model")
    missing = [module for module in ("numpy", "mujoco") if find_module(module) is None]
    if missing:
        reason = f"{' and '.join(missing)} not installed: pip install 'symaug[physics]'"
        return skipped(("geometry", "dynamics"), reason)
    from symaug.checks.physics import check_physics

    return check_physics(robot, samples, seed)

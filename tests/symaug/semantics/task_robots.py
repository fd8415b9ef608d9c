"""Robots whose groups move boxes in every way: by mirrors, by quarter turns, and by a third of a turn."""

from __future__ import annotations

from pathlib import Path

from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.semantics.task_kinds import Task
from symaug.semantics.tasks import resolve_tasks
from symaug.syntax.parser import parse_tasks
from symaug.syntax.source import Source, Text

MIRRORED = """\
robot: quad
joints: "{LF,LH,RF,RH}_{HAA,KFE} waist"
limbs: {LF: LF_*, LH: LH_*, RF: RF_*, RH: RH_*, trunk: waist}
symmetry:
  generators:
    sagittal: reflect y, swap (LF RF)(LH RH), flip *_HAA waist
    transversal: reflect x, swap (LF LH)(RF RH), flip *_KFE waist
"""
SQUARE = """\
robot: square
joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    turn: rotate z by 90 deg, swap (A B C D)
    mirror: reflect y, swap (A D)(B C), flip *_hip
"""
THREE = """\
robot: three
joints: "{A,B,C}_hip"
limbs: {A: A_hip, B: B_hip, C: C_hip}
symmetry: {generators: {turn: "rotate z by 120 deg, swap (A B C)"}}
"""


def load(folder: Path, document: str) -> Robot:
    path = folder / "robot.yaml"
    path.write_text(document, encoding="utf-8")
    return load_robot_symmetry(path)


def tasks(value: str, robot: Robot) -> tuple[Task, ...]:
    """The tasks that a text stands for; it must be right."""
    text = Text(value, Source(Path("x.yaml"), "x.yaml", value), tuple(range(len(value) + 1)))
    problems: list = []
    found = resolve_tasks(parse_tasks(text), robot.joints, problems)
    assert not problems, problems
    return found

"""Robots whose groups move boxes in every way: by mirrors, by quarter turns, and by a third of a turn."""

from __future__ import annotations

from symaug.semantics.robot import Robot
from symaug.semantics.task_kinds import Task
from symaug.semantics.tasks import resolve_tasks
from symaug.syntax.parser import parse_tasks
from symaug.syntax.source import Text

MIRRORED = """\
robot: quad
joints: "{LF,LH,RF,RH}_{HAA,KFE} waist"
limbs: {LF: LF_*, LH: LH_*, RF: RF_*, RH: RH_*, trunk: waist}
symmetry:
  generators:
    sagittal: reflect y, swap (LF RF)(LH RH), flip *_HAA waist
    transversal: reflect x, swap (LF LH)(RF RH), flip *_KFE waist
"""
THREE = """\
robot: three
joints: "{A,B,C}_hip"
limbs: {A: A_hip, B: B_hip, C: C_hip}
symmetry: {generators: {turn: "rotate z by 120 deg, swap (A B C)"}}
"""


def tasks(value: str, robot: Robot) -> tuple[Task, ...]:
    """The tasks that a text stands for; it must be right."""
    problems: list = []
    found = resolve_tasks(parse_tasks(Text.alone(value)), robot.joints, problems)
    assert not problems, problems
    return found

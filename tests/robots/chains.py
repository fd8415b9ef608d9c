"""Published joint trees as tables, and a stand-in model made of them: joint lines and limits, unit masses.

The stand-in answers one question: do the declared joints turn about one another's mirror images? It takes
nothing from the robot document but the names.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from symaug.checks import validate
from symaug.checks.report import Report
from symaug.shipped import robots_dir

pytest.importorskip("mujoco")

Edit = tuple[str, str]
"""Text in the robot document, and what to write instead."""


@dataclass(frozen=True)
class Joint:
    """One row of a published joint tree.

    Attributes:
        name: of the joint.
        parent: the joint that carries it; None when the base does.
        pos: of its body's frame in the parent's, m.
        axis: in its body's frame.
        limits: rad (m where it slides).
        quat: of its body's frame in the parent's, (w, x, y, z).
        slides: whether it moves along its axis instead of about it.
    """

    name: str
    parent: str | None
    pos: tuple[float, float, float]
    axis: tuple[float, float, float]
    limits: tuple[float, float]
    quat: tuple[float, float, float, float] = (1, 0, 0, 0)
    slides: bool = False


def check_lines(robot: str, joints: list[Joint], folder: Path, *edits: Edit, floating: bool) -> Report:
    """Validate the shipped document of `robot`, with `edits`, against the stand-in model of `joints`."""
    shutil.copytree(robots_dir() / robot, folder, dirs_exist_ok=True)
    (folder / "published.xml").write_text(stand_in(joints, floating=floating))
    document = folder / "robot.yaml"
    text = "".join(line for line in document.read_text().splitlines(True) if not line.startswith("model:"))
    for old, new in (*edits, (f"robot: {robot}\n", f"robot: {robot}\nmodel: published.xml\n")):
        assert old in text, f"{old!r} is not in the document"
        text = text.replace(old, new)
    document.write_text(text)
    return validate(document, samples=4)


def breadth_first(joints: list[Joint], key: Callable[[str], str] = str) -> list[str]:
    """The joints level by level, those of one parent sorted by `key`."""
    level: list[str | None] = [None]
    order: list[str] = []
    while level:
        level = [
            child
            for parent in level
            for child in sorted((j.name for j in joints if j.parent == parent), key=key)
        ]
        order += [name for name in level if name is not None]
    return order


def depth_first(joints: list[Joint], parent: str | None = None) -> Iterator[str]:
    """The joints as a model file lists them: each before those that it carries."""
    for joint in joints:
        if joint.parent == parent:
            yield joint.name
            yield from depth_first(joints, joint.name)


def stand_in(joints: list[Joint], *, floating: bool) -> str:
    """The MJCF of the joint tree, its bodies named like the joints that move them."""
    base = "<freejoint/>" if floating else ""
    return (
        "<mujoco><compiler angle='radian'/><worldbody><body name='base'>"
        f"{base}<geom size='.05' mass='1'/>{_bodies(joints, None)}</body></worldbody></mujoco>"
    )


def _bodies(joints: list[Joint], parent: str | None) -> str:
    return "".join(
        f"<body name='{j.name}' pos='{_row(j.pos)}' quat='{_row(j.quat)}'>"
        f"<joint name='{j.name}' type='{'slide' if j.slides else 'hinge'}' axis='{_row(j.axis)}' "
        f"range='{_row(j.limits)}'/><geom size='.01' mass='.1'/>{_bodies(joints, j.name)}</body>"
        for j in joints
        if j.parent == parent
    )


def _row(numbers: tuple[float, ...]) -> str:
    return " ".join(map(repr, numbers))

"""Programs of every kind of group: signed, mixing, shifted; shipped ones and small ones of `known_robots`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

import symaug
from symaug import Program, Space
from symaug.compiler.program import Term
from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.types import TypeResolver
from symaug.syntax.parser import parse_type
from symaug.syntax.source import Text
from tests.symaug.semantics.known_robots import ROBOTS

SHIPPED = ("anymal_d/velocity", "g1/velocity", "ant/run", "trifinger/cube", "aloha/either_hand")
GROUPS = (*SHIPPED, "C3", "D3", "C6", "C2xC2xC2", "shifted")


@cache
def program(name: str) -> Program:
    """A shipped spec's program, or that of a small spec over a known robot."""
    if name in SHIPPED:
        return symaug.compile(name)
    with TemporaryDirectory() as folder:
        robot, spec = Path(folder, "robot.yaml"), Path(folder, "spec.yaml")
        robot.write_text(f"robot: {name}\n{ROBOTS[name][0]}", encoding="utf-8")
        spec.write_text(
            "spec: small\nrobot: ./robot.yaml\n"
            "observations:\n"
            "  policy: {v: vector, w: pseudovector, q: positions(joints), c: limbs * vector, t: scalar}\n"
            "actions: positions(joints)\n",
            encoding="utf-8",
        )
        return symaug.compile(spec)


def observation(name: str) -> Space:
    """The space of its first observation group."""
    made = program(name)
    return made.space(next(space for space in made.spaces if space.startswith("observations/")))


def matrices(space: Space) -> list[torch.Tensor]:
    """[width, width] float64 of each element's linear part, dense; independent of the kernels."""
    return [
        torch.tensor(as_linear_map(action).matrix(), dtype=torch.float64)
        for action in space.elements.values()
    ]


def image(space: Space, element: str, x: torch.Tensor) -> torch.Tensor:
    """The image of x [..., width], by dense matrices."""
    action = as_linear_map(space.elements[element])
    matrix, offset = torch.tensor(action.matrix(), dtype=x.dtype), torch.tensor(action.offset, dtype=x.dtype)
    return x @ matrix.T + offset


@cache
def robot(name: str) -> Robot:
    """A known robot."""
    with TemporaryDirectory() as folder:
        Path(folder, "robot.yaml").write_text(f"robot: {name}\n{ROBOTS[name][0]}", encoding="utf-8")
        return load_robot_symmetry(Path(folder, "robot.yaml"))


def space_of(name: str, types: list[str]) -> Space:
    """The space of these types side by side, on a known robot."""
    resolved = TypeResolver(robot(name), robot(name).joints).resolve(
        parse_type(Text.alone(" + ".join(types)))
    )
    actions = dict(zip(robot(name).group.elements, resolved.actions, strict=True))
    return Space(resolved.width, (Term("all", 0, resolved.width, " + ".join(types)),), actions)


def one_number(name: str, sign: int) -> Space:
    """One number that the generator of a group of two elements keeps (1) or negates (-1)."""
    e, g = program(name).group.elements
    one = SignedPermutation.of([0], [sign])
    return Space(1, (Term("number", 0, 1, "scalar"),), {e: SignedPermutation.identity(1), g: one})

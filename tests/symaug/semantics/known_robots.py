"""Robots of many groups, K4, D4, C3, D3, C6, C2×C2×C2 and one whose joints are shifted, beside what they
were meant to be.

For each element the motion of the base and of the joints is multiplied up here from the generators,
independently of the compiler.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.robot import Robot
from symaug.semantics.types import TypeResolver
from symaug.syntax import parser
from symaug.syntax.source import Text

DEG = np.pi / 180


@dataclass(frozen=True)
class Known:
    """A generator as it was meant: base matrix, and per joint (where it goes, sign, shift)."""

    base: np.ndarray
    joints: dict[str, tuple[str, int, float]]


def turn(degrees: float) -> np.ndarray:
    return Rotation.from_euler("z", degrees, degrees=True).as_matrix()


def legs(names: str, parts: tuple[str, ...], to: str, flips: tuple[str, ...] = ()) -> dict:
    return {
        f"{a}_{part}": (f"{b}_{part}", -1 if part in flips else 1, 0.0)
        for a, b in zip(names, to, strict=True)
        for part in parts
    }


HK = ("hip", "knee")
ROBOTS: dict[str, tuple[str, dict[str, Known]]] = {
    "K4": (
        """joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    s: reflect y, swap (A B)(C D), flip *_hip
    t: reflect x, swap (A C)(B D), flip *_knee
""",
        {
            "s": Known(np.diag([1.0, -1, 1]), legs("ABCD", HK, "BADC", ("hip",))),
            "t": Known(np.diag([-1.0, 1, 1]), legs("ABCD", HK, "CDAB", ("knee",))),
        },
    ),
    "D4": (
        """joints: "{A,B,C,D}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*}
symmetry:
  generators:
    r: rotate z by 90 deg, swap (A B C D)
    s: reflect y, swap (B D), flip *_hip
""",
        {
            "r": Known(turn(90), legs("ABCD", HK, "BCDA")),
            "s": Known(np.diag([1.0, -1, 1]), legs("ABCD", HK, "ADCB", ("hip",))),
        },
    ),
    "C3": (
        """joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
symmetry: {generators: {r: "rotate z by 120 deg, swap (A B C)"}, relations: [r^3 = e]}
""",
        {"r": Known(turn(120), legs("ABC", HK, "BCA"))},
    ),
    "D3": (
        """joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
symmetry:
  generators:
    r: rotate z by 120 deg, swap (A B C)
    s: reflect y, swap (B C), flip *_hip
  relations: [r^3 = s^2 = e, s r s = r^2]
""",
        {
            "r": Known(turn(120), legs("ABC", HK, "BCA")),
            "s": Known(np.diag([1.0, -1, 1]), legs("ABC", HK, "ACB", ("hip",))),
        },
    ),
    "C6": (
        """joints: "{A,B,C,D,E,F}_hip"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*, E: E_*, F: F_*}
symmetry: {generators: {r: "rotate z by 60 deg, swap (A B C D E F)"}}
""",
        {"r": Known(turn(60), legs("ABCDEF", ("hip",), "BCDEFA"))},
    ),
    "C2xC2xC2": (
        """joints: "{A,B,C,D,E,F,G,H}_hip"
limbs: {A: A_*, B: B_*, C: C_*, D: D_*, E: E_*, F: F_*, G: G_*, H: H_*}
symmetry:
  generators:
    x: reflect x, swap (A B)(C D)(E F)(G H)
    y: reflect y, swap (A C)(B D)(E G)(F H), flip *
    z: reflect z, swap (A E)(B F)(C G)(D H)
""",
        {
            "x": Known(np.diag([-1.0, 1, 1]), legs("ABCDEFGH", ("hip",), "BADCFEHG")),
            "y": Known(np.diag([1.0, -1, 1]), legs("ABCDEFGH", ("hip",), "CDABGHEF", ("hip",))),
            "z": Known(np.diag([1.0, 1, -1]), legs("ABCDEFGH", ("hip",), "EFGHABCD")),
        },
    ),
    "shifted": (
        """joints: "{A,B}_{pan,lift} head"
limbs: {A: A_*, B: B_*, top: head}
default_pose: {A_pan: 0.2, B_pan: -0.2, A_lift: 0.0, B_lift: 30 deg, head: 45 deg}
symmetry:
  generators:
    s: reflect y, swap (A B), flip *_pan head, shift B_lift by 30 deg, shift A_lift by -30 deg,
      shift head by 90 deg
""",
        {
            "s": Known(
                np.diag([1.0, -1, 1]),
                {
                    "A_pan": ("B_pan", -1, 0.0),
                    "B_pan": ("A_pan", -1, 0.0),
                    "A_lift": ("B_lift", 1, 30 * DEG),
                    "B_lift": ("A_lift", 1, -30 * DEG),
                    "head": ("head", -1, 90 * DEG),
                },
            )
        },
    ),
}
ELEMENTS_OF = {"K4": 4, "D4": 8, "C3": 3, "D3": 6, "C6": 6, "C2xC2xC2": 8, "shifted": 2}


@dataclass(frozen=True)
class World:
    """What one element does, in dense matrices: base, joints (with offset), limbs, and the elements, which it
    multiplies from the left."""

    base: np.ndarray
    joints: np.ndarray
    offset: np.ndarray
    limbs: np.ndarray
    regular: np.ndarray

    @property
    def det(self) -> float:
        return round(np.linalg.det(self.base))


def worlds(robot: Robot) -> dict[str, World]:
    """One a group element, multiplied up from what the generators were meant to be."""
    made = {}
    size = len(robot.joints)
    for element in robot.group.elements:
        base, joints, offset = np.eye(3), np.eye(size), np.zeros(size)
        for name in reversed(element.split("*") if element != "e" else []):  # the right factor acts first
            known = ROBOTS[robot.name][1][name]
            step, shift = np.zeros((size, size)), np.zeros(size)
            for joint, (place, sign, amount) in known.joints.items():
                step[robot.joints.index(place), robot.joints.index(joint)] = sign
                shift[robot.joints.index(place)] = amount
            base, joints, offset = known.base @ base, step @ joints, step @ offset + shift
        names = list(robot.limbs)
        limbs = np.zeros((len(names), len(names)))
        for limb, members in robot.limbs.items():
            place = robot.joints[int(np.flatnonzero(joints[:, robot.joints.index(members[0])])[0])]
            limbs[names.index(next(n for n in names if place in robot.limbs[n])), names.index(limb)] = 1
        made[element] = World(base, joints, offset, limbs, np.zeros((0, 0)))
    return {element: replace(world, regular=_multiplied(world, made)) for element, world in made.items()}


def _multiplied(left: World, made: dict[str, World]) -> np.ndarray:
    """Where each element h goes: to g h, told by what it does to base and joints, not by the Cayley table."""
    regular = np.zeros((len(made), len(made)))
    for source, right in enumerate(made.values()):
        same = [
            np.allclose(left.base @ right.base, other.base)
            and np.array_equal(left.joints @ right.joints, other.joints)
            for other in made.values()
        ]
        assert same.count(True) == 1
        regular[same.index(True), source] = 1
    return regular


def dense(robot: Robot, value: str, element: str) -> tuple[np.ndarray, np.ndarray]:
    resolved = TypeResolver(robot, robot.joints).resolve(parser.parse_type(Text.alone(value)))
    action = as_linear_map(resolved.actions[robot.group.index(element)])
    return np.array(action.matrix()), np.array(action.offset)

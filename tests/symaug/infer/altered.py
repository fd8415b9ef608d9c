"""Models altered on purpose, each with what the alteration does to a map of its joints."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import mujoco
import numpy as np


@dataclass
class Altered:
    """A model to infer from.

    Attributes:
        spec: it, to be changed further.
        names: of each joint, what it was called at first.
        turned: names of joints whose axes are turned round.
    """

    spec: mujoco.MjSpec
    names: dict[str, str] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)

    def write(self, folder: Path) -> Path:
        """As MJCF."""
        path = folder / "robot.xml"
        path.write_text(self.spec.to_xml())
        return path


def joints_of(spec: mujoco.MjSpec) -> list:
    """Hinges and slides."""
    one = (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)
    return [joint for joint in spec.joints if joint.type in one]


def load(path: Path) -> Altered:
    """A model as it is, without what refers to joints by name."""
    spec = mujoco.MjSpec.from_file(str(path))
    for each in [*spec.sensors, *spec.actuators, *spec.keys, *spec.equalities, *spec.excludes]:
        spec.delete(each)
    return Altered(spec, {joint.name: joint.name for joint in joints_of(spec)})


def rename(model: Altered, rng: random.Random) -> None:
    """Names that say nothing."""
    for joint in joints_of(model.spec):
        name = "".join(rng.choices("abcdefghkmnpqstuvwxyz", k=8))
        model.names[name] = model.names.pop(joint.name)
        model.turned = {name if turned == joint.name else turned for turned in model.turned}
        joint.name = name


def turn_axes(model: Altered, rng: random.Random) -> None:
    """Some axes point the other way, with their limits."""
    for joint in joints_of(model.spec):
        if rng.random() < 0.5:
            joint.axis = -np.array(joint.axis)
            low, high = joint.range
            joint.range = [-high, -low]
            model.turned ^= {joint.name}


def shuffle(model: Altered, rng: random.Random) -> None:
    """Bodies in another order among their siblings."""
    tree = ElementTree.fromstring(model.spec.to_xml())
    for body in tree.iter("body"):
        inside = [child for child in body if child.tag == "body"]
        for child in inside:
            body.remove(child)
        rng.shuffle(inside)
        body.extend(inside)
    model.spec = mujoco.MjSpec.from_string(ElementTree.tostring(tree, encoding="unicode"))


def turn_base(model: Altered, rng: random.Random) -> None:
    """The base frame, not the base, by a quarter turn about the vertical."""
    turn_frame(model, np.pi / 2 * rng.choice([1, 2, 3]))


def turn_frame(model: Altered, angle: float) -> None:
    """The base frame, not the base, by an angle (rad) about the vertical."""
    base = model.spec.worldbody.first_body()
    back = np.array([np.cos(-angle / 2), 0, 0, np.sin(-angle / 2)])
    forth = np.array([back[0], 0, 0, -back[3]])
    base.quat = _product(np.array(base.quat), forth)
    if base.explicitinertial:
        base.ipos, base.iquat = _turned(back, base.ipos), _product(back, np.array(base.iquat))
        if not np.isnan(base.fullinertia[0]):
            xx, yy, zz, xy, xz, yz = base.fullinertia
            matrix, frame = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]), np.zeros(9)
            mujoco.mju_quat2Mat(frame, back)
            moved = frame.reshape(3, 3) @ matrix @ frame.reshape(3, 3).T
            base.fullinertia = [*np.diag(moved), moved[0, 1], moved[0, 2], moved[1, 2]]
            base.iquat = [1, 0, 0, 0]
    for child in [*base.bodies, *base.geoms, *base.sites, *base.cameras]:
        child.pos, child.quat = _turned(back, child.pos), _product(back, np.array(child.quat))


def load_side(model: Altered, mass: float) -> None:
    """A payload beside the middle of the base, kg."""
    base = model.spec.worldbody.first_body()
    before, place = base.mass, np.array([0.2, 0.2, 0.1])
    base.mass = before + mass
    base.ipos = (before * np.array(base.ipos) + mass * place) / base.mass


def shorten(model: Altered, joint: str, factor: float) -> None:
    """What lies beyond a joint's body is nearer to it by that factor."""
    body = next(each for each in joints_of(model.spec) if each.name == joint).parent
    for child in body.bodies:
        child.pos = factor * np.array(child.pos)


ALTERATIONS: dict[str, Callable[[Altered, random.Random], None]] = {
    "renamed": rename,
    "axes turned": turn_axes,
    "shuffled": shuffle,
    "base turned": turn_base,
}


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    result = np.zeros(4)
    mujoco.mju_mulQuat(result, left, right)
    return result


def _turned(turn: np.ndarray, point: np.ndarray) -> np.ndarray:
    result = np.zeros(3)
    mujoco.mju_rotVecQuat(result, np.array(point), turn)
    return result

"""A random state of a robot's world and its mirror images: where named quantities are measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.live.world import WorldState, mirrored
from symaug.semantics.robot import Robot

Measure = Callable[[str], np.ndarray]
"""From a group element to the values [N, width] seen in the world that the element makes of the first one."""


@dataclass(frozen=True)
class Quantity:
    """Something measurable that a term may show.

    Attributes:
        what: in words.
        type: how a spec writes it; empty where the language has no short way.
        values: the measurement.
        order: the joint order it is listed in, empty for the spec's own and for what lists no joints.
        inexact: whether places on the robot enter, which map only as exactly as its joint anchors do.
        unusual: whether it is too rare a form to be looked for in histories.
    """

    what: str
    type: str
    values: Measure
    order: str = ""
    inexact: bool = False
    unusual: bool = False


@dataclass(frozen=True)
class World:
    """N random states of a robot and what a task adds; float64, rows are copies.

    Attributes:
        state: as an environment has it.
        goal: [N, 3] m, a place in the world.
        wish: [N, 3] and [N, 3], wanted linear (m/s) and angular (rad/s) velocity, world frame.
        time: [N] s.
        waves: [N, K, 3] wave numbers and phases of a bumpy floor around the base, level frame.
    """

    state: WorldState
    goal: np.ndarray
    wish: tuple[np.ndarray, np.ndarray]
    time: np.ndarray
    waves: np.ndarray

    @classmethod
    def random(cls, robot: Robot, rng: np.random.Generator, count: int) -> World:
        """Anything goes: no quantity here depends on limits."""
        quat = rng.normal(size=(count, 4))
        state = WorldState(
            base_pos=rng.normal(size=(count, 3)),
            base_quat=quat / np.linalg.norm(quat, axis=1, keepdims=True),
            base_lin_vel=rng.normal(size=(count, 3)),
            base_ang_vel=rng.normal(size=(count, 3)),
            joint_pos=rng.normal(size=(count, len(robot.joints))),
            joint_vel=rng.normal(size=(count, len(robot.joints))),
        )
        wish = (rng.normal(size=(count, 3)), rng.normal(size=(count, 3)))
        waves = rng.uniform(-1, 1, (count, 8, 3))
        return cls(state, rng.normal(size=(count, 3)), wish, rng.normal(size=count), waves)

    def image(self, robot: Robot, element: str) -> World:
        """The world in the mirror: places and velocities by R, what turns by det(R) R, times as they are."""
        polar = np.asarray(robot.motions[element], dtype=np.float64)
        linear, angular = self.wish
        waves = self.waves.copy()
        waves[..., :2] = self.waves[..., :2] @ polar[:2, :2].T
        return World(
            mirrored(self.state, robot, element, robot.joints, {}),
            self.goal @ polar.T,
            (linear @ polar.T, angular @ (polar * robot.determinant(element)).T),
            self.time,
            waves,
        )

    def in_base(self, vectors: np.ndarray) -> np.ndarray:
        """World-frame vectors [N, 3] in the base frame."""
        return np.einsum("nji,nj->ni", rotations(self.state.base_quat), vectors)

    def heights(self, points: np.ndarray) -> np.ndarray:
        """The floor's height [N, P] at points [P, 2] of the level frame around the base."""
        return np.cos(self.waves[..., :2] @ points.T + 3 * self.waves[..., 2:]).sum(axis=1)


@dataclass(frozen=True)
class Worlds:
    """A world and its images, and the orders in which a tensor may list the joints.

    Attributes:
        robot: whose group makes the images.
        images: by element, the identity included.
        orders: names of the joints by the order's name, the spec's own first, called ``.
        model_order: as the model lists them; the spec's own where there is no model.
    """

    robot: Robot
    images: Mapping[str, World]
    orders: Mapping[str, Sequence[str]]
    model_order: Sequence[str]

    def quantity(
        self, what: str, type_: str, measure: Callable[[World], np.ndarray], order: str = ""
    ) -> Quantity:
        """A quantity that is a function of one world."""
        return Quantity(what, type_, lambda element: measure(self.images[element]), order)

    def rank(self, order: Sequence[str]) -> list[int]:
        """Where the joints of `order` stand in `WorldState`."""
        return [self.robot.joints.index(name) for name in order]


def rotations(quat: np.ndarray) -> np.ndarray:
    """Unit quaternions [N, 4], real part first, as matrices [N, 3, 3], world from base."""
    w, u = quat[:, 0, None, None], quat[:, 1:]
    cross = np.cross(u[:, None, :], np.eye(3)[None]).transpose(0, 2, 1)
    return np.eye(3) + 2 * (w * cross + cross @ cross)

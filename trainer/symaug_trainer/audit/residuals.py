"""The arithmetic of an audit: mirrored actions, how much a policy's actions vary, and what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symaug.semantics.robot import Robot

_LEAST_SPREAD = 1e-6
"""Actions that vary less are constant; nothing is divided by less."""


@dataclass(frozen=True)
class ActionMaps:
    """How every group element acts on actions: image[i] = sign[g, i] · a[index[g, i]] + offset[g, i].

    Attributes:
        index: [G, J] int.
        sign, offset: [G, J] float64.
    """

    index: np.ndarray
    sign: np.ndarray
    offset: np.ndarray

    @classmethod
    def of_joint_targets(cls, robot: Robot, joint_names: Sequence[str], scale: float) -> ActionMaps:
        """The maps of actions that are joint targets relative to the default pose, in units of `scale`.

        They follow from the robot's joint action alone, which `geometry/…` has compared with the model.
        """
        default = np.array([robot.default_pose[name] for name in joint_names])
        actions = [robot.joint_action(element, joint_names) for element in robot.group.elements]
        index = np.array([action.index for action in actions])
        sign = np.array([action.sign for action in actions], dtype=np.float64)
        shift = np.array([action.offset for action in actions], dtype=np.float64)
        return cls(index, sign, (sign * default[index] + shift - default) / scale)

    def image(self, number: int, actions: np.ndarray) -> np.ndarray:
        """Actions [..., J] as element `number` of the group makes them."""
        return self.sign[number] * actions[..., self.index[number]] + self.offset[number]

    def images(self, actions: np.ndarray) -> np.ndarray:
        """[..., G, J] for actions [..., J]."""
        return np.stack([self.image(number, actions) for number in range(len(self.index))], axis=-2)


def spread(images: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """[J] standard deviation of each joint's action, over decisions and their mirror images.

    Mirrored joints share it, so that no joint looks better because its partner hardly moves.

    Args:
        images: [..., G, J].
        counted: [...] bool, which decisions to take.
    """
    taken = images[counted].reshape(-1, images.shape[-1])
    return np.maximum(taken.std(axis=0), _LEAST_SPREAD)


def root_mean_square(differences: np.ndarray, counted: np.ndarray | None = None) -> np.ndarray:
    """[J] over the decisions that count; NaN where none does.

    Args:
        differences: [..., J].
        counted: [...] bool; all without it.
    """
    taken = differences[... if counted is None else counted]
    return np.sqrt(np.square(taken).mean(axis=0)) if len(taken) else np.full(differences.shape[-1], np.nan)

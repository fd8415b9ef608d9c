"""Where a robot's state lives in a MuJoCo model, and what else is to be mirrored with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np

from symaug.checks.live.world import WorldState
from symaug.diagnostics import UserError, did_you_mean

_ONE_DOF = (int(mujoco.mjtJoint.mjJNT_HINGE), int(mujoco.mjtJoint.mjJNT_SLIDE))
_FREE = int(mujoco.mjtJoint.mjJNT_FREE)
_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])


@dataclass
class Moment:
    """One copy of a world as the user's functions see it.

    Attributes:
        model: shared by all copies.
        data: of this copy, with everything derived up to date.
        last_action: [A] the action that led here; zeros as an episode begins.
        task: what the episode carries besides the simulator's state, by name, [w] each.
    """

    model: mujoco.MjModel
    data: mujoco.MjData
    last_action: np.ndarray
    task: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Carried:
    """A part of the state that is not the robot's base and joints: an object, a mocap body.

    Attributes:
        type: as a spec would write it, in the world frame.
        read: its numbers [w] now.
        write: puts them back.
    """

    type: str
    read: Callable[[Moment], np.ndarray]
    write: Callable[[Moment, np.ndarray], None]


def free_body(body: str, orientation: str = "quaternion(xyzw)") -> dict[str, Carried]:
    """What is to be mirrored of an object on a free joint: place, orientation and both velocities.

    Args:
        body: its name in the model.
        orientation: the type of its orientation (x, y, z, w). `quaternion(xyzw)` mirrors the object's own
            frame along, which is right for an object that is its own image under the robot's symmetry.
            Where it is not (a cube under a third of a turn), say how the quaternion is multiplied.

    Returns:
        `BODY_pos`, `BODY_quat`, `BODY_lin_vel` and `BODY_ang_vel` (world frame, rad/s).
    """

    def at(m: Moment) -> tuple[np.ndarray, np.ndarray]:
        joint = int(m.model.body(body).jntadr[0])
        q, v = m.model.jnt_qposadr[joint], m.model.jnt_dofadr[joint]
        return m.data.qpos[q : q + 7], m.data.qvel[v : v + 6]

    def place(m: Moment, values: np.ndarray) -> None:
        at(m)[0][:3] = values

    def orient(m: Moment, values: np.ndarray) -> None:
        at(m)[0][3:] = np.roll(values, 1)

    def push(m: Moment, values: np.ndarray) -> None:
        at(m)[1][:3] = values

    def spin(m: Moment, values: np.ndarray) -> None:  # after `orient`: the simulator's is in the body's frame
        back = np.zeros(4)
        mujoco.mju_negQuat(back, at(m)[0][3:])
        at(m)[1][3:] = _rotated(values, back)

    return {
        f"{body}_pos": Carried("vector", lambda m: at(m)[0][:3], place),
        f"{body}_quat": Carried(orientation, lambda m: np.roll(at(m)[0][3:], -1), orient),
        f"{body}_lin_vel": Carried("vector", lambda m: at(m)[1][:3], push),
        f"{body}_ang_vel": Carried("pseudovector", lambda m: _rotated(at(m)[1][3:], at(m)[0][3:]), spin),
    }


class RobotState:
    """Reads and writes a robot's part of a `WorldState` in the data of a model.

    The base is the body that carries all the joints, if it hangs on a free joint; otherwise it stands still
    in the world's origin.

    Args:
        model: of the world.
        joint_names: hinges and slides, in the order of `WorldState`.

    Raises:
        UserError: SA601 the model has no such joint, or it has more than one degree of freedom.
    """

    def __init__(self, model: mujoco.MjModel, joint_names: Sequence[str]) -> None:
        known = {model.joint(j).name: j for j in range(model.njnt) if model.jnt_type[j] in _ONE_DOF}
        for name in joint_names:
            if name not in known:
                helps = did_you_mean(name, known)
                raise UserError.of("SA601", f"the model has no hinge or slide called `{name}`", helps=helps)
        joints = [known[name] for name in joint_names]
        self._q, self._v = model.jnt_qposadr[joints], model.jnt_dofadr[joints]
        self._base: tuple[int, int] | None = None
        root = int(model.body_rootid[model.jnt_bodyid[joints[0]]]) if joints else 0
        first = int(model.body_jntadr[root])
        if first >= 0 and model.jnt_type[first] == _FREE:
            self._base = int(model.jnt_qposadr[first]), int(model.jnt_dofadr[first])

    def row(self, data: mujoco.MjData) -> dict[str, np.ndarray]:
        """The six quantities of a copy, by the names of `WorldState`."""
        pos, quat, linear, angular = np.zeros(3), _UPRIGHT, np.zeros(3), np.zeros(3)
        if self._base is not None:
            q, v = self._base
            pos, quat = data.qpos[q : q + 3], data.qpos[q + 3 : q + 7]
            linear, angular = data.qvel[v : v + 3], data.qvel[v + 3 : v + 6]
        row = {"base_pos": pos, "base_quat": quat, "base_lin_vel": linear, "base_ang_vel": angular}
        row = {name: np.array(values) for name, values in row.items()}
        return row | {"joint_pos": data.qpos[self._q], "joint_vel": data.qvel[self._v]}

    def write(self, data: mujoco.MjData, state: WorldState, copy: int) -> None:
        """Put row `copy` of a state into qpos and qvel; nothing else."""
        if self._base is not None:
            q, v = self._base
            data.qpos[q : q + 3], data.qpos[q + 3 : q + 7] = state.base_pos[copy], state.base_quat[copy]
            data.qvel[v : v + 3], data.qvel[v + 3 : v + 6] = (
                state.base_lin_vel[copy],
                state.base_ang_vel[copy],
            )
        data.qpos[self._q], data.qvel[self._v] = state.joint_pos[copy], state.joint_vel[copy]


def stacked(rows: Sequence[Mapping[str, Any]], task: Sequence[str]) -> WorldState:
    """A state of N copies from the quantities of each; those named in `task` are the task's."""
    columns = {name: np.stack([np.asarray(row[name], np.float64) for row in rows]) for name in rows[0]}
    return WorldState(task={name: columns.pop(name) for name in task}, **columns)


def _rotated(vector: np.ndarray, quaternion: np.ndarray) -> np.ndarray:
    turned = np.zeros(3)
    mujoco.mju_rotVecQuat(turned, vector, quaternion)
    return turned

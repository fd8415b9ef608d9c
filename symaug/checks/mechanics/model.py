"""A loaded robot model as symaug sees it: named hinges and slides on a fixed or a floating base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.diagnostics import UserError, did_you_mean

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_ONE_DOF = (int(mujoco.mjtJoint.mjJNT_HINGE), int(mujoco.mjtJoint.mjJNT_SLIDE))
_FREE = int(mujoco.mjtJoint.mjJNT_FREE)


@dataclass(frozen=True)
class ModelView:
    """Where a robot's joints and base live in an `MjModel`.

    Attributes:
        model: the compiled model.
        joints: names of the hinge and slide joints, in model order.
        joint_ids: MuJoCo joint ids, int [n].
        qpos_adr: their addresses in qpos, int [n].
        dof_adr: their addresses in qvel, int [n].
        is_hinge: bool [n]; False where the joint slides.
        free_joint: id of the floating base's joint, None when the base is fixed.
        base_body: id of the body that the base motion is declared in (0, the world, when there is no other).
    """

    model: mujoco.MjModel
    joints: tuple[str, ...]
    joint_ids: np.ndarray
    qpos_adr: np.ndarray
    dof_adr: np.ndarray
    is_hinge: np.ndarray
    free_joint: int | None
    base_body: int

    @cached_property
    def scratch(self) -> mujoco.MjData:
        """Data for passing computations (making one costs more than most of them); set its qpos first."""
        return mujoco.MjData(self.model)

    @cached_property
    def extent(self) -> float:
        """Size of the robot in metres: the diagonal of the box around its joints and centres of mass."""
        data, moving = self.scratch, self.model.body_weldid > 0
        data.qpos[:] = self.model.qpos0
        mujoco.mj_kinematics(self.model, data)
        points = np.concatenate([data.xanchor[self.joint_ids], data.xipos[moving]])
        return float(np.linalg.norm(points.max(axis=0) - points.min(axis=0))) or 1.0

    @classmethod
    def of(cls, robot: Robot, model: mujoco.MjModel, held: Sequence[str] = ()) -> ModelView:
        """View `model` as `robot`.

        Args:
            robot: whose joints are looked for.
            model: where.
            held: joints that were taken out of the model; a declared one may be a misspelling of one of them.

        Raises:
            UserError: SA601 when a declared joint is missing, when the model moves joints that the robot
                document does not name, or when it has ball joints or more than one free joint.
        """
        view = cls.of_model(model)
        names = view.joints
        missing = [name for name in robot.joints if name not in names]
        if missing:
            helps = tuple(line for name in missing[:3] for line in did_you_mean(name, (*names, *held)))
            raise UserError.of("SA601", f"the model has no joint {_quoted(missing)}", helps=helps)
        extra = [name for name in names if name not in robot.joints]
        if extra:
            raise UserError.of(
                "SA601",
                f"the model has joints that robot `{robot.name}` does not name: {_quoted(extra)}",
                helps=("name them in the robot document or make them fixed in the model",),
            )
        return view

    @classmethod
    def of_model(cls, model: mujoco.MjModel) -> ModelView:
        """View a model with all of its hinges and slides.

        Raises:
            UserError: SA601 when it has ball joints or more than one free joint.
        """
        types = model.jnt_type
        ids = np.flatnonzero(np.isin(types, _ONE_DOF))
        names = tuple(model.joint(int(i)).name for i in ids)
        free = np.flatnonzero(types == _FREE)
        if len(free) > 1 or len(free) + len(ids) != model.njnt:
            raise UserError.of("SA601", "the model needs hinge and slide joints on at most one floating base")
        free_joint = int(free[0]) if len(free) else None
        return cls(
            model=model,
            joints=names,
            joint_ids=ids,
            qpos_adr=model.jnt_qposadr[ids],
            dof_adr=model.jnt_dofadr[ids],
            is_hinge=types[ids] == _ONE_DOF[0],
            free_joint=free_joint,
            base_body=_base_body(model, ids, free_joint),
        )


def _base_body(model: mujoco.MjModel, joint_ids: np.ndarray, free_joint: int | None) -> int:
    if free_joint is not None:
        return int(model.jnt_bodyid[free_joint])
    # A fixed base is the one body below the world that carries every joint and itself stands still.
    roots = {int(model.body_rootid[model.jnt_bodyid[j]]) for j in joint_ids}
    root = roots.pop() if len(roots) == 1 else 0
    return root if model.body_weldid[root] == 0 else 0


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

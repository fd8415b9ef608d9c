"""What an environment looks up by name in the robot document and its model."""

from __future__ import annotations

from pathlib import Path

import mujoco
import torch

from symaug.diagnostics import UserError, did_you_mean
from symaug.semantics.robot import Robot


def joint_order(robot: Robot, name: str) -> tuple[str, ...]:
    """The joints in one of the robot's named orders.

    Raises:
        UserError: SA713 no such order.
    """
    if name not in robot.joint_orders:
        helps = did_you_mean(name, robot.joint_orders)
        raise UserError.of("SA713", f"robot `{robot.name}` has no joint order named `{name}`", helps=helps)
    return tuple(robot.joint_orders[name])


def load_model(path: Path | None, robot: str) -> mujoco.MjModel:
    """The MuJoCo model of a robot.

    Raises:
        UserError: SA610 the robot names none, SA602 it cannot be loaded.
    """
    if path is None:
        raise UserError.of(
            "SA610", f"robot `{robot}` names no model", helps=("add `model: FILE.xml` to its document",)
        )
    try:
        return mujoco.MjModel.from_xml_path(str(path))
    except ValueError as error:
        raise UserError.of("SA602", f"cannot load the model `{path}`", notes=(str(error),)) from error


def joint_indices(names: tuple[str, ...], known: tuple[str, ...], device: torch.device) -> torch.Tensor:
    """Positions [K] int64 of joints among the known ones.

    Raises:
        UserError: SA712 an unknown joint.
    """
    for name in names:
        if name not in known:
            raise UserError.of("SA712", f"no joint named `{name}` to fail", helps=did_you_mean(name, known))
    return torch.tensor([known.index(name) for name in names], dtype=torch.int64, device=device)

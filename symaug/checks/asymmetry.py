"""How symmetric is the robot as published, and what does that cost? A report about the robot.

No real robot is even to the last gram. What counts is how differently it moves from its mirror image under
mirrored torques: so far off is every transformed transition that a policy learns from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.dynamics import mass_matrix_errors
from symaug.checks.mechanics.mirror import StateMaps, state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.states import in_air, random_states, simulator_warnings
from symaug.checks.mechanics.unevenness import Difference, differences
from symaug.checks.report import CheckResult, judge, number

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

NAME = "dynamics/as published"
TOLERANCE = 0.1
_SHOWN = 2
_ACCELERATION = 10.0  # rad/s², about what the joints' torques would cause each on its own


def check_as_published(
    model: mujoco.MjModel, robot: Robot, rng: np.random.Generator, samples: int
) -> CheckResult:
    """Warn when the published mass matrix misses its mirror image by more than `TOLERANCE`; never fails.

    The detail says how far off a transformed transition is, and what is uneven, the heaviest first. The
    breakdown lists all of that: mass in kg, centre of mass in mm, inertia and actuators as a part of their
    own, then joint properties.
    """
    view = ModelView.of(robot, model)
    maps = {element: state_maps(robot, model, element) for element in robot.group.elements[1:]}
    errors = mass_matrix_errors(model, maps, random_states(view, rng, samples))
    violation = float(errors.max(initial=0.0))
    status = "pass" if judge(violation, TOLERANCE) == "pass" else "warn"
    uneven = differences(view, robot)
    if not uneven:
        return CheckResult(NAME, status, violation, TOLERANCE, "the published model is its own mirror image")
    off, dof, worst = acceleration_errors(view, robot, maps, rng, samples)
    detail = (
        f"expect a policy transform to be off by about {number(100 * off)} % (accelerations under mirrored "
        f"torques; most at {dof}, {number(100 * worst)} %). Uneven: {_sentences(uneven)}"
    )
    breakdown = {"accelerations (relative)": off} | {each.key: each.value for each in uneven}
    return CheckResult(NAME, status, violation, TOLERANCE, detail, breakdown)


def acceleration_errors(
    view: ModelView,
    robot: Robot,
    maps: Mapping[str, StateMaps],
    rng: np.random.Generator,
    samples: int,
) -> tuple[float, str, float]:
    """How differently the model accelerates from its mirror image, in the air, around the default pose.

    A floating base falls freely, so that only torques show.

    Returns:
        The root-mean-square over the joints of each one's relative difference (over all samples: the
        difference's root-mean-square over the acceleration's); the joint that differs most, and by how much.
    """
    air = in_air(view.model)
    if view.free_joint is not None:
        air.opt.gravity[:] = 0.0
    data, mass = mujoco.MjData(air), np.zeros((air.nv, air.nv))
    pose = np.array([robot.default_pose.get(name, 0.0) for name in view.joints])
    changes, sizes = [], []

    def accelerations(qpos: np.ndarray, qvel: np.ndarray, force: np.ndarray) -> np.ndarray:
        mujoco.mj_resetData(air, data)
        data.qpos[:], data.qvel[:], data.qfrc_applied[:] = qpos, qvel, force
        mujoco.mj_forward(air, data)
        return data.qacc.copy()

    air.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
    with simulator_warnings():
        for _ in range(samples):
            qpos, qvel = air.qpos0.copy(), np.zeros(air.nv)
            if view.free_joint is not None:
                start = int(air.jnt_qposadr[view.free_joint])
                qpos[start + 3 : start + 7] = (1, 0, 0, 0)
            qpos[view.qpos_adr] = pose
            qvel[view.dof_adr] = 0.3 * rng.normal(size=len(pose))
            accelerations(qpos, qvel, np.zeros(air.nv))
            mujoco.mj_fullM(air, data, mass)
            inertia = np.diag(mass).copy()
            force = np.zeros(air.nv)
            force[view.dof_adr] = _ACCELERATION * (inertia * rng.normal(size=air.nv))[view.dof_adr]
            before = accelerations(qpos, qvel, force)
            for each in maps.values():
                after = accelerations(each.qpos(qpos), each.qvel(qvel), each.qvel(force))
                changes.append(after - each.qvel(before))
                sizes.append(after)
    difference = np.sqrt(np.mean(np.square(changes), axis=0))[view.dof_adr]
    size = np.sqrt(np.mean(np.square(sizes), axis=0))[view.dof_adr]
    relative = difference / np.where(size > 0, size, 1.0)
    worst = int(np.argmax(relative))
    return float(np.sqrt(np.mean(relative**2))), view.joints[worst], float(relative[worst])


def _sentences(uneven: list[Difference]) -> str:
    """The heaviest in words; of two that differ from one another, one."""
    said: dict[tuple[str, frozenset[str]], str] = {}
    for each in uneven:
        said.setdefault((each.quantity, frozenset((each.subject, each.image))), each.sentence)
    sentences = list(said.values())
    rest = len(sentences) - _SHOWN
    return "; ".join(sentences[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")

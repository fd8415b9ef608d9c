"""Does the robot move symmetrically? f(g·s, g·a) = g·f(s, a), in MuJoCo, on the symmetrised twin.

On the twin the published model's unevenness is gone, so what is left over is the declaration's fault:
violations are at rounding level when it is right. Everything is scaled by degree of freedom, because a
floating base's forces would hide those of a wrist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.mirror import StateMaps, state_maps
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.states import (
    State,
    contacts,
    in_air,
    on_floor,
    random_states,
    simulator_warnings,
    standing_states,
)
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, judge, worst_first

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

NAMES = ("dynamics/mass matrix", "dynamics/bias forces", "dynamics/step", "dynamics/contact step")
_BASE = ("base x", "base y", "base z", "base roll", "base pitch", "base yaw")


def twin_tolerance(error: float) -> float:
    """What the twin's dynamics are held to when places on the robot map up to `error` of its extent.

    Capped, or on a robot with uneven anchors no violation would be too large.
    """
    return 1e-6 + 120 * min(error, 1.25e-3)


def check_dynamics(
    twin: mujoco.MjModel,
    robot: Robot,
    rng: np.random.Generator,
    samples: int,
    tolerance: float,
    contact_tolerance: float,
    no_contact: str | None = None,
) -> list[CheckResult]:
    """Mass matrix, bias forces, one step without and one with contact; results in the order of `NAMES`.

    Args:
        twin: the symmetrised twin.
        robot: what is claimed of it.
        rng: draws states and inputs.
        samples: states for each quantity; every element is applied to every one.
        tolerance: on each relative violation.
        contact_tolerance: on the step in contact, where collision shapes need not map exactly either.
        no_contact: why the contact step cannot be judged; None when it can.
    """
    view = ModelView.of(robot, twin)
    maps = {element: state_maps(robot, twin, element) for element in robot.group.elements[1:]}
    states, air = random_states(view, rng, samples), in_air(twin)
    with simulator_warnings() as heard:
        results = [
            _result(0, view, mass_matrix_errors(twin, maps, states), tolerance, "M(g·q) = ρ M(q) ρᵀ"),
            _result(1, view, _commutator(_bias(air), maps, states), tolerance, "c(g·q, g·v) = ρ c(q, v)"),
            _result(
                2, view, _step_errors(air, maps, states), tolerance, "f(g·s, g·a) = g·f(s, a) in the air"
            ),
        ]
        if no_contact is None and view.free_joint is None:
            no_contact = "the base is fixed"
        if no_contact is not None:
            results.append(CheckResult(NAMES[3], "skip", detail=no_contact))
        else:
            results.append(_contact_step(view, robot, maps, rng, samples, contact_tolerance))
    if heard:
        results[2:] = [replace(r, detail=f"{r.detail}; MuJoCo warned: {heard[0]}") for r in results[2:]]
    return results


def _contact_step(
    view: ModelView,
    robot: Robot,
    maps: Mapping[str, StateMaps],
    rng: np.random.Generator,
    samples: int,
    tolerance: float,
) -> CheckResult:
    floored = on_floor(view.model, round_cones=any(each.qvel.mixed for each in maps.values()))
    states = standing_states(view, floored, robot, rng, samples)
    touching = contacts(floored, states)
    if touching == 0:
        return CheckResult(NAMES[3], "skip", detail="no collision shape reaches the floor")
    shown = f"f(g·s, g·a) = g·f(s, a) on the floor, {touching} contacts in {samples} states"
    return _result(3, view, _step_errors(floored, maps, states), tolerance, shown)


def mass_matrix_errors(
    model: mujoco.MjModel, maps: Mapping[str, StateMaps], states: list[State]
) -> np.ndarray:
    """Worst |M(g·q) - ρ M(q) ρᵀ| in each row, entries over sqrt(M_ii M_jj), [nv]."""
    data, worst = mujoco.MjData(model), np.zeros(model.nv)
    for state in states:
        mass = _mass_matrix(model, data, state.qpos)
        for each in maps.values():
            image, rho = _mass_matrix(model, data, each.qpos(state.qpos)), each.qvel.matrix()
            scale = np.sqrt(np.outer(np.diag(image), np.diag(image)))
            worst = np.maximum(worst, (np.abs(image - rho @ mass @ rho.T) / scale).max(axis=1))
    return worst


def dof_names(view: ModelView) -> list[str]:
    """A name for every degree of freedom, [nv]: `base x` … `base yaw` and the joints."""
    names = [""] * view.model.nv
    if view.free_joint is not None:
        start = int(view.model.jnt_dofadr[view.free_joint])
        names[start : start + 6] = _BASE
    for name, adr in zip(view.joints, view.dof_adr, strict=True):
        names[int(adr)] = name
    return names


def _result(which: int, view: ModelView, errors: np.ndarray, tolerance: float, shown: str) -> CheckResult:
    violation = float(errors.max(initial=0.0))
    status = judge(violation, tolerance)
    if status == "pass":
        return CheckResult(NAMES[which], status, violation, tolerance, f"on the symmetrised twin {shown}")
    named = zip(dof_names(view), map(float, errors), strict=True)
    breakdown = worst_first({name: error for name, error in named if not error <= tolerance})
    detail = f"on the symmetrised twin not: {shown}; worst in {listed(list(breakdown))}"
    return CheckResult(NAMES[which], status, violation, tolerance, detail, breakdown)


def _commutator(
    function: Callable[[State], np.ndarray], maps: Mapping[str, StateMaps], states: list[State]
) -> np.ndarray:
    """Worst |F(g·s) - ρ F(s)| of each degree of freedom over its largest |F|, [nv]; F(s) is [..., nv]."""
    errors, scale = [], []
    for state in states:
        value = function(state)
        scale.append(value)
        for each in maps.values():
            image, wanted = function(_mirrored(each, state)), each.qvel(value)
            errors.append(image - wanted)
            scale += [image, wanted]
    size = np.abs(scale).max(axis=0)
    size = np.maximum(size, 1e-9 * size.max(initial=0.0))
    relative = np.abs(errors).max(axis=0) / np.where(size == 0, 1.0, size)
    return relative.reshape(-1, relative.shape[-1]).max(axis=0)


def _step_errors(model: mujoco.MjModel, maps: Mapping[str, StateMaps], states: list[State]) -> np.ndarray:
    def change(state: State) -> np.ndarray:
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:], data.qfrc_applied[:] = state.qpos, state.qvel, state.force
        data.ctrl[:] = state.ctrl
        data.act[addresses] = state.act[dynamic]
        mujoco.mj_step(model, data)
        moved = np.zeros((2, model.nv))  # what a step changes: position and velocity
        mujoco.mj_differentiatePos(model, moved[0], model.opt.timestep, state.qpos, data.qpos)
        moved[1] = data.qvel - state.qvel
        return moved

    data = mujoco.MjData(model)
    dynamic = np.flatnonzero(model.actuator_actnum == 1)
    addresses = model.actuator_actadr[dynamic]
    return _commutator(change, maps, states)


def _bias(model: mujoco.MjModel) -> Callable[[State], np.ndarray]:
    data = mujoco.MjData(model)

    def bias(state: State) -> np.ndarray:
        data.qpos[:], data.qvel[:] = state.qpos, state.qvel
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        return data.qfrc_bias.copy()

    return bias


def _mirrored(maps: StateMaps, state: State) -> State:
    return State(
        maps.qpos(state.qpos),
        maps.qvel(state.qvel),
        maps.ctrl(state.ctrl),
        maps.qvel(state.force),
        maps.ctrl(state.act),
    )


def _mass_matrix(model: mujoco.MjModel, data: mujoco.MjData, qpos: np.ndarray) -> np.ndarray:
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_makeM(model, data)
    mass = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, mass)
    return mass

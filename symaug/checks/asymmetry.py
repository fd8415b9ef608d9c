"""How symmetric is the robot as published? Each quantity against the symmetrised twin's, body by body.

This is a report about the robot, not about the declaration: no real robot is even to the last gram.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.bodies import composite_inertias
from symaug.checks.dynamics import mass_matrix_errors
from symaug.checks.inertia import mass_com_inertia
from symaug.checks.mirror import state_maps
from symaug.checks.model import ModelView
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, judge, number
from symaug.checks.states import random_states

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

NAME = "dynamics/as published"
TOLERANCE = 0.1
_NEGLIGIBLE = 1e-6  # kg, mm, and parts of a body's inertia that nobody would call a difference
_JOINT_FIELDS = {
    "dof_armature": "armature (kg m²)",
    "dof_damping": "damping (N m s)",
    "dof_frictionloss": "friction loss (N m)",
}


def check_as_published(
    model: mujoco.MjModel, twin: mujoco.MjModel, robot: Robot, rng: np.random.Generator, samples: int
) -> CheckResult:
    """Warn when the published mass matrix misses its mirror image by more than `TOLERANCE`; never fails.

    The breakdown lists, body by body, the distance to the twin: mass in kg, centre of mass in mm, inertia as
    a part of the body's own; then joint properties that differ.
    """
    view = ModelView.of(robot, model)
    maps = {element: state_maps(robot, model, element) for element in robot.group.elements[1:]}
    errors = mass_matrix_errors(model, maps, random_states(view, rng, samples))
    violation = float(errors.max(initial=0.0))
    status = "pass" if judge(violation, TOLERANCE) == "pass" else "warn"
    differences = body_differences(view, twin, robot) | _joint_differences(view, twin)
    if not differences:
        return CheckResult(NAME, status, violation, TOLERANCE, "the published model is its own mirror image")
    centres = {k: v for k, v in differences.items() if "centre of mass" in k}
    worst = sorted(centres, key=lambda key: -centres[key])[:3]
    words = listed([f"{key.split(':')[0]} {number(centres[key])} mm" for key in worst], 3)
    detail = f"the mass matrix misses its image by {number(violation)}"
    detail += f"; centres of mass off their symmetric place: {words}" if worst else ""
    return CheckResult(NAME, status, violation, TOLERANCE, detail, differences)


def body_differences(view: ModelView, twin: mujoco.MjModel, robot: Robot) -> dict[str, float]:
    """`body: quantity (unit)` to the distance between the model and its twin, where there is one."""
    published, even = composite_inertias(view), composite_inertias(ModelView.of(robot, twin))
    found = {}
    for body, pseudo in published.items():
        mass, com, inertia = mass_com_inertia(pseudo)
        even_mass, even_com, even_inertia = mass_com_inertia(even[body])
        quantities = {
            "mass (kg)": abs(mass - even_mass),
            "centre of mass (mm)": 1e3 * float(np.linalg.norm(com - even_com)),
            "inertia (relative)": float(np.linalg.norm(inertia - even_inertia) / np.linalg.norm(inertia)),
        }
        name = view.model.body(body).name
        found |= {f"{name}: {what}": value for what, value in quantities.items() if not value <= _NEGLIGIBLE}
    return found


def _joint_differences(view: ModelView, twin: mujoco.MjModel) -> dict[str, float]:
    found = {}
    for field, what in _JOINT_FIELDS.items():
        mine, even = getattr(view.model, field)[view.dof_adr], getattr(twin, field)[view.dof_adr]
        for name, difference in zip(
            view.joints, np.abs(mine - even).reshape(len(view.joints), -1).max(axis=1), strict=True
        ):
            if not difference <= _NEGLIGIBLE * max(1e-3, float(np.abs(even).max())):
                found[f"{name}: {what}"] = float(difference)
    return found

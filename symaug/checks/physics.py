"""All checks of a declared symmetry against the robot's model, in the order in which they build up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.asymmetry import NAME as AS_PUBLISHED
from symaug.checks.asymmetry import check_as_published
from symaug.checks.colliders import NAME as COLLIDERS
from symaug.checks.colliders import check_colliders
from symaug.checks.couplings import check_couplings, uncoupled
from symaug.checks.dynamics import NAMES as DYNAMICS
from symaug.checks.dynamics import check_dynamics, twin_tolerance
from symaug.checks.geometry import check_geometry
from symaug.checks.mechanics.loading import LoadedModel, load_model
from symaug.checks.mechanics.model import ModelView
from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.checks.names import listed
from symaug.checks.report import CheckResult, skipped
from symaug.checks.terms import check_terms, terms_of
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.compiler.program import Program
    from symaug.semantics.robot import Robot


def check_physics(
    robot: Robot,
    samples: int,
    seed: int,
    program: Program | None = None,
    wanted: Callable[[str], bool] = lambda name: True,
) -> list[CheckResult]:
    """Geometry, then the terms of a spec, then dynamics, of `robot` against its own model.

    Args:
        robot: with a model.
        samples: random states for each measurement.
        seed: of these states.
        program: a spec of the robot, whose terms are then checked too (`terms/GROUP`).
        wanted: whether the check of a name is; what is not may be left out, where nothing else needs it.

    Raises:
        UserError: SA601 the model's joints are not the robot's, SA602 the model cannot be loaded.
    """
    if robot.model is None:
        raise ValueError(robot.why_no_model)
    with np.errstate(all="ignore"):  # a NaN is judged, not printed
        return _check(robot, robot.model, samples, seed, program, wanted)


def _check(
    robot: Robot,
    model: Path,
    samples: int,
    seed: int,
    program: Program | None,
    wanted: Callable[[str], bool],
) -> list[CheckResult]:
    loaded = load_model(model, robot.joints)
    view = ModelView.of(robot, loaded.model, loaded.held)
    rng = np.random.default_rng(seed)
    geometry = check_geometry(view, robot, rng, samples)
    failed = any(result.status == "fail" for result in geometry.results)
    results = [_describe(view, loaded), *geometry.results]
    if program is not None and not any(map(wanted, terms_of(program))):
        program = None
    if program is None and not any(map(wanted, (COLLIDERS, *DYNAMICS, AS_PUBLISHED))):
        return results
    try:
        colliders, couplings = check_colliders(view, robot), check_couplings(view, robot)
        if couplings is not None and couplings.status != "pass":
            loaded = replace(loaded, model=uncoupled(loaded.model))
        twin = symmetrised_twin(loaded.model, robot)
    except UserError as error:
        reason = f"the declared symmetry does not pair up the model: {error.diagnostics[0].message}"
        return [
            *results,
            *_terms(robot, samples, seed, program, None, failed),
            *skipped((*DYNAMICS, AS_PUBLISHED), reason),
        ]
    no_contact = colliders.detail if colliders.status != "pass" else None
    # Inexact anchors excuse inexact dynamics; joint lines that do not map at all excuse nothing.
    inexact = 0.0 if failed else geometry.anchor_error
    tolerance = twin_tolerance(inexact)
    on_floor = twin_tolerance(max(inexact, colliders.violation or 0.0))
    return [
        *results,
        colliders,
        *([] if couplings is None else [couplings]),
        *_terms(robot, samples, seed, program, twin, failed),
        *(
            check_dynamics(twin, robot, rng, samples, tolerance, on_floor, no_contact)
            if any(map(wanted, DYNAMICS))
            else []
        ),
        *_as_published(robot, loaded, twin, rng, samples, failed, wanted),
    ]


def _as_published(
    robot: Robot,
    loaded: LoadedModel,
    twin: mujoco.MjModel,
    rng: np.random.Generator,
    samples: int,
    failed: bool,
    wanted: Callable[[str], bool],
) -> list[CheckResult]:
    if not wanted(AS_PUBLISHED):
        return []
    if failed:
        return skipped([AS_PUBLISHED], "needs a declaration whose geometry passes")
    return [check_as_published(loaded.model, robot, rng, samples)]


def _terms(
    robot: Robot,
    samples: int,
    seed: int,
    program: Program | None,
    twin: mujoco.MjModel | None,
    failed: bool,
) -> list[CheckResult]:
    if program is None:
        return []
    if failed:
        return skipped(terms_of(program), "needs a declaration whose geometry passes")
    return check_terms(robot, program, samples, seed, twin)


def _describe(view: ModelView, loaded: LoadedModel) -> CheckResult:
    base = "fixed" if view.free_joint is None else "floating"
    mass = float(loaded.model.body_mass.sum())
    words = [f"{len(view.joints)} joints on a {base} base, {mass:.4g} kg"]
    if loaded.without_meshes:
        words.append("meshes are missing and left out")
    if loaded.held:
        words.append(f"joints that the document does not name are held at zero: {listed(loaded.held)}")
    if loaded.undriven:
        words.append(f"actuators that do not drive one joint are left out: {listed(loaded.undriven)}")
    if loaded.mended:
        words.append(f"inertias that no body can have are mended: {listed(loaded.mended)}")
    odd = loaded.held or loaded.undriven or loaded.mended
    return CheckResult("geometry/model", "warn" if odd else "pass", detail="; ".join(words))

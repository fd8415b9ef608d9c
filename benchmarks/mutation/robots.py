"""Wrong declarations: does the geometry find them, name the guilty joint and the edit?"""

from __future__ import annotations

from collections.abc import Iterator

import mujoco
import numpy as np

from symaug.checks.fit import PLACE_TOLERANCE, Bench, Declaration
from symaug.checks.geometry import Geometry, check_geometry
from symaug.checks.mechanics.lines import random_configurations
from symaug.checks.mechanics.mirror import joint_map
from symaug.checks.mechanics.model import ModelView
from symaug.semantics.robot import Robot

from .mutants import Mutant, mutants, with_generator
from .score import FIRST, Outcome

SAMPLES = 16


def robot_outcomes(robot: Robot, generator: str, model: mujoco.MjModel) -> Iterator[Outcome]:
    """Every one-mistake declaration of a generator.

    Raises:
        AssertionError: the right declaration fails.
    """
    view = ModelView.of(robot, model)
    right = with_generator(robot, generator, robot.joint_actions[generator])
    found = geometry(view, right)
    assert all(check.status != "fail" for check in found.results), f"{robot.name}: {found.results}"
    for mutant in mutants(robot, generator):
        yield outcome(view, right, mutant, geometry(view, mutant.robot))


def geometry(view: ModelView, robot: Robot) -> Geometry:
    """Checked as `symaug validate` does by default."""
    return check_geometry(view, robot, np.random.default_rng(0), SAMPLES)


def outcome(view: ModelView, right: Robot, mutant: Mutant, found: Geometry) -> Outcome:
    """Judge what was found about a mutant of `right`."""
    (generator,) = right.group.generators
    failed = [check for check in found.results if check.status == "fail"]
    diagnosis = found.diagnoses.get(generator)
    first = [
        joint for check in failed for name in list(check.breakdown)[:FIRST] for joint in _joints(view, name)
    ]
    return Outcome(
        f"{right.name} {generator}",
        mutant.kind,
        mutant.what,
        harmless=not failed and _fits(view, mutant.robot, generator),
        caught=bool(failed),
        # A wrong base motion is no joint's fault: the generator is named.
        named=bool(failed) and (not mutant.guilty or bool(mutant.guilty & set(first))),
        suggested=diagnosis is not None
        and diagnosis.single
        and any(_same(each, declared(view, right, generator)) for each in diagnosis.meant),
        told="; ".join(check.detail for check in failed) + (f" -> {diagnosis.text}" if diagnosis else ""),
    )


def declared(view: ModelView, robot: Robot, generator: str) -> Declaration:
    """What the robot says of a generator."""
    return Declaration(np.asarray(robot.motions[generator], dtype=float), joint_map(robot, view, generator))


def _joints(view: ModelView, name: str) -> list[str]:
    if name in view.joints:
        return [name]
    bodies = [view.model.body(int(view.model.jnt_bodyid[joint])).name for joint in view.joint_ids]
    return [joint for joint, body in zip(view.joints, bodies, strict=True) if body == name]


def _same(one: Declaration, other: Declaration) -> bool:
    return (
        np.allclose(one.motion, other.motion, rtol=0, atol=1e-9)
        and np.array_equal(one.joints.index, other.joints.index)
        and np.array_equal(one.joints.sign, other.joints.sign)
        and np.allclose(one.joints.offset, other.joints.offset, rtol=0, atol=1e-6)
    )


def _fits(view: ModelView, robot: Robot, generator: str) -> bool:
    """Whether lines, ranges, gravity and the places of all bodies are those of a symmetry."""
    bench = Bench.of(view, random_configurations(view, np.random.default_rng(1), SAMPLES))
    fit = bench.fit(declared(view, robot, generator))
    return fit.holds and bool((fit.places <= PLACE_TOLERANCE).all())

"""Wrong declarations as people write them: whole documents, through `validate` or the compiler's refusal."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from symaug.checks import validate
from symaug.checks.diagnosis.words import edit_between
from symaug.checks.mechanics.loading import load_model
from symaug.checks.mechanics.model import ModelView
from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot
from symaug.shipped import robots_dir

from .mutants import Mutant, mutants, with_generator
from .robots import declared
from .score import FIRST, Outcome

SAMPLES = 4
ONE_SIDED = "joints crossed on one limb"
"""Swaps always name both sides: nobody can write this by accident."""


def document_outcomes(robot: Robot, generator: str) -> Iterator[Outcome]:
    """Every one-mistake declaration of a generator, in the shipped document, with all other generators."""
    assert robot.model is not None
    view = ModelView.of(robot, load_model(robot.model, robot.joints).model)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "robot.yaml"
        shutil.copytree(robots_dir() / robot.name, folder, dirs_exist_ok=True)
        document = yaml.safe_load(path.read_text())
        right = document["symmetry"]["generators"][generator]
        for mutant in mutants(robot, generator):
            if mutant.kind == ONE_SIDED:
                continue
            document["symmetry"]["generators"][generator] = written(mutant, generator, right)
            path.write_text(yaml.safe_dump(document, sort_keys=False))
            yield _outcome(robot, view, mutant, generator, right, path)


def written(mutant: Mutant, generator: str, right: str) -> str:
    """A mutant's generator as a person would write it, joint by joint."""
    joints, action = mutant.robot.joints, mutant.robot.joint_actions[generator]
    motion = re.search(r"(reflect|rotate)[^,]*", right)
    assert motion is not None
    base = mutant.what if not mutant.guilty else motion[0]
    goes_to = {source: target for target, source in enumerate(action.index)}
    cycles, seen = "", set()
    for start in range(len(joints)):
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(joints[place])
            place = goes_to[place]
        cycles += f"({' '.join(cycle)})" if len(cycle) > 1 else ""
    flips = [joint for joint, sign in zip(joints, action.sign, strict=True) if sign < 0]
    clauses = [base, *([f"swap {cycles}"] if cycles else []), *([f"flip {' '.join(flips)}"] if flips else [])]
    return ", ".join(clauses)


def _outcome(
    robot: Robot, view: ModelView, mutant: Mutant, generator: str, right: str, path: Path
) -> Outcome:
    meant = declared(view, with_generator(robot, generator, robot.joint_actions[generator]), generator)
    motion = re.search(r"(reflect|rotate)[^,]*", right)
    wrong = declared(view, mutant.robot, generator)
    clauses = edit_between(wrong, meant, motion[0] if motion else "", view, robot.limbs).clauses
    refused = False
    try:
        report = validate(path, samples=SAMPLES)
        failed = report.failures()
        told = "; ".join(f"{check.name}: {check.detail} -> {check.suggestion}" for check in failed)
        names = [name for check in failed for name in list(check.breakdown)[:FIRST]]
        caught = bool(failed)
    except SpecError as error:
        refused = caught = True
        told = "; ".join(" ".join((e.message, e.label, *e.notes, *e.helps)) for e in error.diagnostics)
        names = re.findall(r"\w+", told)
    named = bool(_guilty(robot, mutant) & set(names))
    if not mutant.guilty:  # a wrong base motion is no joint's fault: the generator is named
        named = f"in `{generator}`" in told
    suggested = bool(clauses) and all(clause in told for clause in clauses)
    return Outcome(
        f"{robot.name} {generator}",
        mutant.kind,
        mutant.what,
        refused=refused,
        caught=caught,
        named=named,
        suggested=suggested,
        told=f"{told} (wanted: {clauses})",
    )


def _guilty(robot: Robot, mutant: Mutant) -> set[str]:
    # A limb that is told as a whole stands for its joints.
    limbs = {limb for limb, joints in robot.limbs.items() if set(joints) <= mutant.guilty}
    return set(mutant.guilty) | limbs

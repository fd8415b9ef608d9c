"""Wrong types: do the names of the terms, or the running environment, find them?"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import mujoco

from symaug.checks.mechanics.twin import symmetrised_twin
from symaug.checks.report import CheckResult
from symaug.checks.terms import check_terms
from symaug.checks.validate import validate
from symaug.compiler.compile import compile_spec
from symaug.compiler.program import Program
from symaug.diagnostics import SpecError
from symaug.semantics.robot import Robot
from symaug.shipped import find_spec

from .remembered import Remembered
from .score import FIRST, Outcome
from .spec_mutants import KINDS, SpecMutant, spec_mutants

SAMPLES = 16
LIVE_SAMPLES = 4  # episodes from resets, and as many from states reached, in every element's world
Check = Callable[[Path], Sequence[CheckResult]]
"""Judges the spec at a path."""
_UNEVEN = {"ant/run": ("environment/rewards",)}
"""What is wrong with an environment itself: Ant-v5 pays for speed along +x, and only `mirror` keeps that."""


def by_names(robot: Robot, model: mujoco.MjModel) -> Check:
    """The check by the names of the terms."""
    twin = symmetrised_twin(model, robot)
    return lambda path: check_terms(robot, compile_spec(path), SAMPLES, 0, twin)


@contextmanager
def by_environment(spec: str) -> Iterator[Check]:
    """What `symaug validate SPEC --env` says of terms and environment."""
    from .worlds import WORLDS

    world = Remembered(WORLDS[spec]())

    def check(path: Path) -> Sequence[CheckResult]:
        skip = _UNEVEN.get(spec, ())
        report = validate(path, env=world, samples=LIVE_SAMPLES, only=("terms", "environment"), skip=skip)
        world.learning = False
        return report.checks

    try:
        yield check
    finally:
        world.close()


def spec_outcomes(spec: str, robot: Robot, check: Check) -> Iterator[Outcome]:
    """Every one-mistake version of a spec.

    Raises:
        AssertionError: the right spec fails.
    """
    right = compile_spec(find_spec(spec))
    found = check(find_spec(spec))
    assert all(result.status != "fail" for result in found), f"{spec}: {found}"
    with tempfile.TemporaryDirectory() as folder:
        for mutant in spec_mutants(spec, right, robot.joint_orders):
            yield outcome_of(spec, mutant, right, check, Path(folder) / "mutant.yaml")


def outcome_of(spec: str, mutant: SpecMutant, right: Program, check: Check, path: Path) -> Outcome:
    """What comes of one wrong spec, written to `path` (and there, after, as the suggested edit makes it)."""
    single = mutant.kind != KINDS[4]
    path.write_text(mutant.document)
    try:
        program = compile_spec(path)
    except SpecError as error:
        told, lines = str(error), mutant.document.splitlines()
        shown = " ".join(lines[each.span.line - 1] for each in error.diagnostics if each.span is not None)
        named = any(f"{term}:" in shown for _, term in mutant.right)
        # What it should be, the compiler cannot know: it lists what is possible, or says nothing.
        return Outcome(
            spec, mutant.kind, mutant.what, refused=True, caught=True, named=named, single=False, told=told
        )
    if _acts_alike(program, right):
        return Outcome(spec, mutant.kind, mutant.what, harmless=True)
    failed = [result for result in check(path) if result.status == "fail"]
    first = {name for result in failed for name in list(result.breakdown)[:FIRST]}
    guilty = {term for _, term in mutant.right}
    edits = "; ".join(result.suggestion or "" for result in failed)
    return Outcome(
        spec,
        mutant.kind,
        mutant.what,
        caught=bool(failed),
        named=bool(first & guilty) or (bool(failed) and any(term in edits for term in guilty)),
        single=single,
        suggested=bool(failed) and _mends(edits, mutant, right, path),
        told="; ".join(result.detail for result in failed) + f" -> {edits}",
    )


def _acts_alike(one: Program, other: Program) -> bool:
    return all(one.spaces[name].elements == other.spaces[name].elements for name in other.spaces)


def _mends(edits: str, mutant: SpecMutant, right: Program, path: Path) -> bool:
    """Whether the suggested types, written into the mutant, make a program that acts like the right one."""
    order = re.search(r"joint_order: ([\w.-]+)", edits)
    if mutant.kind == KINDS[5] and order is not None:
        text = re.sub(r"joint_order: \S+", f"joint_order: {order[1]}", mutant.document)
    elif mutant.kind == KINDS[5] and "leave `joint_order` out" in edits:
        text = re.sub(r"joint_order: \S+\n", "", mutant.document)
    else:
        text = mutant.document
        for (space, term), _ in mutant.right.items():
            name = "actions" if space == "actions" else term
            said = re.search(rf"(?:^|[`; ]){re.escape(name)}: ([^`;]+?)(?:`| \(violation|;|$)", edits)
            if said is None:
                return False
            text = re.sub(rf"(?m)^(\s*{re.escape(name)}): .*$", rf"\1: {said[1].strip()}", text)
    path.write_text(text)
    try:
        return _acts_alike(compile_spec(path), right)
    except SpecError:
        return False

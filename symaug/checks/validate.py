"""Put a whole document to the proof: algebra always, physics where there are a model and a simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec as find_module
from pathlib import Path
from typing import TYPE_CHECKING

from symaug.checks.algebra import check_algebra
from symaug.checks.choice import Choice, check_names
from symaug.checks.report import CheckResult, Report, skipped
from symaug.checks.resets import check_resets
from symaug.checks.subject import Subject, load_subject
from symaug.checks.tasks import check_tasks
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.checks.live.world import LiveEnvironment

SAMPLES = 16
"""Random states per measurement. Mistakes show in every one of them; more only sharpen the numbers."""


def validate(
    spec_or_robot: str | Path | Subject,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    env: LiveEnvironment | None = None,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    on_stage: Callable[[str], None] | None = None,
) -> Report:
    """Check a spec or a robot document: is the symmetry it claims true?

    Args:
        spec_or_robot: a shipped spec (`anymal_d/velocity`) or robot (`anymal_d`), the path of a document, or
            what `load_subject` made of one.
        samples: random states for each measurement, at least 1.
        seed: of these states; the same seed gives the same report.
        env: an environment that the spec describes, to be examined too. It is left open.
        only: names of checks, with `*`, or of areas (`geometry`); others do not run.
        skip: the same for checks that do not run.
        on_stage: called with an area's name before its checks run.

    Returns:
        Every check's result. A wrong claim is a failed check, not an exception.

    Raises:
        SpecError: the document itself cannot be read or compiled.
        UserError: SA601 the model's joints are not the robot's, SA602 the model cannot be loaded,
            SA605 fewer than one sample, SA607 no check of that name.
    """
    if samples < 1:
        raise UserError.of("SA605", f"a check needs at least 1 sample, not {samples}")
    subject = spec_or_robot if isinstance(spec_or_robot, Subject) else load_subject(spec_or_robot)
    names = check_names(subject.program)
    choice = Choice.of(only, skip, names)
    results: list[CheckResult] = []
    for area, run in (
        ("algebra", lambda: check_algebra(subject.robot, subject.program)),
        ("tasks", lambda: _tasks(subject, choice)),
        ("resets", lambda: _declared(subject, choice)),
        ("physics", lambda: _physics(subject, choice, samples, seed)),
        ("environment", lambda: _environment(subject, choice, env, samples, seed)),
        ("sampled resets", lambda: _sampled(subject, choice, env, seed)),
    ):
        if choice.wants_any(name for name in names if name.partition("/")[0] in _AREAS.get(area, (area,))):
            if on_stage is not None:
                on_stage(area)
            results += [result for result in run() if _is_wanted(choice, result.name)]
    return Report(subject.name, tuple(results), seed)


_AREAS = {"physics": ("geometry", "terms", "dynamics"), "sampled resets": ("resets",)}


def _is_wanted(choice: Choice, name: str) -> bool:
    """A result that stands for its whole area, because nothing of it can run, is told for any part of it."""
    return "/" not in name or choice.wants(name)


def _tasks(subject: Subject, choice: Choice) -> Iterator[CheckResult]:
    if subject.tasks is not None:
        yield check_tasks(subject.tasks)
    elif choice.only:
        yield from skipped(["tasks/orbits"], "the spec names no tasks")


def _declared(subject: Subject, choice: Choice) -> Iterator[CheckResult]:
    if subject.resets is not None:
        yield check_resets(subject.robot, subject.resets)
    elif subject.program is not None or choice.only:
        yield from skipped(["resets/declared"], "only a spec document says how episodes start")


def _physics(subject: Subject, choice: Choice, samples: int, seed: int) -> list[CheckResult]:
    robot = subject.robot
    areas = [area for area in ("geometry", "dynamics") if choice.wants_any(_of_area(subject, area))]
    if robot.model is None:
        return [*skipped(areas, robot.why_no_model), *_terms(subject, choice, samples, seed)]
    missing = [module for module in ("numpy", "mujoco") if find_module(module) is None]
    if missing:
        return skipped(areas, f"{' and '.join(missing)} not installed: pip install 'symaug[physics]'")
    from symaug.checks.physics import check_physics

    return check_physics(robot, samples, seed, subject.program, choice.wants)


def _terms(subject: Subject, choice: Choice, samples: int, seed: int) -> list[CheckResult]:
    """The terms of a spec whose robot has no model: what names mean is known without one."""
    if subject.program is None or find_module("numpy") is None:
        return []
    from symaug.checks.terms import check_terms

    results = check_terms(subject.robot, subject.program, samples, seed)
    return [result for result in results if choice.wants(result.name)]


def _of_area(subject: Subject, area: str) -> list[str]:
    return [name for name in check_names(subject.program) if name.startswith(f"{area}/")]


def _environment(
    subject: Subject, choice: Choice, env: LiveEnvironment | None, samples: int, seed: int
) -> list[CheckResult]:
    if env is None:
        return skipped(["environment"], "no environment was given") if choice.only else []
    if subject.program is None:
        return skipped(["environment"], "there is no compiled spec to hold the environment against")
    from symaug.checks.live.environment import check_environment

    return check_environment(env, subject.robot, subject.program, samples=samples, seed=seed)


def _sampled(
    subject: Subject, choice: Choice, env: LiveEnvironment | None, seed: int
) -> Iterator[CheckResult]:
    names = [name for name in ("resets/sampled", "resets/ranges") if choice.wants(name)]
    if env is None:
        # Whoever asks for `resets` gets the declared ones; a check that was asked for by its name is told.
        asked = [name for name in names if name in choice.only]
        yield from skipped(asked, "no environment was given")
        return
    from symaug.checks.live.ranges import check_reset_ranges
    from symaug.checks.live.two_sample import check_sampled_resets

    if "resets/sampled" in names:
        yield check_sampled_resets(env, subject.robot, seed=seed)
    if "resets/ranges" in names and subject.resets:
        yield check_reset_ranges(env, subject.robot, subject.resets, seed=seed)

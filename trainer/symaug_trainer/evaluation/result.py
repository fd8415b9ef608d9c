"""What an evaluation found, as values: one `ConditionResult` a failed joint, aggregated into ID and OOD."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from symaug.diagnostics import UserError
from symaug_trainer.runs.folder import EVALUATION, RunFolder

METRICS: dict[str, str] = {
    "success": "share of episodes that succeed",
    "mean_return": "sum of rewards of an episode",
    "tracking_error": "velocity tasks: mean |v_xy - command_xy| over the last 5 s, m/s; "
    "position tasks: distance to the target at the end, m",
    "fall_rate": "share of episodes that end in a fall",
    "feet_air_time": "share of the time a foot is off the ground, mean over the feet",
    "contact_frequency": "touchdowns per foot and second",
}
"""The numbers of a `ConditionResult`, and what each one is."""


@dataclass(frozen=True)
class ConditionResult:
    """How the policy did with one joint dead (or none), mean over the episodes.

    Attributes:
        condition: the failed joint's name, or `none`.
        split: `healthy`, `id` (trained on) or `ood` (never trained on).
        episodes: how many were run.
        return_std: standard deviation of the return over the episodes.
        (the others): see METRICS.
    """

    condition: str
    split: str
    episodes: int
    success: float
    mean_return: float
    return_std: float
    tracking_error: float
    fall_rate: float
    feet_air_time: float
    contact_frequency: float


@dataclass(frozen=True)
class Spread:
    """A number over several conditions: its mean, population standard deviation, and extremes."""

    mean: float
    std: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(statistics.fmean(values), statistics.pstdev(values), min(values), max(values))


@dataclass(frozen=True)
class Aggregate:
    """One split's conditions together; each metric's spread is over conditions, which count equally."""

    split: str
    conditions: int
    metrics: dict[str, Spread]


@dataclass(frozen=True)
class Trajectory:
    """One episode seen from above, starting at the origin and heading along +x.

    Attributes:
        condition: as in ConditionResult.
        episode: its number; the same number has the same start and command in every condition.
        xy: base positions in m, ten a second.
        reference: where the command would have led: the integrated velocity command, or the target alone.
        success, fell: how it ended.
    """

    condition: str
    episode: int
    xy: tuple[tuple[float, float], ...]
    reference: tuple[tuple[float, float], ...]
    success: bool
    fell: bool


class _BySplit:
    """What follows from the conditions alone."""

    conditions: tuple[ConditionResult, ...]

    def of_split(self, split: str) -> tuple[ConditionResult, ...]:
        """The conditions of `healthy`, `id` or `ood`."""
        return tuple(result for result in self.conditions if result.split == split)

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """Healthy, ID and OOD, those that have a condition."""
        return tuple(
            aggregate(split, self.of_split(split))
            for split in ("healthy", "id", "ood")
            if self.of_split(split)
        )


@dataclass(frozen=True)
class Outcome(_BySplit):
    """How one way of acting did in every condition."""

    conditions: tuple[ConditionResult, ...]


@dataclass(frozen=True)
class Evaluation(_BySplit):
    """All of it. `evaluation.json` in the run's folder holds the same.

    Attributes:
        conditions, trajectories: of the policy that acts by its mean.
        sampled: the same episodes with actions sampled from the policy's distribution; None where they were
            not run, as before symaug did so.
        steps: control steps the policy had learnt from.
        episodes: of each condition.
        episode_s: s, length of an episode.
    """

    task: str
    policy: str
    preset: str
    seed: int
    checkpoint: str
    steps: int
    episodes: int
    episode_s: float
    success_definition: str
    conditions: tuple[ConditionResult, ...]
    trajectories: tuple[Trajectory, ...] = ()
    sampled: Outcome | None = None
    schema: int = 1

    def to_json(self) -> str:
        """The document `evaluation.json`."""
        document = {**asdict(self), "aggregates": [asdict(one) for one in self.aggregates]}
        if self.sampled is not None:
            document["sampled"]["aggregates"] = [asdict(one) for one in self.sampled.aggregates]
        return json.dumps(document, indent=1) + "\n"


def aggregate(split: str, results: Iterable[ConditionResult]) -> Aggregate:
    """The spread of every metric over the conditions of a split."""
    rows = list(results)
    return Aggregate(
        split, len(rows), {name: Spread.of([getattr(row, name) for row in rows]) for name in METRICS}
    )


def read_evaluation(run: Path) -> Evaluation:
    """The evaluation that a run's folder holds.

    Raises:
        UserError: SA702 where it is not a run, SA708 where there is no readable evaluation.
    """
    path = RunFolder.open(run).path / EVALUATION
    evaluate_first = (f"evaluate it first: `symaug evaluate {run}`",)
    if not path.exists():
        raise UserError.of("SA708", f"`{run}` was not evaluated yet", helps=evaluate_first)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        document.pop("aggregates")
        conditions = _conditions(document.pop("conditions"))
        trajectories = tuple(_trajectory(row) for row in document.pop("trajectories"))
        sampled = document.pop("sampled", None)
        outcome = None if sampled is None else Outcome(_conditions(sampled["conditions"]))
        return Evaluation(**document, conditions=conditions, trajectories=trajectories, sampled=outcome)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError.of("SA708", f"`{path}` cannot be read: {error}", helps=evaluate_first) from error


def _conditions(rows: Iterable[dict]) -> tuple[ConditionResult, ...]:
    return tuple(ConditionResult(**row) for row in rows)


def _trajectory(row: dict) -> Trajectory:
    def points(key: str) -> tuple[tuple[float, float], ...]:
        return tuple((x, y) for x, y in row[key])

    return Trajectory(**{**row, "xy": points("xy"), "reference": points("reference")})

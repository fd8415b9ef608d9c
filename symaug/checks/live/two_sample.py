"""Property (b), from the environment: sampled resets are distributed as their mirror images are.

Episodes are drawn and split into two independent halves; one half is compared with the image of the other
under every element, in two ways:

- each coordinate's distribution, by the Kolmogorov-Smirnov distance D, the largest difference of the shares
  of samples below any value;
- the mean of each coordinate, and of the product of any two (so that correlations count), by
  S = |Σ d_k| / √(Σ d_k²), where d_k is the difference of the k-th samples of both halves.

When both halves have the same distribution, P(D ≥ t) ≤ e exp(-n t²) for n samples each (Wei and Dudley 2012,
the Dvoretzky-Kiefer-Wolfowitz inequality for two samples), and P(S ≥ t) ≤ 2 exp(-t²/2) (Hoeffding: exchanging
the k-th samples turns the sign of d_k), whatever the distribution is. The thresholds share out `FALSE_ALARMS`
among all comparisons, so that the check as a whole fails on a symmetric environment at most that often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.coordinates import Coordinates, coordinates
from symaug.checks.live.world import LiveEnvironment, WorldState, mirrored
from symaug.checks.report import CheckResult, worst_first

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

SAMPLED = "resets/sampled"
RESETS = 10_000
"""Resets in each half."""
FALSE_ALARMS = 0.01
"""How often the check may fail although the environment is symmetric."""
_EQUAL = 1e-6
"""Numbers nearer than this, relative to the largest of their quantity, are the same number."""
_DISCRETE = 1e-5
"""The same, relative to how far a coordinate's numbers spread."""


@dataclass(frozen=True)
class Comparison:
    """What two samples have in common.

    Attributes:
        ratios: by coordinate, or pair `A × B`, its statistic over its threshold; above 1 the two differ.
        told: the same in words, such as `Kolmogorov-Smirnov distance 0.11, threshold 0.036`.
    """

    ratios: dict[str, float]
    told: dict[str, str]


def check_sampled_resets(
    world: LiveEnvironment, robot: Robot, *, samples: int = RESETS, seed: int
) -> CheckResult:
    """Whether the environment's resets are distributed like their images under every element.

    Args:
        world: whose `sample_resets` draws 2 × `samples` episodes.
        robot: what the elements do.
        samples: episodes in each of the two halves.
        seed: of the episodes, and of how they are split.

    Returns:
        `resets/sampled`. The violation is the largest statistic over its threshold, to be judged against 1;
        the breakdown is by coordinate. On a symmetric environment at most one run in 100 fails.
    """
    if not _are_closed(world.joint_names, robot):
        return CheckResult(SAMPLED, "skip", detail="the environment's joints are not the robot's")
    state = world.sample_resets(2 * samples, seed)
    whole = coordinates(state, world.joint_names)
    broken = [name for name, column in zip(whole.names, whole.values.T, strict=True) if _not_finite(column)]
    if broken:
        detail = f"the environment starts with numbers that are not finite: {', '.join(broken[:4])}"
        return CheckResult(SAMPLED, "fail", math.nan, 1.0, detail, dict.fromkeys(broken, math.nan))
    order = np.random.default_rng(seed).permutation(len(state))
    ours, others = (_rows(state, order[start : start + samples]) for start in (0, samples))
    first = coordinates(ours, world.joint_names)
    elements = [name for name in robot.group.elements if name != "e"]
    ratios: dict[str, float] = {}
    told: dict[str, tuple[float, str]] = {}
    for element in elements:
        image = mirrored(others, robot, element, world.joint_names, world.task_types)
        made = compare(first, coordinates(image, world.joint_names), FALSE_ALARMS / len(elements))
        for name, ratio in made.ratios.items():
            if ratio > told.get(name, (-1.0, ""))[0]:
                told[name] = ratio, f"{name} under {element}: {made.told[name]}"
            ratios[name] = max(ratio, ratios.get(name, 0.0))
    return _judged(worst_first(ratios), told, samples, len(elements), len(first.names))


def compare(ours: Coordinates, others: Coordinates, false_alarms: float) -> Comparison:
    """Compare two independent samples of the same size in every coordinate, mean and product of two.

    Args:
        ours, others: n rows each.
        false_alarms: how often anything may be found that is not there; half of it goes to the distributions,
            a quarter each to the means and the products.
    """
    scale = np.maximum(ours.scale, others.scale)
    spread = np.ptp(np.concatenate([ours.values, others.values]), axis=0)
    varies = spread > _EQUAL * scale
    constant = np.flatnonzero(~varies)
    n, width = len(ours.values), max(1, int(varies.sum()))
    ratios: dict[str, float] = {ours.names[column]: 0.0 for column in constant}
    told = {ours.names[column]: "always the same number" for column in constant}
    limit = math.sqrt(math.log(math.e * width / (false_alarms / 2)) / n)
    for column in np.flatnonzero(varies):
        same = min(_EQUAL * scale[column], _DISCRETE * spread[column])
        distance = largest_distance(ours.values[:, column], others.values[:, column], same)
        name = ours.names[column]
        ratios[name] = distance / limit
        told[name] = f"Kolmogorov-Smirnov distance {distance:.3f}, threshold {limit:.3f}"
    if not varies.any():
        return Comparison(ratios, told)
    names = [ours.names[column] for column in np.flatnonzero(varies)]
    means, products = _moments(ours.values[:, varies], others.values[:, varies])
    for statistic, share in ((means, width), (products, width * (width + 1) // 2)):
        limit = math.sqrt(2 * math.log(2 * share / (false_alarms / 4)))
        least = min(limit, float(statistic.max())) if statistic.ndim == 2 else 0.0
        for place in np.argwhere(statistic >= least):
            value = float(statistic[tuple(place)])
            name = " × ".join(dict.fromkeys(names[rank] for rank in place))
            if value / limit <= ratios.get(name, 0.0):
                continue
            what = "mean" if len(place) == 1 else "correlation" if place[0] != place[1] else "spread"
            ratios[name] = value / limit
            told[name] = f"{what} differs, statistic {value:.2f}, threshold {limit:.2f}"
    return Comparison(ratios, told)


def largest_distance(ours: np.ndarray, others: np.ndarray, same: float) -> float:
    """The Kolmogorov-Smirnov distance of two samples [n], [m]; numbers closer than `same` are ties."""
    pooled = np.concatenate([ours, others])
    order = np.argsort(pooled, kind="stable")
    steps = np.where(order < len(ours), len(others), -len(ours))
    below = np.abs(np.cumsum(steps))
    ends = np.diff(pooled[order], append=np.inf) > same
    return float(below[ends].max()) / (len(ours) * len(others))


def _moments(ours: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """S of the means [D] and of the products of two [D, D] (zero below the diagonal), in pooled units."""
    pooled = np.concatenate([ours, others])
    middle, spread = pooled.mean(axis=0), pooled.std(axis=0)
    a, b = (ours - middle) / spread, (others - middle) / spread
    means = _self_normalised((a - b).sum(axis=0), ((a - b) ** 2).sum(axis=0))
    squares = (a * a).T @ (a * a) - 2 * (a * b).T @ (a * b) + (b * b).T @ (b * b)
    return means, np.triu(_self_normalised(a.T @ a - b.T @ b, squares))


def _self_normalised(sums: np.ndarray, squares: np.ndarray) -> np.ndarray:
    # Where all differences are zero but for rounding there is nothing to find.
    floor = 1e-12 * max(1.0, float(squares.max(initial=0.0)))
    return np.where(squares > floor, np.abs(sums) / np.sqrt(np.maximum(squares, floor)), 0.0)


def _judged(
    ratios: dict[str, float], told: dict[str, tuple[float, str]], samples: int, elements: int, width: int
) -> CheckResult:
    failed = [name for name, ratio in ratios.items() if ratio > 1]
    # A coordinate that is off takes its products along; they are named when nothing else is.
    alone = [name for name in failed if " × " not in name]
    named = alone or failed
    drawn = f"{samples:,} resets against the images of {samples:,} others under {elements} elements"
    rate = f"a symmetric environment fails at most {FALSE_ALARMS:.0%} of runs"
    worst = max(ratios.values(), default=0.0)
    if named:
        words = "; ".join(told[name][1] for name in named[:3])
        rest = f"; and {len(named) - 3} more" if len(named) > 3 else ""
        breakdown = {name: ratios[name] for name in named}
        return CheckResult(SAMPLED, "fail", worst, 1.0, f"{words}{rest} ({drawn}; {rate})", breakdown)
    first = next(iter(ratios), None)
    nearest = f"; nearest to its threshold: {told[first][1]}" if first and worst > 0 else ""
    detail = f"{drawn}, in {width} coordinates and all pairs of them{nearest}; {rate}"
    return CheckResult(SAMPLED, "pass", worst, 1.0, detail, dict(list(ratios.items())[:10]))


def _are_closed(joint_names: Sequence[str], robot: Robot) -> bool:
    try:
        return all(robot.joint_action(element, joint_names) for element in robot.group.elements)
    except ValueError:
        return False


def _rows(state: WorldState, rows: np.ndarray) -> WorldState:
    picked = {name: np.asarray(values)[rows] for name, values in state.quantities().items()}
    task = {name: picked.pop(name) for name in state.task}
    return WorldState(**picked, task=task)


def _not_finite(column: np.ndarray) -> bool:
    return not bool(np.isfinite(column).all())

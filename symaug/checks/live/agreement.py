"""How far recorded episodes and their mirror images agree, relative to each term's spread.

Two ways to compare. *Strictly*, where the environment's robot is its own mirror image to rounding: the
largest difference counts, over all steps, as long as the states of the two episodes agree. *Loosely*, where
they drift apart because the robot itself is uneven: root mean squares over the first few steps, the largest
few differences forgiven, rewards summed over the steps, so that a foot that touches down a step later does
not count as a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.live.rollouts import Record, Rollouts, as_state, transformed
from symaug.checks.live.world import LiveEnvironment, mirrored

if TYPE_CHECKING:
    from symaug.compiler.program import Space
    from symaug.semantics.robot import Robot

STRICT = 1e-3
"""What may remain of a difference, over the spread: float32 leaves about 1e-6."""
LOOSE = 0.5
"""The most that may remain where the robot is uneven; a wrong sign is at 1.4 or more."""
_JUDGED_STEPS, _LOOSE_STEPS = 3, 6
_SMALLEST_SPREAD = 1e-3


@dataclass(frozen=True)
class Agreement:
    """Violations by name, for each element; the identity's say whether the environment repeats itself."""

    by_element: Mapping[str, Mapping[str, float]]

    def worst(self) -> dict[str, float]:
        """The largest violation of each name over all elements; not a number beats everything."""
        names = list(next(iter(self.by_element.values())))
        return {name: float(np.max([each[name] for each in self.by_element.values()])) for name in names}

    def elements(self, name: str, tolerance: float) -> list[str]:
        """The elements under which `name` is off."""
        return [element for element, each in self.by_element.items() if not each[name] <= tolerance]


@dataclass(frozen=True)
class Judge:
    """Compares the rollouts of one environment.

    Attributes:
        rollouts: what was recorded.
        strict: whether states are expected to agree to rounding.
        wanted: by element, what the states [T+1, N, w] of its episodes should be.
    """

    rollouts: Rollouts
    strict: bool
    wanted: Mapping[str, Mapping[str, np.ndarray]]

    @classmethod
    def of(cls, rollouts: Rollouts, world: LiveEnvironment, robot: Robot) -> Judge:
        """Mirror all recorded states."""
        states = rollouts.original.states
        flat, wanted = as_state(states), {}
        for element in rollouts.images:
            image = mirrored(flat, robot, element, world.joint_names, world.task_types).quantities()
            wanted[element] = {name: image[name].reshape(values.shape) for name, values in states.items()}
        return cls(rollouts, world.exact, wanted)

    def dynamics(self) -> Agreement:
        """By quantity of the state: strictly over the spread, loosely over what one step changes."""
        return Agreement({element: self._dynamics(element) for element in self.rollouts.images})

    def observations(self, group: str, space: Space, *, starts_only: bool = False) -> Agreement:
        """By term of the group."""
        found = {}
        for element in self.rollouts.images:
            wanted, image, keep = self.observed(group, space, element, starts_only=starts_only)
            numbers = deviation(wanted, image, keep, strict=self.strict)
            found[element] = {term.name: _largest(numbers[term.start : term.stop]) for term in space.terms}
        return Agreement(found)

    def observed(
        self, group: str, space: Space, element: str, *, starts_only: bool = False
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Observations [T+1, N, width] as they should be and as they were seen, and which count [T+1, N]."""
        original, image = self.rollouts.original, self.rollouts.images[element]
        keep = self._kept(element) & ~original.ended & ~image.ended
        if starts_only:
            keep[1:] = False
        wanted = transformed(original.observations[group], space.action(element))
        return wanted, image.observations[group], keep

    def rewards(self) -> Agreement:
        """By reward term."""
        return Agreement({element: self._rewards(element) for element in self.rollouts.images})

    def terminations(self) -> Agreement:
        """By termination term: how many episodes' ends differ, over how many end."""
        return Agreement({element: self._terminations(element) for element in self.rollouts.images})

    def lost(self) -> float:
        """The share of episodes whose states drift apart before the last step, over all elements."""
        lost = [~self._together(element)[-1] for element in self.rollouts.images]
        return float(np.mean(lost))

    # --- one element ---

    def _differences(self, element: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        wanted, found = self.wanted[element], dict(self.rollouts.images[element].states)
        opposite = (wanted["base_quat"] * found["base_quat"]).sum(axis=-1, keepdims=True) < 0
        found["base_quat"] = np.where(opposite, -found["base_quat"], found["base_quat"])
        return {name: (values, found[name]) for name, values in wanted.items()}

    def _dynamics(self, element: str) -> dict[str, float]:
        last = _JUDGED_STEPS if self.strict else 1
        keep = ~self._ended(element)[1 : last + 1]
        result = {}
        for name, (wanted, found) in self._differences(element).items():
            change = None if self.strict else wanted[1] - wanted[0]
            values = deviation(
                wanted[1 : last + 1], found[1 : last + 1], keep, strict=self.strict, change=change
            )
            whole = np.isfinite(wanted) & np.isfinite(found)
            result[name] = _largest(values) if whole[~self._ended(element)].all() else np.nan
        return result

    def _rewards(self, element: str) -> dict[str, float]:
        keep = self._kept(element)[1:] & ~self._ended(element)[:-1]
        result = {}
        for name, values in self.rollouts.original.rewards.items():
            other = self._image(element).rewards[name]
            pair = [np.asarray(each, dtype=np.float64) for each in (values, other)]
            if self.strict:
                numbers = deviation(pair[0][..., None], pair[1][..., None], keep, strict=True)
            else:
                first, second = ((each * keep)[:_LOOSE_STEPS].sum(axis=0)[None, :, None] for each in pair)
                numbers = deviation(first, second, keep[:1], strict=False)
            result[name] = _largest(numbers)
        return result

    def _terminations(self, element: str) -> dict[str, float]:
        keep = self._kept(element)[1:] & ~self._ended(element)[:-1]
        result = {}
        for name, values in self.rollouts.original.terminations.items():
            first, second = values & keep, self._image(element).terminations[name] & keep
            if not self.strict:
                first, second = (each[:_LOOSE_STEPS].any(axis=0) for each in (first, second))
            differ = (first != second).sum()
            if not self.strict:
                differ = max(0, differ - _forgiven(first.size))
            result[name] = float(differ / max(1, (first | second).sum()))
        return result

    def _image(self, element: str) -> Record:
        return self.rollouts.images[element]

    def _ended(self, element: str) -> np.ndarray:
        return self.rollouts.original.ended | self._image(element).ended

    def _kept(self, element: str) -> np.ndarray:
        together = self._together(element)
        if not self.strict:
            together = together.copy()
            together[_LOOSE_STEPS + 1 :] = False
        return together

    def _together(self, element: str) -> np.ndarray:
        """[T+1, N] bool: the states agree up to here; in a loose comparison always."""
        ended = self._ended(element)
        if not self.strict:
            return np.ones_like(ended)
        apart = np.zeros_like(ended)
        for wanted, found in self._differences(element).values():
            with np.errstate(invalid="ignore"):
                near = np.abs(wanted - found) <= STRICT * spread(wanted, found, ~ended)
            apart |= ~near.all(axis=-1) & ~ended
        return ~np.logical_or.accumulate(apart, axis=0)


def deviation(
    wanted: np.ndarray,
    found: np.ndarray,
    keep: np.ndarray,
    *,
    strict: bool,
    change: np.ndarray | None = None,
) -> np.ndarray:
    """How far two arrays [..., w] differ where `keep` [...] says so, in units of their spread: [w].

    NaN wherever one of the numbers that count is not finite. With `change` [..., w], in units of its root
    mean square where there is any.
    """
    a, b = np.asarray(wanted, np.float64)[keep], np.asarray(found, np.float64)[keep]
    width = wanted.shape[-1]
    if not len(a):
        return np.zeros(width)
    unit = spread(wanted, found, keep)
    if change is not None:
        moved = np.sqrt(np.nanmean(np.square(change.reshape(-1, width)), axis=0))
        moved = np.sqrt(np.mean(np.square(moved))) * np.ones(width)  # of the whole quantity
        unit = np.where(moved > 1e-6 * unit, moved, unit)
    difference = np.abs(a - b) / unit
    if strict:
        size = difference.max(axis=0)
    else:  # but for the few largest: one fall in thirty says nothing about a term
        few = min(_forgiven(len(difference)), len(difference) // 4)
        size = np.sqrt(np.mean(np.square(np.sort(difference, axis=0)[: len(difference) - few]), axis=0))
    finite = np.isfinite(a).all(axis=0) & np.isfinite(b).all(axis=0)
    return np.where(finite, size, np.nan)


def spread(wanted: np.ndarray, found: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """[w] the unit of each number: its standard deviation, at least a share of its term's and of its size."""
    both = np.concatenate([np.asarray(each, np.float64)[keep] for each in (wanted, found)])
    both = np.where(np.isfinite(both), both, 0.0)
    if not len(both):
        return np.ones(wanted.shape[-1])
    own = both.std(axis=0)
    floor = np.maximum(np.sqrt(np.mean(np.square(own))), np.abs(both).max(axis=0))
    unit = np.maximum(own, _SMALLEST_SPREAD * floor)
    return np.where(unit > 0, unit, 1.0)


def _forgiven(rows: int) -> int:
    return 3 + rows // 50


def _largest(values: np.ndarray) -> float:
    return float(np.max(values, initial=0.0))  # not a number stays one

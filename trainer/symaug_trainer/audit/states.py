"""World states as the audit needs them: side by side, compared, and made their own mirror image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from symaug.checks.live.world import WorldState

FAILED = "failed_joint"
"""The name of the dead motor, one-hot, in `WorldState.task`."""


def transformed(function: Callable[..., np.ndarray], *states: WorldState) -> WorldState:
    """`function` of every quantity of the states, quantity by quantity."""
    values = [state.quantities() for state in states]
    made = {name: function(*(one[name] for one in values)) for name in values[0]}
    task = {name: made.pop(name) for name in states[0].task}
    return WorldState(**made, task=task)


def side_by_side(states: Sequence[WorldState]) -> WorldState:
    """The rows of all states, one after the other."""
    return transformed(lambda *parts: np.concatenate(parts), *states)


def rows(state: WorldState, index: np.ndarray | slice) -> WorldState:
    """Some rows of a state."""
    return transformed(lambda values: values[index], state)


def largest_difference(one: WorldState, other: WorldState) -> np.ndarray:
    """[N] the largest difference of any quantity, in its own unit; infinite where one is not a number.

    A quaternion and its negative are the same orientation.
    """
    left, right = one.quantities(), other.quantities()
    most = np.zeros(len(one))
    for name, values in left.items():
        apart = np.abs(values - right[name]).max(axis=1, initial=0.0)
        if name == "base_quat":
            apart = np.minimum(apart, np.abs(values + right[name]).max(axis=1))
        most = np.maximum(most, np.where(np.isfinite(apart), apart, np.inf))
    return most


def with_failed_joint(state: WorldState, joint: int | None) -> WorldState:
    """The same state with that joint's motor dead, or none."""
    failed = np.zeros_like(state.task[FAILED])
    if joint is not None:
        failed[:, joint] = 1.0
    return replace(state, task={**state.task, FAILED: failed})

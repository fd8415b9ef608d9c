"""A user's environment whose own mistakes come out as errors that name the function and the term."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from symaug.checks.live.world import LiveEnvironment, Reading, WorldState
from symaug.diagnostics import UserError

_NUMBERS = "fiub"  # kinds of dtype


class Guarded:
    """Stands in front of a `LiveEnvironment`: what its functions raise, or wrongly return, is SA606.

    Args:
        world: the environment.
        entry: what it was opened as, for the messages.
    """

    _RETURNS: ClassVar[Mapping[str, type]] = {
        "sample_resets": WorldState,
        "begin": Reading,
        "step": Reading,
    }

    def __init__(self, world: LiveEnvironment, entry: str) -> None:
        self._world, self._entry = world, entry
        self._told: dict[str, list[str]] = {}  # the names of rewards and terminations in the first step

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._world, name)
        return self._guarded(name, value) if name in self._RETURNS else value

    def _guarded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            try:
                result = function(*args)
            except UserError:
                raise
            except Exception as error:
                raise failed(self._entry, error, f"`{name}` of the environment") from error
            if not isinstance(result, self._RETURNS[name]):
                wanted = self._RETURNS[name].__name__
                raise self._wrong(name, f"returned no `{wanted}` but a `{type(result).__name__}`")
            if isinstance(result, WorldState):
                self._check_state(name, result, args[0] if args else len(result))
            else:
                self._check_reading(name, result)
            return result

        return call

    def _check_reading(self, function: str, reading: Reading) -> None:
        copies = self._world.num_envs
        for group, terms in self._world.observation_terms.items():
            if group not in reading.observations:
                raise self._wrong(function, f"shows no observation group `{group}`")
            width = sum(wide for _, wide in terms)
            listed = ", ".join(f"{name} {wide}" for name, wide in terms)
            note = f"`observation_terms` of `{group}` are {width} numbers: {listed}"
            self._check(function, f"group `{group}`", reading.observations[group], (copies, width), note)
        for kind in ("rewards", "terminations"):
            found: Mapping[str, np.ndarray] = getattr(reading, kind)
            for name, values in found.items():
                self._check(function, f"`{name}` of its {kind}", values, (copies,))
            if function == "step" and self._told.setdefault(kind, sorted(found)) != sorted(found):
                (first, *_) = set(found) ^ set(self._told[kind])
                raise self._wrong(function, f"tells `{first}` of its {kind} in some steps only")
        self._check_state(function, reading.state, copies)

    def _check_state(self, function: str, state: WorldState, copies: int) -> None:
        joints = len(self._world.joint_names)
        widths = {"base_pos": 3, "base_quat": 4, "base_lin_vel": 3, "base_ang_vel": 3}
        widths |= {"joint_pos": joints, "joint_vel": joints}
        for name, width in widths.items():
            self._check(function, f"`{name}` of the state", getattr(state, name), (copies, width))
        if sorted(state.task) != sorted(self._world.task_types):
            said, given = (", ".join(sorted(each)) or "none" for each in (self._world.task_types, state.task))
            raise self._wrong(function, f"gives the task quantities {given}; `task_types` has {said}")
        for name, values in state.task.items():
            self._check(function, f"`{name}` of the task", values, (copies, -1))

    def _check(
        self, function: str, what: str, values: Any, shape: tuple[int, ...], note: str | None = None
    ) -> None:
        if not isinstance(values, np.ndarray):
            raise self._wrong(function, f"gives {what} as a `{type(values).__name__}`, not as a numpy array")
        if values.dtype.kind not in _NUMBERS:
            raise self._wrong(function, f"gives {what} as an array of `{values.dtype}`, not of numbers")
        same = values.ndim == len(shape) and all(
            want in (-1, have) for want, have in zip(shape, values.shape, strict=True)
        )
        if not same:
            wanted = str(shape).replace("-1", "any")
            raise self._wrong(function, f"gives {what} the shape {values.shape} instead of {wanted}", note)

    def _wrong(self, function: str, what: str, note: str | None = None) -> UserError:
        message = f"`{function}` of the environment `{self._entry}` {what}"
        return UserError.of("SA606", message, notes=(note,) if note else ())


def failed(entry: str, error: Exception, what: str = "opening the environment") -> UserError:
    """The error that says where a user's own code stopped, and with what."""
    if isinstance(error, UserError):
        return error
    where = traceback.extract_tb(error.__traceback__)[-1]
    notes = (f"{where.filename}:{where.lineno}: {type(error).__name__}: {error}",)
    return UserError.of("SA606", f"{what} `{entry}` failed", notes=notes)

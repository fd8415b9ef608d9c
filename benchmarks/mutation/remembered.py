"""An environment that shows an episode again without simulating it: mutants of a spec see mostly the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from symaug.checks.live import LiveEnvironment, Reading, WorldState


class Remembered:
    """A `LiveEnvironment` in front of another, which it asks only for episodes that it has not seen.

    Episodes are told apart by the bytes of their first state and of every action so far. What is new is kept
    as long as `learning`.
    """

    def __init__(self, world: LiveEnvironment) -> None:
        self.world, self.learning = world, True
        self.num_envs, self.num_actions = world.num_envs, world.num_actions
        self.joint_names, self.exact = world.joint_names, world.exact
        self.observation_terms, self.task_types = world.observation_terms, world.task_types
        self._resets: dict[tuple[int, int], WorldState] = {}
        self._known: dict[bytes, Reading] = {}
        self._key, self._start, self._past = b"", None, []
        self._done = -1  # how many of the actions the other has taken; -1 it has not begun

    def sample_resets(self, count: int, seed: int) -> WorldState:
        """See `LiveEnvironment`."""
        if (count, seed) not in self._resets:
            self._resets[count, seed] = self.world.sample_resets(count, seed)
        return self._resets[count, seed]

    def begin(self, state: WorldState) -> Reading:
        """See `LiveEnvironment`."""
        self._key, self._start, self._past, self._done = _digest(b"", state.quantities()), state, [], -1
        return self._read()

    def step(self, actions: np.ndarray) -> Reading:
        """See `LiveEnvironment`."""
        self._key = _digest(self._key, {"": actions})
        self._past.append(np.array(actions))
        return self._read()

    def close(self) -> None:
        """See `LiveEnvironment`."""
        self.world.close()

    def _read(self) -> Reading:
        if (known := self._known.get(self._key)) is not None:
            return known
        reading = None
        if self._done < 0:
            assert self._start is not None
            reading, self._done = self.world.begin(self._start), 0
        for actions in self._past[self._done :]:
            reading = self.world.step(actions)
            self._done += 1
        assert reading is not None
        if self.learning:
            self._known[self._key] = reading
        return reading


def _digest(before: bytes, arrays: Mapping[str, np.ndarray]) -> bytes:
    found = hashlib.sha256(before)
    for name, values in arrays.items():
        found.update(name.encode() + str(values.dtype).encode() + np.ascontiguousarray(values).tobytes())
    return found.digest()

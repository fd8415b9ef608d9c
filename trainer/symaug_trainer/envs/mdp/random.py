"""The one source of randomness of an environment."""

from __future__ import annotations

import torch


class Random:
    """A seeded generator with the few distributions that environments draw from. float32 on `device`."""

    def __init__(self, seed: int, device: torch.device | str) -> None:
        self._device = torch.device(device)
        self.generator = torch.Generator(self._device).manual_seed(seed)

    def uniform(self, shape: int | tuple[int, ...], low: float, high: float) -> torch.Tensor:
        """Uniform between `low` and `high`."""
        return torch.empty(shape, device=self._device).uniform_(low, high, generator=self.generator)

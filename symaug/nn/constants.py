"""Constants of a layer, as exact as the dtype that it is moved to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from typing_extensions import Self


class WithConstants(nn.Module):
    """A module whose constants follow its dtype and device, are not saved, and are rounded from float64 anew
    at each move: a layer that was made in float32, or was in float16, commutes in float64 to its rounding."""

    def __init__(self) -> None:
        super().__init__()
        self._exact: dict[str, Tensor] = {}

    def keep(self, name: str, value: Tensor | None) -> None:
        """A buffer of that name, in the default dtype; None stays None."""
        if value is not None:
            self._exact[name] = value
            value = value.to(torch.get_default_dtype())
        self.register_buffer(name, value, persistent=False)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)
        for name, value in self._exact.items():
            setattr(self, name, value.to(getattr(self, name)))
        return self


def unless_zero(value: Tensor) -> Tensor | None:
    """The tensor, or None where it is zero: most spaces have no offsets, and need no work for them."""
    return value if value.any() else None

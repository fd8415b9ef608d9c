"""Normalisation by running statistics that commute with the group.

Statistics of a rollout in which only left-front joints fail are not invariant: an image would be normalised
with the wrong leg's mean and deviation. Those of the rollout *and its images* are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from symaug.compiler.program import Space
from symaug.nn.blocks import blocks, fixed_point, orbit_labels, orbit_mean


class Norm(nn.Module):
    """`y = (x - mean) / (std + eps)`, with y(ρ(g) x) = ρ(g) y(x) up to rounding.

    Mean and standard deviation are those of everything `update` has seen together with its images: the mean
    is a fixed point of the group; numbers that it exchanges have one variance, those that it mixes share the
    mean of theirs. Offsets are gone afterwards: y lives in `linear_part(space)`.

    Args:
        space: the layout of the last dimension, D numbers.
        eps: added to the standard deviation, in the units of x.

    Attributes:
        count: how many rows were seen. The names of all buffers are those of rsl_rl's
            `EmpiricalNormalization`, so that saved statistics fit both.
    """

    if TYPE_CHECKING:  # TorchScript cannot read annotations that are strings
        _mean: Tensor
        _var: Tensor
        _std: Tensor
        count: Tensor
        _labels: Tensor

    def __init__(self, space: Space, eps: float = 1e-2) -> None:
        super().__init__()
        self.eps = eps
        centre = fixed_point(space)
        self.register_buffer("_mean", centre.to(torch.get_default_dtype()).unsqueeze(0))
        self.register_buffer("_var", torch.ones(1, space.width))
        self.register_buffer("_std", torch.ones(1, space.width))
        self.register_buffer("count", torch.tensor(0))
        self.register_buffer("_labels", orbit_labels(space), persistent=False)
        self._centre = centre
        self._means = [(block.members, block.actions.mean(0)) for block in blocks(space)]

    def forward(self, x: Tensor) -> Tensor:
        """[..., D] to [..., D]."""
        return (x - self._mean) / (self._std + self.eps)

    @torch.jit.unused
    @torch.no_grad()
    def update(self, x: Tensor) -> None:
        """Learn from rows [B, D] and, without making them, from their images; not in evaluation mode.

        Where `torch.distributed` runs, from the rows of all ranks: each of them has to call it.
        """
        if not self.training:
            return
        sums = torch.cat([x.new_tensor([len(x)], dtype=torch.float64), x.sum(0, dtype=torch.float64)])
        _over_all_ranks(sums)
        rows = sums[0]
        some = rows.clamp(min=1)  # no rows change nothing
        mean = self._symmetrised(sums[1:] / some)
        squares = (x.double() - mean).square().sum(0)
        _over_all_ranks(squares)
        self.count += rows.long()
        rate = rows / self.count.clamp(min=1)
        step = mean - self._mean[0]
        self._mean += rate * step
        spread = squares / some - self._var[0] + step * (mean - self._mean[0])
        self._var += rate * spread
        self._var.copy_(orbit_mean(self._var, self._labels))
        self._std.copy_(self._var.sqrt())

    def _symmetrised(self, mean: Tensor) -> Tensor:
        """The mean [D] of a vector's images: the nearest fixed point."""
        centre = self._centre.to(mean.device)
        moved, fixed = mean - centre, centre.clone()
        for members, average in self._means:
            members = members.to(mean.device)
            fixed[members] += moved[members] @ average.to(mean.device).T
        return fixed


def _over_all_ranks(sums: Tensor) -> None:
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.all_reduce(sums)

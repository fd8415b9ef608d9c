"""Linear layers and perceptrons that commute with the group."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from symaug.compiler.program import Space
from symaug.nn.blocks import fixed_point
from symaug.nn.commuting import CommutingMap
from symaug.nn.constants import WithConstants, unless_zero
from symaug.nn.spaces import require_permuted, trivial_like


class Linear(WithConstants):
    """`y = W (x - x₀) + b + y₀` with W ρ_in(g) = ρ_out(g) W and ρ_out(g) b = b: y(ρ_in(g) x) = ρ_out(g) y(x).

    x₀ and y₀ are fixed points of the spaces, zero unless joints are shifted (`positions(joints)`).

    Args:
        source: the space of the inputs.
        target: the space of the outputs.
        bias: whether b is learned.

    Attributes:
        weight: the map W; `weight()` is the matrix [out_features, in_features].
        bias: the map b from one plain number; None without bias.
        in_features, out_features: widths of the spaces.

    Raises:
        UserError: SA508 the spaces are of different groups.
    """

    weight: CommutingMap
    bias: CommutingMap | None
    _centre: Tensor | None
    _origin: Tensor | None

    def __init__(self, source: Space, target: Space, bias: bool = True) -> None:
        super().__init__()
        self.in_features, self.out_features = source.width, target.width
        self.weight = CommutingMap(source, target)
        self.bias = CommutingMap(trivial_like(source), target) if bias else None
        self.keep("_centre", unless_zero(fixed_point(source)))
        self.keep("_origin", unless_zero(fixed_point(target)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As `torch.nn.Linear`: weights and biases uniform in ± 1/√in_features."""
        bound = 1 / math.sqrt(max(self.in_features, 1))
        for part in (self.weight, self.bias):
            if part is not None:
                part.init_uniform(bound)

    def forward(self, x: Tensor) -> Tensor:
        """[..., in_features] to [..., out_features]."""
        return nn.functional.linear(x, *self.assembled())

    def assembled(self) -> tuple[Tensor, Tensor | None]:
        """Weight [out, in] and bias [out] of the plain layer that computes the same."""
        weight = self.weight()
        bias = self.bias().squeeze(-1) if self.bias is not None else None
        if self._origin is not None:
            bias = self._origin if bias is None else bias + self._origin
        if self._centre is not None:
            moved = weight @ self._centre
            bias = -moved if bias is None else bias - moved
        return weight, bias

    def plain(self) -> nn.Linear:
        """An ordinary `torch.nn.Linear` that computes the same, for export; it learns apart from this one."""
        weight, bias = self.assembled()
        layer = nn.Linear(self.in_features, self.out_features, bias is not None)
        layer.to(device=weight.device, dtype=weight.dtype)
        with torch.no_grad():
            layer.weight.copy_(weight)
            if bias is not None:
                layer.bias.copy_(bias)
        return layer

    def extra_repr(self) -> str:
        """Widths, and how many numbers are learned, as `print` shows them."""
        return f"{self.in_features}, {self.out_features}, free={self.weight.free.numel()}"


class MLP(nn.Sequential):
    """Linear layers with an activation between them.

    Args:
        *spaces: of the inputs, of each hidden layer, of the outputs; hidden ones are only permuted.
        activation: makes the module between two layers; acts on each number alone.

    Raises:
        UserError: SA508 a hidden space changes signs or mixes numbers, or the spaces are of different groups.
    """

    def __init__(self, *spaces: Space, activation: Callable[[], nn.Module] = nn.ELU) -> None:
        layers: list[nn.Module] = []
        for hidden in spaces[1:-1]:
            require_permuted(hidden, "a hidden layer")
        for source, target in pairwise(spaces):
            layers += [activation(), Linear(source, target)] if layers else [Linear(source, target)]
        super().__init__(*layers)

    def plain(self) -> nn.Sequential:
        """An ordinary `torch.nn.Sequential` that computes the same, for export."""
        return nn.Sequential(*(plain(layer) for layer in self))


def plain(module: nn.Module) -> nn.Module:
    """What `module.plain()` gives; modules without it as they are."""
    return module.plain() if hasattr(module, "plain") else module  # type: ignore[operator]

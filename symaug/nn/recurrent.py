"""Recurrent layers whose memory the group permutes: h(ρ_in(g) x, ρ_h(g) h) = ρ_h(g) h(x, h).

Gates act on each number alone, so they commute with permutations of the memory; the regular representation
leaves the most freedom. The image of a memory is then one kernel call, `Transform(space, group).apply(h, g)`,
where a plain net has to be run over the transformed history.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from symaug.compiler.program import Space
from symaug.nn.blocks import fixed_point
from symaug.nn.commuting import CommutingMap
from symaug.nn.constants import WithConstants, unless_zero
from symaug.nn.spaces import require_permuted, trivial_like


class _Recurrent(WithConstants):
    """What `LSTM` and `GRU` have in common.

    Args:
        source: the space of the inputs.
        hidden: the space of the memory, the same for each layer and, in an LSTM, for its cells; only
            permuted.
        num_layers: how many layers.

    Attributes:
        input_size, hidden_size, num_layers: as of the plain torch module.
        maps: its weights as commuting maps, in torch's order: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`
            of the first layer, then of the next; each with its gates stacked.

    Raises:
        UserError: SA508 the memory's space changes signs or mixes numbers, or the spaces are of different
            groups.
    """

    gates: int
    _centre: Tensor | None

    def __init__(self, source: Space, hidden: Space, num_layers: int = 1) -> None:
        super().__init__()
        require_permuted(hidden, "a memory")
        self.input_size, self.hidden_size, self.num_layers = source.width, hidden.width, num_layers
        one = trivial_like(source)
        self.maps = nn.ModuleList(
            CommutingMap(inputs, hidden, stacked=self.gates)
            for layer in range(num_layers)
            for inputs in (source if layer == 0 else hidden, hidden, one, one)
        )
        self.keep("_centre", unless_zero(fixed_point(source)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As torch's: all weights uniform in ± 1/√hidden_size."""
        for weight in self.maps:
            weight.init_uniform(1 / math.sqrt(self.hidden_size))  # type: ignore[operator]

    def assembled(self) -> list[Tensor]:
        """The weights of the plain layers that compute the same, in torch's order."""
        weights = [weight() for weight in self.maps]
        weights = [w.squeeze(-1) if k % 4 > 1 else w for k, w in enumerate(weights)]
        if self._centre is not None:
            weights[2] = weights[2] - weights[0] @ self._centre
        return weights

    def _fill(self, layer: nn.RNNBase) -> None:
        with torch.no_grad():
            for name, weight in zip(layer._flat_weights_names, self.assembled(), strict=True):
                getattr(layer, name).copy_(weight)

    def extra_repr(self) -> str:
        """Widths and layers, as `print` shows them."""
        return f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}"


class LSTM(_Recurrent):
    """`torch.nn.LSTM` that commutes with the group; see `_Recurrent` for arguments and attributes."""

    gates = 4

    def forward(
        self, x: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """[T, B, input_size] and (h, c), each [num_layers, B, hidden_size] (None: zero), to what the last
        layer puts out at each step, [T, B, hidden_size], and the last (h, c)."""
        if state is None:
            zero = x.new_zeros(self.num_layers, x.shape[1], self.hidden_size)
            state = (zero, zero)
        y, h, c = torch.lstm(
            x, tuple(state), self.assembled(), True, self.num_layers, 0.0, self.training, False, False
        )
        return y, (h, c)

    def plain(self) -> nn.LSTM:
        """An ordinary `torch.nn.LSTM` that computes the same, for export; it learns apart from this one."""
        weight = self.assembled()[0]
        layer = nn.LSTM(
            self.input_size, self.hidden_size, self.num_layers, device=weight.device, dtype=weight.dtype
        )
        self._fill(layer)
        return layer


class GRU(_Recurrent):
    """`torch.nn.GRU` that commutes with the group; see `_Recurrent` for arguments and attributes."""

    gates = 3

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """[T, B, input_size] and h [num_layers, B, hidden_size] (None: zero), to what the last layer puts out
        at each step, [T, B, hidden_size], and the last h."""
        if state is None:
            state = x.new_zeros(self.num_layers, x.shape[1], self.hidden_size)
        return torch.gru(x, state, self.assembled(), True, self.num_layers, 0.0, self.training, False, False)

    def plain(self) -> nn.GRU:
        """An ordinary `torch.nn.GRU` that computes the same, for export; it learns apart from this one."""
        weight = self.assembled()[0]
        layer = nn.GRU(
            self.input_size, self.hidden_size, self.num_layers, device=weight.device, dtype=weight.dtype
        )
        self._fill(layer)
        return layer

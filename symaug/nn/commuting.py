"""The linear maps that commute with the group, W ρ_in(g) = ρ_out(g) W, by their free numbers.

Such maps form a linear space. Between an orbit of inputs and an orbit of outputs a few of them are
independent; a layer learns one coefficient for each, so it cannot leave the space whatever an optimizer does,
and nothing has to be projected while it trains.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from symaug.backends.runner import plain
from symaug.compiler.program import Space
from symaug.nn.blocks import Block, blocks
from symaug.nn.constants import WithConstants
from symaug.nn.spaces import require_same_group


class CommutingMap(WithConstants):
    """A learnable matrix that commutes with the group, or a few stacked, as the gates of a memory are.

    Args:
        source: the space of the inputs, I numbers.
        target: the space of the outputs, O numbers.
        stacked: how many matrices.

    Attributes:
        free: [stacked, k] the learnable numbers. Each weight is one of them up to its sign, or, where the
            group mixes numbers, a combination of some with mean square 1: free numbers of one variance give
            weights of that variance, where they are not zero for every commuting map.

    Raises:
        UserError: SA508 the spaces are of different groups.
    """

    _index: Tensor
    _coefficient: Tensor

    def __init__(self, source: Space, target: Space, stacked: int = 1) -> None:
        super().__init__()
        require_same_group(source, target)
        index, coefficient, count = _table(source, target)
        self.free = nn.Parameter(torch.zeros(stacked, count))
        self.register_buffer("_index", index.flatten(), persistent=False)
        self.keep("_coefficient", coefficient)
        self._assembled: tuple[Tensor, Tensor] | None = None

    def forward(self) -> Tensor:
        """The matrix [stacked·O, I]; on the CPU and while gradients are off, made anew only when free numbers
        are others than before, by whatever way they have changed."""
        free = self.free
        if torch.compiler.is_compiling() or torch.is_grad_enabled() or not (free.is_cpu and plain(free)):
            return self._assemble()
        # Compared by value: torch counts no changes through `.data`, by which many optimizers and target
        # networks are updated. That is a seventh of the work of assembling.
        if self._assembled is None or not _same(self._assembled[0], free):
            self._assembled = (free.detach().clone(), self._assemble())
        return self._assembled[1]

    def _assemble(self) -> Tensor:
        stacked, count = self.free.shape
        if count:
            taken = self.free.index_select(1, self._index)
        else:  # nothing but zero commutes: the sum of no numbers
            taken = self.free.sum(1, keepdim=True).expand(-1, len(self._index))
        weights = taken.view(stacked, *self._coefficient.shape) * self._coefficient
        return (weights.sum(-1) if weights.dim() == 4 else weights).flatten(0, 1)

    @torch.no_grad()
    def set_nearest(self, weight: Tensor) -> None:
        """Take the commuting map nearest to `weight` [stacked·O, I]: itself where it commutes."""
        if not self.free.numel():
            return
        coefficient = self._exact["_coefficient"].to(self.free.device)
        wanted = weight.double().reshape(len(self.free), *coefficient.shape[:2])
        wanted = wanted.unsqueeze(-1) if coefficient.dim() == 3 else wanted
        sums = torch.zeros_like(self.free, dtype=torch.float64)
        sums.index_add_(1, self._index, (wanted * coefficient).flatten(1))
        squares = torch.zeros_like(sums[0]).index_add_(0, self._index, coefficient.square().flatten())
        self.free.copy_(sums / squares)

    @torch.no_grad()
    def init_uniform(self, bound: float) -> None:
        """Free numbers uniform in ± `bound`."""
        self.free.uniform_(-bound, bound)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_assembled": None}  # copies and pickles make their own


def _same(before: Tensor, now: Tensor) -> bool:
    return before.dtype == now.dtype and torch.equal(before, now)


def _table(source: Space, target: Space) -> tuple[Tensor, Tensor, int]:
    """For each weight the free numbers it is made of and their coefficients, [O, I] or [O, I, terms], and how
    many free numbers there are."""
    found: list[tuple[Block, Block, Tensor, int]] = []
    count = 0
    for outputs in blocks(target):
        for inputs in blocks(source):
            basis = _basis(outputs.actions, inputs.actions)
            found.append((outputs, inputs, basis, count))
            count += len(outputs.members) * len(inputs.members) * len(basis)
    terms = max([1, *(_terms(basis) for _, _, basis, _ in found)])
    index = torch.zeros(target.width, source.width, terms, dtype=torch.int64)
    coefficient = torch.zeros(target.width, source.width, terms, dtype=torch.float64)
    for outputs, inputs, basis, start in found:
        if not len(basis):
            continue  # nothing but zero commutes
        chosen, values = _packed(basis, terms)  # [o, i, terms]
        many_out, many_in = len(outputs.members), len(inputs.members)
        pair = torch.arange(many_out * many_in).view(many_out, 1, many_in, 1, 1) * len(basis)
        rows, columns = outputs.members[:, :, None, None], inputs.members[None, None]
        index[rows, columns] = start + pair + chosen[:, None]
        coefficient[rows, columns] = values[:, None].expand(many_out, -1, many_in, -1, -1)
    if terms == 1:
        return index.squeeze(-1), coefficient.squeeze(-1), count
    return index, coefficient, count


def _basis(outputs: Tensor, inputs: Tensor) -> Tensor:
    """[r, o, i] float64: orthogonal maps between two orbits that span those that commute. Those that overlap
    with no other have entries of ±1; where some overlap, their squares at a place add up to 1 in the mean.

    Gram-Schmidt on the columns of the averaging projection, in their order, and not its eigenvectors: these
    turn within their space from one machine to the next, and a saved network would change its meaning. Its
    columns are made one at a time: all of them would be 10 GB for orbits of 192 numbers.
    """
    group, o, i = len(outputs), outputs.shape[1], inputs.shape[1]
    rank = round(float((_traces(outputs) * _traces(inputs)).mean()))
    basis = torch.zeros(rank, o * i, dtype=torch.float64)
    size = 0
    for entry in range(o * i):
        if size == rank:
            break
        column = (outputs[:, :, entry // i].T @ inputs[:, :, entry % i] / group).flatten()
        for _ in range(2):  # twice is enough to be orthogonal to rounding
            column = column - basis[:size].T @ (basis[:size] @ column)
        length = float(column.norm())
        if length > 1e-6:
            basis[size] = column / length
            size += 1
    basis *= _scales(basis.abs() > _ZERO).unsqueeze(-1)
    nearest = basis.round()
    basis = torch.where((basis - nearest).abs() < _ZERO, nearest, basis)
    return basis.view(rank, o, i)


def _traces(matrices: Tensor) -> Tensor:
    return matrices.diagonal(dim1=1, dim2=2).sum(1)


_ZERO = 1e-9
"""Below this, an entry of a basis is what rounding left of zero."""


def _scales(support: Tensor) -> Tensor:
    """[r] float64 for unit vectors [r, n] by where they are not zero: alike for those that overlap, one with
    the next, so that their squares add up to as many as they have places."""
    places = support.double()
    reach = (places @ places.T > 0).double()
    for _ in range(len(places).bit_length()):
        reach = (reach @ reach > 0).double()
    return ((reach @ places > 0).sum(1) / reach.sum(1)).sqrt()


def _terms(basis: Tensor) -> int:
    return int((basis != 0).sum(0).max()) if len(basis) else 0


def _packed(basis: Tensor, terms: int) -> tuple[Tensor, Tensor]:
    """The basis maps that are not zero at each place, [o, i, terms], and their values there."""
    order = (basis == 0).int().argsort(dim=0, stable=True)[:terms]
    values = basis.gather(0, order)
    if len(order) < terms:
        missing = terms - len(order)
        order = torch.cat([order, order.new_zeros(missing, *order.shape[1:])])
        values = torch.cat([values, values.new_zeros(missing, *values.shape[1:])])
    return order.movedim(0, -1), values.movedim(0, -1)

"""The images in plain torch operators: on any device, dtype and layout, differentiable, under any tracer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from symaug.diagnostics import UserError
from symaug.semantics.linear_map import Action, LinearMap
from symaug.semantics.signed_permutation import SignedPermutation


class Composed:
    """The elements of one space as gathers and multiplications, and one batched matrix product for all
    that mix numbers.

    Args:
        actions: what each element does.
    """

    def __init__(self, actions: Sequence[Action]) -> None:
        self._actions = tuple(actions)
        self._tables: dict[tuple[torch.device, torch.dtype], dict[int, _Table]] = {}
        self._matrices: dict[
            tuple[torch.device, torch.dtype, tuple[int, ...]], tuple[Tensor, Tensor | None]
        ] = {}

    def images(self, x: Tensor, elements: tuple[int, ...]) -> list[Tensor]:
        """The images of `x` under some elements, new tensors each.

        Raises:
            UserError: SA506 integers under an element that gives fractions.
        """
        tables = self._tables_of(x.device, x.dtype)
        mixing = tuple(element for element in elements if isinstance(self._actions[element], LinearMap))
        mixed = dict(zip(mixing, self._mixed(x, mixing), strict=True)) if mixing else {}
        return [mixed[element] if element in mixed else tables[element](x) for element in elements]

    def orbit(self, x: Tensor, elements: tuple[int, ...], dim: int) -> Tensor:
        """The images one after the other along `dim`."""
        images = self.images(x, elements)
        return images[0] if len(images) == 1 else torch.cat(images, dim=dim)

    def prepare(self, device: torch.device, dtype: torch.dtype) -> None:
        """Put the tables on a device ahead of the first call."""
        self._tables_of(device, dtype)
        mixing = (i for i, action in enumerate(self._actions) if isinstance(action, LinearMap))
        if (elements := tuple(mixing)) and dtype.is_floating_point:
            self._matrices_of(device, dtype, elements)

    def _tables_of(self, device: torch.device, dtype: torch.dtype) -> dict[int, _Table]:
        if (device, dtype) not in self._tables:
            # Always from the exact integers, never from a table of another dtype.
            self._tables[device, dtype] = {
                rank: _Table(action, device, dtype)
                for rank, action in enumerate(self._actions)
                if isinstance(action, SignedPermutation)
            }
        return self._tables[device, dtype]

    def _mixed(self, x: Tensor, elements: tuple[int, ...]) -> tuple[Tensor, ...]:
        _refuse_integers(x)
        matrices, offsets = self._matrices_of(x.device, x.dtype, elements)
        rows = x.reshape(1, -1, x.shape[-1]).expand(len(elements), -1, -1)
        with torch.autocast(x.device.type, enabled=False):  # the image has the dtype of the input
            images = torch.bmm(rows, matrices) if offsets is None else torch.baddbmm(offsets, rows, matrices)
        return images.reshape(len(elements), *x.shape).unbind(0)

    def _matrices_of(
        self, device: torch.device, dtype: torch.dtype, elements: tuple[int, ...]
    ) -> tuple[Tensor, Tensor | None]:
        key = device, dtype, elements
        if key not in self._matrices:
            maps = [
                action for action in map(self._actions.__getitem__, elements) if isinstance(action, LinearMap)
            ]
            exact = torch.tensor([action.matrix() for action in maps], dtype=torch.float64).mT.contiguous()
            offsets = None
            if not all(action.is_linear for action in maps):
                shifts = torch.tensor([action.offset for action in maps], dtype=torch.float64)
                offsets = shifts.unsqueeze(1).to(device=device, dtype=dtype)
            self._matrices[key] = exact.to(device=device, dtype=dtype), offsets
        return self._matrices[key]


class _Table:
    """One signed permutation's tensors on one device in one dtype."""

    def __init__(self, action: SignedPermutation, device: torch.device, dtype: torch.dtype) -> None:
        moves = action.index != tuple(range(len(action)))
        self.index = torch.tensor(action.index, device=device, dtype=torch.long) if moves else None
        self.sign = torch.tensor(action.sign, device=device, dtype=dtype) if -1 in action.sign else None
        self.offset = None if action.is_linear else torch.tensor(action.offset, device=device, dtype=dtype)

    def __call__(self, x: Tensor) -> Tensor:
        if self.offset is not None:
            _refuse_integers(x)
        y = x.index_select(-1, self.index) if self.index is not None else x
        if self.sign is not None:
            y = y * self.sign
        if self.offset is not None:
            y = y + self.offset
        return y.clone() if y is x else y


def _refuse_integers(x: Tensor) -> None:
    if not (x.dtype.is_floating_point or x.dtype.is_complex):
        message = f"integers ({x.dtype}) under an element that gives fractions"
        raise UserError.of("SA506", message, helps=("convert the tensor to floats first",))

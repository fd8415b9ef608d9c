"""The transform in plain torch, on any device, dtype and leading shape: one gather and one multiplication,
or one matrix product for elements that mix numbers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from symaug.compiler.program import Space
from symaug.diagnostics import UserError
from symaug.semantics.group import Group
from symaug.semantics.linear_map import Action, LinearMap
from symaug.semantics.signed_permutation import SignedPermutation


class Transform:
    """Applies the elements of a group to the last dimension of tensors.

    `y[..., i] = sign[i] * x[..., index[i]] + offset[i]`, or `y = M x + offset` for an element that mixes
    numbers (a 120° turn). The result is always a new tensor; its dtype and
    device are those of the input, and gradients flow through. Works inside `torch.compile` and on any leading
    shape.

    Args:
        space: the layout of the last dimension, `program.space(...)`.
        group: its group, `program.group`.
        device: where tables are prepared ahead of the first call.
        dtype: for which dtype they are prepared; tables for others are made at their first use.

    Attributes:
        width: the size of the last dimension.
        elements: the names of the elements, identity first.
    """

    def __init__(
        self,
        space: Space,
        group: Group,
        device: torch.device | str = "cpu",
        dtype: torch.dtype | None = None,
    ) -> None:
        self.space = space
        self.group = group
        self.width = space.width
        self.elements = group.elements
        self._tables: dict[tuple[torch.device, torch.dtype], dict[str, _Table | _Matrix]] = {}
        self._prepare(torch.empty(0, device=device, dtype=dtype))

    def apply(self, x: Tensor, element: str) -> Tensor:
        """The image of `x` under one element.

        Args:
            x: (..., width), any float dtype; signed integers too where the element mixes no numbers and has
                no offsets.
            element: its name, such as `sagittal` or `sagittal*transversal`.

        Returns:
            A new tensor like `x`.

        Raises:
            UserError: SA501 the last dimension is not `width`, SA504 no such element, SA506 integers under an
                element that gives fractions.
        """
        self._check(x)
        tables = self._prepare(x)
        if element not in tables:
            self.space.action(element)  # raises with the nearest name
        return tables[element](x)

    def orbit(self, x: Tensor, dim: int = 0, elements: Sequence[str] | None = None) -> Tensor:
        """The images under all elements, one after the other along `dim`, identity first.

        Args:
            x: (..., width).
            dim: where images are joined; never the last. `[B, D]` gives `[G·B, D]`, and `[T, B, D]` with
                `dim=1` gives `[T, G·B, D]`: the images follow each other in the order of `elements`.
            elements: which elements, in which order; all of the group when None.

        Returns:
            A new tensor; the copy of `x` under the identity is a copy, not a view.

        Raises:
            UserError: SA501, SA504, and SA505 `dim` is the last dimension or none of `x`.
        """
        self._check(x)
        if not -x.dim() <= dim < x.dim() - 1 or dim == -1:
            message = f"images cannot be joined along dimension {dim} of a tensor of {x.dim()} dimensions"
            raise UserError.of("SA505", message, notes=("the last dimension holds the numbers themselves",))
        names = self.elements if elements is None else elements
        return torch.cat([self.apply(x, name) for name in names], dim=dim)

    def _check(self, x: Tensor) -> None:
        if x.dim() == 0 or x.shape[-1] != self.width:
            found = "no dimension" if x.dim() == 0 else f"{x.shape[-1]} numbers"
            raise UserError.of(
                "SA501",
                f"the tensor's last dimension has {found}, the space has {self.width}",
                notes=("the space holds\n" + self.space.table(),),
                helps=("compare the terms and their widths with those of your environment",),
            )

    def _prepare(self, x: Tensor) -> dict[str, _Table | _Matrix]:
        key = (x.device, x.dtype)
        if key not in self._tables:
            # Always from the exact integers, never from a table of another dtype.
            self._tables[key] = {
                name: _Matrix(action, x.device, x.dtype)
                if isinstance(action, LinearMap)
                else _Table(action, x.device, x.dtype)
                for name, action in self.space.elements.items()
            }
        return self._tables[key]


class _Table:
    """One element's tensors on one device in one dtype."""

    def __init__(self, action: SignedPermutation, device: torch.device, dtype: torch.dtype) -> None:
        moves = action.index != tuple(range(len(action)))
        self.index = torch.tensor(action.index, device=device, dtype=torch.long) if moves else None
        self.sign = torch.tensor(action.sign, device=device, dtype=dtype) if -1 in action.sign else None
        self.offset = _offset(action, device, dtype)

    def __call__(self, x: Tensor) -> Tensor:
        if self.offset is not None:
            _refuse_integers(x)
        y = x.index_select(-1, self.index) if self.index is not None else x
        if self.sign is not None:
            y = y * self.sign
        if self.offset is not None:
            y = y + self.offset
        return y.clone() if y is x else y


class _Matrix:
    """One element that mixes numbers: its transposed matrix on one device in one dtype."""

    def __init__(self, action: LinearMap, device: torch.device, dtype: torch.dtype) -> None:
        exact = torch.tensor(action.matrix(), dtype=torch.float64).T.contiguous()
        self.transposed = exact.to(device=device, dtype=dtype)
        self.offset = _offset(action, device, dtype)

    def __call__(self, x: Tensor) -> Tensor:
        _refuse_integers(x)
        y = x @ self.transposed
        return y if self.offset is None else y + self.offset


def _refuse_integers(x: Tensor) -> None:
    if not (x.dtype.is_floating_point or x.dtype.is_complex):
        message = f"integers ({x.dtype}) under an element that gives fractions"
        raise UserError.of("SA506", message, helps=("convert the tensor to floats first",))


def _offset(action: Action, device: torch.device, dtype: torch.dtype) -> Tensor | None:
    return None if action.is_linear else torch.tensor(action.offset, device=device, dtype=dtype)

"""The transform as users call it: any device, dtype and leading shape, by the best kernel at hand."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from symaug.backends.operator import orbit as orbit_operator
from symaug.backends.operator import recorded
from symaug.backends.runner import Runner, images_shape, plain, runner
from symaug.compiler.program import Space
from symaug.diagnostics import UserError
from symaug.semantics.group import Group


class Transform:
    """Applies the elements of a group to the last dimension of tensors.

    `y[..., i] = sign[i] * x[..., index[i]] + offset[i]`, or `y = M x + offset` for an element that mixes
    numbers (a 120° turn). The result never shares memory with the input; its dtype and device are those of
    the input, and gradients flow through. Works inside `torch.compile` and on any leading shape.

    On the CPU, a kernel for the space is compiled after a few calls or at the first large one, if llvmlite is
    installed (`pip install symaug[fast]`); on CUDA, Triton does the same; plain torch takes the rest. All
    give the same numbers, bit by bit unless an element mixes numbers (docs/kernels.md). Transforms can be
    copied and pickled.

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
        self._places = {name: rank for rank, name in enumerate(space.elements)}
        self._all = tuple(self._places[name] for name in group.elements)
        self._runner = self._find_runner()
        self._runner.composed.prepare(torch.device(device), dtype or torch.get_default_dtype())

    def apply(self, x: Tensor, element: str, *, out: Tensor | None = None) -> Tensor:
        """The image of `x` under one element.

        Args:
            x: (..., width), any float dtype; signed integers too where the element mixes no numbers and has
                no offsets.
            element: its name, such as `sagittal` or `sagittal*transversal`.
            out: a tensor of the image's shape, dtype and device, any strides, to be written and returned. It
                must not share memory with `x`, and `x` must not require gradients.

        Returns:
            A new tensor like `x`, or `out`.

        Raises:
            UserError: SA501 the last dimension is not `width`, SA504 no such element, SA506 integers under an
                element that gives fractions, SA507 `out` does not fit.
        """
        if out is None and element in self._places and not torch.compiler.is_compiling():
            kernel = self._runner.kernels.get((x.dtype, (self._places[element],)))
            if kernel is not None and self._reads_directly(x):
                return kernel.images_of(x)
        self._check(x)
        return self._run(x, self._positions((element,)), 0, out)

    def orbit(
        self, x: Tensor, dim: int = 0, elements: Sequence[str] | None = None, *, out: Tensor | None = None
    ) -> Tensor:
        """The images under all elements, one after the other along `dim`, identity first.

        Args:
            x: (..., width).
            dim: where images are joined; never the last. `[B, D]` gives `[G·B, D]`, and `[T, B, D]` with
                `dim=1` gives `[T, G·B, D]`: the images follow each other in the order of `elements`.
            elements: which elements, in which order; all of the group when None.
            out: as for `apply`, of the result's shape.

        Returns:
            A new tensor, or `out`; the copy of `x` under the identity is a copy, not a view.

        Raises:
            UserError: SA501, SA504, SA506, SA507, and SA505 `dim` is the last dimension or none of `x`.
        """
        chosen = self._all if elements is None else self._positions(elements)
        if dim == 0 and out is None and not torch.compiler.is_compiling():
            # The most common call on its shortest way; everything below does the same and more.
            kernel = self._runner.kernels.get((x.dtype, chosen))
            if kernel is not None and self._reads_directly(x):
                return kernel.images_of(x)
        self._check(x)
        if not -x.dim() <= dim < x.dim() - 1 or dim == -1:
            message = f"images cannot be joined along dimension {dim} of a tensor of {x.dim()} dimensions"
            raise UserError.of("SA505", message, notes=("the last dimension holds the numbers themselves",))
        if not chosen:
            raise UserError.of("SA504", "an orbit of no elements", helps=("name at least `e`",))
        return self._run(x, chosen, dim % x.dim(), out)

    def _run(self, x: Tensor, chosen: tuple[int, ...], dim: int, out: Tensor | None) -> Tensor:
        if out is not None:
            self._check_out(x, chosen, dim, out)
            if not torch.compiler.is_compiling() and plain(x) and plain(out):
                if x.untyped_storage().data_ptr() == out.untyped_storage().data_ptr():
                    x = x.clone()
                return self._runner.orbit(x, chosen, dim, out)
            return out.copy_(self._run(x, chosen, dim, None))
        if torch.compiler.is_compiling() and not torch.compiler.is_exporting():
            return orbit_operator(x, self._runner.digest, list(chosen), dim)
        if torch.compiler.is_compiling() or not plain(x):
            return self._runner.composed.orbit(x, chosen, dim)
        if x.requires_grad and torch.is_grad_enabled():
            return recorded(x, self._runner, chosen, dim)
        return self._runner.orbit(x, chosen, dim)

    def _reads_directly(self, x: Tensor) -> bool:
        return (
            x.is_cpu
            and x.dim() == 2
            and x.shape[-1] == self.width
            and not (x.requires_grad and torch.is_grad_enabled())
            and plain(x)
            and x.is_contiguous()
        )

    def _positions(self, elements: Sequence[str]) -> tuple[int, ...]:
        for element in elements:
            if element not in self._places:
                self.space.action(element)  # raises with the nearest name
        return tuple(self._places[element] for element in elements)

    def _check(self, x: Tensor) -> None:
        if x.dim() == 0 or x.shape[-1] != self.width:
            found = "no dimension" if x.dim() == 0 else f"{x.shape[-1]} numbers"
            raise UserError.of(
                "SA501",
                f"the tensor's last dimension has {found}, the space has {self.width}",
                notes=("the space holds\n" + self.space.table(),),
                helps=("compare the terms and their widths with those of your environment",),
            )

    def _check_out(self, x: Tensor, chosen: tuple[int, ...], dim: int, out: Tensor) -> None:
        shape = images_shape(x, len(chosen), dim)
        if list(out.shape) != shape or out.dtype != x.dtype or out.device != x.device:
            wanted = f"{x.dtype} of shape {tuple(shape)} on {x.device}"
            given = f"{out.dtype} of shape {tuple(out.shape)} on {out.device}"
            raise UserError.of("SA507", f"`out` is {given}; the images are {wanted}")
        if torch.is_grad_enabled() and (x.requires_grad or out.requires_grad):
            message = "`out` cannot be given where gradients are recorded"
            raise UserError.of("SA507", message, helps=("leave `out` out, or call under `torch.no_grad()`",))

    def _find_runner(self) -> Runner:
        return runner(tuple(self.space.elements.values()))

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_runner"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._runner = self._find_runner()

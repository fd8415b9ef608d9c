"""Runs one space's elements with the best that is at hand: a compiled kernel, or plain torch operators."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from symaug.backends import cpu_kernel, triton_kernel
from symaug.backends.composed import Composed
from symaug.semantics.linear_map import Action, LinearMap

CALLS_BEFORE_COMPILING = 4
"""A kernel is compiled, in tenths of a second, once so many calls have asked for it …"""
NUMBERS_BEFORE_COMPILING = 1 << 16
"""… or one call that writes so many numbers."""

_runners: dict[str, Runner] = {}


def runner(actions: Sequence[Action]) -> Runner:
    """The runner of these actions: one a process, however many transforms share it."""
    digest = hashlib.sha256(repr(tuple(actions)).encode()).hexdigest()
    if digest not in _runners:
        _runners[digest] = Runner(digest, tuple(actions))
    return _runners[digest]


def by_digest(digest: str) -> Runner:
    """A runner made earlier in this process; KeyError if there is none."""
    return _runners[digest]


class Runner:
    """The elements of one space, by position, ready to run.

    Nothing here is part of a `Transform`'s state: tables and machine code are found again by the actions.

    Attributes:
        digest: SHA-256 of the actions: the same in every process.
        actions: of each element.
        width: numbers in a row.
        kernels: the CPU's kernels by dtype and elements; None where there is none.
    """

    def __init__(self, digest: str, actions: tuple[Action, ...]) -> None:
        self.digest = digest
        self.actions = actions
        self.width = len(actions[0])
        self.composed = Composed(actions)
        self._mixes = any(isinstance(action, LinearMap) for action in actions)
        self.kernels: dict[Any, cpu_kernel.Kernel | None] = {}
        self._device_kernels: dict[Any, Callable[[Tensor, Tensor], None] | None] = {}
        self._calls: dict[Any, int] = {}
        self._inverse: Composed | None = None
        self._linear: Runner | None = None

    @property
    def linear(self) -> Runner:
        """The runner of the actions without their offsets: how differences and gradients move."""
        if self._linear is None:
            linear = all(action.is_linear for action in self.actions)
            self._linear = self if linear else runner([action.without_offset() for action in self.actions])
        return self._linear

    def orbit(self, x: Tensor, elements: tuple[int, ...], dim: int, out: Tensor | None = None) -> Tensor:
        """The images of `x` one after the other along `dim`, not differentiable.

        Args:
            x: [..., width], memory that may be read as it is (`readable`).
            elements: positions of the elements.
            dim: where images are joined, from 0.
            out: where to write them, of the images' shape, dtype and device; may not share memory with `x`.
        """
        run = self._writer(x, elements)
        if run is None:
            images = self.composed.orbit(x, elements, dim)
            return images.contiguous() if out is None else out.copy_(images)
        shape = images_shape(x, len(elements), dim)
        y = x.new_empty(shape) if out is None else out
        if x.numel() == 0:
            return y
        outer, inner = math.prod(shape[:dim]), math.prod(x.shape[dim:-1])
        if isinstance(run, cpu_kernel.Kernel) and x.is_contiguous() and y.is_contiguous():
            run.dense(x, y, outer, inner)
            return y
        many = _blocks(y, len(elements), outer, inner, dim)
        if many is None:  # strides of `out` that cannot be followed
            return y.copy_(self.orbit(x, elements, dim))
        rows = _side_by_side(x.reshape(outer, inner, self.width))
        if isinstance(run, cpu_kernel.Kernel):
            run.strided(rows, many)
        else:
            run(rows, many)
        return y

    def fold(self, images: Tensor, elements: tuple[int, ...], dim: int) -> Tensor:
        """The transpose of `orbit`'s linear part, not differentiable: each block of `images` moved back, and
        their sum."""
        count = len(elements)
        shape = list(images.shape)
        shape[dim] //= count
        outer, inner = math.prod(shape[:dim]), math.prod(shape[dim:-1])
        key = ("fold", images.dtype, elements)
        if images.device.type == "cpu" and images.numel():
            kernel = self._patiently(key, images.numel(), lambda: self._fold_kernel(elements, images.dtype))
            if kernel is not None:
                y = images.new_empty(shape)
                many = images.contiguous().view(outer, count, inner, self.width).movedim(1, 0)
                kernel.strided(y.view(outer, inner, self.width), many)
                return y
        blocks = images.unflatten(dim, (count, shape[dim])).unbind(dim)
        if self._inverse is None:
            self._inverse = Composed([action.inverse() for action in self.linear.actions])
        total = self._inverse.images(blocks[0], elements[:1])[0]
        for block, element in zip(blocks[1:], elements[1:], strict=True):
            total = total + self._inverse.images(block, (element,))[0]
        return total.contiguous()

    def _fold_kernel(self, elements: tuple[int, ...], dtype: torch.dtype) -> cpu_kernel.Kernel | None:
        actions = self.linear.actions
        return cpu_kernel.fold_kernel([actions[element].inverse() for element in elements], dtype)

    def _writer(
        self, x: Tensor, elements: tuple[int, ...]
    ) -> cpu_kernel.Kernel | Callable[[Tensor, Tensor], None] | None:
        """The kernel for `x`: the CPU's, or what writes images of [outer, inner, width] on its device to
        [images, outer, inner, width]; None where there is none."""
        if x.is_cuda:
            key = (x.device, x.dtype, elements)
            if key not in self._device_kernels:
                actions = [self.actions[element] for element in elements]
                self._device_kernels[key] = triton_kernel.build(actions, x.device, x.dtype)
            return self._device_kernels[key]
        if x.device.type != "cpu":
            return None
        if (x.dtype, elements) in self.kernels:
            return self.kernels[x.dtype, elements]
        numbers = x.numel() * len(elements)
        actions = [self.actions[element] for element in elements]
        return self._patiently(
            (x.dtype, elements), numbers, lambda: cpu_kernel.orbit_kernel(actions, x.dtype)
        )

    def _patiently(
        self, key: Any, numbers: int, build: Callable[[], cpu_kernel.Kernel | None]
    ) -> cpu_kernel.Kernel | None:
        if key not in self.kernels:
            calls = self._calls[key] = self._calls.get(key, 0) + 1
            patient = calls < CALLS_BEFORE_COMPILING and numbers < NUMBERS_BEFORE_COMPILING
            if patient and not self._mixes:  # sums are rounded alike from the first call on
                return None
            self.kernels[key] = build()
        return self.kernels[key]


def images_shape(x: Tensor, count: int, dim: int) -> list[int]:
    """The shape of `count` images of `x` joined along `dim`."""
    shape = list(x.shape)
    shape[dim] *= count
    return shape


def plain(x: Tensor) -> bool:
    """Whether `x` is a tensor in memory and nobody watches what is done with it.

    Not so under a tracer, a dispatch mode, a transform of `torch.func` or forward-mode differentiation, nor
    for subclasses and for views that negate.
    """
    return (
        (type(x) is Tensor or type(x) is torch.nn.Parameter)
        and not _modes()
        and not _transforms()
        and forward_ad._current_level < 0
        and _tracing() is None
        and x.layout is torch.strided
        and not x.is_neg()
    )


_modes = torch._C._len_torch_dispatch_stack
_transforms = torch._C._are_functorch_transforms_active
_tracing = torch._C._get_tracing_state


def _blocks(y: Tensor, count: int, outer: int, inner: int, dim: int) -> Tensor | None:
    """`y` as [images, outer, inner, width]; None where that is no view of it with the numbers of a row side
    by side."""
    width = y.shape[-1]
    try:
        if y.dim() == 1:
            many = y.view(1, 1, 1, width)
        else:
            blocks = y.unflatten(dim, (count, y.shape[dim] // count)).movedim(dim, 0)
            many = blocks.view(count, outer, inner, width)
    except RuntimeError:
        return None
    stretched = any(stride == 0 and size > 1 for stride, size in zip(y.stride(), y.shape, strict=True))
    return None if stretched or (many.stride(-1) != 1 and width > 1) else many


def _side_by_side(x: Tensor) -> Tensor:
    return x if x.stride(-1) == 1 or x.shape[-1] == 1 else x.contiguous()

"""The kernels as operators of torch: `torch.ops.symaug.orbit` and its transpose for `torch.compile`, and
`recorded` for autograd, several times cheaper a call where nothing is traced.

A space is named by the digest of its actions, so that a compiled graph that is cached, here or on disk, can
never run with the tables of another space.
"""

from __future__ import annotations

import torch
from torch import Tensor

from symaug.backends.runner import Runner, by_digest


@torch.library.custom_op("symaug::orbit", mutates_args=())
def orbit(x: Tensor, space: str, elements: list[int], dim: int) -> Tensor:
    """The images of `x` under some elements, one after the other along `dim` (from 0)."""
    return by_digest(space).orbit(x, tuple(elements), dim)


@torch.library.custom_op("symaug::fold", mutates_args=())
def fold(images: Tensor, space: str, elements: list[int], dim: int) -> Tensor:
    """The transpose of `orbit`: blocks moved back and summed. `space` has no offsets."""
    return by_digest(space).fold(images, tuple(elements), dim)


@orbit.register_fake
def _(x: Tensor, space: str, elements: list[int], dim: int) -> Tensor:
    return x.new_empty([size * len(elements) if at == dim else size for at, size in enumerate(x.shape)])


@fold.register_fake
def _(images: Tensor, space: str, elements: list[int], dim: int) -> Tensor:
    shape = [size // len(elements) if at == dim else size for at, size in enumerate(images.shape)]
    return images.new_empty(shape)


def _remember(ctx, inputs, output) -> None:
    _, ctx.space, ctx.elements, ctx.dim = inputs


def _orbit_backward(ctx, grad: Tensor):
    space = by_digest(ctx.space).linear.digest
    return fold(grad, space, ctx.elements, ctx.dim), None, None, None


def _fold_backward(ctx, grad: Tensor):
    return orbit(grad, ctx.space, ctx.elements, ctx.dim), None, None, None


orbit.register_autograd(_orbit_backward, setup_context=_remember)
fold.register_autograd(_fold_backward, setup_context=_remember)


def recorded(x: Tensor, space: Runner, elements: tuple[int, ...], dim: int) -> Tensor:
    """The images of a `plain` tensor, with a step backwards recorded for autograd."""
    return _Orbit.apply(x, space, elements, dim)  # type: ignore[return-value]


class _Orbit(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, space, elements, dim):
        ctx.arguments = space.linear, elements, dim
        return space.orbit(x.detach(), elements, dim)

    @staticmethod
    def backward(ctx, *grads):
        return _Fold.apply(grads[0], *ctx.arguments), None, None, None


class _Fold(torch.autograd.Function):
    @staticmethod
    def forward(ctx, images, space, elements, dim):
        ctx.arguments = space, elements, dim
        return space.fold(images.detach(), elements, dim)

    @staticmethod
    def backward(ctx, *grads):
        return _Orbit.apply(grads[0], *ctx.arguments), None, None, None

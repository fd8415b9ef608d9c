"""All images in one pass on a CUDA device, by a Triton kernel; torch's CUDA wheels bring Triton along."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from symaug.semantics.linear_map import Action
from symaug.semantics.signed_permutation import SignedPermutation

BITS = {torch.float16: 16, torch.bfloat16: 16, torch.float32: 32, torch.float64: 64}
TILE = 2048
"""How many numbers a program works on at a time: 16 a thread."""
COLUMNS = 256
"""How many of them lie in one row at most."""


def build(
    actions: Sequence[Action], device: torch.device | str, dtype: torch.dtype
) -> Callable[[Tensor, Tensor], None] | None:
    """A function that writes the images of rows under some elements.

    Its tables are put on the device here, so that a call allocates nothing, copies nothing to the device and
    never waits for it: it can be captured in a CUDA graph after one call of the same kind, which compiles the
    kernel. Numbers come out bit by bit as `sign * x[index] + offset`, with the payloads of NaNs kept.

    Args:
        actions: what the elements do, all of one width.
        device: where the tensors are. On the CPU only under Triton's interpreter (`TRITON_INTERPRET=1` in the
            environment before Triton is imported), for tests.
        dtype: of the tensors.

    Returns:
        `run(x, out)` with x [B, D] and out [G, B, D], or x [T, B, D] and out [G, T, B, D], in any strides but
        in the last dimension, where numbers must lie side by side; x and out must not overlap. None where the
        kernel cannot be had: no Triton, another device or dtype, an element that mixes numbers, or offsets
        in 16 bits.
    """
    device = torch.device(device)
    permutations = [action for action in actions if isinstance(action, SignedPermutation)]
    shifted = not all(action.is_linear for action in permutations)
    if len(permutations) < len(actions) or not actions or dtype not in BITS or not available(device):
        return None
    if shifted and BITS[dtype] == 16:
        return None
    codes = torch.tensor(
        [
            [2 * index + (sign < 0) for index, sign in zip(action.index, action.sign, strict=True)]
            for action in permutations
        ],
        dtype=torch.int32,
        device=device,
    )
    offsets = (
        torch.tensor([action.offset for action in permutations], dtype=dtype, device=device)
        if shifted
        else codes
    )
    return _Kernel(codes, offsets, shifted, BITS[dtype])


def available(device: torch.device) -> bool:
    """Whether kernels can be built for that device here."""
    if find_spec("triton") is None:
        return False
    return device.type == "cuda" or interpreted()


def interpreted() -> bool:
    """Whether Triton runs kernels in its interpreter, on the CPU."""
    return os.environ.get("TRITON_INTERPRET") == "1"


class _Kernel:
    """The compiled kernel with one space's tables."""

    def __init__(self, codes: Tensor, offsets: Tensor, shifted: bool, bits: int) -> None:
        from symaug.backends.triton_source import BITS_TYPES, orbit_rows

        self._kernel: Any = orbit_rows
        self._codes, self._offsets = codes, offsets
        self._device = codes.device
        elements, width = codes.shape
        columns = min(COLUMNS, _power_of_two(width))
        rows = TILE // columns
        self._rows, self._column_blocks = rows, -(-width // columns)
        self._constants = (width, elements, shifted, bits, BITS_TYPES[bits], rows, columns)

    def __call__(self, x: Tensor, out: Tensor) -> None:
        if x.numel() == 0:
            return
        inner = x.shape[-2]
        rows = x.numel() // x.shape[-1]
        x_outer, y_outer = (x.stride(0), out.stride(1)) if x.dim() == 3 else (0, 0)
        strides = (x_outer, x.stride(-2), out.stride(0), y_outer, out.stride(-2))
        grid = (-(-rows // self._rows), self._column_blocks)
        arguments = (x, out, self._codes, self._offsets, rows, inner, *strides, *self._constants)
        if x.is_cuda and x.device.index != torch.cuda.current_device():
            with torch.cuda.device(self._device):
                self._kernel[grid](*arguments)
        else:
            self._kernel[grid](*arguments)


def _power_of_two(number: int) -> int:
    return 1 << max(number - 1, 0).bit_length()

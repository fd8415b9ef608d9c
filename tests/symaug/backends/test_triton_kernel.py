"""The Triton kernel against the exact integers, in Triton's interpreter: no GPU is needed, triton is.

Where triton is installed, the last test here runs the others in an interpreter of their own, because Triton
decides once and for all how it runs kernels. By hand: `TRITON_INTERPRET=1 pytest THIS_FILE`. On a machine
without CUDA: `pip install --target FOLDER --no-deps triton`, and FOLDER in PYTHONPATH.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch
from torch import Tensor

import symaug
from symaug.backends import triton_kernel
from symaug.semantics.linear_map import LinearMap
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.shipped import list_specs

HERE = triton_kernel.interpreted()
interpreter = pytest.mark.skipif(not HERE, reason="runs inside test_the_kernel_in_tritons_interpreter")
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTEGERS = {2: torch.int16, 4: torch.int32, 8: torch.int64}


def bits(x: Tensor) -> Tensor:
    """The numbers as their bits: -0.0 is not 0.0, and a NaN equals itself."""
    return x.contiguous().view(INTEGERS[x.element_size()])


def exact(actions: list[SignedPermutation], x: Tensor) -> Tensor:
    """The images [G, ..., D], number by number."""
    rows = x.double().reshape(-1, x.shape[-1]).tolist()
    images = [[action.apply(row) for row in rows] for action in actions]
    return torch.tensor(images, dtype=torch.float64).reshape(len(actions), *x.shape).to(x.dtype)


def shipped_spaces():
    for spec in list_specs():
        program = symaug.compile(spec)
        for name, space in program.spaces.items():
            if all(isinstance(action, SignedPermutation) for action in space.elements.values()):
                yield pytest.param(list(space.elements.values()), id=f"{spec}-{name}")


def build(actions, dtype=torch.float32):
    run = triton_kernel.build(actions, "cpu", dtype)
    assert run is not None
    return run


@interpreter
@pytest.mark.parametrize("actions", [*shipped_spaces()] if HERE else [])
def test_every_shipped_space(actions):
    for dtype in DTYPES:
        shifted = not all(action.is_linear for action in actions)
        if shifted and dtype.itemsize == 2:
            continue
        x = torch.randn(5, len(actions[0])).to(dtype)
        out = torch.full((len(actions), *x.shape), 7.0, dtype=dtype)
        build(actions, dtype)(x, out)
        if shifted:
            torch.testing.assert_close(out, exact(actions, x))
        else:
            assert torch.equal(bits(out), bits(exact(actions, x)))


def velocity() -> list[SignedPermutation]:
    actions = list(symaug.compile("anymal_d/velocity").space("observations/policy").elements.values())
    return [action for action in actions if isinstance(action, SignedPermutation)]


@interpreter
@pytest.mark.parametrize("rows", [0, 1, 31, 32, 33, 97])
def test_any_number_of_rows_and_nothing_beyond_them(rows):
    actions = velocity()
    x = torch.randn(rows, 48)
    held = torch.full((4, rows + 2, 48), 7.0)
    build(actions)(x, held[:, 1:-1])
    assert torch.equal(held[:, 1:-1], exact(actions, x)) and bool((held[:, [0, -1]] == 7.0).all())


@interpreter
def test_strided_rows_and_outputs():
    actions = velocity()
    x = torch.randn(9, 2, 60)[:, 1, 5:53]
    out = torch.full((9, 4, 50), 7.0)
    build(actions)(x, out.transpose(0, 1)[..., :48])
    assert torch.equal(out.transpose(0, 1)[..., :48], exact(actions, x)) and bool(
        (out[..., 48:] == 7.0).all()
    )


@interpreter
def test_sequences_keep_their_time_axis_in_front():
    actions = velocity()
    x = torch.randn(5, 14, 48)[:, ::2]
    out = torch.empty(5, 4, 7, 48)
    build(actions)(x, out.transpose(0, 1))
    assert torch.equal(out.transpose(0, 1), exact(actions, x))


@interpreter
@pytest.mark.parametrize("width", [1, 2, 255, 256, 257, 600])
def test_any_width_and_offsets_are_added(width):
    index = torch.randperm(width, generator=torch.Generator().manual_seed(0)).tolist()
    signs = [1 if position % 3 else -1 for position in range(width)]
    swapped = SignedPermutation.of(index, signs, [0.5 * (position % 2) for position in range(width)])
    actions = [SignedPermutation.identity(width), swapped]
    x = torch.randint(-50, 50, (11, width)).float()
    out = torch.empty(2, 11, width)
    build(actions)(x, out)
    assert torch.equal(out, exact(actions, x))


@interpreter
def test_zeros_infinities_and_payloads_of_nans_keep_their_bits():
    x = torch.tensor([[0.0, -0.0, torch.inf, -torch.inf], [torch.nan, 1.0, 2.0, 1e-40]])
    x.view(torch.int32)[1, 0] = 0x7FC12345
    actions = [SignedPermutation.identity(4), SignedPermutation.of([1, 0, 3, 2], [-1, -1, -1, -1])]
    out = torch.empty(2, 2, 4)
    build(actions)(x, out)
    assert torch.equal(bits(out[0]), bits(x))
    assert torch.equal(bits(out[1]), bits(x[:, [1, 0, 3, 2]]) ^ -(2**31))


@interpreter
def test_a_wrong_table_is_seen():
    actions = velocity()
    x, out = torch.randn(3, 48), torch.empty(4, 3, 48)
    build(actions)(x, out)
    assert not torch.equal(out, exact(actions[::-1], x))


def test_what_it_cannot_do_is_left_to_others():
    shifted = SignedPermutation.of([1, 0], offset=[0.5, 0.0])
    dense = LinearMap.from_matrix([[0.6, -0.8], [0.8, 0.6]])
    assert triton_kernel.build([shifted], "cpu", torch.bfloat16) is None
    assert triton_kernel.build([SignedPermutation.identity(2)], "cpu", torch.int32) is None
    assert triton_kernel.build([], "cpu", torch.float32) is None
    assert triton_kernel.build([dense], "cpu", torch.float32) is None
    if not HERE:
        assert triton_kernel.build([SignedPermutation.identity(2)], "cpu", torch.float32) is None


@pytest.mark.skipif(HERE, reason="this is the interpreter")
@pytest.mark.skipif(find_spec("triton") is None, reason="needs triton: see the top of this file")
def test_the_kernel_in_tritons_interpreter():
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", __file__]
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout
    assert " passed" in run.stdout and "failed" not in run.stdout

"""Compiled kernels against the integer oracle, in every layout, and without a compiler at all."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import random
import sys
from collections.abc import Iterator

import pytest
import torch

import symaug
from symaug.backends import cpu_kernel, runner
from symaug.diagnostics import UserError
from symaug.semantics.group import Group
from symaug.semantics.linear_map import LinearMap
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.shipped import list_specs

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
llvmlite = pytest.mark.skipif(
    cpu_kernel.orbit_kernel([SignedPermutation.identity(3)], torch.float32) is None, reason="no llvmlite here"
)


@pytest.fixture(autouse=True)
def eager_to_compile(monkeypatch) -> Iterator[None]:
    """Kernels from the first call on, and nothing left over for other tests."""
    monkeypatch.setattr(runner, "CALLS_BEFORE_COMPILING", 1)
    monkeypatch.setattr(runner, "_runners", {})
    yield


def oracle(space: symaug.Space, element: str, x: torch.Tensor) -> torch.Tensor:
    action = space.elements[element]
    rows = [action.apply(row) for row in x.reshape(-1, space.width).tolist()]
    return torch.tensor(rows, dtype=torch.float64).to(x.dtype).reshape(x.shape)


def distinct(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Numbers that differ within a row, exact in every dtype: beyond 256, bfloat16 has no odd ones."""
    count = torch.Size(shape).numel()
    numbers = (torch.arange(1, count + 1) % 251 + 1).reshape(shape)
    return (numbers * (1 - 2 * (torch.arange(count).reshape(shape) % 2))).to(dtype)


def layouts(width: int, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    return {
        "dense": distinct((5, width), dtype),
        "no row": distinct((0, width), dtype),
        "one row": distinct((1, width), dtype),
        "[T, B, D]": distinct((3, 4, width), dtype),
        "batch first": distinct((4, 3, width), dtype).transpose(0, 1),
        "padded rows": distinct((4, 3, width + 3), dtype)[..., 1 : width + 1],
        "every other number": distinct((5, 2 * width), dtype)[:, ::2],
        "columns": distinct((width, 6), dtype).T,
        "expanded": distinct((1, width), dtype).expand(4, width),
        "four dimensions": distinct((2, 3, 2, width), dtype).transpose(0, 2),
        "no column": distinct((3, 0, width), dtype),
    }


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("spec", list_specs())
def test_every_layout_of_every_shipped_spec_is_what_the_integers_say(spec, dtype):
    program = symaug.compile(spec)
    for space in program.spaces.values():
        names = [name for name, action in space.elements.items() if isinstance(action, SignedPermutation)]
        transform = symaug.Transform(space, program.group)
        for layout, x in layouts(space.width, dtype).items():
            images = [oracle(space, name, x) for name in names]
            for dim in range(x.dim() - 1):
                wanted = torch.cat(images, dim)
                given = transform.orbit(x, dim, names)
                assert given.dtype == dtype and torch.equal(given, wanted), (layout, dim)
                out = torch.full_like(wanted, 7)
                assert transform.orbit(x, dim, names, out=out) is out and torch.equal(out, wanted)
            for name, image in zip(names, images, strict=True):
                assert torch.equal(transform.apply(x, name), image), layout
        if cpu_kernel.orbit_kernel([SignedPermutation.identity(3)], dtype) is not None:
            assert any(transform._runner.kernels.values())


@pytest.mark.parametrize("width", [*range(1, 20), 31, 32, 33, 47, 63, 64, 65, 129])
def test_any_width_and_any_permutation(width):
    random.seed(width)
    for dtype in DTYPES:
        space, group = scrambled(width, offsets=dtype in (torch.float32, torch.float64))
        x = distinct((3, width), dtype)
        transform = symaug.Transform(space, group)
        assert torch.equal(transform.orbit(x), torch.cat([oracle(space, name, x) for name in group.elements]))


def scrambled(width: int, *, offsets: bool = False) -> tuple[symaug.Space, Group]:
    index = random.sample(range(width), width)
    sign = [random.choice((1, -1)) for _ in index]
    shift = [random.choice((0.0, 0.5, -0.25)) for _ in index] if offsets else None
    maps = {"e": SignedPermutation.identity(width), "g": SignedPermutation.of(index, sign, shift)}
    return symaug.Space(width, (), maps), Group(("e", "g"), ((0, 1), (1, 0)), ("g",))


@llvmlite
@pytest.mark.parametrize("offsets", [False, True])
def test_rows_too_wide_to_write_out_are_read_through_a_table(offsets):
    random.seed(0)
    space, group = scrambled(3000, offsets=offsets)
    for dtype in DTYPES[: 2 if offsets else 4]:
        transform = symaug.Transform(space, group)
        x = distinct((2, 3000), dtype)
        assert torch.equal(transform.orbit(x), torch.cat([oracle(space, name, x) for name in group.elements]))
        assert transform._runner.kernels[dtype, (0, 1)] is not None


@llvmlite
def test_bits_are_those_of_plain_torch_for_zeros_infinities_and_nan():
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("observations/policy"), program.group)
    x = (
        torch.tensor([0.0, -0.0, torch.inf, -torch.inf, torch.nan, 1e-45, 3.4e38, 1.0])
        .repeat(6)
        .reshape(1, 48)
    )
    compiled, composed = transform.orbit(x), transform._runner.composed.orbit(x, transform._all, 0)
    number = ~composed.isnan()
    assert torch.equal(compiled.isnan(), ~number)
    assert torch.equal(compiled.view(torch.int32)[number], composed.view(torch.int32)[number])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_large_batches_are_shared_among_threads(threads):
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("observations/policy"), program.group)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        for x, dim in ((torch.randn(4099, 48), 0), (torch.randn(17, 241, 48), 1)):
            images = transform._runner.composed.orbit(x, transform._all, dim)
            assert torch.equal(transform.orbit(x, dim), images)
    finally:
        torch.set_num_threads(before)


@llvmlite
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_works_alone():
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("observations/policy"), program.group)
    x = torch.randn(8192, 48)
    wanted = transform.orbit(x)
    child = os.fork()
    if child == 0:
        os._exit(0 if torch.equal(transform.orbit(x), wanted) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("shape", [(20, 48), (5, 4, 48)])
def test_out_may_have_any_strides(shape):
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("observations/policy"), program.group)
    x = torch.randn(shape)
    wanted = transform.orbit(x)
    full = wanted.shape
    targets = [
        torch.zeros(*full[:-1], 96)[..., ::2],
        torch.zeros(*full[:-1], 50)[..., 1:49],
        torch.zeros(*reversed(full)).permute(*reversed(range(len(full)))),
    ]
    for out in targets:
        assert transform.orbit(x, out=out) is out and torch.equal(out, wanted)
    chosen = torch.zeros_like(x)
    assert torch.equal(transform.apply(x, "sagittal", out=chosen), transform.apply(x, "sagittal"))


def test_out_that_does_not_fit_is_refused_and_one_that_is_read_is_read_first():
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("actions"), program.group)
    x = torch.randn(3, 12)
    for out in (
        torch.zeros(3, 12),
        torch.zeros(12, 12, dtype=torch.float64),
        torch.zeros(12, 1).expand(12, 11),
    ):
        with pytest.raises(UserError, match="SA507"):
            transform.orbit(x, out=out)
    with pytest.raises(UserError, match="SA507"):
        transform.orbit(x.requires_grad_(), out=torch.zeros(12, 12))
    y = torch.randn(3, 12)
    wanted = transform.apply(y, "sagittal")
    assert torch.equal(transform.apply(y, "sagittal", out=y), wanted) and torch.equal(y, wanted)


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["copy", "pickle"]
)
def test_a_transform_can_be_copied_and_pickled_after_use(way):
    program = symaug.compile("anymal_d/velocity")
    transform = symaug.Transform(program.space("actions"), program.group)
    x = torch.randn(3, 12)
    wanted = transform.orbit(x)
    assert torch.equal(way(transform).orbit(x), wanted)
    assert torch.equal(way({"config": [transform]})["config"][0].orbit(x), wanted)


def test_without_llvmlite_plain_torch_gives_the_same(monkeypatch, caplog):
    program = symaug.compile("anymal_d/velocity_rough")
    space = program.space("observations/policy")
    x = torch.randn(9, space.width)
    wanted = symaug.Transform(space, program.group).orbit(x)
    monkeypatch.setattr(runner, "_runners", {})
    monkeypatch.setattr(cpu_kernel, "_built", {})
    cpu_kernel._llvm.cache_clear()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    transform = symaug.Transform(space, program.group)
    with caplog.at_level(logging.DEBUG, "symaug"):
        assert torch.equal(transform.orbit(x), wanted)
        assert torch.equal(transform.orbit(x), wanted)
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert not any(transform._runner.kernels.values())


@pytest.mark.parametrize("text", ["define void @flat(", "define void @other() {\n  ret void\n}"])
def test_whatever_llvm_refuses_is_left_to_plain_torch(monkeypatch, text):
    monkeypatch.setattr(cpu_kernel, "_built", {})
    monkeypatch.setattr(cpu_kernel.llvm_ir, "orbit", lambda actions, shape: text)
    assert cpu_kernel.orbit_kernel([SignedPermutation.identity(4)], torch.float32) is None


def test_integers_and_complex_numbers_take_the_plain_way():
    program = symaug.compile("anymal_d/velocity")
    space = program.space("actions")
    transform = symaug.Transform(space, program.group)
    whole = torch.arange(36).reshape(3, 12)
    assert torch.equal(transform.orbit(whole), transform.orbit(whole.double()).long())
    z = torch.randn(3, 12, dtype=torch.complex64)
    assert torch.equal(transform.orbit(z), torch.complex(transform.orbit(z.real), transform.orbit(z.imag)))
    negated = z.conj().imag
    assert negated.is_neg() and torch.equal(transform.orbit(negated), transform.orbit(negated.clone()))


def test_elements_that_mix_numbers_agree_with_their_matrices():
    program = symaug.compile("trifinger/cube")
    space = program.space("observations/policy")
    assert any(isinstance(action, LinearMap) for action in space.elements.values())
    transform = symaug.Transform(space, program.group)
    for dtype in (torch.float64, torch.float32):
        x = torch.randn(6, space.width, dtype=dtype)
        wanted = []
        for action in space.elements.values():
            mixes = isinstance(action, LinearMap)
            matrix = (
                torch.tensor(action.matrix(), dtype=torch.float64)
                if mixes
                else torch.eye(space.width).double()
            )
            wanted.append((x.double() @ matrix.T).to(dtype))
        for way in (transform.orbit(x), transform._runner.composed.orbit(x, transform._all, 0)):
            torch.testing.assert_close(way, torch.cat(wanted))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = torch.randn(3, space.width)
        assert transform._runner.composed.orbit(half, transform._all, 0).dtype == torch.float32

"""Gradients, and the transform under torch's compiler and its other tracers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch._dynamo.testing import CompileCounter

import symaug
from symaug.backends import runner
from symaug.backends.runner import plain
from symaug.semantics.group import Group
from symaug.semantics.signed_permutation import SignedPermutation


@pytest.fixture(autouse=True)
def eager_to_compile(monkeypatch) -> None:
    monkeypatch.setattr(runner, "CALLS_BEFORE_COMPILING", 1)


def transform_of(spec: str, space: str = "observations/policy") -> symaug.Transform:
    program = symaug.compile(spec)
    return symaug.Transform(program.space(space), program.group)


@pytest.fixture(scope="module")
def transform() -> symaug.Transform:
    return transform_of("anymal_d/velocity")


def shifted() -> symaug.Transform:
    group = Group(("e", "g"), ((0, 1), (1, 0)), ("g",))
    maps = {
        "e": SignedPermutation.identity(3),
        "g": SignedPermutation.of([1, 0, 2], [-1, -1, 1], [0.5, 0.5, 1]),
    }
    return symaug.Transform(symaug.Space(3, (), maps), group)


CASES = {
    "actions": lambda: transform_of("anymal_d/velocity", "actions"),
    "a table of offsets": shifted,
    "thirds of a turn": lambda: transform_of("trifinger/cube", "actions"),
}


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_gradients_of_every_order(make: Callable[[], symaug.Transform]):
    transform = make()
    x = torch.randn(1, 2, transform.width, dtype=torch.float64, requires_grad=True)
    last = transform.elements[-1]
    for call in (
        lambda x: transform.orbit(x),
        lambda x: transform.orbit(x, dim=1),
        lambda x: transform.apply(x.transpose(0, 1), last),
        lambda x: torch.ops.symaug.orbit(x, transform._runner.digest, [1, 0], 1),
    ):
        assert torch.autograd.gradcheck(call, (x,))
        assert torch.autograd.gradgradcheck(call, (x,))


def test_gradients_through_mixed_numbers():
    transform = transform_of("trifinger/cube")
    x = torch.randn(1, transform.width, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: transform.orbit(x), (x,))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_gradient_is_the_sum_of_the_images_moved_back(transform, dtype):
    program = symaug.compile("anymal_d/velocity")
    x = torch.randint(-9, 9, (5, 48)).to(dtype).requires_grad_()
    weights = torch.randint(-9, 9, (20, 48)).to(dtype)
    (transform.orbit(x) * weights).sum().backward()
    wanted = torch.zeros(5, 48, dtype=dtype)
    for name, block in zip(program.group.elements, weights.split(5), strict=True):
        back = program.space("observations/policy").elements[name].inverse()
        wanted += torch.tensor([back.apply(row) for row in block.tolist()]).to(dtype)
    assert x.grad is not None and torch.equal(x.grad, wanted)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled_code_has_no_breaks_and_follows_the_batch_size(transform, backend):
    compilations = []

    def counting(graph, inputs):
        compilations.append([node.target for node in graph.graph.nodes if node.op == "call_function"])
        return torch._dynamo.lookup_backend(backend)(graph, inputs)

    torch._dynamo.reset()

    def doubled(x):
        return transform.orbit(x, elements=("e", "sagittal")) * 2

    compiled = torch.compile(doubled, backend=counting, fullgraph=True)
    for size in (7, 4096, 24, 513):
        x = torch.randn(size, 48)
        assert torch.equal(compiled(x), doubled(x))
    assert len(compilations) <= 2  # the second size makes torch let the size vary
    assert torch.ops.symaug.orbit.default in compilations[-1]
    x = torch.randn(1, 48)
    assert torch.equal(compiled(x), doubled(x))
    assert len(compilations) <= 3  # torch makes a graph of its own for a batch of one


def test_with_dynamic_shapes_one_compilation_serves_all_batches(transform):
    counter = CompileCounter()
    torch._dynamo.reset()
    compiled = torch.compile(
        lambda x: transform.orbit(x, dim=1), backend=counter, fullgraph=True, dynamic=True
    )
    for steps, size in ((5, 7), (3, 4096), (24, 2)):
        x = torch.randn(steps, size, 48)
        assert torch.equal(compiled(x), transform.orbit(x, dim=1))
    assert counter.frame_count == 1


def test_gradients_flow_through_compiled_code(transform):
    torch._dynamo.reset()
    compiled = torch.compile(transform.apply, backend="aot_eager", fullgraph=True, dynamic=True)
    x = torch.randn(6, 48, requires_grad=True)
    y = x.detach().clone().requires_grad_()
    (compiled(x, "sagittal") ** 3).sum().backward()
    (transform.apply(y, "sagittal") ** 3).sum().backward()
    assert x.grad is not None and torch.equal(x.grad, y.grad)


def test_the_operators_keep_torchs_rules(transform):
    x = torch.randn(4, 48, requires_grad=True)
    arguments = (transform._runner.digest, [0, 1], 0)
    torch.library.opcheck(torch.ops.symaug.orbit, (x, *arguments))
    torch.library.opcheck(torch.ops.symaug.fold, (x, *arguments))


def test_transforms_of_functions_and_tracers_see_plain_operators(transform):
    x = torch.randn(4, 3, 48)
    mapped = torch.func.vmap(lambda x: transform.orbit(x))(x)
    assert torch.equal(mapped, transform.orbit(x, dim=1))
    seen: list[bool] = []
    torch.func.vmap(lambda x: (seen.append(plain(x)), x)[1])(x)
    assert seen == [False] and plain(x)
    _, tangent = torch.func.jvp(lambda x: transform.orbit(x[0]), (x,), (x,))
    assert torch.equal(tangent, transform.orbit(x[0]))
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x[0], x[1])
        image = torch.autograd.forward_ad.unpack_dual(transform.orbit(dual))
        assert image.tangent is not None and torch.equal(image.tangent, transform.orbit(x[1]))
    gradient = torch.func.grad(lambda x: (transform.orbit(x) ** 2).sum())(x[0])
    torch.testing.assert_close(gradient, 8 * x[0])


def test_an_exported_program_needs_none_of_our_operators(transform):
    class Module(torch.nn.Module):
        def forward(self, x):
            return transform.orbit(x)

    program = torch.export.export(Module(), (torch.randn(5, 48),))
    assert "symaug" not in str(program.graph)
    x = torch.randn(5, 48)
    assert torch.equal(program.module()(x), transform.orbit(x))

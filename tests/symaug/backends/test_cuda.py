"""The transform on a GPU: `pytest -m gpu` on a machine that has one. Every test warms up, then holds."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import symaug
from symaug.backends import triton_kernel
from symaug.semantics.linear_map import LinearMap
from symaug.shipped import list_specs

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")]
DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
BITS = {2: torch.int16, 4: torch.int32, 8: torch.int64}


def same(made: Tensor, expected: Tensor) -> bool:
    return torch.equal(
        made.contiguous().view(BITS[made.element_size()]), expected.view(BITS[made.element_size()])
    )


@pytest.fixture
def policy() -> symaug.Transform:
    program = symaug.compile("anymal_d/velocity")
    return symaug.Transform(program.space("observations/policy"), program.group, device="cuda")


@pytest.fixture
def no_waiting():
    """Any wait of the host for the device is an error."""
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    yield
    torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("spec", list_specs())
def test_every_shipped_space_comes_out_as_on_the_cpu(spec, dtype):
    program = symaug.compile(spec)
    for space in program.spaces.values():
        here = symaug.Transform(space, program.group)
        there = symaug.Transform(space, program.group, device="cuda", dtype=dtype)
        mixes = any(isinstance(action, LinearMap) for action in space.elements.values())
        for shape, dim in (((1000, space.width), 0), ((7, 33, space.width), 1), ((0, space.width), 0)):
            x = torch.randn(shape).to(dtype)
            expected, made = here.orbit(x, dim=dim), there.orbit(x.cuda(), dim=dim).cpu()
            if mixes:
                tolerance = (
                    {"rtol": 2**-7, "atol": 2**-6} if dtype.itemsize == 2 else {"rtol": 1e-5, "atol": 1e-5}
                )
                torch.testing.assert_close(made, expected, **tolerance)
            else:
                assert same(made, expected)


def test_the_kernel_is_triton_and_not_its_substitute(policy):
    actions = list(policy.space.elements.values())
    run = triton_kernel.build(actions, "cuda", torch.float32)
    assert run is not None
    x, out = torch.randn(333, 48, device="cuda"), torch.empty(4, 333, 48, device="cuda")
    run(x, out)
    assert same(out.flatten(0, 1).cpu(), symaug.Transform(policy.space, policy.group).orbit(x.cpu()))


@pytest.mark.parametrize("rows", [5, 4096])
def test_a_cuda_graph_replays_it_on_new_numbers(policy, rows):
    x = torch.randn(rows, 48, device="cuda")
    out = torch.empty(4 * rows, 48, device="cuda")
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        policy.orbit(x)
        policy.orbit(x, out=out)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        fresh = policy.orbit(x)
        policy.orbit(x, out=out)
    for _ in range(3):
        x.copy_(torch.randn_like(x))
        out.zero_()
        graph.replay()
        expected = symaug.Transform(policy.space, policy.group).orbit(x.cpu())
        assert same(fresh.cpu(), expected) and same(out.cpu(), expected)


def test_the_host_never_waits(policy, no_waiting):
    x = torch.randn(100, 48, device="cuda")
    for _ in range(3):
        policy.orbit(x)
        policy.apply(x, "sagittal")


def test_a_view_and_a_given_output(policy):
    held = torch.randn(64, 3, 60, device="cuda")
    x = held[:, 1, 4:52]
    out = torch.full((4 * 64, 50), 7.0, device="cuda")
    policy.orbit(x, out=out[:, :48])
    assert same(out[:, :48].cpu().contiguous(), symaug.Transform(policy.space, policy.group).orbit(x.cpu()))
    assert bool((out[:, 48:] == 7.0).all())


def test_torch_compile_makes_one_graph_for_all_batch_sizes(policy):
    from torch._dynamo.testing import CompileCounterWithBackend

    counter = CompileCounterWithBackend("inductor")
    torch._dynamo.reset()
    compiled = torch.compile(lambda x: policy.orbit(x) * 2.0, backend=counter, fullgraph=True, dynamic=True)
    for rows in (2, 64, 1000, 4096):
        x = torch.randn(rows, 48, device="cuda")
        assert same(compiled(x).cpu(), (policy.orbit(x) * 2.0).cpu())
    assert counter.frame_count == 1


def test_gradients_are_those_of_the_cpu(policy):
    x = torch.randn(50, 48, device="cuda", requires_grad=True)
    weight = torch.randn(200, 48, device="cuda")
    (policy.orbit(x) * weight).sum().backward()
    y = x.detach().cpu().requires_grad_()
    (symaug.Transform(policy.space, policy.group).orbit(y) * weight.cpu()).sum().backward()
    assert x.grad is not None and y.grad is not None
    torch.testing.assert_close(x.grad.cpu(), y.grad)

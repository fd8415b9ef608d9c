from __future__ import annotations

import pytest
import torch

import symaug
from symaug.diagnostics import UserError
from symaug.semantics.group import Group
from symaug.semantics.signed_permutation import SignedPermutation

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def program() -> symaug.Program:
    return symaug.compile("anymal_d/velocity")


@pytest.fixture(scope="module")
def transform(program) -> symaug.Transform:
    return symaug.Transform(program.space("observations/policy"), program.group)


def devices() -> list[str]:
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


@pytest.mark.parametrize("device", devices())
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int32])
@pytest.mark.parametrize("shape", [(48,), (5, 48), (3, 5, 48), (0, 48)])
def test_it_does_what_plain_lists_do(program, transform, shape, dtype, device):
    x = torch.arange(-20, -20 + torch.Size(shape).numel()).reshape(shape).to(device, dtype)
    for element in program.group.elements:
        y = transform.apply(x, element)
        assert y.dtype == dtype and y.shape == x.shape and y.device == x.device
        action = program.space("observations/policy").action(element)
        for row, image in zip(x.reshape(-1, 48).tolist(), y.reshape(-1, 48).tolist(), strict=True):
            assert image == action.apply(row)


def test_the_image_never_shares_memory_with_the_input(transform):
    x = torch.zeros(2, 48)
    for element in transform.elements:
        transform.apply(x, element).fill_(1.0)
    assert not x.any()


def test_an_orbit_holds_the_images_one_after_the_other(transform):
    x = torch.randn(3, 48)
    images = transform.orbit(x).split(3)
    assert len(images) == 4 and torch.equal(images[0], x)
    for element, image in zip(transform.elements, images, strict=True):
        assert torch.equal(image, transform.apply(x, element))


def test_an_orbit_of_sequences_is_joined_along_the_batch(transform):
    x = torch.randn(7, 3, 48)
    images = transform.orbit(x, dim=1)
    assert images.shape == (7, 12, 48)
    assert torch.equal(images[:, 3:6], transform.apply(x, "sagittal"))
    assert torch.equal(images, transform.orbit(x, dim=-2))


def test_an_orbit_of_chosen_elements(transform):
    x = torch.randn(3, 48)
    assert torch.equal(transform.orbit(x, elements=["e"]), x)
    chosen = transform.orbit(x, elements=["transversal", "e"])
    assert torch.equal(chosen, torch.cat([transform.apply(x, "transversal"), x]))


def test_gradients_flow_through(program):
    transform = symaug.Transform(program.space("actions"), program.group)
    x = torch.randn(2, 12, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: transform.orbit(x), (x,))


def test_offsets_are_added():
    group = Group(("e", "g"), ((0, 1), (1, 0)), ("g",))
    maps = {"e": SignedPermutation.identity(2), "g": SignedPermutation.of([1, 0], [-1, -1], [0.5, 0.5])}
    transform = symaug.Transform(symaug.Space(2, (), maps), group)
    x = torch.tensor([[1.0, 2.0]])
    assert transform.apply(x, "g").tolist() == [[-1.5, -0.5]]
    assert torch.equal(transform.apply(transform.apply(x, "g"), "g"), x)


@pytest.mark.parametrize("x", [torch.zeros(3, 47), torch.zeros(48, 3), torch.tensor(1.0)])
def test_a_wrong_width_names_the_terms(transform, x):
    with pytest.raises(UserError) as error:
        transform.orbit(x)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA501"
    assert "velocity_command" in diagnostic.notes[0] and "9:12" in diagnostic.notes[0]
    transform.orbit(torch.zeros(3, 48))


@pytest.mark.parametrize("dim", [1, -1, 2, -3])
def test_images_cannot_be_joined_along_the_last_dimension(transform, dim):
    with pytest.raises(UserError) as error:
        transform.orbit(torch.zeros(3, 48), dim=dim)
    assert error.value.diagnostics[0].code == "SA505"


def test_an_unknown_element_gets_the_nearest_name(transform):
    with pytest.raises(UserError) as error:
        transform.apply(torch.zeros(3, 48), "saggital")
    assert error.value.diagnostics[0].code == "SA504"


@pytest.mark.slow
def test_it_traces_into_one_graph(transform):
    compiled = torch.compile(transform.orbit, backend="eager", fullgraph=True)
    for size in (2, 5):
        x = torch.randn(size, 48)
        assert torch.equal(compiled(x), transform.orbit(x))

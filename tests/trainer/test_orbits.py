"""Deviations are one number an orbit, and one number where the group mixes components: a third of a turn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from rsl_rl.modules import EmpiricalNormalization
from tensordict import TensorDict

import symaug
from symaug.nn import Norm, orbit_labels, orbit_mean
from symaug_trainer.augmentation import Images
from symaug_trainer.noise import tie_noise
from symaug_trainer.normalization import symmetrise_normalization

ROBOT = """\
robot: three
joints: "{A,B,C}_{hip,knee}"
limbs: {A: A_*, B: B_*, C: C_*}
symmetry: {generators: {turn: "rotate z by 120 deg, swap (A B C)"}}
"""
SPEC = """\
spec: three/turned
robot: ./robot.yaml
observations: {policy: {r: rotation_matrix, q: joints, v: vector}}
actions: joints + vector
"""


@pytest.fixture
def images(tmp_path) -> Images:
    (tmp_path / "robot.yaml").write_text(ROBOT, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    program = symaug.compile(tmp_path / "spec.yaml")
    return Images(program, TensorDict({"policy": torch.zeros(1, 18)}, [1]), torch.zeros(1, 9))


def test_labels_join_what_is_exchanged_and_what_is_mixed(images):
    labels = orbit_labels(images.actions.space).tolist()
    hips, knees, xy, z = labels[0:6:2], labels[1:6:2], labels[6:8], labels[8]
    assert [len(set(part)) for part in (hips, knees, xy)] == [1, 1, 1]
    assert len({hips[0], knees[0], xy[0], z}) == 4
    mean = orbit_mean(torch.arange(9.0), torch.tensor(labels))
    assert mean.tolist() == [2.0, 3.0, 2.0, 3.0, 2.0, 3.0, 6.5, 6.5, 8.0]


def test_noise_of_mixed_actions_is_isotropic(images):
    distribution = torch.nn.Module()
    distribution.std_param = torch.nn.Parameter(torch.rand(9))
    tie_noise(SimpleNamespace(distribution=distribution), images.actions.space)  # type: ignore[arg-type]
    std = distribution.std_param
    (std * torch.rand(9)).sum().backward()
    for values in (std, std.grad):
        assert values is not None
        covariance = torch.diag(values.detach().double())
        for element in images.elements:  # ρ Σ ρᵀ = Σ
            turned = images.actions.apply(images.actions.apply(covariance, element).T, element)
            torch.testing.assert_close(turned, covariance)


def test_the_normaliser_commutes_where_numbers_are_mixed(images):
    plain = EmpiricalNormalization(18)
    model = SimpleNamespace(obs_normalizer=plain)
    symmetrise_normalization(model, images.observations["policy"].space)  # type: ignore[arg-type]
    ours = model.obs_normalizer
    assert isinstance(ours, Norm)
    seeded = torch.Generator().manual_seed(0)
    data = torch.randn(500, 18, generator=seeded) * torch.arange(1.0, 19.0) + 3.0
    ours.update(data)
    plain.update(data)
    transform, x = images.observations["policy"], torch.randn(20, 18, generator=seeded)
    for normalise, commutes in ((ours, True), (plain, False)):
        apart = normalise(transform.apply(x, "turn")) - transform.apply(normalise(x), "turn")
        assert (apart.abs().max() < 1e-4) == commutes

"""Observation normalisation that commutes with the group.

Running statistics of a rollout in which only left-front joints fail are not invariant: an image would be
normalised with the wrong leg's mean and deviation. Statistics over each batch *and its images* are.
"""

from __future__ import annotations

import torch
from rsl_rl.models import MLPModel
from rsl_rl.modules import EmpiricalNormalization

from symaug_trainer.augmentation import Images
from symaug_trainer.orbits import orbit_labels, orbit_mean


def symmetrise_normalization(model: MLPModel, images: Images) -> None:
    """Replace a model's empirical normaliser by one with symmetric statistics; a model without one is
    left."""
    plain = model.obs_normalizer
    if isinstance(plain, EmpiricalNormalization):
        symmetric = SymmetricNormalization(model, images, plain)
        symmetric.load_state_dict(plain.state_dict())
        model.obs_normalizer = symmetric.to(plain.mean.device)


class SymmetricNormalization(EmpiricalNormalization):
    """rsl_rl's running normaliser, fed with every batch and its images: normalise(ρ(g)·x) = ρ(g)·normalise(x)
    up to the rounding of the sums. Its state has the plain normaliser's keys, so checkpoints fit both."""

    def __init__(self, model: MLPModel, images: Images, plain: EmpiricalNormalization) -> None:
        super().__init__(plain.mean.shape, eps=plain.eps, until=plain.until)
        self._images = images
        spaces = {group: images.observations[group].space for group in model.obs_groups}
        self._groups = [(group, space.width) for group, space in spaces.items()]
        self._labels = [orbit_labels(space, images.elements) for space in spaces.values()]

    @torch.jit.unused
    def update(self, x: torch.Tensor) -> None:
        """Learn from observations [B, width], the model's groups side by side, and from their images."""
        blocks = x.split([width for _, width in self._groups], dim=-1)
        orbits = [
            self._images.observations[group].orbit(block, dim=0, elements=self._images.elements)
            for (group, _), block in zip(self._groups, blocks, strict=True)
        ]
        super().update(torch.cat(orbits, dim=-1))
        # Where the group mixes numbers, only one deviation for all of them commutes with it.
        variances = self._var.split([width for _, width in self._groups], dim=-1)
        means = [
            orbit_mean(v, labels.to(v.device)) for v, labels in zip(variances, self._labels, strict=True)
        ]
        self._var = torch.cat(means, dim=-1)
        self._std = torch.sqrt(self._var)

"""Action noise that commutes with the group: one standard deviation for each orbit of joints."""

from __future__ import annotations

import torch
from rsl_rl.models import MLPModel

from symaug.semantics.linear_map import as_linear_map
from symaug_trainer.augmentation import Images


def tie_noise(actor: MLPModel, images: Images) -> None:
    """Keep a state-independent noise parameter constant on each orbit of action components.

    An image's old log-probability is the original's (paper, section 4.2), which holds only if mirrored joints
    are equally noisy. The parameter is averaged over its orbits now, and its gradient from now on, so an
    optimizer that treats components alike (Adam, SGD) keeps it so. Parameters of state-dependent noise are
    left: their symmetry is learned with the mean's.

    Args:
        actor: rsl_rl model with a distribution; its noise parameter is changed in place.
        images: the group's action on the actions.
    """
    assert actor.distribution is not None, "rsl_rl's PPO samples its actions"
    for name, parameter in actor.distribution.named_parameters():
        if name in ("std_param", "log_std_param"):
            average = _orbit_average(images).to(parameter.device)
            with torch.no_grad():
                parameter.copy_((average @ parameter.double()).to(parameter.dtype))
            parameter.register_hook(
                lambda gradient, average=average: (average @ gradient.double()).to(gradient.dtype)
            )


def _orbit_average(images: Images) -> torch.Tensor:
    """[A, A] float64: row i averages over the components that the group moves to i.

    Where an element mixes components, their variances mix by the squares of its coefficients.
    """
    space = images.actions.space
    average = torch.zeros(space.width, space.width, dtype=torch.float64)
    for element in images.elements:
        for target, row in enumerate(as_linear_map(space.elements[element]).rows):
            for source, coefficient in row:
                average[target, source] += coefficient**2 / images.order
    return average

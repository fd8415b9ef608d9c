"""Action noise: one standard deviation for each orbit of joints, to commute with the group; a limit on it."""

from __future__ import annotations

import math

import torch
from rsl_rl.models import MLPModel

from symaug import Space
from symaug.nn import orbit_labels, orbit_mean

_STATE_INDEPENDENT = (
    "std_param",
    "log_std_param",
)  # what rsl_rl calls it


def tie_noise(actor: MLPModel, actions: Space) -> None:
    """Keep a state-independent noise parameter constant on each orbit of action components.

    An image's old log-probability is the original's (paper, section 4.2), which holds only if mirrored joints
    are equally noisy. The parameter is averaged over its orbits now, and its gradient from now on, so an
    optimizer that treats components alike (Adam, SGD) keeps it so. Parameters of state-dependent noise are
    left: their symmetry is learned with the mean's.

    Args:
        actor: rsl_rl model with a distribution; its noise parameter is changed in place.
        actions: how the group acts on them.
    """
    assert actor.distribution is not None, "rsl_rl's PPO samples its actions"
    for name, parameter in actor.distribution.named_parameters():
        if name in _STATE_INDEPENDENT:
            labels = orbit_labels(actions).to(parameter.device)
            with torch.no_grad():
                parameter.copy_(orbit_mean(parameter, labels))
            if parameter.requires_grad:
                parameter.register_hook(lambda gradient, labels=labels: orbit_mean(gradient, labels))


@torch.no_grad()
def limit_noise(actor: MLPModel, std: float) -> None:
    """Lower state-independent standard deviations above `std` to it; leave the others.

    Args:
        actor: rsl_rl model with a distribution; its noise parameter is changed in place.
        std: the limit, in units of the action.
    """
    assert actor.distribution is not None, "rsl_rl's PPO samples its actions"
    for name, parameter in actor.distribution.named_parameters():
        if name in _STATE_INDEPENDENT:
            parameter.clamp_(max=math.log(std) if name.startswith("log") else std)

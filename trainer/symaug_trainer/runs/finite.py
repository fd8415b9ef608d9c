"""Stop at the first number that is not finite, and name it: a policy that has seen a NaN never recovers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from rsl_rl.algorithms import PPO

from symaug.diagnostics import UserError


class Diverged(UserError):
    """Training met a NaN or an infinity (SA705). The command line exits with 1: nothing was wrong with what
    was asked."""


def first_not_finite(
    alg: PPO, losses: Mapping[str, float], observation_terms: Sequence[tuple[str, int]]
) -> str | None:
    """What in the last iteration is not finite, in the order in which one spoils the next.

    Args:
        alg: after its update; its storage still holds the rollout.
        losses: what the update returned.
        observation_terms: names and widths of the blocks of the observation group `policy`.

    Returns:
        For example "the observation term `joint_vel`", or None.
    """
    storage = alg.storage
    observations = storage.observations["policy"].flatten(0, 1)  # [steps * envs, width]
    finite = torch.isfinite(observations).all(dim=0)
    if not finite.all():
        return f"the observation term `{_term_at(int((~finite).nonzero()[0]), observation_terms)}`"
    for name, tensor in (("the actions", storage.actions), ("the rewards", storage.rewards)):
        if not torch.isfinite(tensor).all():
            return name
    for name, value in losses.items():
        if not torch.isfinite(torch.as_tensor(value)):
            return f"the loss `{name}`"
    for name, model in (("actor", alg.actor), ("critic", alg.critic)):
        for parameter, tensor in model.state_dict().items():
            if not torch.isfinite(tensor).all():
                return f"the {name}'s parameter `{parameter}`"
    return None


def _term_at(column: int, terms: Sequence[tuple[str, int]]) -> str:
    for name, width in terms:
        if column < width:
            return name
        column -= width
    return "policy"

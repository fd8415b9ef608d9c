"""Terminations: functions of the view, [N] bool each."""

from __future__ import annotations

from collections.abc import Callable

import torch

from symaug_trainer.envs.mdp.view import CONTACT_FORCE, View


def base_contact(v: View) -> torch.Tensor:
    """The base touches the floor: the robot has fallen."""
    return (v.physics.fatal_force > CONTACT_FORCE).any(dim=1)


TERMS: dict[str, Callable[[View], torch.Tensor]] = {"base_contact": base_contact}
"""Every one ends an episode."""

"""Memory-augmented PPO on rsl_rl, and the environments, experiments and evaluation that go with it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symaug_trainer.waiting import wait_briefly

wait_briefly()  # here, because it has to be said before anything imports torch

if TYPE_CHECKING:
    from symaug_trainer.algorithm import MemoryAugmentedPPO
    from symaug_trainer.estimation import EstimatingRNNModel
    from symaug_trainer.models import EquivariantMLPModel, EquivariantRNNModel

__all__ = ["EquivariantMLPModel", "EquivariantRNNModel", "EstimatingRNNModel", "MemoryAugmentedPPO"]

_HOMES = {
    "EquivariantMLPModel": "symaug_trainer.models",
    "EquivariantRNNModel": "symaug_trainer.models",
    "EstimatingRNNModel": "symaug_trainer.estimation",
    "MemoryAugmentedPPO": "symaug_trainer.algorithm",
}


def __getattr__(name: str) -> Any:
    """Import rsl_rl only when one of them is asked for: the command line answers without it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Memory-augmented PPO on rsl_rl, and the environments, experiments and evaluation that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symaug_trainer.algorithm import MemoryAugmentedPPO

__all__ = ["MemoryAugmentedPPO"]


def __getattr__(name: str) -> Any:
    """Import rsl_rl only when the algorithm is asked for: the command line answers without it."""
    if name == "MemoryAugmentedPPO":
        from symaug_trainer.algorithm import MemoryAugmentedPPO

        return MemoryAugmentedPPO
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""How a trained policy does with each joint dead: `evaluate`, and the values it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symaug_trainer.evaluation.result import (
    METRICS,
    Aggregate,
    ConditionResult,
    Evaluation,
    Outcome,
    Spread,
    Trajectory,
    aggregate,
    read_evaluation,
)

if TYPE_CHECKING:
    from symaug_trainer.evaluation.measure import SUCCESS, evaluate

__all__ = [
    "METRICS",
    "SUCCESS",
    "Aggregate",
    "ConditionResult",
    "Evaluation",
    "Outcome",
    "Spread",
    "Trajectory",
    "aggregate",
    "evaluate",
    "read_evaluation",
]


def __getattr__(name: str) -> Any:
    """Import torch and the environment only when something is evaluated: a report needs neither."""
    if name in ("SUCCESS", "evaluate"):
        from importlib import import_module

        return getattr(import_module("symaug_trainer.evaluation.measure"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

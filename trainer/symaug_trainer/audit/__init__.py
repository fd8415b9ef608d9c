"""How far a trained policy is from equivariance: `audit`, and the values it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symaug_trainer.audit.result import (
    INDEPENDENT,
    Audit,
    CanonicalAudit,
    ConditionAudit,
    Course,
    Residual,
    read_audit,
)

if TYPE_CHECKING:
    from symaug_trainer.audit.measure import audit

__all__ = [
    "INDEPENDENT",
    "Audit",
    "CanonicalAudit",
    "ConditionAudit",
    "Course",
    "Residual",
    "audit",
    "read_audit",
]


def __getattr__(name: str) -> Any:
    """Import torch and the environment only when something is audited: a report needs neither."""
    if name == "audit":
        from importlib import import_module

        return import_module("symaug_trainer.audit.measure").audit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

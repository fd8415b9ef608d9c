"""What a check found, in a form that a script, a table and a JSON document can use alike."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["pass", "warn", "fail", "skip"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    Attributes:
        name: such as `geometry/joint axes`; stable, for scripts.
        status: `skip` comes with its reason in `detail`.
        violation: the largest one seen, dimensionless unless `detail` names a unit; None when nothing was
        measured. tolerance: what `violation` was judged against.
        detail: one or two sentences for a person: what was shown, or who disagrees.
        breakdown: violation by joint, body or term, the most suspicious first.
        suggestion: the edit of the document that would mend a failure, when there is a simple one.
    """

    name: str
    status: Status
    violation: float | None = None
    tolerance: float | None = None
    detail: str = ""
    breakdown: Mapping[str, float] = field(default_factory=dict)
    suggestion: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain dict; a violation that is not a finite number is null (and never a pass)."""
        return {
            "name": self.name,
            "status": self.status,
            "violation": _finite(self.violation),
            "tolerance": _finite(self.tolerance),
            "detail": self.detail,
            "breakdown": {key: _finite(value) for key, value in self.breakdown.items()},
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True)
class Report:
    """All checks of one document, in the order they ran.

    Attributes:
        subject: the spec's or robot's name.
        checks: their results.
        seed: what the random samples were drawn with.
    """

    subject: str
    checks: tuple[CheckResult, ...]
    seed: int = 0

    @property
    def ok(self) -> bool:
        """Whether no check failed; warnings and skipped checks are fine."""
        return all(check.status != "fail" for check in self.checks)

    @property
    def ok_strictly(self) -> bool:
        """Whether every check passed: none failed, warned, or was skipped because it could not run."""
        return all(check.status == "pass" for check in self.checks)

    def check(self, name: str) -> CheckResult:
        """The result of one check by its name.

        Raises:
            KeyError: no such check ran.
        """
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    def failures(self) -> tuple[CheckResult, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.status == "fail")

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Name, status, violation, tolerance, detail (with the suggestion below it) as text, for a table."""
        return [
            (
                check.name,
                check.status,
                number(check.violation),
                number(check.tolerance),
                check.detail + (f"\nhelp: {check.suggestion}" if check.suggestion else ""),
            )
            for check in self.checks
        ]

    def to_json(self) -> dict[str, Any]:
        """`{"ok", "checks": [{"name", "status", "violation", "tolerance", "detail"}]}` and more."""
        return {
            "ok": self.ok,
            "subject": self.subject,
            "seed": self.seed,
            "checks": [check.to_json() for check in self.checks],
        }

    def dumps(self) -> str:
        """`to_json` as text: valid JSON, the same byte for byte for the same findings."""
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False, allow_nan=False)


def judge(violation: float, tolerance: float, *, warn: float | None = None) -> Status:
    """Pass up to `warn` (or `tolerance`), warn up to `tolerance`, fail above it. Not a number fails."""
    if not violation <= tolerance:
        return "fail"
    return "warn" if warn is not None and not violation <= warn else "pass"


def worst_first(violations: Mapping[str, float]) -> dict[str, float]:
    """Sorted by size, largest first, not-a-numbers before everything, ties in their given order."""
    return dict(sorted(violations.items(), key=lambda item: _rank(item[1])))


def skipped(names: Iterable[str], reason: str) -> list[CheckResult]:
    """One skipped result a name."""
    return [CheckResult(name, "skip", detail=reason) for name in names]


def number(value: float | None) -> str:
    """A violation as people read it: `0`, `4e-16`, `1.7`, `-` for none."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    return f"{value:.3g}" if 1e-2 <= abs(value) < 1e4 else f"{value:.1e}"


def _rank(value: float) -> float:
    return -math.inf if math.isnan(value) else -value


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

"""Say a set of joints the way a document would: `*_KFE` rather than four names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase


def as_patterns(chosen: Sequence[str], everything: Sequence[str]) -> list[str]:
    """Few patterns that match exactly `chosen` among `everything`, in the order of `chosen`."""
    left, patterns = list(chosen), []
    while left:
        best = max(_patterns_around(left[0]), key=lambda pattern: _covers(pattern, chosen, left, everything))
        if _covers(best, chosen, left, everything) < 2:
            best = left[0]
        patterns.append(best)
        left = [name for name in left if not fnmatchcase(name, best)]
    return patterns


def listed(names: Sequence[str], limit: int = 4) -> str:
    """`a, b, c, d and 3 more`."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def _patterns_around(name: str) -> list[str]:
    cuts = [match.start() for match in re.finditer(r"(?<=[a-z0-9])(?=[A-Z_])|_", name)]
    return ["*", *(f"*{name[cut:]}" for cut in cuts), *(f"{name[: cut + 1]}*" for cut in cuts)]


def _covers(pattern: str, chosen: Sequence[str], left: Sequence[str], everything: Sequence[str]) -> int:
    matched = [name for name in everything if fnmatchcase(name, pattern)]
    return sum(name in left for name in matched) if all(name in chosen for name in matched) else 0

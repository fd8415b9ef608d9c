"""Checks that put a declared symmetry to the proof: algebra, geometry and dynamics (docs/checks.md).

Importing this package needs neither MuJoCo nor numpy; the checks that read a robot model import them when
they run.
"""

from __future__ import annotations

from symaug.checks.report import CheckResult, Report
from symaug.checks.validate import validate

__all__ = ["CheckResult", "Report", "validate"]

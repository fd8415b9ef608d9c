"""Units on numbers, converted to SI."""

from __future__ import annotations

import math

from symaug.diagnostics import SpecError, did_you_mean
from symaug.syntax.expressions import Quantity, Range

FACTORS = {
    "": 1.0,
    "rad": 1.0,
    "deg": math.pi / 180.0,
    "m": 1.0,
    "cm": 0.01,
    "mm": 0.001,
    "kg": 1.0,
    "s": 1.0,
    "m/s": 1.0,
    "rad/s": 1.0,
    "deg/s": math.pi / 180.0,
}
"""What to multiply by to get rad, m, kg, s and their quotients; a bare number is in SI already."""


def si_factor(quantity: Quantity | Range) -> float:
    """The factor that turns the number as written into SI.

    Raises:
        SpecError: SA104 an unknown unit.
    """
    factor = FACTORS.get(quantity.unit)
    if factor is None:
        helps = did_you_mean(quantity.unit, [unit for unit in FACTORS if unit])
        message = f"unknown unit `{quantity.unit}`"
        raise SpecError.of("SA104", message, span=quantity.span, helps=helps)
    return factor

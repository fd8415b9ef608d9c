"""Units on numbers: what each measures, and how much it is in SI."""

from __future__ import annotations

import math
from enum import Enum

from symaug.diagnostics import SpecError, did_you_mean
from symaug.syntax.expressions import Quantity, Range


class Dimension(Enum):
    """What a number measures; the value is how messages call it."""

    ANGLE = "an angle"
    LENGTH = "a length"
    MASS = "a mass"
    TIME = "a time"
    RATE = "a rate of turning"
    SPEED = "a speed"


_BASE = {
    "rad": (Dimension.ANGLE, 1.0),
    "deg": (Dimension.ANGLE, math.pi / 180.0),
    "m": (Dimension.LENGTH, 1.0),
    "cm": (Dimension.LENGTH, 0.01),
    "mm": (Dimension.LENGTH, 0.001),
    "kg": (Dimension.MASS, 1.0),
    "g": (Dimension.MASS, 0.001),
    "s": (Dimension.TIME, 1.0),
}
_PER_SECOND = {Dimension.ANGLE: Dimension.RATE, Dimension.LENGTH: Dimension.SPEED}

UNITS: dict[str, tuple[Dimension, float]] = _BASE | {
    f"{unit}/s": (_PER_SECOND[dimension], factor)
    for unit, (dimension, factor) in _BASE.items()
    if dimension in _PER_SECOND
}
"""By its name, what a unit measures and what to multiply by to get rad, m, kg, s or their quotients."""


def si_factor(quantity: Quantity | Range, *dimensions: Dimension) -> float:
    """The factor that turns a number as written into SI; a bare number is in SI already.

    Args:
        quantity: the number or range.
        dimensions: what it may measure; anything when none is given.

    Raises:
        SpecError: SA104 an unknown unit, SA106 a unit that measures something else.
    """
    if not quantity.unit:
        return 1.0
    span = quantity.unit_span or quantity.span
    if quantity.unit not in UNITS:
        fitting = _fitting(dimensions) if dimensions else list(UNITS)
        helps = did_you_mean(quantity.unit, fitting)
        raise SpecError.of("SA104", f"unknown unit `{quantity.unit}`", span=span, helps=helps)
    dimension, factor = UNITS[quantity.unit]
    if dimensions and dimension not in dimensions:
        wanted = " or ".join(one.value for one in dimensions)
        message = f"{wanted} cannot be given in `{quantity.unit}`"
        label = f"this is {dimension.value}"
        *others, last = (f"`{unit}`" for unit in _fitting(dimensions))
        helps = (f"write it in {', '.join(others)}{' or ' if others else ''}{last}",)
        raise SpecError.of("SA106", message, span=span, label=label, helps=helps)
    return factor


def _fitting(dimensions: tuple[Dimension, ...]) -> list[str]:
    return [unit for unit, (dimension, _) in UNITS.items() if dimension in dimensions]

"""The reset distribution of a spec: ranges, converted to SI. Whether it is symmetric is checked later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics.units import Dimension, si_factor
from symaug.syntax.documents import Loaded, SpecDocument
from symaug.syntax.expressions import Range
from symaug.syntax.parser import parse_range
from symaug.syntax.source import Text

WHOLE = {
    "base_roll": (Dimension.ANGLE,),
    "base_pitch": (Dimension.ANGLE,),
    "base_yaw": (Dimension.ANGLE,),
    "joint_pos": (Dimension.ANGLE, Dimension.LENGTH),
    "joint_vel": (Dimension.RATE, Dimension.SPEED),
}
"""Quantities with one range, and what they measure; a joint turns or slides."""
BY_AXIS = {
    "base_pos": (Dimension.LENGTH,),
    "base_lin_vel": (Dimension.SPEED,),
    "base_ang_vel": (Dimension.RATE,),
}
"""Quantities with a range for each axis x, y, z, and what they measure."""
WITH_DEFAULT = ("joint_pos", "joint_vel")
"""Quantities that a range can be a factor on the default of."""


@dataclass(frozen=True)
class Reset:
    """A uniform range that a quantity is reset in.

    Attributes:
        quantity: `base_yaw`, `joint_pos`, or with an axis `base_lin_vel.x`.
        low, high: the ends, in SI units; a factor on the default value when `relative`.
        relative: whether the range multiplies the default.
    """

    quantity: str
    low: float
    high: float
    relative: bool


def resolve_resets(loaded: Loaded[SpecDocument], problems: list[Diagnostic]) -> tuple[Reset, ...]:
    """The resets of a spec, in document order; what is wrong goes to `problems`.

    Codes: SA008, SA1xx, SA308, SA402, SA409.
    """
    return tuple(_resets(loaded, problems))


def _resets(loaded: Loaded[SpecDocument], problems: list[Diagnostic]) -> Iterator[Reset]:
    source = loaded.source
    for name, value in loaded.document.resets.items():
        key = source.key("resets", name)
        if name not in WHOLE and name not in BY_AXIS:
            message = f"nothing called `{name}` is reset"
            problems.append(Diagnostic("SA402", message, key, helps=did_you_mean(name, (*WHOLE, *BY_AXIS))))
        elif isinstance(value, str) != (name in WHOLE):
            needs = "one range" if name in WHOLE else "a range for each axis"
            example = f"`{name}: -0.5..0.5`" if name in WHOLE else f"`{name}: {{x: -0.5..0.5, y: -0.5..0.5}}`"
            if not source.whole("resets", name):
                continue  # what is wrong inside is enough
            span = source.value("resets", name)
            problems.append(Diagnostic("SA008", f"`{name}` needs {needs}", span, helps=(f"write {example}",)))
        elif isinstance(value, str):
            yield from _range(name, source.get("resets", name), problems)
        else:
            for axis in value:
                if axis in ("x", "y", "z"):
                    yield from _range(f"{name}.{axis}", source.get("resets", name, axis), problems)
                    continue
                span = source.key("resets", name, axis)
                helps = ("the axes are `x`, `y` and `z`",)
                problems.append(Diagnostic("SA308", f"`{axis}` is not an axis", span, helps=helps))


def _range(quantity: str, text: Text | None, problems: list[Diagnostic]) -> Iterator[Reset]:
    if text is None:
        return
    try:
        parsed = parse_range(text)
        name = quantity.partition(".")[0]
        if parsed.relative:
            _refuse_factor(name, parsed)
        factor = 1.0 if parsed.relative else si_factor(parsed, *(WHOLE | BY_AXIS)[name])
    except SpecError as error:
        problems += error.diagnostics
        return
    yield Reset(quantity, parsed.low * factor, parsed.high * factor, parsed.relative)


def _refuse_factor(name: str, parsed: Range) -> None:
    if name not in WITH_DEFAULT:
        message = f"`{name}` has no default that a range could be a factor on"
        helps = (f"write the range itself: `{Range(parsed.low, parsed.high)}`",)
        raise SpecError.of("SA409", message, span=parsed.span, helps=helps)
    if parsed.unit:
        message = "a range of factors on the default has no unit"
        raise SpecError.of("SA104", message, span=parsed.unit_span)

"""The reset distribution of a spec: ranges, converted to SI. Whether it is symmetric is checked later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics.units import si_factor
from symaug.syntax.documents import Loaded, SpecDocument
from symaug.syntax.parser import parse_range
from symaug.syntax.source import Text

WHOLE = ("base_roll", "base_pitch", "base_yaw", "joint_pos", "joint_vel")
"""Quantities with one range."""
BY_AXIS = ("base_pos", "base_lin_vel", "base_ang_vel")
"""Quantities with a range for each axis x, y, z."""


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
    """The resets of a spec, in document order; what is wrong goes to `problems` (SA008, SA1xx, SA402)."""
    return tuple(_resets(loaded, problems))


def _resets(loaded: Loaded[SpecDocument], problems: list[Diagnostic]) -> Iterator[Reset]:
    source = loaded.source
    for name, value in loaded.document.resets.items():
        key = source.key("resets", name)
        if name not in WHOLE + BY_AXIS:
            message = f"nothing called `{name}` is reset"
            problems.append(Diagnostic("SA402", message, key, helps=did_you_mean(name, WHOLE + BY_AXIS)))
        elif isinstance(value, str) != (name in WHOLE):
            needs = "one range" if name in WHOLE else "a range for each axis"
            example = f"`{name}: -0.5..0.5`" if name in WHOLE else f"`{name}: {{x: -0.5..0.5, y: -0.5..0.5}}`"
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
        factor = 1.0 if parsed.relative and not parsed.unit else si_factor(parsed)
    except SpecError as error:
        problems += error.diagnostics
        return
    if parsed.relative and parsed.unit:
        message = "a range of factors on the default has no unit"
        problems.append(Diagnostic("SA104", message, parsed.span))
        return
    yield Reset(quantity, parsed.low * factor, parsed.high * factor, parsed.relative)

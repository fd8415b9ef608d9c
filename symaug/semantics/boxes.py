"""Boxes: one closed interval an axis, possibly without end; how a linear map moves them, what they cover."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Interval: TypeAlias = tuple[float, float]
"""The low and the high end; `-inf` and `inf` where there is none."""

Box: TypeAlias = tuple[Interval, ...]
Matrix: TypeAlias = Sequence[Sequence[float]]
"""Orthogonal, by rows."""

_TOLERANCE = 1e-9
"""Ends nearer than this, relative to their size, are the same: they were typed in degrees or centimetres."""

_ZERO = 1e-12
"""What rounding leaves of a coefficient that is zero."""


def image(matrix: Matrix, box: Box) -> Box | None:
    """The box that a map turns a box into; None for a map that does not carry axes to axes."""
    if any(sum(abs(entry) > _ZERO for entry in row) != 1 for row in matrix):
        return None
    return tuple(shadow(row, box) for row in matrix)


def shadow(row: Sequence[float], box: Box) -> Interval:
    """The shadow of a box on the direction `row`: all that the sum of row[i]·x[i] can be."""
    low = high = 0.0
    for coefficient, ends in zip(row, box, strict=True):
        if abs(coefficient) > _ZERO:  # zero times an endless side is nothing
            first, second = sorted(coefficient * end for end in ends)
            low, high = low + first, high + second
    return low, high


def image_contains(matrix: Matrix, box: Box, other: Box) -> bool:
    """Whether `other` lies inside the image of `box` under an orthogonal map, tilted or not.

    `other` is moved back instead: a box's shadow on any direction is an interval that can be summed up, and
    to lie in an upright box is to have all shadows inside.
    """
    shadows = (shadow(column, other) for column in zip(*matrix, strict=True))
    return all(
        low <= start + _slack(low) and end <= high + _slack(high)
        for (low, high), (start, end) in zip(box, shadows, strict=True)
    )


def overlap(box: Box, other: Box) -> Box | None:
    """What two boxes share, if that is more of `box` than some of its boundary."""
    shared = []
    for (low, high), (other_low, other_high) in zip(box, other, strict=True):
        start, end = max(low, other_low), min(high, other_high)
        flat = high - low <= _slack(low)
        if end - start <= _slack(start) and not (flat and end - start >= -_slack(start)):
            return None
        shared.append((low, high) if flat else (start, end))
    return tuple(shared)


def remainder(box: Box, piece: Box) -> Iterator[Box]:
    """Boxes that tile `box` without `piece`, a part of it."""
    for axis, (start, end) in enumerate(piece):
        low, high = box[axis]
        if start - low > _slack(low):
            yield (*box[:axis], (low, start), *box[axis + 1 :])
        if high - end > _slack(high):
            yield (*box[:axis], (end, high), *box[axis + 1 :])
        box = (*box[:axis], (start, end), *box[axis + 1 :])


def _slack(end: float) -> float:
    return _TOLERANCE * max(1.0, abs(end)) if math.isfinite(end) else _TOLERANCE

"""Boxes against an oracle that only looks at points."""

from __future__ import annotations

import itertools
import math
import random

from hypothesis import given
from hypothesis import strategies as st

from symaug.semantics.boxes import Box, image, image_contains, overlap, remainder

EDGES = st.integers(-6, 6).map(lambda quarter: quarter / 4)
INTERVALS = st.tuples(EDGES, EDGES).map(lambda ends: (min(ends), max(ends)))
SQUARES = st.tuples(INTERVALS, INTERVALS)
ANGLES = st.integers(0, 23).map(lambda count: count * math.pi / 12)


def turn(angle: float) -> list[list[float]]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return [[cosine, -sine], [sine, cosine]]


def inside(box: Box, point: tuple[float, ...], margin: float = 1e-9) -> bool:
    return all(low - margin <= x <= high + margin for (low, high), x in zip(box, point, strict=True))


def apply(matrix: list[list[float]], point: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * x for a, x in zip(row, point, strict=True)) for row in matrix)


@given(SQUARES, SQUARES, ANGLES)
def test_an_image_contains_a_box_when_it_contains_its_corners(box, other, angle):
    back = turn(-angle)
    corners = all(inside(box, apply(back, corner)) for corner in itertools.product(*other))
    assert image_contains(turn(angle), box, other) == corners


@given(SQUARES, st.integers(0, 3))
def test_quarter_turns_move_boxes_to_boxes_that_are_the_image(box, quarters):
    matrix = turn(quarters * math.pi / 2)
    moved = image(matrix, box)
    assert moved is not None
    assert image_contains(matrix, box, moved)
    assert all(inside(moved, apply(matrix, corner)) for corner in itertools.product(*box))


def test_a_tilted_box_is_no_box_but_contains_some():
    square = ((-1.0, 1.0), (-1.0, 1.0))
    assert image(turn(math.pi / 4), square) is None
    assert image_contains(turn(math.pi / 4), square, ((-0.7, 0.7), (-0.7, 0.7)))
    assert not image_contains(turn(math.pi / 4), square, ((-0.71, 0.71), (-0.71, 0.71)))
    assert image_contains(turn(math.pi / 4), square, ((-1.41, 1.41), (0.0, 0.0)))


def test_a_side_without_end_fits_only_into_one_without_end():
    endless, half = ((-math.inf, math.inf), (0.0, 1.0)), ((0.0, math.inf), (0.0, 1.0))
    still = turn(0.0)
    assert image_contains(still, endless, half) and not image_contains(still, half, endless)
    assert not image_contains(turn(math.pi / 6), half, half)
    assert image(turn(math.pi), half) == ((-math.inf, 0.0), (-1.0, 0.0))


@given(SQUARES, SQUARES)
def test_a_box_is_its_overlap_and_the_remainder_each_point_once(box, other):
    shared = overlap(box, other)
    rest = [box] if shared is None else list(remainder(box, shared))
    chance = random.Random(0)
    for _ in range(30):
        point = tuple(chance.uniform(*ends) for ends in box)
        pieces = [*rest, *([shared] if shared else [])]
        assert sum(inside(piece, point, 0.0) for piece in pieces) == 1, (point, pieces)
        if shared is not None:
            assert inside(shared, point, 0.0) <= inside(other, point)


@given(SQUARES, SQUARES)
def test_touching_is_no_overlap_unless_the_box_itself_is_flat(box, other):
    shared = overlap(box, other)
    if shared is not None:
        for (low, high), (start, end) in zip(box, shared, strict=True):
            assert end > start or low == high

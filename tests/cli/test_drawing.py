from __future__ import annotations

from fractions import Fraction

import pytest

from symaug.semantics.motion import multiply, reflection, rotation
from symaug_cli.drawing import _motion

THIRD, SIXTH = rotation("z", Fraction(1, 3)), rotation("z", Fraction(1, 6))


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (reflection("y"), "y → −y"),
        (rotation("z", Fraction(1, 4)), "x → y, y → −x"),
        (THIRD, "turn about z by 120°"),
        (multiply(THIRD, THIRD), "turn about z by -120°"),
        (multiply(SIXTH, reflection("y")), "mirror across (-0.5, 0.87, 0)"),
        (multiply(multiply(THIRD, reflection("z")), THIRD), "turn about z by 60° and invert"),
        (
            multiply(multiply(THIRD, rotation("x", Fraction(1, 2))), multiply(THIRD, THIRD)),
            "turn about (-0.5, 0.87, 0) by 180°",
        ),
    ],
)
def test_motions_in_words(matrix, words):
    assert _motion(matrix) == words

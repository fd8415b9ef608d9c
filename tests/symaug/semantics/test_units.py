from __future__ import annotations

import math

import pytest

from symaug.diagnostics import SpecError
from symaug.semantics.units import UNITS, Dimension, si_factor
from symaug.syntax.expressions import Quantity

FITTING = {
    Dimension.ANGLE: {"rad": 1.0, "deg": math.pi / 180},
    Dimension.LENGTH: {"m": 1.0, "cm": 0.01, "mm": 0.001},
    Dimension.MASS: {"kg": 1.0, "g": 0.001},
    Dimension.TIME: {"s": 1.0},
    Dimension.RATE: {"rad/s": 1.0, "deg/s": math.pi / 180},
    Dimension.SPEED: {"m/s": 1.0, "cm/s": 0.01, "mm/s": 0.001},
}


@pytest.mark.parametrize("dimension", Dimension, ids=lambda one: one.name)
def test_each_dimension_takes_its_units_and_refuses_all_others(dimension):
    for unit in UNITS:
        quantity = Quantity(2.0, unit)
        if unit in FITTING[dimension]:
            assert si_factor(quantity, dimension) == pytest.approx(FITTING[dimension][unit], rel=1e-15)
            continue
        with pytest.raises(SpecError) as error:
            si_factor(quantity, dimension)
        (diagnostic,) = error.value.diagnostics
        assert diagnostic.code == "SA106"
        assert diagnostic.message == f"{dimension.value} cannot be given in `{unit}`"
        assert all(f"`{fitting}`" in diagnostic.helps[0] for fitting in FITTING[dimension])
    assert si_factor(Quantity(2.0), dimension) == 1.0, "a bare number is in SI"


def test_some_numbers_may_be_one_of_two_things():
    assert si_factor(Quantity(1.0, "deg"), Dimension.ANGLE, Dimension.LENGTH) == math.pi / 180
    assert si_factor(Quantity(1.0, "mm"), Dimension.ANGLE, Dimension.LENGTH) == 0.001
    with pytest.raises(SpecError, match="an angle or a length cannot be given in `kg`"):
        si_factor(Quantity(1.0, "kg"), Dimension.ANGLE, Dimension.LENGTH)


def test_an_unknown_unit_is_answered_with_fitting_ones():
    with pytest.raises(SpecError) as error:
        si_factor(Quantity(1.0, "lb"), Dimension.MASS)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA104" and diagnostic.helps == ("known names: `g`, `kg`",)

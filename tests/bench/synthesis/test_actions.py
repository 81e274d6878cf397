import numpy as np
import pytest

from bench.synthesis.actions import EXPRESSIONS, PROTOTYPES, UNITS
from bench.synthesis.face import draw
from bench.synthesis.filming import acted
from bench.synthesis.identity import Identity
from bench.synthesis.state import State

PERSON = Identity.of("test/unit")


def test_every_class_has_a_prototype_in_the_order_of_labels():
    assert tuple(PROTOTYPES) == EXPRESSIONS == tuple(sorted(EXPRESSIONS))


def test_every_prototype_is_made_of_units_that_can_be_drawn():
    assert {unit for units in PROTOTYPES.values() for unit in units} <= set(UNITS)


def test_every_intensity_is_a_fraction():
    assert all(0 < full <= 1 for units in PROTOTYPES.values() for full in units.values())


def test_neutral_is_the_only_expression_without_a_unit():
    assert [name for name, units in PROTOTYPES.items() if not units] == ["neutral"]


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_moves_the_picture(unit):
    # a unit that only changes another one, as lips part more in a smile, is drawn with it
    calm = draw(PERSON, State(), 160).astype(int)
    moved = draw(PERSON, State({unit: 1.0}), 160).astype(int)
    assert np.abs(moved - calm).max() > 40


def test_a_stronger_expression_moves_every_unit_further():
    weak, strong = acted(PERSON, "fear", 0.3), acted(PERSON, "fear", 0.6)
    assert all(0 < weak[unit] < strong[unit] <= 1 for unit in PROTOTYPES["fear"])

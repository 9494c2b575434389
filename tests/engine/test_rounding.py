"""Rounding outward: what is written never excludes what is possible, and is no wider than one digit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.engine.ranking import SLACK, outward

NUMBERS = st.floats(-1000, 1000)


@given(NUMBERS, NUMBERS, st.integers(0, 6))
def test_the_ends_go_outward_by_less_than_a_digit(low, high, places):
    down, up = outward(low, high, places)
    step, error = 10.0**-places, 2 * SLACK
    assert low - step - error <= down <= low + error
    assert high - error <= up <= high + step + error


@given(st.integers(-(10**6), 10**6), st.integers(0, 6))
def test_a_number_of_so_many_decimals_stays(units, places):
    number = units / 10**places
    assert outward(number, number, places) == (number, number)


@pytest.mark.parametrize(
    ("low", "high", "places", "expected"),
    [
        (79.75, 85.75, 1, (79.7, 85.8)),
        (79.75, 85.75, 0, (79, 86)),
        (-32.85, -32.85, 1, (-32.9, -32.8)),
        # sums of decimals that the machine does not hold are still these decimals
        (0.1 + 0.2, 0.1 + 0.2, 1, (0.3, 0.3)),
        (81.0212, 81.0212, 1, (81.0, 81.1)),
    ],
)
def test_by_hand(low, high, places, expected):
    assert outward(low, high, places) == expected


def test_no_nought_has_a_sign_and_missing_and_infinite_ends_stay():
    assert all(math.copysign(1, end) == 1 for end in outward(-0.0, -0.04, 0))
    assert outward(-math.inf, math.inf, 1) == (-math.inf, math.inf)
    assert all(math.isnan(end) for end in outward(math.nan, math.nan, 1))

"""Reading the raw tables for claims: places, orders, printed digits."""

import pandas as pd
import pytest

from fhi.editions.claims import lookup


def test_places_count_from_the_largest_and_ties_share_the_better_one():
    values = pd.Series({"a": 3.0, "b": 5.0, "c": 3.0, "d": 1.0})
    assert [lookup.place(values, name).value for name in "bacd"] == [1, 2, 2, 4]


def test_a_place_beside_few_printed_rivals_is_partial_unless_they_are_all():
    values = pd.Series([5.0, 4.0, 3.0, 2.0, float("nan")], index=list("abcde"))
    assert not lookup.place(values, "a").partial
    assert lookup.place(values.drop("b"), "a").partial
    assert not lookup.place(values.drop("b"), "a", complete=True).partial


@pytest.mark.parametrize(
    "printed, accepted",
    [("2018年9月", True), ("2018年9月18日", False), ("2018年11月30日", True), ("2018年12月", False), ("2018年", True)],
)
def test_a_date_between_two_others_as_far_as_its_digits_go(printed, accepted):
    assert lookup.between("2018-09-19", "2018-11").accepts(printed) is accepted


def test_descending_leaves_out_what_is_unknown():
    assert lookup.descending(pd.Series({"a": 1.0, "b": float("nan"), "c": 2.0})) == ["c", "a"]


@pytest.mark.parametrize("printed, half", [("47.7%", 0.05), ("29.0%", 0.05), ("4.09%", 0.005), ("8家", 0.5)])
def test_half_the_last_printed_digit(printed, half):
    assert lookup.half_digit(printed) == pytest.approx(half)


def test_a_difference_is_as_uncertain_as_both_its_terms():
    found = lookup.difference(91.5, 86.0, 0.05)
    assert (found.value, found.low, found.high) == pytest.approx((5.5, 5.4, 5.6))

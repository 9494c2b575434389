"""Verdicts against hand-worked cases: digits, bounds, ranges that rounding leaves, orders, sets and dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.editions.claims import CONTRADICTED, REPRODUCED, ROUNDED, SUPPORTED, Found, judge


@pytest.mark.parametrize(
    "printed, tolerance, found, verdict",
    [
        ("63.86%", 0.005, Found(63.859), REPRODUCED),
        ("63.86%", 0.005, Found(63.866), CONTRADICTED),
        ("5.4%", 0.05, Found(5.5, 5.4, 5.6), ROUNDED),
        ("5.4%", 0.05, Found(5.5, 5.46, 5.6), CONTRADICTED),
        ("8家", 0, Found(8), REPRODUCED),
        ("8家", 0, Found(9), CONTRADICTED),
        ("四年", 0, Found(4), REPRODUCED),
        ("三成", 5, Found(35), REPRODUCED),
        ("三成", 5, Found(36.8), CONTRADICTED),
        ("超60%", 0, Found(64.2), REPRODUCED),
        ("90%以上", 0, Found(90), REPRODUCED),
        ("90%以上", 0, Found(89.9), CONTRADICTED),
        ("90%以上", 0, Found(89.9, 89.8, 90.1), ROUNDED),
        (">0", 0, Found(0), CONTRADICTED),
        (">0", 0, Found(1), REPRODUCED),
        ("近50%", 0, Found(47.7), REPRODUCED),
        ("近50%", 0, Found(51), CONTRADICTED),
        ("近50%", 0, Found(44.9), CONTRADICTED),
        ("约50%", 0, Found(54), REPRODUCED),
        ("约50%", 0, Found(100), CONTRADICTED),
        ("1", 0, Found(1, partial=True), SUPPORTED),
        ("1", 0, Found(2, partial=True), CONTRADICTED),
        ("↑4", 0, Found(None, 1, 4, partial=True), SUPPORTED),
        ("↑5", 0, Found(None, 1, 4, partial=True), CONTRADICTED),
    ],
)
def test_numbers(printed, tolerance, found, verdict):
    assert judge(printed, "%", tolerance, found) == verdict


@pytest.mark.parametrize(
    "printed, unit, found, verdict",
    [
        ("北京、上海", "order", Found("北京、上海"), REPRODUCED),
        ("北京、上海", "order", Found("上海、北京"), CONTRADICTED),
        ("北京、上海", "set", Found("上海、北京"), REPRODUCED),
        ("北京", "set", Found("南京、北京"), CONTRADICTED),
        ("北京", "set", Found("南京、北京", tied=True), ROUNDED),
        ("上海", "set", Found("南京、北京", tied=True), CONTRADICTED),
        ("2017年9月", "date", Found("2017-09-29"), REPRODUCED),
        ("2017年8月", "date", Found("2017-09-29"), CONTRADICTED),
        ("2.0", "version", Found("2.0"), REPRODUCED),
        ("2.0", "version", Found("1.0"), CONTRADICTED),
        ("北京", "set", Found("北京", partial=True), SUPPORTED),
        ("北京", "set", Found("上海", partial=True), CONTRADICTED),
        ("北京", "set", Found("", accepts="北京".__eq__), SUPPORTED),
        ("上海", "set", Found("", accepts="北京".__eq__), CONTRADICTED),
    ],
)
def test_names_and_dates(printed, unit, found, verdict):
    assert judge(printed, unit, 0, found) == verdict


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(0, 4))
def test_a_number_rounded_to_its_digits_is_reproduced(number, decimals):
    printed = f"{number / 10**decimals:.{decimals}f}"
    half = 0.5 * 10**-decimals
    assert judge(printed, "", half, Found(float(printed) + 0.98 * half)) == REPRODUCED
    assert judge(printed, "", half, Found(float(printed) + 1.02 * half)) == CONTRADICTED


@given(st.floats(0, 100), st.floats(0, 5), st.floats(0, 5))
def test_a_wider_range_never_contradicts_what_a_narrower_one_allows(value, below, above):
    narrow = judge("50.0", "", 0.05, Found(value, value - below, value + above))
    wide = judge("50.0", "", 0.05, Found(value, value - below - 1, value + above + 1))
    assert not (wide == CONTRADICTED and narrow != CONTRADICTED)


def test_the_range_of_an_exact_number_is_the_number():
    assert Found(3).range == (3, 3)
    assert Found(3, low=2).range == (2, 3)
    assert Found(3, 2, 4).range == (2, 4)
    assert Found(None, 2, 4).range == (2, 4)

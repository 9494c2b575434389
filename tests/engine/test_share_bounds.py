"""Bounds of unprinted shares by hand, and points of their joint set: within, adding up, spread evenly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy import stats

from fhi.engine.errors import DataError
from fhi.engine.share_bounds import ELSEWHERE, Class, Polytope, Printed, draw

CITIES = ("甲", "乙", "丙", "丁")


def share(city, value):
    return Printed("share", (city,), value)


def bounds(*printed):
    return {city: tuple(row) for city, row in zip(CITIES, Class(CITIES, printed).bounds().to_numpy(), strict=True)}


def test_without_a_sum_a_share_is_what_the_printed_ones_leave():
    assert bounds(share("甲", 60)) == {"甲": (60, 60), **dict.fromkeys(CITIES[1:], (0, 40))}


def test_a_sum_bounds_its_cities_and_all_others():
    # 乙 and 丙 have 20 together, all others 20
    found = bounds(share("甲", 60), Printed("sum", ("甲", "乙", "丙"), 80))
    assert found == {"甲": (60, 60), "乙": (0, 20), "丙": (0, 20), "丁": (0, 20)}


def test_a_sum_printed_as_a_bound_is_one():
    assert bounds(Printed("sum", ("甲", "乙"), 90, "above"))["丙"] == (0, 10)
    assert bounds(Printed("sum", ("甲", "乙"), 30, "below"))["甲"] == (0, 30)


def test_nobody_has_more_than_the_last_of_an_order():
    # 甲 ≥ 乙 ≥ the others: 乙 has at most half, the others at most a third
    found = bounds(Printed("order", ("甲", "乙"), np.nan))
    assert found["乙"] == (0, 50)
    assert found["丙"] == pytest.approx((0, 100 / 3))


def test_the_unnamed_last_of_the_first_three_is_any_city_and_nobody_has_more():
    # the third has 10, so a city has 0 to 10; two more places have 10 together, none above 10
    found = bounds(share("甲", 50), share("乙", 30), Printed("first", ("甲", "乙"), 90))
    assert found["丙"] == found["丁"] == (0, 10)
    # with 80 to share out among three, the greatest has at least 80/3
    assert bounds(share("甲", 20), Printed("first", (), 30))["丁"] == (0, 30)


@pytest.mark.parametrize(
    ("printed", "rows"),
    [
        ([share("甲", 60), share("乙", 50), share("丙", 1)], {"甲", "乙"}),
        ([share("甲", 60), Printed("sum", ("甲", "乙"), 50), share("丁", 5)], {"甲", "甲、乙"}),
        ([share("甲", 10), share("乙", 20), Printed("order", ("甲",), np.nan), share("丁", 5)], {"甲", "乙"}),
        ([share("甲", 50), share("乙", 45), Printed("first", ("甲",), 80)], {"甲", "乙"}),
    ],
)
def test_rows_that_contradict_one_another_are_named_and_no_others(printed, rows):
    with pytest.raises(DataError) as caught:
        Class(CITIES, tuple(printed))
    assert {problem.value for problem in caught.value.problems} == rows
    columns = {"share": "share", "sum": "printed", "first": "printed", "order": "cities"}
    assert {problem.column for problem in caught.value.problems} <= {columns[row.kind] for row in printed}


def test_two_sums_of_the_first_cities_are_refused():
    with pytest.raises(DataError, match="one sum of the first cities"):
        Class(CITIES, (Printed("first", ("甲",), 50), Printed("first", ("乙",), 60)))


@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.integers(1, 40), min_size=5, max_size=5), st.integers(0, 10**6))
def test_the_middle_lies_within_and_the_bounds_hold_every_point_that_fits(parts, seed):
    true = np.array(parts) / sum(parts) * 100
    order = np.argsort(-true[:4], kind="stable")
    first = [CITIES[place] for place in order]
    printed = [share(first[0], true[order[0]]), Printed("sum", (first[0], first[1]), true[order[:2]].sum())]
    if true[order[0]] >= true[4]:
        printed.append(Printed("order", (first[0],), np.nan))
    found = Class(CITIES, tuple(printed))
    ends = found.bounds()
    middle = ends.mean(axis=1)
    assert ((ends["low"] <= middle) & (middle <= ends["high"])).all()
    points = found.draw(20, np.random.default_rng(seed))
    assert points.sum(axis=1).to_numpy() == pytest.approx(100)
    assert (points.to_numpy() >= 0).all()
    for drawn in (points[[*CITIES]].to_numpy(), true[None, :4]):
        assert (drawn >= ends["low"].to_numpy() - 1e-6).all() and (drawn <= ends["high"].to_numpy() + 1e-6).all()
    assert points[[first[0], first[1]]].sum(axis=1).to_numpy() == pytest.approx(true[order[:2]].sum())


def test_points_are_uniform_on_a_simplex_and_on_a_long_thin_polytope():
    # the rest of 40 among 丙, 丁 and elsewhere: each share is 40·Beta(1, 2); 甲 and 乙 share 60 evenly
    found = Class(CITIES, (Printed("sum", ("甲", "乙"), 60),)).draw(2000, np.random.default_rng(2))
    assert stats.kstest(found["甲"] / 60, "uniform").pvalue > 0.01
    for place in ("丙", "丁", ELSEWHERE):
        assert stats.kstest(found[place] / 40, stats.beta(1, 2).cdf).pvalue > 0.01
    thin = Class(CITIES, (Printed("sum", ("甲", "乙"), 99.99),)).draw(2000, np.random.default_rng(2))
    assert stats.kstest(thin["甲"] / 99.99, "uniform").pvalue > 0.01


def test_every_city_may_hold_the_place_that_is_not_named():
    found = Class(CITIES, (share("甲", 50), share("乙", 30), Printed("first", ("甲", "乙"), 90)))
    points = found.draw(3000, np.random.default_rng(4))
    holds = points[["丙", "丁"]] > 10 - 1e-6
    assert not holds.all(axis=1).any()
    # a place elsewhere holds it in the rest: all of them together then have it and more
    assert (points.loc[~holds.any(axis=1), ELSEWHERE] > 10 - 1e-6).all()
    assert stats.chisquare([*holds.sum(), (~holds.any(axis=1)).sum()]).pvalue > 0.01


def test_inequalities_that_leave_no_room_hold_as_equations():
    # 甲 has 50 and is first with half the nation; 乙 printed as at least 50: nothing is left for the others
    found = Class(CITIES, (share("甲", 50), Printed("sum", ("乙",), 50, "above")))
    assert found.draw(5, np.random.default_rng(1)).to_numpy() == pytest.approx(np.array([[50, 50, 0, 0, 0]] * 5))


def test_an_empty_polytope_is_an_error():
    empty = Polytope(np.array([[1.0, 1.0]]), np.array([3.0]), np.eye(2), np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="empty"):
        draw(empty, 2, np.random.default_rng(0))

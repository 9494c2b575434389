"""A cell without a value in the edition's year, filled from its own other years; no other column moves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import imputation
from fhi.engine.errors import MethodError
from fhi.engine.imputation import impute_years

NAN = float("nan")
CITIES = ["甲", "乙", "丙"]


def history(**years):
    return {
        int(year[1:]): pd.DataFrame(rows, index=CITIES, columns=["x", "y"], dtype=float) for year, rows in years.items()
    }


PANEL = history(
    y2014=[[10, 1], [20, NAN], [NAN, 3]],
    y2015=[[NAN, NAN], [NAN, 5], [NAN, NAN]],
    y2016=[[NAN, 2], [26, NAN], [30, NAN]],
    y2018=[[18, NAN], [NAN, 8], [NAN, NAN]],
)


def values(method, year=None, **params):
    return impute_years(PANEL, method, year=year, **params)[0].to_numpy().tolist()


def same(found, expected):
    np.testing.assert_allclose(found, expected)


def test_the_latest_value_not_later_than_the_year():
    same(values("last-observed", 2016), [[10, 2], [26, 5], [30, 3]])
    same(values("last-observed", 2015), [[10, 1], [20, 5], [NAN, 3]])
    same(values("last-observed", 2013), [[NAN, NAN]] * 3)


def test_without_a_year_the_latest_of_all():
    for method in ("last-observed", "linear"):
        same(values(method), [[18, 2], [26, 8], [30, 3]])
    same(values("last-observed", 2030), [[18, 2], [26, 8], [30, 3]])


def test_a_value_may_be_too_old():
    same(values("last-observed", 2016, max_age=1), [[NAN, 2], [26, 5], [30, NAN]])
    same(values("last-observed", 2016, max_age=0), [[NAN, 2], [26, NAN], [30, NAN]])
    same(values("linear", 2018, max_age=2), [[18, 2], [26, 8], [30, NAN]])
    # without a year, the age counts from the indicator's own latest year
    same(values("last-observed", max_age=0), [[18, NAN], [NAN, 8], [NAN, NAN]])


def test_between_two_years_on_a_straight_line():
    # x of 甲: 10 in 2014 and 18 in 2018; of 乙: 20 in 2014 and 26 in 2016; y of 乙: 5 in 2015 and 8 in 2018
    same(values("linear", 2015), [[12, 1.5], [23, 5], [NAN, 3]])
    same(values("linear", 2017), [[16, 2], [26, 7], [30, 3]])


def test_nothing_is_extrapolated():
    # x of 丙 is first known in 2016, and no value follows what 乙 has then
    found, _ = impute_years(PANEL, "linear", year=2015)
    assert np.isnan(found.loc["丙", "x"])
    assert impute_years(PANEL, "linear", year=2020)[0].loc["乙", "x"] == 26


def test_a_cell_is_marked_unless_it_holds_the_value_of_the_latest_year_of_its_indicator():
    _, mask = impute_years(PANEL, "last-observed", year=2017)
    # both indicators are last known in 2016
    assert mask.to_numpy().tolist() == [[True, False], [False, True], [False, True]]
    _, mask = impute_years(PANEL, "linear", year=2017)
    assert mask.to_numpy().tolist() == [[True, False], [False, True], [False, True]]
    assert not impute_years(history(y2010=[[1, 2], [3, NAN], [5, 6]]), year=2018)[1].to_numpy().any()


def test_other_columns_and_years_are_left_alone():
    before = {year: frame.copy() for year, frame in PANEL.items()}
    values("linear", 2015)
    values("last-observed", 2015)
    for year, frame in PANEL.items():
        pd.testing.assert_frame_equal(frame, before[year])


CELL = st.one_of(st.just(NAN), st.integers(-9, 9).map(float))


@pytest.mark.slow
@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=6, max_size=6), st.integers(2009, 2016))
@pytest.mark.parametrize("method", imputation.YEARS)
def test_each_cell_depends_on_its_own_years_alone(method, cells, year):
    # six cells with five years each, as one panel of 3 × 2 and each by itself
    years = [2010, 2011, 2013, 2014, 2016]
    panel = {at: pd.DataFrame(np.array(cells)[:, place].reshape(3, 2)) for place, at in enumerate(years)}
    together = impute_years(panel, method, year=year)[0].to_numpy().ravel()
    for place, own in enumerate(cells):
        known = [(at, value) for at, value in zip(years, own, strict=True) if value == value]
        before = [pair for pair in known if pair[0] <= year]
        later = [pair for pair in known if pair[0] > year]
        expected = before[-1][1] if before else NAN
        if method == "linear" and before and later and before[-1][0] < year:
            expected = np.interp(year, [before[-1][0], later[0][0]], [before[-1][1], later[0][1]])
        assert together[place] == pytest.approx(expected, nan_ok=True)


def test_a_function_of_the_users_may_not_change_what_was_observed_in_the_year(monkeypatch):
    monkeypatch.setitem(imputation.YEARS, "first", lambda history, targets: history[2014])
    with pytest.raises(MethodError, match="'first' changes values observed in the year itself, of x, y"):
        impute_years(PANEL, "first", year=2016)
    assert impute_years(PANEL, "first", year=2014)[0].equals(PANEL[2014])


def test_unknown_names_and_bad_ages_are_refused():
    with pytest.raises(MethodError, match=r"panel: there is no 'liner'. Did you mean linear"):
        impute_years(PANEL, "liner")
    with pytest.raises(MethodError) as caught:
        impute_years(PANEL, "linear", max_age=-1)
    assert caught.value.key == "panel.max_age"

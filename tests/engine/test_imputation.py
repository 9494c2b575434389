"""Imputation: missing cells are filled or left, each filled cell is marked, observed values never change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import imputation
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework

NAN = float("nan")
QUICK = settings(max_examples=examples(25), deadline=None)
DATA = pd.DataFrame({"x": [1.0, NAN, 3.0], "y": [NAN, NAN, 8.0]}, index=["甲", "乙", "丙"])
COLUMNS = ["a", "b", "c"]
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["root", "p", *COLUMNS],
            "level": [0, 1, 2, 2, 2],
            "parent": [None, "root", "p", "p", "p"],
            "direction": [1, 1, 1, -1, 1],
            "weight": 1.0,
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)
UNITS = pd.DataFrame({"class": list("ⅠⅠⅠⅡⅡⅡⅡⅡ")}, index=list("甲乙丙丁戊己庚辛"))
#: every method but none, with parameters that suit few units
CASES = {name: {} for name in imputation.METHODS if name != "none"}
CASES |= {"group-mean": {"groups": "class"}, "group-median": {"groups": "class"}, "k-nearest-neighbours": {"k": 2}}
CASES["em"], CASES["regression"] = {"ridge": 0.1}, {"on": ("a",)}


@st.composite
def gaps(draw):
    """Eight units with three indicators, of which each has at least three different values."""
    rows = draw(st.lists(st.lists(st.integers(-50, 50), min_size=3, max_size=3), min_size=8, max_size=8))
    data = pd.DataFrame(rows, index=UNITS.index, columns=COLUMNS, dtype=float)
    data.iloc[:3] = np.array([[1.0, 40, -7], [25, 8, 3], [-9, 15, 30]])
    holes = draw(st.lists(st.tuples(st.integers(3, 7), st.integers(0, 2)), max_size=9))
    for row, column in holes:
        data.iloc[row, column] = NAN
    return data


def impute(data, method, **params):
    return imputation.impute(data, method, framework=TREE, units=UNITS, **(CASES.get(method, {}) | params))


def test_none_leaves_missing_cells_missing():
    filled, mask = imputation.impute(DATA, "none")
    pd.testing.assert_frame_equal(filled, DATA)
    assert not mask.to_numpy().any()


def test_the_frame_that_went_in_is_not_the_frame_that_comes_out():
    data = DATA.copy()
    filled, _ = imputation.impute(data, "none")
    filled.iloc[0, 0] = 99
    pd.testing.assert_frame_equal(data, DATA)


def test_a_function_of_the_users_fills_and_every_filled_cell_is_marked(monkeypatch):
    monkeypatch.setitem(imputation.METHODS, "constant", lambda data, *, value: data.fillna(value))
    filled, mask = imputation.impute(DATA, "constant", value=5)
    assert filled.to_numpy().tolist() == [[1, 5], [5, 5], [3, 8]]
    assert mask.to_numpy().tolist() == [[False, True], [True, True], [False, False]]


def test_a_cell_that_a_method_leaves_missing_is_not_marked(monkeypatch):
    monkeypatch.setitem(imputation.METHODS, "x only", lambda data: data.fillna({"x": 2.0}))
    filled, mask = imputation.impute(DATA, "x only")
    assert filled["y"].isna().tolist() == [True, True, False]
    assert mask["y"].tolist() == [False, False, False]
    assert mask["x"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    "restless", [lambda data: data.fillna(0).add([0, 1]), lambda data: data.assign(y=NAN), lambda data: data * [1, 2]]
)
def test_a_method_that_changes_an_observed_value_is_refused_by_column(monkeypatch, restless):
    monkeypatch.setitem(imputation.METHODS, "restless", restless)
    with pytest.raises(MethodError, match="'restless' changes observed values of y;"):
        imputation.impute(DATA, "restless")


def test_whole_numbers_count_as_numbers():
    filled, mask = imputation.impute(pd.DataFrame({"x": [1, 2]}), "mean")
    assert filled["x"].tolist() == [1.0, 2.0]
    assert not mask["x"].any()


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(MethodError, match=r"imputation: there is no 'none '\. Did you mean none"):
        imputation.impute(DATA, "none ")


@pytest.mark.parametrize("method", CASES)
def test_a_column_without_data_is_refused_by_name(method):
    data = pd.DataFrame({"a": [1.0, 2.0], "b": [NAN, NAN], "c": [1.0, 3.0]}, index=["甲", "乙"])
    with pytest.raises(MethodError, match="no data in b;"):
        impute(data, method)


@pytest.mark.parametrize("method", CASES)
def test_a_complete_frame_comes_back_as_it_is(method):
    data = pd.DataFrame({"a": [1.0, 2, 5], "b": [3.0, 9, 2], "c": [4.0, 4, 8]}, index=["甲", "乙", "丙"])
    filled, mask = impute(data, method)
    pd.testing.assert_frame_equal(filled, data)
    assert not mask.to_numpy().any()


@QUICK
@given(gaps())
@pytest.mark.parametrize("method", CASES)
def test_observed_cells_stay_and_filled_cells_are_those_of_the_mask(method, data):
    before = data.copy()
    filled, mask = impute(data, method)
    pd.testing.assert_frame_equal(data, before)
    pd.testing.assert_frame_equal(filled.where(data.notna()), data, check_exact=True)
    assert mask.equals(data.isna() & filled.notna())


@pytest.mark.slow
@QUICK
@given(gaps(), st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", CASES)
def test_the_order_of_rows_and_columns_does_not_matter(method, data, random):
    rows, columns = random.sample([*data.index], 8), random.sample(COLUMNS, 3)
    shuffled, _ = impute(data.loc[rows, columns], method)
    straight, _ = impute(data, method)
    pd.testing.assert_frame_equal(shuffled.loc[data.index, COLUMNS], straight, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@QUICK
@given(gaps(), st.sampled_from([0.001, 40, 1e6]), st.sampled_from([-300, 0, 12.5]))
@pytest.mark.parametrize("method", CASES)
def test_another_unit_of_an_indicator_is_another_unit_of_what_is_filled(method, data, factor, shift):
    straight, _ = impute(data, method)
    moved, _ = impute(data.assign(b=factor * data["b"] + shift), method)
    straight["b"] = factor * straight["b"] + shift
    pd.testing.assert_frame_equal(moved, straight, rtol=1e-5, atol=1e-5)

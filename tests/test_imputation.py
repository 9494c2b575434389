"""Imputation: missing cells are filled or left, each filled cell is marked, observed values never change."""

import pandas as pd
import pytest

from fhi import imputation
from fhi.errors import MethodError

NAN = float("nan")
DATA = pd.DataFrame({"x": [1.0, NAN, 3.0], "y": [NAN, NAN, 8.0]}, index=["甲", "乙", "丙"])


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


def test_a_method_that_changes_an_observed_value_is_refused(monkeypatch):
    monkeypatch.setitem(imputation.METHODS, "restless", lambda data: data.fillna(0) + 1)
    with pytest.raises(MethodError, match="restless"):
        imputation.impute(DATA, "restless")


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(MethodError, match=r"imputation: there is no 'none '\. Did you mean none"):
        imputation.impute(DATA, "none ")

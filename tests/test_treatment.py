"""Treatment of outliers: values are changed or left, each changed cell is recorded, missing ones stay missing."""

import pandas as pd
import pytest

from fhi import treatment
from fhi.errors import MethodError

NAN = float("nan")
DATA = pd.DataFrame({"x": [1.0, 2.0, 90.0], "y": [NAN, 5.0, -70.0]}, index=["甲", "乙", "丙"])


def test_none_leaves_every_value_as_it_is():
    treated, record = treatment.treat(DATA, "none")
    pd.testing.assert_frame_equal(treated, DATA)
    assert record.empty
    assert list(record) == ["city", "indicator", "before", "after", "method"]


def test_the_frame_that_went_in_is_not_the_frame_that_comes_out():
    data = DATA.copy()
    treated, _ = treatment.treat(data, "none")
    treated.iloc[0, 0] = 99
    pd.testing.assert_frame_equal(data, DATA)


def test_every_cell_that_a_function_of_the_users_changes_is_recorded(monkeypatch):
    monkeypatch.setitem(treatment.METHODS, "clip", lambda data, *, low, high: data.clip(low, high))
    treated, record = treatment.treat(DATA, "clip", low=-10, high=10)
    assert treated["x"].tolist() == [1, 2, 10]
    assert treated["y"].tolist()[1:] == [5, -10]
    assert treated["y"].isna().tolist() == [True, False, False]
    # the missing cell of 甲 is no change
    assert record.to_numpy().tolist() == [["丙", "x", 90, 10, "clip"], ["丙", "y", -70, -10, "clip"]]


def test_an_emptied_cell_is_recorded_as_a_change(monkeypatch):
    monkeypatch.setitem(treatment.METHODS, "drop", lambda data: data.where(data < 50))
    _, record = treatment.treat(DATA[["x"]], "drop")
    assert record[["city", "indicator", "before"]].to_numpy().tolist() == [["丙", "x", 90]]
    assert record["after"].isna().all()


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(MethodError, match="treatment: there is no 'winsorise'"):
        treatment.treat(DATA, "winsorise")

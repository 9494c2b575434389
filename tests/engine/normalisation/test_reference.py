"""What a year is normalised against: itself, all years, or a base year."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.normalisation import base_year, by_year, normalise, pooled

OLD = pd.DataFrame({"x": [0.0, 5.0, 10.0], "y": [4.0, 2.0, 1.0]}, index=["甲", "乙", "丙"])
NEW = pd.DataFrame({"x": [5.0, 10.0, 20.0, np.nan], "y": [1.0, 1.0, 0.0, 2.0]}, index=["甲", "乙", "丁", "丙"])
HISTORY = {2017: OLD, 2018: NEW}
DIRECTIONS = pd.Series({"x": 1, "y": -1})


def by(method, **params):
    return lambda data: normalise(data, method, directions=DIRECTIONS, **params)


def test_a_year_by_itself_knows_nothing_of_the_others():
    pd.testing.assert_frame_equal(by_year(HISTORY, 2018, by("min-max")), by("min-max")(NEW))


def test_pooled_years_share_their_bounds():
    # x from 0 to 20 over both years; y, less is better, from 0 to 4
    found = pooled(HISTORY, 2018, by("min-max"))
    assert found["x"].tolist()[:3] == [25, 50, 100] and np.isnan(found.at["丙", "x"])
    assert found["y"].tolist() == [75, 75, 100, 50]
    assert pooled(HISTORY, 2017, by("min-max"))["x"].tolist() == [0, 25, 50]


def test_the_base_year_gives_the_line_and_later_values_may_leave_the_scale():
    found = base_year(HISTORY, 2018, by("min-max"), base=2017)
    assert found["x"].tolist()[:3] == [50, 100, 200]
    # y: 4 is 0 and 1 is 100, so 0 is 133.33
    assert found["y"].tolist() == pytest.approx([100, 100, 400 / 3, 200 / 3])


@pytest.mark.parametrize("method", ["min-max", "z-score", "efficacy", "distance-to-maximum", "robust"])
def test_the_base_year_itself_is_as_it_was(method):
    pd.testing.assert_frame_equal(base_year(HISTORY, 2017, by(method), base=2017), by(method)(OLD))


def test_a_z_score_on_the_base_year_has_its_mean_and_spread():
    found = base_year(HISTORY, 2018, by("z-score"), base=2017)
    assert found["x"].tolist()[:3] == pytest.approx(((NEW["x"] - 5) / 5).tolist()[:3])


@pytest.mark.parametrize("method", ["rank", "borda", "log-min-max", "percentile-rank"])
def test_a_method_that_is_no_line_is_refused(method):
    data = {2017: OLD.assign(x=[1.0, 3.0, 10.0]), 2018: NEW}
    with pytest.raises(MethodError, match="requires a linear normalisation"):
        base_year(data, 2018, by(method), base=2017)


def test_a_base_year_without_enough_data_is_refused_by_name():
    with pytest.raises(MethodError, match="there are no data of 2015"):
        base_year(HISTORY, 2018, by("min-max"), base=2015)
    with pytest.raises(MethodError, match="at least 3 distinct values are needed in 2017: y"):
        base_year({2017: OLD.assign(y=[1.0, 1.0, 2.0]), 2018: NEW}, 2018, by("min-max"), base=2017)

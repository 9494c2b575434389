"""Treatment of outliers: values are changed or left, each changed cell is recorded, missing ones stay missing."""

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import treatment
from fhi.engine.errors import MethodError
from fhi.engine.treatment import kurtosis, skewness

NAN = float("nan")
QUICK = settings(max_examples=examples(25), deadline=None)
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
    with pytest.raises(MethodError, match=r"treatment: there is no 'winsorize'. Did you mean winsorise"):
        treatment.treat(DATA, "winsorize")


def test_a_function_of_the_users_may_not_fill_missing_cells(monkeypatch):
    monkeypatch.setitem(treatment.METHODS, "fill", lambda data: data.fillna(0))
    with pytest.raises(MethodError, match="'fill' fills missing cells of y"):
        treatment.treat(DATA, "fill")


def test_a_function_of_the_users_may_say_what_it_did_to_which_column(monkeypatch):
    monkeypatch.setitem(treatment.METHODS, "own", lambda data: (data * 2, {"x": "doubled"}))
    record = treatment.treat(DATA, "own")[1]
    assert record["method"].tolist() == ["doubled"] * 3 + ["own"] * 2


# --- moments ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_skewness_and_kurtosis_are_the_bias_corrected_ones_of_scipy(seed):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(random.lognormal(size=(30, 4)) * [1, 1e-12, 1e12, -5]).mask(random.random((30, 4)) < 0.2)
    expected = [scipy.stats.skew(data[name].dropna(), bias=False) for name in data]
    assert skewness(data).tolist() == pytest.approx(expected)
    expected = [scipy.stats.kurtosis(data[name].dropna(), bias=False) for name in data]
    assert kurtosis(data).tolist() == pytest.approx(expected)


def test_moments_by_hand():
    # deviations -1, -1, -1, 3: m2 = 3, m3 = 6, g1 = 6/3^1.5, G1 = g1·√12/2 = 2; m4 = 21, g2 = 21/9 - 3, G2 = 4
    assert skewness(np.array([0.0, 0, 0, 4])) == pytest.approx(2)
    assert kurtosis(np.array([0.0, 0, 0, 4])) == pytest.approx(4)


def test_moments_are_missing_where_they_say_nothing():
    data = pd.DataFrame({"same": [3.0] * 5, "few": [1.0, 2, NAN, NAN, 9], "none": NAN})
    assert np.isnan(skewness(data)).tolist() == [True, False, True]
    assert np.isnan(kurtosis(data)).tolist() == [True, True, True]


# --- winsorising -----------------------------------------------------------------------------------------
def column(*values):
    cities = [f"city {place:02d}" for place in range(len(values))]
    return pd.DataFrame({"x": [float(value) for value in values]}, index=cities)


def outliers(*tail):
    """The ordinary values 1 to 20 and a tail."""
    return column(*range(1, 21), *tail)


def treated(data, **params):
    result, record = treatment.treat(data, "winsorise", **params)
    return result["x"].tolist(), record


def test_the_outermost_value_is_set_to_the_next_until_the_column_passes():
    values, record = treated(outliers(100, 120))
    # first 120 becomes 100, which still fails, then both become 20
    assert not treatment.passes(outliers(100, 100)["x"])
    assert values == [*range(1, 21), 20, 20]
    assert record.to_numpy().tolist() == [
        ["city 20", "x", 100, 20, "winsorise"],
        ["city 21", "x", 120, 20, "winsorise"],
    ]
    values, record = treated(outliers(22, 120))
    assert values[-2:] == [22, 22]
    assert len(record) == 1


def test_a_long_tail_of_low_values_is_drawn_in_from_below():
    values, _ = treated(outliers(-100))
    assert values == [*range(1, 21), 1]


@pytest.mark.parametrize(
    "data", [outliers(21, 22), outliers(25, 30), column(0, 0, 1, 90), column(0, 0, 90), column(5, 5, 5, 5, 5)]
)
def test_a_column_that_passes_or_cannot_be_judged_is_left_alone(data):
    values, record = treated(data, skew=2.5)
    assert values == data["x"].tolist()
    assert record.empty


def test_either_limit_alone_lets_a_column_pass():
    data = outliers(100)
    skew, kurt = float(skewness(data["x"])), float(kurtosis(data["x"]))
    assert (skew > 2, kurt > 3.5) == (True, True)
    assert treated(data, skew=skew + 0.01)[1].empty
    assert treated(data, kurt=kurt + 0.01)[1].empty
    assert len(treated(data, skew=skew - 0.01, kurt=kurt - 0.01)[1]) == 1


def test_cells_that_share_a_value_move_together():
    values, record = treated(outliers(100, 100), points=2)
    assert values[-2:] == [20, 20]
    assert len(record) == 2


@pytest.mark.parametrize("points", [1, 2, 5])
def test_six_tied_cells_are_never_changed_when_fewer_are_allowed(points):
    data = column(*range(1, 60), *[5000] * 6)
    assert not treatment.passes(data["x"])
    values, record = treated(data, points=points, otherwise="none")
    assert values == data["x"].tolist()
    assert record.empty
    values, record = treated(data, points=6, otherwise="none")
    assert values[-6:] == [59] * 6
    assert len(record) == 6


def test_points_are_cells_and_not_rounds():
    # 120, then 100 twice: three cells for two values
    data = column(*range(1, 30), 100, 100, 120)
    assert not treatment.passes(column(*range(1, 30), 100, 100, 100)["x"])
    assert treated(data, points=2, otherwise="none")[1].empty
    assert len(treated(data, points=3, otherwise="none")[1]) == 3


def test_what_more_points_cannot_mend_is_transformed_from_the_untreated_values():
    data = column(*np.geomspace(1, 1e6, 25))
    values, record = treated(data, points=1)
    shares = (data["x"] - 1) / (1e6 - 1)
    assert values == pytest.approx(np.log(shares + 0.01).tolist())
    # every cell, with its untreated value, the highest among them
    assert record["before"].tolist() == data["x"].tolist()
    assert record["after"].tolist() == values
    assert set(record["method"]) == {"log"}


def test_the_logarithm_changes_the_shape_of_a_column():
    data = column(*np.geomspace(1, 1e6, 25))
    values, _ = treated(data, points=0)
    assert abs(skewness(np.array(values))) < 1.5 < 2 < skewness(data["x"])


def test_the_logarithm_of_a_column_with_a_long_tail_of_low_values_stretches_the_high_ones():
    data = column(*-np.geomspace(1, 1e6, 25))
    values, _ = treated(data, points=0)
    shares = (data["x"] + 1e6) / (1e6 - 1)
    assert values == pytest.approx((-np.log(1.01 - shares)).tolist())
    assert (np.diff(values) < 0).all()
    assert skewness(np.array(values)) > skewness(data["x"])


@pytest.mark.parametrize("sign", [1, -1])
def test_box_cox_is_what_scipy_finds(sign):
    data = column(*sign * np.geomspace(1, 1e4, 25))
    values, record = treated(data, points=0, otherwise="box-cox")
    shares = (data["x"] - data["x"].min()) / (data["x"].max() - data["x"].min()) + 0.01
    expected, power = scipy.stats.boxcox(shares)
    assert abs(power) < 5
    assert values == pytest.approx(expected.tolist(), rel=1e-6)
    assert set(record["method"]) == {"box-cox"}


def test_box_cox_takes_no_power_beyond_five():
    # one low value far from many high ones calls for a large power
    data = column(*np.linspace(-1, 0, 40) ** 21)
    shares = (data["x"] - data["x"].min()) / (data["x"].max() - data["x"].min()) + 0.01
    assert scipy.stats.boxcox(shares)[1] > 5
    values, _ = treated(data, points=0, otherwise="box-cox")
    assert values == pytest.approx(((shares**5 - 1) / 5).tolist(), rel=1e-6)


def test_columns_are_treated_each_in_its_own_way():
    columns = {"plain": range(30), "tail": [*range(29), 900], "far": [*range(27), 900, 905, 910]}
    data = pd.DataFrame(columns, dtype=float)
    result, record = treatment.treat(data, "winsorise", points=2)
    assert record.groupby("indicator")["method"].unique().map(list).to_dict() == {
        "tail": ["winsorise"],
        "far": ["log"],
    }
    assert result["plain"].equals(data["plain"])
    assert result["tail"].iloc[-1] == 28


def test_missing_cells_stay_missing_and_take_no_part():
    data = outliers(NAN, 100)
    values, record = treated(data)
    assert np.isnan(values[20])
    assert values[21] == 20
    assert len(record) == 1


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({"points": -1}, "points"),
        ({"points": 1.5}, "points"),
        ({"skew": "2"}, "skew"),
        ({"otherwise": "sqrt"}, "otherwise"),
    ],
)
def test_parameters_of_winsorising_that_do_not_fit_are_refused(params, key):
    with pytest.raises(MethodError) as caught:
        treatment.treat(DATA, "winsorise", **params)
    assert caught.value.key == f"treatment.{key}"


SKEWED = st.lists(st.integers(0, 50), min_size=8, max_size=30).map(lambda values: [*values, 4000, 5000, 70000])


@QUICK
@given(SKEWED, st.integers(0, 4), st.sampled_from(["log", "box-cox", "none"]), st.sampled_from([1, -1]))
def test_order_is_kept_and_no_more_points_change_than_allowed(values, points, otherwise, sign):
    data = column(*(sign * value for value in values))
    result, record = treatment.treat(data, "winsorise", points=points, otherwise=otherwise)
    ahead = data["x"].to_numpy()[:, None] >= data["x"].to_numpy()
    assert (result["x"].to_numpy()[:, None] >= result["x"].to_numpy())[ahead].all()
    if set(record["method"]) == {"winsorise"}:
        assert 0 < len(record) <= points
        assert treatment.passes(result["x"])


@QUICK
@given(
    SKEWED, st.sampled_from(["log", "box-cox", "none"]), st.sampled_from([0.001, 4, 1e9]), st.sampled_from([-8, 0, 3])
)
def test_another_unit_treats_the_same_cells(values, otherwise, factor, shift):
    data = column(*values)
    straight, record = treatment.treat(data, "winsorise", points=2, otherwise=otherwise)
    moved, again = treatment.treat(factor * data + shift, "winsorise", points=2, otherwise=otherwise)
    assert record[["city", "method"]].equals(again[["city", "method"]])
    if set(record["method"]) <= {"winsorise"}:
        straight = factor * straight + shift
    pd.testing.assert_frame_equal(moved, straight, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
@QUICK
@given(SKEWED, st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", ["winsorise", "winsorise-percentiles"])
def test_the_order_of_rows_and_columns_does_not_matter(method, values, random):
    data = column(*values).assign(y=np.arange(len(values)) ** 5.0)
    rows = random.sample([*data.index], len(data))
    straight, _ = treatment.treat(data, method)
    shuffled, _ = treatment.treat(data.loc[rows, ["y", "x"]], method)
    pd.testing.assert_frame_equal(shuffled.loc[data.index, ["x", "y"]], straight, rtol=1e-9)


# --- fixed percentiles -----------------------------------------------------------------------------------
def test_values_beyond_two_percentiles_are_set_to_them():
    data = column(*range(101))
    result, record = treatment.treat(data, "winsorise-percentiles")
    assert result["x"].tolist() == [5] * 5 + list(range(5, 96)) + [95] * 5
    assert len(record) == 10
    assert set(record["method"]) == {"winsorise-percentiles"}
    result, _ = treatment.treat(data, "winsorise-percentiles", low=0, high=50)
    assert result["x"].tolist() == list(range(51)) + [50] * 50


def test_percentiles_lie_between_values_and_missing_cells_take_no_part():
    # of 0, 10, 20, 30 the 5th percentile is 0.15 of the way from 0 to 10
    result, _ = treatment.treat(column(0, 30, NAN, 10, 20), "winsorise-percentiles")
    assert result["x"].tolist() == pytest.approx([1.5, 28.5, NAN, 10, 20], nan_ok=True)


@pytest.mark.parametrize(("low", "high"), [(95, 5), (50, 50), (-1, 50), (5, 101)])
def test_percentiles_out_of_order_or_range_are_refused(low, high):
    with pytest.raises(MethodError) as caught:
        treatment.treat(DATA, "winsorise-percentiles", low=low, high=high)
    assert caught.value.key.startswith("treatment.")

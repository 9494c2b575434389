"""Normalisation: worked examples of every method, what each is invariant to, and what has no spread is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhi import normalisation
from fhi.errors import MethodError
from fhi.normalisation import normalise

NAN = float("nan")
QUICK = settings(max_examples=40, deadline=None)
METHODS = sorted(normalisation.METHODS)
UP = pd.Series({"x": 1, "y": 1})
#: whole numbers, so that affine maps are exact enough to compare; some cells missing, never a constant column
COLUMN = st.lists(st.one_of(st.integers(-1000, 1000).map(float), st.just(NAN)), min_size=4, max_size=8).filter(
    lambda column: len({value for value in column if value == value}) > 1
)


def column(*values):
    return pd.DataFrame({"x": [float(value) for value in values]})


def normalised(values, method, direction=1, **params):
    frame = column(*values)
    return normalise(frame, method, directions=pd.Series({"x": direction}), **params)["x"].tolist()


def test_min_max_puts_the_least_at_the_low_and_the_most_at_the_high_end():
    # (5 - 2)/(12 - 2) = 0.3
    assert normalised([2, 5, 12], "min-max") == pytest.approx([0, 30, 100])
    assert normalised([2, 5, 12], "min-max", scale=(1, 100)) == pytest.approx([1, 30.7, 100])
    assert normalised([2, 5, 12], "min-max", scale=[-1, 1]) == pytest.approx([-1, -0.4, 1])


def test_z_score_uses_the_sample_standard_deviation():
    # mean 4, squared deviations 4 + 4 + 0 + 0 + 0 over n - 1 = 4: s = √2
    root = 2**0.5
    assert normalised([2, 4, 4, 4, 6], "z-score") == pytest.approx([-root, 0, 0, 0, root])


def test_z_score_has_a_mean_and_a_standard_deviation_to_choose():
    # mean 5, squared deviations 16 + 1 + 9 = 26 over 2: s = √13
    expected = [50 - 40 / 13**0.5, 50 + 10 / 13**0.5, 50 + 30 / 13**0.5]
    assert normalised([1, 6, 8], "z-score", mean=50, sd=10) == pytest.approx(expected)


def test_rank_gives_the_worst_one_and_ties_the_lowest_of_their_ranks():
    assert normalised([7, 3, 7, 9, -1], "rank") == [3, 2, 3, 5, 1]


def test_a_missing_cell_takes_no_part_and_stays_missing():
    assert normalised([2, NAN, 5, 12], "min-max") == pytest.approx([0, NAN, 30, 100], nan_ok=True)
    assert normalised([7, NAN, 3, 7], "rank") == pytest.approx([2, NAN, 1, 2], nan_ok=True)
    # mean 3, s = √2 of the two that are there
    assert normalised([2, NAN, 4], "z-score") == pytest.approx([-(0.5**0.5), NAN, 0.5**0.5], nan_ok=True)


def test_where_less_is_better_the_least_comes_out_on_top():
    assert normalised([2, 5, 12], "min-max", -1) == pytest.approx([100, 70, 0])
    assert normalised([7, 3, 7, 9], "rank", -1) == [2, 4, 2, 1]
    assert normalised([1, 3], "z-score", -1) == pytest.approx([0.5**0.5, -(0.5**0.5)])


def test_each_column_is_normalised_by_itself_in_its_own_direction():
    data = pd.DataFrame({"x": [0.0, 1.0, 4.0], "y": [300.0, 100.0, 200.0]}, index=["甲", "乙", "丙"])
    result = normalise(data, "min-max", directions=pd.Series({"y": -1, "x": 1, "unused": 1}))
    expected = pd.DataFrame({"x": [0.0, 25, 100], "y": [0.0, 100, 50]}, index=data.index)
    pd.testing.assert_frame_equal(result, expected)


@pytest.mark.parametrize("method", ["min-max", "z-score"])
@pytest.mark.parametrize("values", [(3, 3, 3), (NAN, 3), (0.0, -0.0)])
def test_a_column_without_spread_is_refused_by_name(method, values):
    data = column(*values).assign(y=range(len(values)))
    with pytest.raises(MethodError, match="the same in x, and"):
        normalise(data, method, directions=UP)


def test_ranks_of_a_column_without_spread_are_all_one():
    assert normalised([3, 3, 3], "rank") == [1, 1, 1]


@pytest.mark.parametrize("method", METHODS)
def test_a_column_without_data_is_refused_by_name(method):
    data = pd.DataFrame({"x": [1.0, 2.0], "y": [NAN, NAN]})
    with pytest.raises(MethodError, match="no data in y;"):
        normalise(data, method, directions=UP)


@pytest.mark.parametrize("directions", [{"x": 1}, {"x": 1, "y": 0}, {"x": 1, "y": NAN}, {"x": 1, "y": 2}])
def test_a_column_without_a_direction_is_refused_by_name(directions):
    data = pd.DataFrame({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    with pytest.raises(MethodError, match=r"no direction \(1 or -1\) for y\."):
        normalise(data, "min-max", directions=pd.Series(directions))


@pytest.mark.parametrize("scale", [(100, 0), (5, 5), (0,), (0, 50, 100), (0, NAN), "wide", ("low", "high")])
def test_a_scale_that_is_not_two_ascending_numbers_is_refused(scale):
    with pytest.raises(MethodError, match="two ascending numbers") as caught:
        normalised([1, 2], "min-max", scale=scale)
    assert caught.value.key == "normalisation.scale"


@pytest.mark.parametrize("sd", [0, -1, NAN, float("inf"), "two"])
def test_a_standard_deviation_that_is_not_positive_is_refused(sd):
    with pytest.raises(MethodError, match="positive") as caught:
        normalised([1, 2], "z-score", sd=sd)
    assert caught.value.key == "normalisation.sd"


@pytest.mark.parametrize("mean", [NAN, float("inf"), "zero"])
def test_a_mean_that_is_not_a_number_is_refused(mean):
    with pytest.raises(MethodError) as caught:
        normalised([1, 2], "z-score", mean=mean)
    assert caught.value.key == "normalisation.mean"


def test_an_unknown_method_is_refused_with_the_nearest_name():
    with pytest.raises(MethodError, match=r"normalisation: there is no 'minmax'\. Did you mean min-max"):
        normalised([1, 2], "minmax")


def test_a_function_of_the_users_gets_more_always_better(monkeypatch):
    monkeypatch.setitem(normalisation.METHODS, "share of the best", lambda data, *, points: points * data / data.max())
    assert normalised([2, 5], "share of the best", points=10) == pytest.approx([4, 10])
    # negated, the best of -2 and -5 is -2
    assert normalised([2, 5], "share of the best", -1, points=10) == pytest.approx([10, 25])


@QUICK
@given(COLUMN, st.sampled_from([0.25, 3, 1000]), st.sampled_from([-70, 0, 12.5]))
@pytest.mark.parametrize("method", METHODS)
def test_a_change_of_unit_changes_nothing(method, values, factor, shift):
    moved = [factor * value + shift for value in values]
    assert normalised(moved, method) == pytest.approx(normalised(values, method), abs=1e-9, nan_ok=True)


@QUICK
@given(COLUMN)
def test_ranks_depend_on_the_order_alone(values):
    curved = [np.arctan(value / 100) for value in values]
    assert normalised(curved, "rank") == pytest.approx(normalised(values, "rank"), nan_ok=True)


@QUICK
@given(COLUMN, st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_rows_and_columns_does_not_matter(method, values, random):
    data = pd.DataFrame({"x": values, "y": range(len(values))}, dtype=float)
    rows = random.sample(range(len(values)), len(values))
    straight = normalise(data, method, directions=UP)
    shuffled = normalise(data.loc[rows, ["y", "x"]], method, directions=UP)
    # the mean of z-score is a sum, whose last digit depends on the order
    pd.testing.assert_frame_equal(shuffled.loc[data.index, ["x", "y"]], straight, rtol=1e-9, atol=1e-9)


@QUICK
@given(COLUMN, st.sampled_from([1, -1]))
@pytest.mark.parametrize("method", METHODS)
def test_missing_cells_stay_the_only_missing_ones_and_better_is_never_lower(method, values, direction):
    result = np.array(normalised(values, method, direction))
    assert (np.isnan(result) == np.isnan(values)).all()
    order = np.argsort(direction * np.array(values))  # missing ones last
    present = result[order][: np.isfinite(result).sum()]
    assert (np.diff(present) >= -1e-12).all()


@QUICK
@given(COLUMN)
def test_min_max_fills_the_scale_and_z_score_has_mean_zero_and_variance_one(values):
    scaled = pd.Series(normalised(values, "min-max", scale=(1, 7)))
    assert (scaled.min(), scaled.max()) == pytest.approx((1, 7))
    standard = pd.Series(normalised(values, "z-score")).dropna().to_numpy()
    assert standard.sum() == pytest.approx(0, abs=1e-9)
    assert (standard**2).sum() == pytest.approx(len(standard) - 1)

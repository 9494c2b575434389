"""Normalisation: what every method promises, and what no method may do. Examples: tests/engine/normalisation/."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import normalisation
from fhi.engine.errors import MethodError
from fhi.engine.methods import method
from fhi.engine.normalisation import normalise

NAN = float("nan")
QUICK = settings(max_examples=examples(15), deadline=None)
#: methods by points, by an optimum or of values as they are: neither free of the unit nor always rising (test_rules)
OTHERS = {"optimum", "categories", "above-mean", "identity"}
METHODS = sorted(set(normalisation.METHODS) - OTHERS)
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


def test_a_missing_cell_takes_no_part_and_stays_missing():
    assert normalised([2, NAN, 5, 12], "min-max") == pytest.approx([0, NAN, 30, 100], nan_ok=True)
    assert normalised([7, NAN, 3, 7], "rank", raw=True) == pytest.approx([2, NAN, 1, 2], nan_ok=True)
    # half way up among three is half way up among the four
    assert normalised([7, NAN, 3, 7], "rank") == pytest.approx([2.5, NAN, 1, 2.5], nan_ok=True)
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


SPREAD = ["min-max", "log-min-max", "z-score", "robust", "distance-to-maximum", "efficacy"]


@pytest.mark.parametrize("method", SPREAD)
@pytest.mark.parametrize("values", [(3, 3, 3), (NAN, 3), (0.1, 0.1, (0.1 + 0.2) / 3)])
def test_a_column_without_spread_is_refused_by_name(method, values):
    data = column(*values).assign(y=range(1, len(values) + 1))
    with pytest.raises(MethodError, match=r"(the same|equal) in x, and .* leave it out"):
        normalise(data, method, directions=UP)


def test_a_column_of_two_zeros_has_no_spread():
    with pytest.raises(MethodError, match="the same in x"):
        normalised([0.0, -0.0], "min-max")


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(SPREAD) - {"distance-to-reference", "bounds-by-rule"}))
def test_a_method_that_needs_no_spread_gives_every_unit_the_same(method):
    params = {"goalposts": {"goalposts": {"x": [0, 12]}}, "distance-to-targets": {"targets": {"x": 7}}}
    found = normalised([3, 3, 3], method, **params.get(method, {}))
    assert len(set(found)) == 1
    assert np.isfinite(found).all()


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


@pytest.mark.parametrize(
    "careless",
    [
        pytest.param(lambda data: data.fillna(0), id="fills"),
        pytest.param(lambda data: data.where(data > 2), id="empties"),
        pytest.param(lambda data: 0 * data / 0, id="divides zero by zero"),
    ],
)
def test_a_function_of_the_users_gives_a_number_where_there_is_one_and_none_elsewhere(monkeypatch, careless):
    monkeypatch.setitem(normalisation.METHODS, "careless", careless)
    with pytest.raises(MethodError, match=r"'careless' must give a number where there is one, .* see x"):
        normalised([2, 5, NAN], "careless")


def test_a_function_of_the_users_that_needs_positive_values_gets_them(monkeypatch):
    monkeypatch.setitem(normalisation.METHODS, "root", None)
    del normalisation.METHODS["root"]
    method("normalisation", "root", reflected=True)(lambda data: data**0.5)
    assert normalised([4, 9, 16], "root", -1) == pytest.approx([4, 11**0.5, 2])


@pytest.mark.parametrize(("method", "key"), [("goalposts", "goalposts"), ("distance-to-targets", "targets")])
def test_a_parameter_that_a_method_cannot_do_without_is_asked_for(method, key):
    with pytest.raises(MethodError, match=f"'{method}' needs '{key}'") as caught:
        normalised([1, 2], method)
    assert caught.value.key == f"normalisation.{key}"


def test_a_parameter_of_another_method_is_refused():
    with pytest.raises(MethodError, match="'rank' takes no 'mean'"):
        normalised([1, 2], "rank", mean=0)


def test_a_function_of_the_users_gets_more_always_better(monkeypatch):
    monkeypatch.setitem(normalisation.METHODS, "share of the best", lambda data, *, points: points * data / data.max())
    assert normalised([2, 5], "share of the best", points=10) == pytest.approx([4, 10])
    # negated, the best of -2 and -5 is -2
    assert normalised([2, 5], "share of the best", -1, points=10) == pytest.approx([10, 25])


def params_for(method, data, directions):
    """Return parameters that suit the data, so that every method can be tried on every column."""
    ends = {name: [data[name].min(), data[name].max()] for name in data}
    if method == "goalposts":
        return {"goalposts": {name: [low - 7, high + 5] for name, (low, high) in ends.items()}}
    if method == "distance-to-targets":
        return {"targets": {name: ends[name][1] + 3 if directions[name] > 0 else ends[name][0] - 3 for name in data}}
    if method == "distance-to-reference":
        better = data["x"] * directions["x"]
        return {"reference": better.idxmax()}
    return {}


def tried(data, method, directions):
    directions = pd.Series(directions)
    return normalise(data, method, directions=directions, **params_for(method, data, directions))


#: positive whole numbers whose quartiles differ, so that no method refuses them
FIT = COLUMN.map(lambda values: [abs(value) + 1 for value in values]).filter(
    lambda values: np.nanquantile(values, 0.75) > np.nanquantile(values, 0.25)
)
#: what a change of unit may do without any effect on the outcome
SHIFT = {name: [0] for name in ("log-min-max", "proportion-of-sum", "share-of-maximum", "vector")}


@QUICK
@given(st.data(), FIT, st.sampled_from([0.25, 3, 1000]), st.sampled_from([1, -1]))
@pytest.mark.parametrize("method", METHODS)
def test_a_change_of_unit_changes_nothing(method, draw, values, factor, direction):
    shift = draw.draw(st.sampled_from(SHIFT.get(method, [-70, 0, 12.5])))
    data = column(*values)
    params = params_for(method, data, {"x": direction})
    moved = {
        "goalposts": lambda: {"goalposts": {"x": [factor * end + shift for end in params["goalposts"]["x"]]}},
        "distance-to-targets": lambda: {"targets": {"x": factor * params["targets"]["x"] + shift}},
    }.get(method, lambda: params)()
    directions = pd.Series({"x": direction})
    straight = normalise(data, method, directions=directions, **params)
    found = normalise(factor * data + shift, method, directions=directions, **moved)
    pd.testing.assert_frame_equal(found, straight, rtol=1e-9, atol=1e-9)


@QUICK
@given(COLUMN)
def test_ranks_depend_on_the_order_alone(values):
    curved = [np.arctan(value / 100) for value in values]
    assert normalised(curved, "rank") == pytest.approx(normalised(values, "rank"), nan_ok=True)


@QUICK
@given(st.lists(st.integers(-1000, 1000), min_size=4, max_size=9, unique=True), st.data())
@pytest.mark.parametrize("method", ["rank", "borda", "percentile-rank"])
def test_ranks_span_the_same_range_whatever_the_coverage(method, values, draw):
    known = draw.draw(st.lists(st.integers(0, len(values) - 1), min_size=2, unique=True))
    full = pd.Series(values, dtype=float)
    data = pd.DataFrame({"x": full, "y": full.where(full.index.isin(known))})
    found = normalise(data, method, directions=UP)
    assert found["x"].agg(["min", "max"]).tolist() == pytest.approx(found["y"].agg(["min", "max"]).tolist())
    # of two that stand at the ends, the sparse column tells no less than the full one
    ends = {"rank": (1, len(values)), "borda": (0, len(values) - 1), "percentile-rank": (0, 1)}[method]
    assert found["y"].agg(["min", "max"]).tolist() == pytest.approx(ends)


@QUICK
@given(FIT, FIT)
def test_shares_of_the_sum_average_the_same_whatever_the_coverage(first, second):
    size = min(len(first), len(second))
    data = pd.DataFrame({"x": first[:size], "y": second[:size]})
    assume(data.notna().any().all())
    means = normalise(data, "proportion-of-sum", directions=UP).mean()
    assert means.dropna().tolist() == pytest.approx([1 / size] * means.notna().sum())


@QUICK
@given(COLUMN)
def test_raw_ranks_are_those_of_the_units_with_a_value(values):
    ranks = pd.Series(values).rank(method="min")
    assert normalised(values, "rank", raw=True) == pytest.approx(ranks.tolist(), nan_ok=True)
    assert normalised(values, "borda", raw=True) == pytest.approx((ranks - 1).tolist(), nan_ok=True)


@QUICK
@given(FIT, st.sampled_from([1, -1]), st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_rows_and_columns_does_not_matter(method, values, direction, random):
    data = pd.DataFrame({"x": values, "y": np.square(values)})
    rows = random.sample(range(len(values)), len(values))
    directions = {"x": direction, "y": direction}
    straight = tried(data, method, directions)
    shuffled = tried(data.loc[rows, ["y", "x"]], method, directions)
    # a sum's last digit depends on the order
    pd.testing.assert_frame_equal(shuffled.loc[data.index, ["x", "y"]], straight, rtol=1e-9, atol=1e-9)


@QUICK
@given(FIT, st.sampled_from([1, -1]))
@pytest.mark.parametrize("method", METHODS)
def test_missing_cells_stay_missing_and_better_is_always_higher(method, values, direction):
    result = tried(column(*values), method, {"x": direction})["x"].to_numpy()
    assert (np.isnan(result) == np.isnan(values)).all()
    present = ~np.isnan(values)
    better, found = direction * np.array(values)[present], result[present]
    ahead = better[:, None] > better[None, :]
    assert (found[:, None] > found[None, :])[ahead].all()
    level = better[:, None] == better[None, :]
    assert (found[:, None] == found[None, :])[level].all()


@QUICK
@given(FIT, FIT)
@pytest.mark.parametrize("method", METHODS)
def test_a_column_is_normalised_without_regard_to_the_others(method, first, second):
    size = min(len(first), len(second))
    data = pd.DataFrame({"x": first[:size], "y": second[:size]})
    usable = data.quantile(0.75) > data.quantile(0.25)
    if not usable.all():
        return
    best = data["x"].idxmax()
    if method == "distance-to-reference" and not data.loc[best, "y"] > data["y"].min():
        return
    directions = pd.Series({"x": 1, "y": 1})
    params = params_for(method, data, directions)
    alone = normalise(data[["x"]], method, directions=directions, **params)
    pd.testing.assert_series_equal(normalise(data, method, directions=directions, **params)["x"], alone["x"])


@QUICK
@given(COLUMN)
def test_min_max_fills_the_scale_and_z_score_has_mean_zero_and_variance_one(values):
    scaled = pd.Series(normalised(values, "min-max", scale=(1, 7)))
    assert (scaled.min(), scaled.max()) == pytest.approx((1, 7))
    standard = pd.Series(normalised(values, "z-score")).dropna().to_numpy()
    assert standard.sum() == pytest.approx(0, abs=1e-9)
    assert (standard**2).sum() == pytest.approx(len(standard) - 1)

"""Which assumptions move the ranks."""

import warnings

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.robustness import RobustnessError, WideIntervals, sensitivity, uncertainty

SPACE = {
    "normalisation": ["min-max", "rank"],
    "aggregation": ["arithmetic", "median"],
    "weight_noise": {"uniform": 0.5, "levels": [1, 2, 3]},
    "data_noise": {"wage": {"relative": 0.3}},
}


@pytest.fixture(scope="module")
def data(cases, tree):
    return cases["make_data"](tree, 8, seed=6)


@pytest.fixture(scope="module")
def table(data, tree):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WideIntervals)
        return sensitivity(data, tree, SPACE, 1024, 3, resamples=200)


def test_each_output_has_each_assumption_once(table):
    assert table.groupby(["output", table["city"].fillna("")]).size().unique().tolist() == [4]
    assert set(table["output"]) == {"shift", "rank"}
    assert table["city"].nunique() == 8
    assert table[table["output"] == "shift"]["assumption"].tolist() == [
        *("normalisation", "weight_noise", "aggregation", "data_noise")
    ]


def test_the_variance_is_that_of_the_draws(data, tree, table):
    result = uncertainty(data, tree, SPACE, 6000, 3)
    expected = result.ranks.astype(float).var(ddof=0)
    found = table[table["output"] == "rank"].drop_duplicates("city").set_index("city")["variance"]
    np.testing.assert_allclose(found, expected, rtol=0.15, atol=0.02)
    shift = (result.ranks - result.study.reference).abs().mean(axis=1).var()
    assert table["variance"].iloc[0] == pytest.approx(shift, rel=0.15)


def test_first_order_indices_are_the_variance_of_the_conditional_mean(data, tree, table):
    result = uncertainty(data, tree, SPACE, 20_000, 8)
    for city in ("unit 2", "unit 5"):
        ranks = result.ranks[city].astype(float)
        for assumption in ("normalisation", "aggregation"):
            means = ranks.groupby(result.parameters[assumption], observed=True).transform("mean")
            row = table[(table["city"] == city) & (table["assumption"] == assumption)].iloc[0]
            assert row["first"] == pytest.approx(means.var() / ranks.var(), abs=0.08)
            assert row["first_low"] <= row["first"] <= row["first_high"]
            assert row["total"] >= row["first"] - 0.08


def test_an_assumption_that_changes_nothing_has_indices_of_zero(data, tree):
    space = {"weights": [{}, {"dust": 5.0}], "normalisation": ["min-max", "rank"]}
    table = sensitivity(data, tree, space, 512, 1, resamples=100)
    # an only child weighs 1 whatever its raw weight
    idle = table[(table["assumption"] == "weights") & (table["variance"] > 0)]
    assert len(idle) > 1
    np.testing.assert_allclose(idle[["first", "total", "total_high"]], 0.0, atol=1e-12)
    rest = table[(table["assumption"] == "normalisation") & (table["variance"] > 0)]
    np.testing.assert_allclose(rest["first"], 1.0, atol=0.15)


def test_a_rank_that_never_moves_has_no_indices(cases, tree):
    data = cases["make_data"](tree, 6, seed=1)
    data.loc["unit 5"] = 99.0
    data.loc["unit 5", ["debt", "dust"]] = 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WideIntervals)
        table = sensitivity(data, tree, SPACE, 256, resamples=50)
    still = table[table["city"] == "unit 5"]
    assert (still["variance"] == 0).all()
    assert still[["first", "total", "first_low", "total_high"]].isna().all(axis=None)
    assert not still["readable"].any()


def test_intervals_that_are_too_wide_are_warned_of(data, tree):
    with pytest.warns(WideIntervals, match=r"do not read these indices; raise n to 256") as caught:
        table = sensitivity(data, tree, SPACE, 64, resamples=100)
    wide = (table["first_high"] - table["first_low"] > 0.2) | (table["total_high"] - table["total_low"] > 0.2)
    varies = table["variance"] > 0
    assert (table["readable"][varies] == ~wide[varies]).all()
    for city in table.loc[wide & varies, "city"].dropna().unique():
        assert city in str(caught[0].message)


def test_the_same_seed_gives_the_same_indices(data, tree, table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WideIntervals)
        pd.testing.assert_frame_equal(table, sensitivity(data, tree, SPACE, 1024, 3, resamples=200))


@pytest.mark.parametrize("n", [0, 1, 1000, 2.0])
def test_the_number_of_rows_is_a_power_of_two(data, tree, n):
    with pytest.raises(MethodError, match="n must be a"):
        sensitivity(data, tree, SPACE, n)


def test_a_draw_that_fails_is_told_with_its_assumptions(data, tree):
    with pytest.raises(RobustnessError, match="normalisation: min-max; aggregation: geometric"):
        sensitivity(data, tree, {"normalisation": ["rank", "min-max"], "aggregation": ["median", "geometric"]}, 64)

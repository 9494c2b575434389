"""Values within an interval: quantiles in closed form, one side for printed bounds, the draws of an index."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy import stats

from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method
from fhi.engine.robustness import uncertainty
from fhi.engine.robustness.distributions import WITHIN, Error, quantile
from fhi.engine.robustness.model import UnusedAssumption
from fhi.engine.robustness.space import parse

SHARES = np.linspace(0.001, 0.999, 41)
PRINTED = pd.DataFrame(
    {
        "city": ["exact", "over", "nearly", "about", "open", "given"],
        "value": [80.0, 400, 100, 50, 60, 20],
        "low": [80.0, 400, 100, 50, 60, 15],
        "high": [80.0, 400, 100, 50, np.inf, 40],
        "qualifier": ["exact", "above", "below", "about", "exact", "above"],
    }
)


def of(kind, low, mode, high):
    return quantile(kind, *np.broadcast_arrays(*map(float, (low, mode, high)), SHARES))


@pytest.mark.parametrize("mode", [2, 3, 5])
def test_the_triangle_and_the_uniform_are_those_of_scipy(mode):
    expected = stats.triang((mode - 2) / 3, loc=2, scale=3).ppf(SHARES)
    assert of("triangular", 2, mode, 5) == pytest.approx(expected)
    assert of("uniform", 2, mode, 5) == pytest.approx(stats.uniform(2, 3).ppf(SHARES))


def test_equal_halves_are_a_normal_distribution_and_one_side_is_half_of_one():
    assert of("normal", 3, 5, 7) == pytest.approx(stats.norm(5, 2 / 1.96).ppf(SHARES))
    assert of("normal", 5, 5, 7) == pytest.approx(5 + stats.halfnorm(scale=2 / 1.96).ppf(SHARES))
    assert of("normal", 3, 5, 5) == pytest.approx(5 - stats.halfnorm(scale=2 / 1.96).ppf(1 - SHARES))


def test_unequal_halves_have_the_mean_of_a_two_piece_normal():
    shares = (np.arange(200_000) + 0.5) / 200_000
    found = quantile("normal", *np.broadcast_arrays(4.0, 5.0, 8.0, shares))
    down, up = 1 / 1.96, 3 / 1.96
    # Wallis (2014): mode + √(2/π)·(σ₂ − σ₁), and the share below the mode is σ₁/(σ₁ + σ₂)
    assert found.mean() == pytest.approx(5 + np.sqrt(2 / np.pi) * (up - down), rel=1e-4)
    assert (found < 5).mean() == pytest.approx(0.25, abs=1e-4)


@settings(max_examples=examples(30), deadline=None)
@given(st.sampled_from(WITHIN), st.lists(st.floats(-50, 50), min_size=3, max_size=3, unique=True).map(sorted))
def test_quantiles_rise_and_stay_within_the_ends(kind, ends):
    found = of(kind, *ends)
    assert (np.diff(found) >= -1e-9).all()
    if kind != "normal":
        assert (found >= ends[0] - 1e-9).all() and (found <= ends[2] + 1e-9).all()


def test_the_qualifier_gives_the_side_and_the_panel_the_ends():
    found = Error("triangular", 0.25).between("capital", PRINTED).ends.set_index("city")
    assert found[["low", "high"]].T.to_dict("list") == {
        "over": [400, 500],
        "nearly": [75, 100],
        "about": [37.5, 62.5],
        "open": [60, 75],
        "given": [15, 40],
    }


def test_a_value_printed_as_a_bound_needs_a_reach():
    with pytest.raises(MethodError, match=r"value of over is printed as a bound.*reach"):
        Error("uniform", None).between("capital", PRINTED)


@pytest.fixture
def panel(tree, cases):
    data = cases["make_data"](tree, 8, seed=5)
    long = cases["as_panel"](data, 2018)
    long["low"], long["high"], long["qualifier"] = long["value"], long["value"], "exact"
    at = (long["indicator"] == "wage") & (long["city"] == "unit 3")
    long.loc[at, "qualifier"] = "above"
    return long


def test_draws_move_the_values_printed_as_bounds_to_their_side_alone(panel, tree):
    space = {"data_noise": {"wage": {"uniform": "interval", "reach": 0.5}}}
    method = Method(normalisation="identity", year=2018)
    result = uncertainty(panel, tree, space, 3000, 1, method=method)
    still = result.study.nominal[result.units].to_numpy()
    moved = result.scores - still
    assert moved.drop(columns="unit 3").abs().max(axis=None) < 1e-9
    value = panel.query("indicator == 'wage' and city == 'unit 3'")["value"].iloc[0]
    weight = result.study.model.weigh(
        result.study.model.workshop.matrix(method).normalised(result.study.model.inputs), method
    )
    share = weight["money"] * weight["income"] * weight["wage"]
    drawn = moved["unit 3"] / (share * value * 0.5)
    assert drawn.min() >= 0 and drawn.max() <= 1 + 1e-9
    # uniform from 0 to 1: mean and variance, within four standard errors
    assert drawn.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 3000))
    assert drawn.var() == pytest.approx(1 / 12, rel=0.1)


def test_an_indicator_known_exactly_is_not_varied(panel, tree):
    space = {"data_noise": {"rent": {"normal": "interval"}}, "normalisation": ["min-max", "rank"]}
    with pytest.warns(UnusedAssumption, match="no value of rent is known up to an interval"):
        result = uncertainty(panel, tree, space, 20, 1, method=Method(year=2018))
    assert result.study.model.space.assumptions == ["normalisation"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"uniform": 3}, "uniform: interval"),
        ({"uniform": "interval", "normal": "interval"}, "uniform: interval"),
        ({"triangular": "interval", "reach": -1}, "reach of wage must be positive"),
        ({"triangle": "interval"}, "triangular: interval"),
    ],
)
def test_refusals(entry, told, tree):
    with pytest.raises(MethodError, match=told):
        parse({"data_noise": {"wage": entry}}, Method(), tree)

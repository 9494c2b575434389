"""Min-max and its kin: worked examples, an independent library, and what cannot be computed."""

import math

import numpy as np
import pandas as pd
import pytest
from pymcdm.normalizations import minmax_normalization

from fhi.engine.errors import MethodError
from fhi.engine.normalisation import normalise

NAN = float("nan")


def test_min_max_puts_the_least_at_the_low_and_the_most_at_the_high_end(normalised):
    # (5 - 2)/(12 - 2) = 0.3
    assert normalised([2, 5, 12], "min-max") == pytest.approx([0, 30, 100])
    assert normalised([2, 5, 12], "min-max", scale=(1, 100)) == pytest.approx([1, 30.7, 100])
    assert normalised([2, 5, 12], "min-max", scale=[-1, 1]) == pytest.approx([-1, -0.4, 1])
    assert normalised([2, 5, 12], "min-max", -1) == pytest.approx([100, 70, 0])


@pytest.mark.parametrize("direction", [1, -1])
def test_min_max_is_what_pymcdm_finds(normalised, direction):
    values = np.random.default_rng(2).lognormal(size=8)
    expected = minmax_normalization(values, cost=direction < 0)
    assert normalised(values, "min-max", direction, scale=(0, 1)) == pytest.approx(expected)


def test_the_logarithmic_min_max_measures_in_factors(normalised):
    # from 1 to 100, 10 is half way
    assert normalised([1, 10, 100], "log-min-max") == pytest.approx([0, 50, 100])
    assert normalised([2, 4, 16], "log-min-max", scale=(1, 4)) == pytest.approx([1, 2, 4])


def test_the_logarithm_of_where_less_is_better_is_that_of_the_reflected_values(normalised):
    # 1, 10, 100 reflect to 100, 91, 1
    expected = [100, 100 * math.log(91) / math.log(100), 0]
    assert normalised([1, 10, 100], "log-min-max", -1) == pytest.approx(expected)


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("value", [0, -3])
def test_the_logarithm_of_zero_or_less_is_refused_by_column_with_the_value(normalised, direction, value):
    with pytest.raises(MethodError, match=rf"positive values, .* in x \(least: {value}\); .*choose min-max") as caught:
        normalised([5, value, 9], "log-min-max", direction)
    assert (caught.value.key, caught.value.value) == ("normalisation", "x")


def test_goalposts_are_fixed_whatever_the_data(normalised):
    # life expectancy between 20 and 85 years: (72 - 20)/65 = 0.8
    assert normalised([72, 85], "goalposts", goalposts={"x": [20, 85]}, scale=(0, 1)) == pytest.approx([0.8, 1])
    assert normalised([72], "goalposts", goalposts={"x": [20, 85]}) == pytest.approx([80])
    assert normalised([72], "goalposts", goalposts={"x": [20, 85]}, scale=[1, 6]) == pytest.approx([5])


def test_goalposts_cut_what_lies_beyond_them_unless_told_not_to(normalised):
    posts = {"x": [10, 20]}
    assert normalised([5, 12, 30], "goalposts", goalposts=posts) == pytest.approx([0, 20, 100])
    assert normalised([5, 12, 30], "goalposts", goalposts=posts, truncate=False) == pytest.approx([-50, 20, 200])


def test_goalposts_stay_in_the_indicators_own_unit_where_less_is_better(normalised):
    posts = {"x": [10, 20]}
    assert normalised([5, 12, 30], "goalposts", -1, goalposts=posts) == pytest.approx([100, 80, 0])
    assert normalised([5, 12, 30], "goalposts", -1, goalposts=posts, truncate=False) == pytest.approx([150, 80, -100])


def test_goalposts_of_logarithms(normalised):
    # income between 100 and 75,000: (ln 7500 - ln 100)/(ln 75000 - ln 100)
    params = {"goalposts": {"x": [100, 75000]}, "logarithmic": ["x"], "scale": (0, 1)}
    expected = math.log(75) / math.log(750)
    assert normalised([7500, 100, 80000], "goalposts", **params) == pytest.approx([expected, 0, 1])
    assert normalised([7500, 100, 80000], "goalposts", -1, **params) == pytest.approx([1 - expected, 1, 0])


def test_only_the_named_indicators_are_logarithmic():
    data = pd.DataFrame({"x": [10.0], "y": [10.0]})
    posts = {"x": [1, 100], "y": [1, 100], "unused": [0, 1]}
    params = {"goalposts": posts, "logarithmic": ["y"], "scale": (0, 1)}
    found = normalise(data, "goalposts", directions=pd.Series({"x": 1, "y": 1}), **params)
    assert found.loc[0].tolist() == pytest.approx([9 / 99, 0.5])


@pytest.mark.parametrize(
    ("params", "message", "key"),
    [
        ({"goalposts": {"y": [0, 1]}}, "no goalposts for x; add it under goalposts", "normalisation.goalposts"),
        ({"goalposts": {"x": [1, 1]}}, "must be two ascending numbers", "normalisation.goalposts.x"),
        ({"goalposts": {"x": [0, 9]}, "logarithmic": ["x"]}, "positive goalposts, .* in x", "normalisation"),
        ({"goalposts": {"x": [1, 9]}, "truncate": 1}, "must be true or false", "normalisation.truncate"),
    ],
)
def test_goalposts_that_do_not_fit_are_refused(normalised, params, message, key):
    with pytest.raises(MethodError, match=message) as caught:
        normalised([1, 2], "goalposts", **params)
    assert caught.value.key == key


@pytest.mark.parametrize("direction", [1, -1])
def test_a_value_without_a_logarithm_is_refused_between_goalposts(normalised, direction):
    with pytest.raises(MethodError, match=r"positive values, .* in x \(least: 0\)"):
        normalised([1, 0, NAN], "goalposts", direction, goalposts={"x": [1, 9]}, logarithmic=["x"])


def test_the_efficacy_coefficient_runs_from_60_to_100(normalised):
    assert normalised([2, 5, 12], "efficacy") == pytest.approx([60, 72, 100])
    assert normalised([2, 5, 12], "efficacy", -1) == pytest.approx([100, 88, 60])
    assert normalised([2, 5, 12], "efficacy", base=50, span=50) == pytest.approx([50, 65, 100])


def test_the_efficacy_coefficient_has_a_satisfactory_value_and_one_not_allowed(normalised):
    # 60 + 40·(x - 4)/(8 - 4); beyond the bounds it goes on
    assert normalised([2, 5, 12], "efficacy", bounds={"x": [4, 8]}) == pytest.approx([40, 70, 140])
    # less is better: 4 is satisfactory, 8 not allowed
    assert normalised([2, 5, 12], "efficacy", -1, bounds={"x": [4, 8]}) == pytest.approx([120, 90, 20])


def test_bounds_are_needed_for_the_indicators_without_spread_alone():
    data = pd.DataFrame({"x": [5.0, 5], "y": [1.0, 2]})
    directions = pd.Series({"x": 1, "y": 1})
    found = normalise(data, "efficacy", directions=directions, bounds={"x": [0, 10], "unused": [0, 1]})
    assert found.to_numpy().tolist() == [[80, 60], [80, 100]]
    with pytest.raises(MethodError, match=r"the same in x, .* set bounds"):
        normalise(data, "efficacy", directions=directions, bounds={"y": [0, 10]})


@pytest.mark.parametrize(
    ("params", "key"), [({"span": 0}, "span"), ({"base": "low"}, "base"), ({"bounds": {"x": [2, 1]}}, "bounds.x")]
)
def test_parameters_of_the_efficacy_coefficient_that_do_not_fit_are_refused(normalised, params, key):
    with pytest.raises(MethodError) as caught:
        normalised([1, 2], "efficacy", **params)
    assert caught.value.key == f"normalisation.{key}"

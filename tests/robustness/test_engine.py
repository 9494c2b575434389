"""Draws computed together are the draws computed one after the other, for every assumption and combination."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhi.parameters import Method
from fhi.robustness import uncertainty

MIN_MAX = {"method": "min-max", "scale": [1, 100]}
POSITIVE = [MIN_MAX, {"method": "z-score", "mean": 100, "sd": 10}, "rank"]
MIXED = {0: "geometric", 1: "arithmetic", 2: "arithmetic"}
WEIGHT_NOISE = {"uniform": 0.25, "levels": [1, 2]}

SPACES = {
    "normalisation": {"normalisation": POSITIVE},
    "weighting": {"weighting": ["original", "equal"]},
    "weights": {"weights": [{}, {"money": 3, "school": 0.5}]},
    "aggregation": {"normalisation": [MIN_MAX], "aggregation": ["arithmetic", "geometric", MIXED]},
    "aggregation upwards": {
        "normalisation": [MIN_MAX],
        "aggregation": [
            {0: "arithmetic", 1: "arithmetic", 2: "geometric"},
            {0: "geometric", 1: "arithmetic", 2: "geometric"},
        ],
        "weight_noise": {"uniform": 0.3, "levels": [1, 2, 3]},
    },
    "left out": {"left_out": ["none", "pillars", "indicators"]},
    "a node left out": {"left_out": ["none", "income", "dust"]},
    "weight noise": {"weight_noise": WEIGHT_NOISE},
    "weight noise of the leaves": {"weight_noise": {"uniform": 1, "levels": [3]}},
    "dirichlet": {"weight_noise": {"dirichlet": 1, "levels": [1]}},
    "two kinds of weight noise": {
        "weight_noise": [{"dirichlet": 2.5, "levels": [1, 3]}, {"uniform": 0.5, "levels": [2]}]
    },
    "data noise": {"data_noise": {"wage": {"relative": 0.1}, "dust": {"sd": 0.5}, "debt": {"sd": {"unit 1": 2.0}}}},
    "answers": {"data_noise": {"school": {"answers": 30}}, "normalisation": POSITIVE},
    "coverage": {"least_coverage": [0, 0.95]},
    "availability": {"availability": [{0: 1.0}, {0: 0.6, 1: 0.5, 2: 0.4}], "weight_noise": WEIGHT_NOISE},
    "everything": {
        "normalisation": POSITIVE,
        "left_out": ["none", "indicators"],
        "weighting": ["original", "equal"],
        "weight_noise": [{"dirichlet": 3, "levels": [1]}, {"uniform": 0.25, "levels": [2, 3]}],
        "aggregation": ["arithmetic", "geometric", MIXED],
        "data_noise": {"wage": {"relative": 0.02}, "school": {"answers": 200}},
    },
}


def compare(cases, data, tree, space, n, seed=5, method=None, **arguments):
    """Draw fast, build slowly, and compare scores to a relative 1e-12 and ranks exactly."""
    method = method or Method(availability={0: 0.2})
    result = uncertainty(data, tree, space, n, seed, method=method, **arguments)
    panel = data if "value" in data else cases["as_panel"](data, 0)
    expected = cases["slow"](panel, tree, space, result.parameters, method)[result.units]
    np.testing.assert_allclose(result.scores.to_numpy(), expected.to_numpy(), rtol=1e-12, atol=0)
    np.testing.assert_array_equal(result.ranks.to_numpy(), cases["ranks_of"](expected).to_numpy())
    return result


@pytest.mark.parametrize("gaps", [0, 0.15], ids=["complete", "with gaps"])
@pytest.mark.parametrize("name", SPACES)
def test_draws_together_are_the_draws_one_by_one(cases, tree, name, gaps):
    data = cases["make_data"](tree, 9, seed=3, gaps=gaps)
    # the others may lack so much in some draw that they have no score
    among = None if gaps == 0 else ["unit 0", "unit 7", "unit 8"]
    result = compare(cases, data, tree, SPACES[name], 12, among=among)
    assert len(result.scores) == 12
    # with complete data the coverage makes no difference
    assert (result.scores.nunique() > 1).any() or (name, gaps) == ("coverage", 0)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_combination_of_assumptions_is_the_same_one_by_one(cases, tree, data):
    names = data.draw(st.lists(st.sampled_from(sorted(SPACES)), min_size=2, max_size=4, unique=True))
    space = {key: value for name in names for key, value in SPACES[name].items()}
    space["normalisation"] = POSITIVE
    cells = cases["make_data"](tree, 7, data.draw(st.integers(0, 1000)), data.draw(st.sampled_from([0, 0.2])))
    compare(cases, cells, tree, space, 5, data.draw(st.integers(0, 2**31)), among=["unit 0", "unit 5", "unit 6"])


def test_years_and_cities_of_a_panel(cases, tree):
    old, new = (cases["make_data"](tree, 8, seed=year) for year in (2016, 2018))
    panel = pd.concat([cases["as_panel"](old, 2016), cases["as_panel"](new.drop(columns="wage"), 2018)])
    space = {"year": [2018, 2016], "exclude_cities": [[], ["unit 3"]], "exclude_indicators": [[], ["rent"]]}
    space |= {"weight_noise": WEIGHT_NOISE, "data_noise": {"wage": {"relative": 0.05}}}
    compare(cases, panel, tree, space, 30, among=["unit 0", "unit 1", "unit 2"])

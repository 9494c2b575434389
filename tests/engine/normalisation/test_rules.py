"""Ends by rule, optimum in the middle, categories and the like: worked by hand."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.normalisation import normalise

NAN = float("nan")
DATA = pd.DataFrame({"x": [0.0, 10, 20, 30, 40], "y": [50.0, 40, 20, NAN, 10]}, index=list("abcde"))
SIGNS = pd.Series({"x": 1, "y": -1})


def scores(method, **params):
    return normalise(DATA, method, directions=SIGNS, **params)


def test_each_end_has_a_rule_of_its_own():
    # x from its percentile 25 (10) to a target of 30; y, less is better, from 50 (the worst) to a target of 20
    ends = {"x": {"worst": {"percentile": 25}, "best": 30}, "y": {"best": 20}}
    found = scores("bounds-by-rule", ends=ends)
    assert found["x"].tolist() == [0, 0, 50, 100, 100]
    np.testing.assert_allclose(found["y"], [0, 100 / 3, 100, NAN, 100])
    free = scores("bounds-by-rule", ends=ends, truncate=False, scale=(0, 1))
    assert free["x"].tolist() == [-0.5, 0, 0.5, 1, 1.5]


def test_rules_count_from_the_worst_value():
    # of y the percentile 25 from the worst is 42.5, three quarters of the way to 50
    found = scores("bounds-by-rule", worst={"percentile": 25}, best="mean", truncate=False, scale=(0, 1))
    np.testing.assert_allclose(found["y"], (42.5 - DATA["y"]) / (42.5 - 30))
    assert (scores("bounds-by-rule") == scores("min-max")).sum().tolist() == [5, 4]


def test_a_logarithm_with_an_offset_takes_the_fixed_ends_along():
    found = scores("bounds-by-rule", offsets={"x": 1}, ends={"x": {"best": 40}}, scale=(0, 1))
    np.testing.assert_allclose(found["x"], np.log(DATA["x"] + 1) / np.log(41))
    with pytest.raises(MethodError, match="positive values after the offset"):
        scores("bounds-by-rule", offsets={"x": 0})


def test_ends_the_wrong_way_round_are_refused_by_name():
    with pytest.raises(MethodError, match=r"not worse than the best in y"):
        scores("bounds-by-rule", ends={"y": {"worst": 5, "best": 20}})


def test_an_optimum_in_the_middle():
    found = scores("optimum", optima={"x": [0, 20, 40], "y": [0, 10, 20, 60]})
    assert found["x"].tolist() == [0, 50, 100, 50, 0]
    np.testing.assert_allclose(found["y"], [25, 50, 100, NAN, 100])
    with pytest.raises(MethodError, match=r"normalisation\.optima\.x: give x three or four ascending"):
        scores("optimum", optima={"x": [0, 0, 40], "y": [0, 10, 20]})


def test_values_as_they_are_and_points_of_categories():
    pd.testing.assert_frame_equal(scores("identity"), DATA)
    found = scores("categories", points={"x": {0: 1, 20: 5, 35: 9}, "y": {10: 2, 45: 0}})
    assert found["x"].tolist() == [1, 1, 5, 5, 9]
    np.testing.assert_array_equal(found["y"], [0, 2, 2, NAN, 2])
    with pytest.raises(MethodError, match="x has 0, below its first category 5"):
        scores("categories", points={"x": {5: 1}, "y": {0: 0}})


def test_above_or_below_the_mean():
    # x has mean 20, y −30 once turned
    found = scores("above-mean", threshold=0.5)
    assert found["x"].tolist() == [-1, 0, 0, 0, 1]
    np.testing.assert_array_equal(found["y"], [-1, 0, 0, NAN, 1])


def test_shares_of_the_maximum_and_of_the_length():
    # y reflected: 60 − y is 10, 20, 40, 50
    np.testing.assert_allclose(scores("share-of-maximum")["y"], [0.2, 0.4, 0.8, NAN, 1])
    np.testing.assert_allclose(scores("vector")["x"], DATA["x"] / np.sqrt(3000))
    with pytest.raises(MethodError, match="nothing to divide by"):
        normalise(pd.DataFrame({"x": [0.0, 0]}), "share-of-maximum", directions=pd.Series({"x": 1}))


def test_ties_of_ranks():
    data = pd.DataFrame({"x": [1.0, 2, 2, 3]})
    one = pd.Series({"x": 1})
    for ties, expected in {"min": [1, 2, 2, 4], "mean": [1, 2.5, 2.5, 4], "max": [1, 3, 3, 4]}.items():
        assert normalise(data, "rank", directions=one, ties=ties)["x"].tolist() == expected

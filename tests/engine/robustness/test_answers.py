"""Answers to plain questions, and whether there were draws enough."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from fhi.engine.robustness import uncertainty
from fhi.engine.robustness.runs import answers, convergence, limits

SPACE = {"normalisation": ["min-max", "rank"], "weight_noise": {"uniform": 0.5, "levels": [1, 2, 3]}}
UNITS = [f"unit {number}" for number in range(6)]
PUBLISHED = pd.Series([2, 1, 3, 4, 6, 5], index=UNITS)
TIERS = pd.Series(list("aabbcc"), index=UNITS)


@pytest.fixture(scope="module")
def result(cases, tree):
    return uncertainty(cases["make_data"](tree, 6, seed=12), tree, SPACE, 2000, 1, published=PUBLISHED, tiers=TIERS)


def test_every_answer_is_a_share_of_the_draws(result):
    found = answers(result, PUBLISHED, TIERS).set_index("question")
    ranks = result.ranks
    order = ["unit 1", "unit 0", "unit 2", "unit 3", "unit 5", "unit 4"]
    assert found.loc["above", "city"].tolist() == order[:-1]
    assert found.loc["above", "other"].tolist() == order[1:]
    expected = [(ranks[one] < ranks[other]).mean() for one, other in pairwise(order)]
    assert found.loc["above", "probability"].tolist() == pytest.approx(expected)
    assert found.loc["place", "probability"].tolist() == pytest.approx(
        [(ranks[c] == PUBLISHED[c]).mean() for c in order]
    )
    in_tier = [ranks[city].between(*{"a": (1, 2), "b": (3, 4), "c": (5, 6)}[TIERS[city]]).mean() for city in order]
    assert found.loc["tier", "probability"].tolist() == pytest.approx(in_tier)
    whole = [
        (ranks[names].isin(places).all(axis=1)).mean()
        for names, places in ((order[:2], [1, 2]), (order[2:4], [3, 4]), (order[4:], [5, 6]))
    ]
    assert found.loc["whole-tier", "probability"].tolist() == pytest.approx(whole)
    assert found.loc["order", "probability"] == (ranks[order].diff(axis=1).iloc[:, 1:] > 0).all(axis=1).mean()
    assert (found["low"] <= found["probability"]).all()
    assert (found["probability"] <= found["high"]).all()


def test_a_published_unit_that_is_not_ranked_leaves_no_gap(cases, tree):
    # unit 0, second of the first tier, has no index
    data = cases["make_data"](tree, 6, seed=12).drop(index="unit 0")
    result = uncertainty(data, tree, SPACE, 500, 1, published=PUBLISHED, tiers=TIERS)
    found = answers(result, PUBLISHED, TIERS).set_index(["question", "city"])["probability"]
    ranks = result.ranks
    assert found["place", "unit 1"] == (ranks["unit 1"] == 1).mean()
    assert found["place", "unit 4"] == (ranks["unit 4"] == 5).mean()
    assert found["tier", "unit 2"] == ranks["unit 2"].between(2, 3).mean()
    assert found["tier", "unit 4"] == ranks["unit 4"].between(4, 5).mean()


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (3, 50), (25, 50), (50, 50), (617, 1000)])
def test_limits_are_those_of_wilson(hits, n):
    interval = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    low, high = limits(np.array([hits / n]), n)
    assert (low[0], high[0]) == (pytest.approx(interval.low, abs=1e-4), pytest.approx(interval.high, abs=1e-4))


def test_convergence_ends_at_the_estimate_from_all_draws_and_narrows(result):
    found = convergence(result, [("unit 1", "unit 0")], points=12)
    assert set(found["measure"]) == {"shift", "above"}
    last = found[found["n"] == 2000].set_index("measure")
    above = result.ranks["unit 1"] < result.ranks["unit 0"]
    assert last.at["above", "estimate"] == above.mean()
    shift = (result.ranks - result.study.reference).abs().mean(axis=1)
    assert last.at["shift", "estimate"] == pytest.approx(shift.mean())
    assert last.at["shift", "high"] - last.at["shift", "low"] == pytest.approx(3.92 * shift.std(ddof=0) / 2000**0.5)
    first = found[found["measure"] == "above"].iloc[0]
    assert first["n"] == 10
    assert first["estimate"] == above[:10].mean()
    assert first["high"] - first["low"] > last.at["above", "high"] - last.at["above", "low"]

"""A unit without a score in a draw is left out of it and counted: against counts made draw by draw."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import WideIntervals, sensitivity, uncertainty
from fhi.engine.robustness.runs import answers, convergence, limits
from fhi.engine.robustness.saltelli import tornado
from fhi.engine.robustness.summary import rank, shifts

UNITS = [f"unit {number}" for number in range(8)]
PUBLISHED = pd.Series(range(1, 9), index=UNITS)
TIERS = pd.Series(list("aaabbccc"), index=UNITS)
#: unit 4 has no skills without work, unit 6 no wealth; unit 1 is not in some draws at all
SPACE = {
    "exclude_cities": [[], ["unit 1"]],
    "imputation": ["none", "median"],
    "normalisation": [{"method": "min-max", "scale": [1, 100]}, "rank"],
    "left_out": ["none", "work", "income"],
    "weight_noise": {"uniform": 0.5, "levels": [1, 2, 3]},
    "aggregation": ["arithmetic", "geometric", {0: "median", 1: "arithmetic", 2: "geometric"}],
}
METHOD = Method(availability={0: 1.0, 1: 1.0})


@pytest.fixture(scope="module")
def data(cases, tree):
    sparse = cases["make_data"](tree, 8, seed=6)
    sparse.loc["unit 4", "school"] = np.nan
    sparse.loc["unit 6", ["savings", "debt"]] = np.nan
    return sparse


@pytest.fixture(scope="module")
def result(data, tree):
    return run(data, tree)


def run(data, tree, space=SPACE, n=400, **arguments):
    given = {"method": METHOD, "published": PUBLISHED, "tiers": TIERS, "among": UNITS[:6] + UNITS[7:]} | arguments
    return uncertainty(data, tree, space, n, 3, **given)


@pytest.mark.slow
@pytest.mark.parametrize("aggregation", [SPACE["aggregation"], ["copeland", "topsis"]])
def test_a_draw_has_the_scores_of_the_index_and_none_for_who_has_none(cases, data, tree, aggregation):
    space = SPACE | {"aggregation": aggregation}
    found = run(data, tree, space, 40)
    expected = cases["slow"](cases["as_panel"](data, 0), tree, space, found.parameters, METHOD)
    expected = expected.reindex(columns=found.units)
    assert 0 < expected.isna().to_numpy().sum() < expected.size
    np.testing.assert_allclose(found.scores.to_numpy(), expected.to_numpy(), rtol=1e-12)
    for scores, ranks in zip(found.scores.to_numpy(), found.ranks.to_numpy(), strict=True):
        known = ~np.isnan(scores)
        among = cases["ranks_of"](pd.DataFrame([scores[known]]))
        assert ranks[known].tolist() == among.to_numpy()[0].tolist()
        assert np.isnan(ranks[~known]).all()


def test_intervals_probabilities_and_pairs_are_of_the_draws_that_rank(result):
    ranks, table = result.ranks, result.intervals(0.8).set_index("city")
    assert table["unranked"].to_dict() == ranks.isna().sum().to_dict()
    assert (table["unranked"] > 0).sum() == 2 and (table["unranked"] < 400).all()
    for city in result.units:
        known = np.sort(ranks[city].dropna())
        ends = [known[int(np.ceil(share * len(known))) - 1] for share in (0.1, 0.5, 0.9)]
        assert table.loc[city, ["low", "median", "high"]].tolist() == ends
        assert table.at[city, "mean"] == pytest.approx(known.mean())
        shares = [(known == place).mean() for place in range(1, 8)]
        np.testing.assert_allclose(result.probabilities().loc[city], shares)
        for other in result.units:
            both = ranks[[city, other]].dropna()
            assert result.beats().at[city, other] == pytest.approx((both[city] < both[other]).mean())


def slowly(result):
    """Count what the answers say, one draw after the other."""
    kept = {}
    for _, row in result.ranks.iterrows():
        ranked = row.dropna()
        places = PUBLISHED[ranked.index].rank()
        held = []
        for tier, names in TIERS[ranked.index].groupby(TIERS[ranked.index]).groups.items():
            span = set(places[names])
            held.append(set(ranked.index[ranked.isin(span)]) == set(names))
            kept.setdefault(("whole-tier", tier), []).append(held[-1])
            for city in names:
                kept.setdefault(("tier", city), []).append(ranked[city] in span)
        for city in ranked.index:
            kept.setdefault(("place", city), []).append(ranked[city] == places[city])
        kept.setdefault(("tiers", None), []).append(all(held))
        order = ranked[places.sort_values().index]
        kept.setdefault(("order", None), []).append((order.diff().iloc[1:] > 0).all())
        for city, other in pairwise(result.units):
            if {city, other} <= {*ranked.index}:
                kept.setdefault(("above", city), []).append(ranked[city] < ranked[other])
    return kept


@pytest.mark.slow
@pytest.mark.parametrize("keep", [True, False])
def test_answers_are_of_the_draws_that_rank_whom_they_are_about(data, tree, result, keep):
    found = answers(run(data, tree, keep=keep), PUBLISHED, TIERS)
    expected = slowly(result)
    for item in found.itertuples():
        key = item.tier if item.question == "whole-tier" else item.city
        held = expected[item.question, None if pd.isna(key) else key]
        assert (item.probability, item.draws) == (pytest.approx(np.mean(held)), len(held)), item
        low, high = limits(np.array([np.mean(held)]), len(held))
        assert (item.low, item.high) == (pytest.approx(low[0]), pytest.approx(high[0]))


def test_the_shift_is_from_the_reference_among_those_that_are_ranked(result):
    reference = pd.Series(result.study.reference, index=result.units)
    expected = []
    for _, row in result.ranks.iterrows():
        ranked = row.dropna()
        expected.append((ranked - reference[ranked.index].rank(method="min")).abs().mean())
    np.testing.assert_allclose(shifts(result.cells[1], result.study.reference), expected)
    found = convergence(result, [("unit 4", "unit 1")], points=5)
    assert found[found["measure"] == "shift"]["estimate"].iloc[-1] == pytest.approx(np.mean(expected))
    both = result.ranks[["unit 4", "unit 1"]].dropna()
    assert found["estimate"].iloc[-1] == pytest.approx((both["unit 4"] < both["unit 1"]).mean())


def test_a_design_with_holes_gives_a_unit_no_indices(data, tree):
    with pytest.warns(WideIntervals):
        table = sensitivity(data, tree, SPACE, 64, 3, resamples=50, method=METHOD, among=UNITS[:6] + UNITS[7:])
    holes = table[table["unranked"] > 0]
    assert set(holes["city"]) == {"unit 1", "unit 4"}
    assert holes[["first", "total", "first_low", "total_high", "variance"]].isna().all(axis=None)
    assert not holes["readable"].any()
    rest = table[(table["unranked"] == 0) & (table["variance"] > 0)]
    assert {"unit 0", "unit 2"} <= set(rest["city"]) and rest["total"].notna().all()
    assert table.loc[table["output"] == "shift", "total"].notna().all()


@pytest.mark.slow
def test_a_tornado_leaves_out_the_alternatives_without_a_score(cases, data, tree):
    table = tornado(data, tree, SPACE, 3, method=METHOD, among=UNITS[:6] + UNITS[7:], draws=50)
    rows = table[table["city"] == "unit 4"].set_index("assumption")
    assert rows["unranked"].to_dict() == {name: int(name == "left_out") for name in rows.index}
    found = []
    for left_out in ([], ["wage", "rent", "pension"]):
        method = METHOD.model_copy(update={"exclude_indicators": tuple(left_out), "normalisation": MIN_MAX})
        scores = build(cases["as_panel"](data, 0), tree, method).scores["index"][UNITS[:6] + UNITS[7:]]
        found.append(scores.rank(ascending=False)["unit 4"])
    assert rows.loc["left_out", ["best", "worst"]].tolist() == [min(found), max(found)]
    assert table[table["city"] == "unit 1"].set_index("assumption").at["exclude_cities", "unranked"] == 1


MIN_MAX = Method(normalisation=SPACE["normalisation"][0]).normalisation


def test_a_unit_that_no_draw_ranks_has_no_interval(data, tree):
    found = run(data, tree, {"exclude_cities": [["unit 1"]], "weight_noise": SPACE["weight_noise"]}, 30)
    row = found.intervals().set_index("city").loc["unit 1"]
    assert row["unranked"] == 30 and row[["low", "median", "high", "mean"]].isna().all()
    told = answers(found, PUBLISHED, TIERS).set_index(["question", "city"])
    assert np.isnan(told.loc[("place", "unit 1"), "probability"].item())
    assert told.loc[("place", "unit 1"), "draws"].item() == 0
    space = {"exclude_cities": [["unit 1"]], "normalisation": ["rank"]}
    table = tornado(data, tree, space, method=METHOD, among=UNITS[:4])
    assert table[table["city"] == "unit 1"][["base", "best", "worst"]].isna().all(axis=None)


def test_ranks_with_holes_are_those_of_counting():
    rng = np.random.default_rng(5)
    scores = rng.choice([1.0, 2, 2.5, np.nan], size=(300, 6))
    scores[0] = np.nan
    expected = pd.DataFrame(scores).rank(axis=1, ascending=False, method="min").fillna(0)
    np.testing.assert_array_equal(rank(scores), expected)

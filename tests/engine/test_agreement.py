"""Agreement of ranks: correlations against worked numbers and scipy, ranks among the published cities only."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy import stats

from fhi.engine.agreement import agreement, compare_ranks, kendall_tau_b, shifts, spearman_rho

NAN = float("nan")
#: pairs drawn from few values, so that most samples have ties
PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=25).filter(
    lambda pairs: len({x for x, _ in pairs}) > 1 and len({y for _, y in pairs}) > 1
)


def test_tau_b_and_rho_of_a_worked_case_without_ties():
    x, y = [1, 2, 3, 4], [1, 3, 2, 4]
    # one of six pairs is discordant: (5 − 1)/6; rho = 1 − 6·(0 + 1 + 1 + 0)/(4·15)
    assert kendall_tau_b(x, y) == pytest.approx(4 / 6)
    assert spearman_rho(x, y) == pytest.approx(0.8)


def test_tau_b_and_rho_of_a_worked_case_with_ties():
    x, y = [1, 2, 2, 4], [1, 2, 3, 4]
    # of six pairs one is tied in x, the others agree: 5/√(5·6)
    assert kendall_tau_b(x, y) == pytest.approx(5 / math.sqrt(30))
    # mid-ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, squares 4.5 and 5
    assert spearman_rho(x, y) == pytest.approx(4.5 / math.sqrt(4.5 * 5))


@pytest.mark.parametrize("correlation", [kendall_tau_b, spearman_rho])
def test_the_same_order_gives_one_the_reverse_minus_one_and_a_constant_none(correlation):
    assert correlation([3, 1, 2], [30, 10, 20]) == pytest.approx(1)
    assert correlation([3, 1, 2], [10, 30, 20]) == pytest.approx(-1)
    assert math.isnan(correlation([3, 1, 2], [7, 7, 7]))


@settings(max_examples=examples(100), deadline=None)
@given(PAIRS)
def test_the_correlations_are_those_of_scipy_ties_or_not(pairs):
    x, y = zip(*pairs, strict=True)
    assert kendall_tau_b(x, y) == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)
    assert spearman_rho(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


def test_the_correlations_are_those_of_scipy_on_a_larger_sample():
    random = np.random.default_rng(2018)
    x = random.integers(0, 40, 300)
    y = x + random.integers(0, 40, 300)
    assert kendall_tau_b(x, y) == pytest.approx(stats.kendalltau(x, y).statistic)
    assert spearman_rho(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_a_series_is_read_by_position_not_by_label():
    x = pd.Series([1, 2, 3, 4], index=list("abcd"))
    y = pd.Series([1, 3, 2, 4], index=list("dcba"))
    assert spearman_rho(x, y) == pytest.approx(0.8)
    assert kendall_tau_b(x, y) == pytest.approx(4 / 6)


RANKS = {"FHI": [1, 2, 3, 4], "industry": [1, 2, 4, 3], "experience": [4, 3, 1, 2], "ecosystem": [1, 3, 4, 2]}
PRINTED = ["北京", "上海", "杭州", "深圳"]
PUBLISHED = pd.concat(pd.DataFrame({"node": node, "city": PRINTED, "rank": ranks}) for node, ranks in RANKS.items())
SCORES = pd.DataFrame(
    {
        "FHI": [80, 95, 90, 70, NAN],
        "industry": [50, 40, 60, 60, 90],
        "experience": [1, 2, 3, 4, 99],
        "ecosystem": [9, 8, 7, 6, 5],
        "adoption": [0, 0, 0, 0, 0],
    },
    index=pd.Index(["北京", "拉萨", "上海", "杭州", "深圳"], name="city"),
    dtype=float,
)


def test_ranks_are_compared_among_the_published_cities():
    comparison = compare_ranks(SCORES, PUBLISHED)
    assert list(comparison) == ["city", "node", "rank", "published", "difference"]
    overall = comparison[comparison["node"] == "FHI"].drop(columns="node")
    # 拉萨 is not published and 深圳 has no score: 上海 90, 北京 80, 杭州 70
    assert overall.to_numpy().tolist() == [["北京", 2, 1, 1], ["上海", 1, 2, -1], ["杭州", 3, 3, 0]]


def test_equal_scores_share_the_lower_rank():
    comparison = compare_ranks(SCORES, PUBLISHED)
    industry = comparison[comparison["node"] == "industry"].set_index("city")
    # 深圳 90, 上海 and 杭州 60, 北京 50
    assert industry["rank"].to_dict() == {"深圳": 1, "上海": 2, "杭州": 2, "北京": 4}
    assert industry["difference"].to_dict() == {"北京": 3, "上海": 0, "杭州": -2, "深圳": -2}


def test_only_the_index_and_its_pillars_are_compared():
    assert set(compare_ranks(SCORES, PUBLISHED)["node"]) == {"FHI", "industry", "experience", "ecosystem"}


def test_the_agreement_of_a_node_is_worked_by_hand():
    table = agreement(compare_ranks(SCORES, PUBLISHED)).set_index("node")
    assert table["cities"].to_dict() == {"FHI": 3, "industry": 4, "experience": 4, "ecosystem": 4}
    # FHI: 2, 1, 3 against 1, 2, 3: tau (2 − 1)/3, rho 1 − 6·2/24, differences 1, −1, 0
    found = table.loc["FHI", ["kendall_tau_b", "spearman_rho", "mean_absolute_difference"]]
    assert found.tolist() == pytest.approx([1 / 3, 0.5, 2 / 3])
    # experience: 北京 4, 上海 3, 杭州 2, 深圳 1 against 4, 3, 1, 2: tau (5 − 1)/6, rho 1 − 6·2/60
    found = table.loc["experience", ["kendall_tau_b", "spearman_rho", "mean_absolute_difference"]]
    assert found.tolist() == pytest.approx([2 / 3, 0.8, 0.5])


def test_shifts_compare_those_with_both_values_ranked_among_themselves():
    before = pd.Series({"a": 3.0, "b": 2.0, "c": 1.0, "d": NAN})
    after = pd.Series({"a": 1.0, "c": 1.0, "d": 9.0})
    assert shifts(before, after)["shift"].to_dict() == {"a": 0, "c": -1}
    # of ranks the lowest is best: a goes from the 2nd of two to a shared first place
    assert shifts(before, after, ascending=True).to_dict("index") == {
        "a": {"before": 2, "after": 1, "shift": -1},
        "c": {"before": 1, "after": 1, "shift": 0},
    }

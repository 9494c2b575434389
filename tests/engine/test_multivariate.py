"""Distributions, correlations, alpha, components and effective weights: by hand and against independent libraries."""

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from sklearn.decomposition import PCA

from fhi.engine import aggregation
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.multivariate import (
    correlations,
    cronbach_alpha,
    distribution,
    effective_weights,
    inference,
    principal_components,
    reliability,
)

NAN = float("nan")
LEAVES = ["a1", "a2", "b1", "b2"]
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["root", "a", "b", *LEAVES],
            "level": [0, 1, 1, 2, 2, 2, 2],
            "parent": [None, "root", "root", "a", "a", "b", "b"],
            "direction": 1,
            "weight": 1.0,
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)


def sample(units=30, seed=1):
    random = np.random.default_rng(seed)
    common = random.normal(size=(units, 1))
    return pd.DataFrame(common + random.normal(size=(units, 4)), columns=LEAVES)


# --- distribution ----------------------------------------------------------------------------------------
def test_the_table_of_distributions():
    data = pd.DataFrame({"x": [0.0, 0, 0, 0, 5, NAN], "even": [1.0, 2, 3, 4, 5, NAN], "none": NAN})
    table = distribution(data)
    assert table.loc["x"].to_dict() == pytest.approx(
        {
            "units": 5,
            "missing": 1,
            "zeros": 4,
            "distinct": 2,
            "least": 0,
            "median": 0,
            "mean": 1,
            "most": 5,
            "sd": 5**0.5,
            # g1 = 12/4^1.5, G1 = g1·√20/3; g2 = 52/16 - 3, G2 = 4/6·(6·g2 + 6)
            "skewness": 5**0.5,
            "kurtosis": 5,
            "outliers": True,
        }
    )
    assert table["outliers"].tolist() == [True, False, False]
    assert table.loc["none", ["units", "missing", "distinct"]].tolist() == [0, 6, 0]
    assert table.loc["none", ["mean", "sd", "skewness"]].isna().all()


# --- correlations ----------------------------------------------------------------------------------------
def test_every_pair_is_flagged_and_told_within_or_across_pillars():
    data = pd.DataFrame({"a1": [1.0, 2, 3, 4], "a2": [1.0, 2, 3, 5], "b1": [4.0, 3, 2, 1], "b2": [1.0, 3, 2, 2]})
    table = correlations(data, TREE).set_index(["first", "second"])
    assert table.index.tolist() == [
        ("a1", "a2"), ("a1", "b1"), ("a1", "b2"), ("a2", "b1"), ("a2", "b2"), ("b1", "b2"),
    ]  # fmt: skip
    assert table["within"].tolist() == [True, False, False, False, False, True]
    assert table.loc[("a1", "b1"), ["first_pillar", "second_pillar", "correlation", "flag"]].tolist() == [
        "a", "b", pytest.approx(-1), "negative",
    ]  # fmt: skip
    # deviations -1.5, -0.5, 0.5, 1.5 and -1.75, -0.75, 0.25, 2.25: 6.5/√(5·8.75)
    assert table.loc[("a1", "a2"), "correlation"] == pytest.approx(6.5 / 43.75**0.5)
    assert table.loc[("a1", "a2"), "flag"] == "collinear"
    assert table.loc[("a1", "b2"), "flag"] == ""
    assert correlations(data, TREE, collinear=0.99).set_index(["first", "second"]).loc[("a1", "a2"), "flag"] == ""


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlations_are_those_of_scipy_over_the_units_that_have_both(method):
    random = np.random.default_rng(2)
    data = sample().mask(random.random((30, 4)) < 0.2)
    function = {"pearson": "pearsonr", "spearman": "spearmanr", "kendall": "kendalltau"}[method]
    for row in correlations(data, TREE, method=method).itertuples():
        both = data[[row.first, row.second]].dropna()
        assert row.units == len(both) < 30
        assert row.correlation == pytest.approx(getattr(scipy.stats, function)(*both.to_numpy().T)[0])


def test_too_few_common_units_or_no_spread_give_no_correlation():
    data = pd.DataFrame({"a1": [1.0, 2, NAN, 4], "a2": [NAN, 1.0, 2, 5], "b1": 3.0, "b2": [1.0, 3, 2, 2]})
    table = correlations(data, TREE).set_index(["first", "second"])
    assert table["correlation"].isna().to_dict() == {
        ("a1", "a2"): True,
        ("a1", "b1"): True,
        ("a1", "b2"): False,
        ("a2", "b1"): True,
        ("a2", "b2"): False,
        ("b1", "b2"): True,
    }
    assert table.loc[("a1", "a2"), ["units", "flag"]].tolist() == [2, ""]


def test_nodes_of_any_level_have_correlations_and_foreign_columns_have_none():
    table = correlations(sample().rename(columns={"a1": "b", "a2": "a"})[["b", "a"]], TREE)
    assert table[["first", "second", "within"]].to_numpy().tolist() == [["a", "b", False]]
    with pytest.raises(MethodError, match="no node below the root: a3"):
        correlations(sample().rename(columns={"a1": "a3"}), TREE)


# --- Cronbach's alpha ------------------------------------------------------------------------------------
def test_alpha_by_hand():
    # variances 1 and 4, of the sum (2, 5, 8) 9: α = 2·(1 - 5/9)
    data = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 3, 5]})
    assert cronbach_alpha(data) == pytest.approx(8 / 9)
    # units without all items take no part
    more = pd.concat([data, pd.DataFrame({"x": [100.0], "y": [NAN]})])
    assert cronbach_alpha(more) == pytest.approx(8 / 9)


def test_alpha_of_parallel_items_follows_spearman_and_brown():
    # k items with equal variances and correlation r: α = k·r/(1 + (k - 1)·r)
    basis = np.linalg.qr(np.column_stack([np.ones(8), np.random.default_rng(0).normal(size=(8, 3))]))[0][:, 1:]
    items = pd.DataFrame(basis @ np.linalg.cholesky(np.full((3, 3), 0.5) + 0.5 * np.eye(3)).T)
    assert cronbach_alpha(items) == pytest.approx(3 * 0.5 / (1 + 2 * 0.5))


def test_alpha_is_missing_where_it_says_nothing():
    assert np.isnan(cronbach_alpha(pd.DataFrame({"x": [1.0, 2]})))
    assert np.isnan(cronbach_alpha(pd.DataFrame({"x": [1.0, NAN], "y": [NAN, 2.0]})))
    assert np.isnan(cronbach_alpha(pd.DataFrame({"x": [1.0, 2], "y": [2.0, 1]})))


def test_the_alpha_of_every_node_above_the_indicators():
    data = sample().assign(b2=NAN)
    data.loc[3, "a1"] = NAN
    table = reliability(data, TREE)
    assert table["indicators"].to_dict() == {"root": 3, "a": 2, "b": 1}
    assert table["units"].to_dict() == {"root": 29, "a": 29, "b": 30}
    assert table.loc["a", "alpha"] == pytest.approx(cronbach_alpha(data[["a1", "a2"]]))
    assert np.isnan(table.loc["b", "alpha"])


# --- principal components --------------------------------------------------------------------------------
def test_two_indicators_have_the_components_of_their_correlation():
    data = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [1.0, 2, 3, 5]})
    r = 6.5 / 43.75**0.5
    found = principal_components(data)
    assert found.variances["eigenvalue"].tolist() == pytest.approx([1 + r, 1 - r])
    assert found.variances["share"].tolist() == pytest.approx([(1 + r) / 2, (1 - r) / 2])
    assert found.variances["cumulative"].tolist() == pytest.approx([(1 + r) / 2, 1])
    half, rest = ((1 + r) / 2) ** 0.5, ((1 - r) / 2) ** 0.5
    assert found.loadings.to_numpy().tolist() == [pytest.approx([half, rest]), pytest.approx([half, -rest])]


def test_components_are_those_of_scikit_learn_but_for_their_signs():
    data = sample()
    data.loc[5, "b1"] = NAN
    found = principal_components(data)
    complete = data.dropna()
    reference = PCA().fit((complete - complete.mean()) / complete.std(ddof=0))
    assert found.units == 29
    eigenvalues = reference.explained_variance_ * 28 / 29
    assert found.variances["eigenvalue"].tolist() == pytest.approx(eigenvalues.tolist())
    expected = np.abs(reference.components_.T * np.sqrt(eigenvalues))
    np.testing.assert_allclose(np.abs(found.loadings), expected, atol=1e-9)


def test_a_loading_is_the_correlation_of_indicator_and_component():
    data = sample()
    found = principal_components(data)
    scores = ((data - data.mean()) / data.std()).to_numpy() @ (
        found.loadings / found.variances["eigenvalue"]
    ).to_numpy()
    for place, name in enumerate(found.loadings):
        for indicator in data:
            correlation = np.corrcoef(scores[:, place], data[indicator])[0, 1]
            assert found.loadings.loc[indicator, name] == pytest.approx(correlation)


@settings(max_examples=examples(30), deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 20))
def test_signs_and_sizes_do_not_depend_on_the_order_of_rows_and_columns(random, seed):
    data = sample(seed=seed)
    rows, columns = random.sample(range(30), 30), random.sample(LEAVES, 4)
    straight, shuffled = principal_components(data), principal_components(data.loc[rows, columns])
    assert list(shuffled.loadings.index) == columns
    pd.testing.assert_frame_equal(shuffled.loadings.loc[LEAVES], straight.loadings, atol=1e-9)
    leading = straight.loadings.abs().idxmax()
    assert all(straight.loadings.loc[indicator, component] > 0 for component, indicator in leading.items())


def test_of_equal_loadings_the_first_by_name_is_positive():
    data = pd.DataFrame({"y": [4.0, 2, 3, 1], "x": [1.0, 2, 3, 5]})
    loadings = principal_components(data).loadings
    assert (loadings.loc["x"] > 0).all()
    assert loadings.loc["y", "PC1"] == pytest.approx(-loadings.loc["x", "PC1"])


def test_what_has_no_components_is_refused_by_name():
    data = sample(5)
    with pytest.raises(MethodError, match=r"2 units have every indicator; impute, or leave out .*\(b1, "):
        principal_components(data.assign(b1=[1.0, 2, NAN, NAN, NAN]))
    with pytest.raises(MethodError, match="every value of a2 is the same among the units that have all"):
        principal_components(data.assign(a2=[1.0, 1, 1, 1, 2], b1=[1.0, 2, 3, 4, NAN]))


# --- effective weights -----------------------------------------------------------------------------------
def scored(data, **weights):
    shares = pd.Series({"a": 0.5, "b": 0.5, "a1": 0.5, "a2": 0.5, "b1": 0.5, "b2": 0.5} | weights)
    return aggregation.aggregate(data, TREE, shares, "arithmetic"), shares


def test_an_indicator_with_twice_the_spread_matters_four_times_as_much_for_equal_weights():
    # independent (orthogonal) indicators with standard deviations 2 and 1: r² = 4/5 and 1/5
    data = pd.DataFrame({"a1": [2.0, 2, -2, -2], "a2": [1.0, -1, 1, -1], "b1": [1.0, 2, 3, 5], "b2": [1.0, 2, 3, 5]})
    table = effective_weights(*_arguments(scored(data)))
    assert table.loc[["a1", "a2"], "importance"].tolist() == pytest.approx([0.8, 0.2])
    assert table.loc[["a1", "a2"], "share"].tolist() == pytest.approx([0.8, 0.2])
    assert table.loc[["a1", "a2"], "weight"].tolist() == [0.5, 0.5]
    # two indicators that say the same are equally and wholly important
    assert table.loc[["b1", "b2"], "importance"].tolist() == pytest.approx([1, 1])
    assert table.loc[["b1", "b2"], "share"].tolist() == pytest.approx([0.5, 0.5])
    # the weights that make up for the spread make the importance equal
    balanced = effective_weights(*_arguments(scored(data, a1=1 / 3, a2=2 / 3)))
    assert balanced.loc[["a1", "a2"], "share"].tolist() == pytest.approx([0.5, 0.5])


def _arguments(built):
    scores, shares = built
    return scores, TREE, shares


def test_importance_is_the_squared_correlation_with_the_parent_and_shares_sum_to_one():
    data = sample().mask(np.random.default_rng(3).random((30, 4)) < 0.1)
    scores, shares = scored(data)
    table = effective_weights(scores, TREE, shares)
    assert table.groupby("parent")["share"].sum().to_dict() == pytest.approx({"a": 1, "b": 1, "root": 1})
    both = scores[["a", "root"]].dropna()
    assert table.loc["a", "correlation"] == pytest.approx(scipy.stats.pearsonr(both["a"], both["root"])[0])
    assert table.loc["a", "importance"] == pytest.approx(table.loc["a", "correlation"] ** 2)


def test_a_node_without_data_or_spread_has_no_importance():
    data = sample().assign(a1=NAN, b1=4.0)
    table = effective_weights(*_arguments(scored(data)))
    assert table.loc[["a1", "b1"], "importance"].isna().all()
    assert table.loc[["a2", "b2"], "share"].tolist() == pytest.approx([1, 1])


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_p_values_and_intervals_are_those_of_scipy(method):
    rng = np.random.default_rng(7)
    first = rng.normal(size=25)
    second = first + rng.normal(size=25)
    if method == "pearson":
        peer = scipy.stats.pearsonr(first, second)
        low, high = peer.confidence_interval(0.95)
    else:
        function = {"spearman": scipy.stats.spearmanr, "kendall": scipy.stats.kendalltau}[method]
        peer = function(first, second, **({"method": "asymptotic"} if method == "kendall" else {}))
        low = high = None
    value = float(peer.statistic)
    p_value, *ends = inference(np.array([value]), np.array([25]), method)
    assert p_value[0] == pytest.approx(peer.pvalue, rel=1e-9)
    if low is not None:
        assert [end[0] for end in ends] == pytest.approx([low, high])
    assert ends[0][0] < value < ends[1][0]


def test_intervals_by_hand():
    # artanh 0.5 = 0.549306; Pearson n = 28: 1.959964/5; Spearman: times √1.125; Kendall: √(0.437/24)
    expected = {"pearson": (0.1560, 0.7358), "spearman": (0.1327, 0.7465), "kendall": (0.2774, 0.6717)}
    for method, (low, high) in expected.items():
        _, at_least, at_most = inference(np.array([0.5]), np.array([28]), method)
        assert (at_least[0], at_most[0]) == pytest.approx((low, high), abs=1e-4)


def test_too_few_units_have_no_interval_and_a_perfect_correlation_has_no_width():
    p_value, low, high = inference(np.array([0.5, 0.5, 1.0, NAN]), np.array([2, 3, 9, 0]))
    assert np.isnan(p_value).tolist() == [True, False, False, True]
    assert np.isnan(low).tolist() == [True, True, False, True]
    assert (p_value[2], low[2], high[2]) == (0, 1, 1)

"""Weights from the data on a tree: bottom-up by hand, all together, missing cells, and refusals by name."""

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples

from fhi.engine import weighting
from fhi.engine.errors import MethodError
from fhi.engine.methods import traits
from fhi.engine.weighting import weigh
from fhi.engine.weighting.families import by_family

NAN = float("nan")
#: methods that look at the data and need nothing else
#: (unobserved components need three children, a regression an outcome)
FROM_DATA = sorted(
    {name for name in weighting.METHODS if traits("weighting", name).from_data}
    - {"unobserved-components", "regression"}
)
from_data = pytest.mark.parametrize("method", FROM_DATA)
within = pytest.mark.parametrize("within", ["parent", "all"])
FAMILIES = {"root": "pqr", "p": "ab", "q": "cd", "r": "e"}
DATA = pd.DataFrame(
    {"a": [1.0, 2, 4, 9], "b": [5.0, 4, 9, 7], "c": [1.0, 3, 6, 7], "d": [2.0, 1, 7, 9], "e": [3.0, 4, 8, 6]},
    index=["甲", "乙", "丙", "丁"],
)
few = settings(max_examples=examples(15), deadline=None)


@by_family
def by_range(scores, *, power=1):
    return (scores.max() - scores.min()) ** power


@pytest.fixture(autouse=True)
def a_function_of_the_users(monkeypatch):
    monkeypatch.setitem(weighting.METHODS, "range", by_range)


def test_parents_are_weighed_by_the_arithmetic_means_of_their_children(tree):
    weights = weigh(DATA, tree(FAMILIES), "range")
    # ranges: a 8, b 5; c 6, d 8; e alone
    assert weights[["a", "b", "c", "d", "e"]].to_list() == pytest.approx([8 / 13, 5 / 13, 6 / 14, 8 / 14, 1])
    # p from (8 + 25)/13 = 33/13 to (72 + 35)/13; q from (6·3 + 8·1)/14 to (42 + 72)/14; r from 3 to 8
    ranges = np.array([74 / 13, (114 - 22) / 14, 5])
    assert weights[["p", "q", "r"]].to_list() == pytest.approx((ranges / ranges.sum()).tolist())


def test_all_together_a_parent_weighs_what_its_children_do(tree):
    framework = tree(FAMILIES)
    weights = weigh(DATA, framework, "range", within="all")
    ranges = np.array([8, 5, 6, 8, 5])
    assert framework.effective(weights)[list("abcde")].to_list() == pytest.approx((ranges / 32).tolist())
    assert weights[["p", "q", "r"]].to_list() == pytest.approx([13 / 32, 14 / 32, 5 / 32])


def test_parameters_reach_the_function_and_stand_in_its_signature(tree):
    weights = weigh(DATA, tree(FAMILIES), "range", power=2)
    assert weights[["a", "b"]].to_list() == pytest.approx([64 / 89, 25 / 89])
    keywords = [p.name for p in inspect.signature(by_range).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert keywords == ["within", "power"]


def test_a_missing_child_leaves_the_score_of_the_parent_to_its_siblings(tree):
    data = DATA.copy()
    data.loc["丁", "a"] = NAN
    weights = weigh(data, tree(FAMILIES), "range")
    # a ranges from 1 to 4, so a : b = 3 : 5; 丁 has 7 in p, from b alone, and 甲 (3·1 + 5·5)/8 = 3.5, the lowest
    assert weights[["a", "b"]].to_list() == pytest.approx([3 / 8, 5 / 8])
    highest = (3 * 4 + 5 * 9) / 8
    lowest = (3 * 2 + 5 * 4) / 8
    ranges = np.array([highest - lowest, (114 - 22) / 14, 5])
    assert weights[["p", "q", "r"]].to_list() == pytest.approx((ranges / ranges.sum()).tolist())


@from_data
@within
def test_what_has_no_data_weighs_nothing_and_a_branch_without_data_keeps_its_shares(tree, method, within):
    framework = tree(FAMILIES, {"c": 3})
    weights = weigh(DATA.assign(a=NAN, c=NAN, d=NAN), framework, method, within=within)
    assert weights[["a", "b", "q"]].to_list() == [0, 1, 0]
    assert weights[["c", "d"]].to_list() == [0.75, 0.25]
    assert weights["p"] + weights["r"] == pytest.approx(1)
    assert (framework.effective(weights)[["b", "e"]] > 0).all()


@from_data
@within
def test_a_lone_indicator_weighs_all(tree, method, within):
    weights = weigh(DATA[["e"]], tree(FAMILIES), method, within=within)
    assert (weights["r"], weights["e"]) == (1, 1)


@from_data
@within
@pytest.mark.parametrize("value", [7.0, 1e9 / 3])
def test_a_constant_column_is_refused_by_name(tree, method, within, value):
    with pytest.raises(MethodError, match=r"every value is the same in d \(") as caught:
        weigh(DATA.assign(d=value), tree(FAMILIES), method, within=within)
    assert ("below q" if within == "parent" else "all indicators together") in str(caught.value)


@from_data
def test_a_parent_whose_scores_are_all_the_same_is_refused_by_name(tree, method):
    # an only child of only one value passes its level, and is met one level up
    with pytest.raises(MethodError, match=r"every value is the same in r \(below root\)"):
        weigh(DATA.assign(e=[4.0, 4, 4, NAN]), tree(FAMILIES), method)


@within
def test_a_column_with_one_value_is_one_without_spread(tree, within):
    with pytest.raises(MethodError, match=r"every value is the same in b \("):
        weigh(DATA.assign(b=[NAN, 3.0, NAN, NAN]), tree(FAMILIES), "standard-deviation", within=within)


@pytest.mark.parametrize("value", ["parents", "", None, 1])
def test_another_within_is_refused(tree, value):
    with pytest.raises(MethodError) as caught:
        weigh(DATA, tree(FAMILIES), "entropy", within=value)
    assert caught.value.key == "weighting.within"
    assert "'parent' or 'all'" in str(caught.value)


def test_weights_that_sum_to_zero_are_refused_by_node(tree, monkeypatch):
    monkeypatch.setitem(weighting.METHODS, "nothing", by_family(lambda scores: scores.max() * 0))
    with pytest.raises(MethodError, match=r"gives no weight to any of a, b \(below p\)"):
        weigh(DATA, tree(FAMILIES), "nothing")


def test_a_node_that_all_together_leave_without_weight_keeps_its_shares_below(tree, monkeypatch):
    only_e = by_family(lambda scores: pd.Series({code: float(code == "e") for code in scores}))
    monkeypatch.setitem(weighting.METHODS, "only e", only_e)
    weights = weigh(DATA, tree(FAMILIES, {"a": 4}), "only e", within="all")
    assert weights[["p", "q", "r", "a", "b", "c", "d", "e"]].to_list() == [0, 0, 1, 0.8, 0.2, 0.5, 0.5, 1]


@pytest.mark.slow
@few
@given(arrays(float, (6, 5), elements=st.integers(1, 30)), st.permutations(range(6)), st.permutations(range(5)))
@from_data
@within
def test_weights_sum_to_one_and_do_not_depend_on_the_order_of_rows_and_columns(
    tree, method, within, noise, rows, columns
):
    # a common rise, so that no indicator runs against the others
    scores = noise + 15.0 * np.arange(6)[:, None]
    assume((np.corrcoef(scores.T)[np.triu_indices(5, 1)] < 1 - 1e-6).all())
    data, framework = pd.DataFrame(scores, columns=list("abcde")), tree(FAMILIES)
    weights = weigh(data, framework, method, within=within)
    sums = weights.groupby(framework.parents[weights.index]).sum()
    assert sums.to_dict() == pytest.approx({"root": 1, "p": 1, "q": 1, "r": 1})
    assert framework.effective(weights)[framework.leaves].sum() == pytest.approx(1)
    effective = framework.effective(weights).to_dict()
    shuffled = weigh(data.iloc[rows, columns], framework, method, within=within)
    assert framework.effective(shuffled).to_dict() == pytest.approx(effective, abs=1e-9)
    turned = weigh(data, tree({"root": "rqp", "p": "ba", "q": "dc", "r": "e"}), method, within=within)
    assert framework.effective(turned).to_dict() == pytest.approx(effective, abs=1e-9)

"""Weights: one inside every parent, nothing for what has no data, families that sum to zero refused by name."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import weighting
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.weighting import weigh

NAN = float("nan")
#: code, parent and raw weight: three pillars of two, two and one indicators
NODES = [
    ("root", None, 1),
    ("a", "root", 1),
    ("b", "root", 3),
    ("c", "root", 4),
    ("a1", "a", 1),
    ("a2", "a", 3),
    ("b1", "b", 2),
    ("b2", "b", 2),
    ("c1", "c", 5),
]
LEAVES = ["a1", "a2", "b1", "b2", "c1"]
DATA = pd.DataFrame(1.0, index=["甲", "乙"], columns=LEAVES)


def tree(**weights):
    levels = {"root": 0, "a": 1, "b": 1, "c": 1}
    table = pd.DataFrame(NODES, columns=["code", "parent", "weight"])
    table["weight"] = [weights.get(code, weight) for code, weight in zip(table["code"], table["weight"], strict=True)]
    table["level"] = [levels.get(code, 2) for code in table["code"]]
    return Framework.from_table(table.assign(direction=1, unit=None, name_zh="名", name_en="name"))


def family_sums(weights, framework):
    return weights.groupby(framework.parents[weights.index]).sum()


def test_original_weights_are_rescaled_inside_each_parent():
    weights = weigh(DATA, tree(), "original")
    # 1 + 3 + 4 = 8; 1 + 3 = 4; 2 + 2 = 4
    expected = {"a": 0.125, "b": 0.375, "c": 0.5, "a1": 0.25, "a2": 0.75, "b1": 0.5, "b2": 0.5, "c1": 1.0}
    assert weights.to_dict() == pytest.approx(expected)
    assert list(weights.index) == tree().nodes


def test_equal_weights_are_equal_inside_each_parent():
    weights = weigh(DATA, tree(), "equal")
    expected = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "a1": 0.5, "a2": 0.5, "b1": 0.5, "b2": 0.5, "c1": 1.0}
    assert weights.to_dict() == pytest.approx(expected)


def test_an_indicator_without_data_weighs_nothing_and_its_siblings_share():
    weights = weigh(DATA.assign(a2=NAN), tree(), "original")
    assert (weights["a1"], weights["a2"]) == (1, 0)
    assert weights[["a", "b", "c"]].tolist() == pytest.approx([0.125, 0.375, 0.5])


def test_an_indicator_that_is_absent_is_one_without_data():
    pd.testing.assert_series_equal(
        weigh(DATA.drop(columns="a2"), tree(), "original"), weigh(DATA.assign(a2=NAN), tree(), "original")
    )


def test_data_of_a_single_unit_are_data():
    data = DATA.assign(a2=[NAN, 5.0])
    assert weigh(data, tree(), "original")["a2"] == 0.75


def test_the_weight_of_an_empty_branch_passes_upwards():
    weights = weigh(DATA.assign(b1=NAN, b2=NAN), tree(), "original")
    # without b the pillars share 1 : 4
    assert weights[["a", "b", "c"]].tolist() == pytest.approx([0.2, 0, 0.8])
    # the family of b keeps its nominal shares, which reach the root as nothing
    assert weights[["b1", "b2"]].tolist() == [0.5, 0.5]
    assert tree().effective(weights)[["b1", "b2"]].tolist() == [0, 0]


def test_a_weight_of_zero_is_a_choice():
    weights = weigh(DATA, tree(a1=0), "original")
    assert weights[["a1", "a2"]].tolist() == [0, 1]


def test_a_family_whose_weights_with_data_sum_to_zero_is_refused_by_the_name_of_its_parent():
    with pytest.raises(MethodError, match="the weights below a that have data sum to zero; raise one of a1"):
        weigh(DATA.assign(a2=NAN), tree(a1=0), "original")


def test_pillars_whose_weights_with_data_sum_to_zero_are_refused_by_the_name_of_the_root():
    with pytest.raises(MethodError, match=r"the weights below root that have data sum to zero; raise one of a, c\."):
        weigh(DATA.assign(b1=NAN, b2=NAN), tree(a=0, c=0), "original")


def test_an_unknown_method_is_refused_with_the_nearest_name():
    with pytest.raises(MethodError, match=r"weighting: there is no 'eqal'\. Did you mean equal"):
        weigh(DATA, tree(), "eqal")


def test_a_function_of_the_users_is_rescaled_like_any_other(monkeypatch):
    def by_level(normalised, framework, *, first):
        return pd.Series({code: first if code in ("a", "a1", "b1") else 1.0 for code in framework.nodes})

    monkeypatch.setitem(weighting.METHODS, "by level", by_level)
    weights = weigh(DATA, tree(), "by level", first=3)
    expected = {"a": 0.6, "b": 0.2, "c": 0.2, "a1": 0.75, "a2": 0.25, "b1": 0.75, "b2": 0.25, "c1": 1}
    assert weights.to_dict() == pytest.approx(expected)


@pytest.mark.parametrize("bad", [-1.0, NAN, float("inf"), None])
def test_a_function_of_the_users_that_gives_a_bad_weight_is_refused_by_node(monkeypatch, bad):
    def function(normalised, framework):
        weights = pd.Series(1.0, index=framework.nodes)
        return weights.drop("b2") if bad is None else weights.where(weights.index != "b2", bad)

    monkeypatch.setitem(weighting.METHODS, "bad", function)
    with pytest.raises(MethodError, match=r"finite and not negative: b2\."):
        weigh(DATA, tree(), "bad")


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.floats(0.01, 100), min_size=8, max_size=8),
    st.sets(st.sampled_from(LEAVES), max_size=4),
    st.sampled_from(["original", "equal"]),
)
def test_the_weights_of_every_family_and_the_shares_of_the_leaves_sum_to_one(raw, without_data, method):
    framework = tree(**dict(zip([code for code, *_ in NODES[1:]], raw, strict=True)))
    weights = weigh(DATA.assign(**dict.fromkeys(without_data, NAN)), framework, method)
    assert family_sums(weights, framework).to_dict() == pytest.approx({"root": 1, "a": 1, "b": 1, "c": 1})
    effective = framework.effective(weights)
    assert (effective[sorted(without_data)] == 0).all()
    assert effective[LEAVES].sum() == pytest.approx(1)


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(st.floats(0.001, 1000), st.lists(st.floats(0.1, 10), min_size=2, max_size=2))
def test_only_the_ratios_inside_a_family_matter(factor, raw):
    one, two = raw
    weights = weigh(DATA, tree(a1=one, a2=two), "original")
    scaled = weigh(DATA, tree(a1=one * factor, a2=two * factor), "original")
    assert scaled.to_dict() == pytest.approx(weights.to_dict())
    assert weights["a1"] / weights["a2"] == pytest.approx(one / two)

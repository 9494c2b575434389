"""Weights from judgements: Saaty's house, consistency, budgets in full, families that nobody judged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi import paths
from fhi.engine.errors import MethodError
from fhi.engine.weighting import weigh
from fhi.engine.weighting.experts import RANDOM_INDEX, priorities
from fhi.scenarios import validated

NAN = float("nan")
NODES = {"root": "pq", "p": "abc", "q": "de"}
DATA = pd.DataFrame(1.0, index=["甲"], columns=list("abcde"))
#: Saaty (1990), European Journal of Operational Research 48, table 3: eight criteria of a house to buy
HOUSE = pd.DataFrame(
    [
        [1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4],
        [1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
        [1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5],
        [1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8],
        [1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6],
        [1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6],
        [3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2],
        [4, 7, 5, 8, 6, 6, 2, 1],
    ],
    index=list("abcdefgh"),
    columns=list("abcdefgh"),
)
#: a counts 2 of b and 4 of c, b 2 of c; p counts 3 of q; d as much as e
MATRICES = {
    "root": {"p": {"q": 3}, "q": {}},
    "p": {"a": {"b": 2, "c": 4}, "b": {"c": 2}},
    "q": {"d": {"e": 1}},
}
EXPERTS = {
    "one": {"p": 60, "q": 40, "a": 50, "b": 30, "c": 20, "d": 100, "e": 0},
    "two": {"p": 80, "q": 20, "a": 30, "b": 30, "c": 40},
    "three": {"d": 50, "e": 50},
}


def test_the_house_of_saaty_to_its_printed_digits():
    weights, ratio = priorities(HOUSE)
    assert weights.round(3).to_list() == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert round(ratio, 3) == 0.169
    # λ = 9.669 from the ratio by its definition
    assert ratio * RANDOM_INDEX[8] * 7 + 8 == pytest.approx(9.669, abs=5e-4)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.floats(0.4, 3), min_size=2, max_size=9))
def test_consistent_comparisons_give_back_their_weights(values):
    wanted = pd.Series(values) / sum(values)
    weights, ratio = priorities(pd.DataFrame(np.divide.outer(wanted.to_numpy(), wanted.to_numpy())))
    assert weights.to_list() == pytest.approx(wanted.to_list())
    assert ratio == pytest.approx(0, abs=1e-9)


def test_the_principal_eigenvector_solves_its_equation():
    weights, ratio = priorities(HOUSE)
    largest = max(np.linalg.eigvals(HOUSE).real)
    assert (HOUSE.to_numpy() @ weights).tolist() == pytest.approx((largest * weights).to_list())
    assert ratio == pytest.approx((largest - 8) / 7 / 1.41)


def test_weights_of_every_family_from_its_matrix(tree):
    weights = weigh(DATA, tree(NODES), "ahp", matrices=MATRICES)
    expected = {"p": 3 / 4, "q": 1 / 4, "a": 4 / 7, "b": 2 / 7, "c": 1 / 7, "d": 1 / 2, "e": 1 / 2}
    assert weights.to_dict() == pytest.approx(expected)


def test_of_a_child_without_data_the_others_have_the_weight(tree):
    weights = weigh(DATA.assign(a=NAN), tree(NODES), "ahp", matrices=MATRICES)
    assert weights[["a", "b", "c"]].to_list() == pytest.approx([0, 2 / 3, 1 / 3])


def test_a_family_without_a_matrix_is_refused_by_name(tree):
    without = {parent: table for parent, table in MATRICES.items() if parent != "p"}
    with pytest.raises(MethodError, match=r"matrices\.p: there is no matrix that compares a, b, c"):
        weigh(DATA, tree(NODES), "ahp", matrices=without)


def test_an_inconsistent_matrix_is_refused_unless_it_is_accepted(tree):
    framework = tree({"root": HOUSE.columns})
    data = pd.DataFrame(1.0, index=["甲"], columns=HOUSE.columns)
    matrices = {"root": HOUSE.T.to_dict()}
    with pytest.raises(MethodError, match=r"matrices\.root: .*consistency ratio 0\.169, above 0\.1") as caught:
        weigh(data, framework, "ahp", matrices=matrices)
    assert "accept them by consistency: 0.17" in str(caught.value)
    weights = weigh(data, framework, "ahp", matrices=matrices, consistency=0.17)
    assert weights.round(3).to_list()[:2] == [0.173, 0.054]


@pytest.mark.parametrize("value", [-0.1, NAN, float("inf"), "0.1", True, None])
def test_a_consistency_that_is_no_ratio_is_refused(tree, value):
    with pytest.raises(MethodError) as caught:
        weigh(DATA, tree(NODES), "ahp", matrices=MATRICES, consistency=value)
    assert caught.value.key == "weighting.consistency"


def test_more_children_than_saaty_has_random_matrices_for_are_refused():
    with pytest.raises(MethodError, match="at most 15 children can be compared, not 16"):
        priorities(pd.DataFrame(np.ones((16, 16))))


def test_budgets_are_averaged_over_the_experts_of_a_family(tree):
    weights = weigh(DATA, tree(NODES), "budget-allocation", experts=EXPERTS)
    expected = {"p": 0.7, "q": 0.3, "a": 0.4, "b": 0.3, "c": 0.3, "d": 0.75, "e": 0.25}
    assert weights.to_dict() == pytest.approx(expected)


def test_with_any_budget_every_expert_counts_the_same(tree):
    experts = {"one": {"a": 1, "b": 2, "c": 1}, "two": {"a": 30, "b": 30, "c": 60}}
    weights = weigh(DATA[list("abc")], tree({"root": "abc"}), "budget-allocation", experts=experts, budget=None)
    assert weights.to_list() == pytest.approx([0.25, 0.375, 0.375])


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"a": 50, "b": 30, "c": 10}, "the points of one below p sum to 90, not 100"),
        ({"a": 50, "b": 50}, r"one does not judge c \(below p\); judge all children or none"),
        ({"a": 0, "b": 0, "c": 0}, "sum to 0, not 100"),
        ({}, r"no expert judges a, b, c \(below p\)"),
        ({"a": 120, "b": -20, "c": 0}, "points must not be negative: b of one"),
        ({"a": 50, "b": 30, "x": 20}, r"there is no 'x'"),
    ],
)
def test_a_budget_that_is_not_spent_is_refused_by_expert_and_family(tree, points, message):
    experts = {"one": {"p": 50, "q": 50, "d": 50, "e": 50, **points}}
    with pytest.raises(MethodError, match=message) as caught:
        weigh(DATA, tree(NODES), "budget-allocation", experts=experts)
    assert caught.value.key == "weighting.experts"


@pytest.mark.parametrize("budget", [None, 100])
def test_points_that_sum_to_zero_are_refused(tree, budget):
    with pytest.raises(MethodError, match="sum to 0, not"):
        experts = {"one": {"a": 0, "b": 0}}
        weigh(DATA[["a", "b"]], tree({"root": "ab"}), "budget-allocation", experts=experts, budget=budget)


def test_judgements_are_read_from_files_beside_the_scenarios(tree, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path)
    (tmp_path / "panel.csv").write_text(
        "node,王,李\np,60,80\nq,40,20\na,50,30\nb,30,30\nc,20,40\nd,100,\ne,0,\n", "utf-8"
    )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/root.csv").write_text("node,p,q\np,1,3\nq,1/3,1\n", encoding="utf-8")
    (tmp_path / "mine/p.csv").write_text("node,c,a,b\na,4,,2\nb,2,,\nc,,,\n", encoding="utf-8")
    (tmp_path / "mine/q.csv").write_text("node,d,e\nd,1,1\ne,1,1\n", encoding="utf-8")
    named = {"experts": "panel.csv"}, {"matrices": "mine"}
    experts, matrices = (
        validated({"weighting": {"method": method, **files}}, "mine.yml").weighting.params
        for method, files in zip(("budget-allocation", "ahp"), named, strict=True)
    )
    weights = weigh(DATA, tree(NODES), "budget-allocation", **experts)
    assert weights.to_dict() == pytest.approx({"p": 0.7, "q": 0.3, "a": 0.4, "b": 0.3, "c": 0.3, "d": 1, "e": 0})
    assert weigh(DATA, tree(NODES), "ahp", **matrices).to_dict() == pytest.approx(
        weigh(DATA, tree(NODES), "ahp", matrices=MATRICES).to_dict()
    )


# Orders, swings and comparisons with the best and the worst


def test_the_centroid_of_an_order_of_four_is_that_of_barron_and_barrett(tree):
    weights = weigh(
        DATA[list("abcd")],
        tree({"root": "abcd"}),
        "rank-order-centroid",
        experts={"one": {"a": 2, "b": 1, "c": 4, "d": 3}},
    )
    assert weights.round(4).to_dict() == {"a": 0.2708, "b": 0.5208, "c": 0.0625, "d": 0.1458}


def test_shared_places_share_their_weights_and_experts_are_averaged(tree):
    experts = {"one": {"a": 1, "b": 1, "c": 3}, "two": {"a": 1, "b": 2, "c": 3}}
    weights = weigh(DATA[list("abc")], tree({"root": "abc"}), "rank-order-centroid", experts=experts)
    # of three places 11/18, 5/18, 2/18; the first expert gives 8/18 to each of the two
    assert weights.to_list() == pytest.approx([19 / 36, 13 / 36, 4 / 36])


@pytest.mark.parametrize("count", range(2, 10))
def test_the_centroid_is_the_mean_of_the_corners_of_all_weights_in_the_order(tree, count):
    codes = "abcdefghi"[:count]
    table = pd.DataFrame({"one": range(1, count + 1)}, index=list(codes))
    weights = weigh(
        DATA.iloc[:, [0] * count].set_axis(list(codes), axis=1),
        tree({"root": codes}),
        "rank-order-centroid",
        experts=table.T,
    )
    corners = np.tril(np.ones((count, count))) / np.arange(1, count + 1)[:, None]
    assert weights.to_list() == pytest.approx(corners.mean(axis=0).tolist())


def test_swings_are_shares_of_their_sum(tree):
    experts = {"one": {"a": 100, "b": 60, "c": 40}, "two": {"a": 50, "b": 100, "c": 50}}
    weights = weigh(DATA[list("abc")], tree({"root": "abc"}), "swing", experts=experts)
    assert weights.to_list() == pytest.approx([0.375, 0.4, 0.225])


@pytest.mark.parametrize(
    ("method", "given", "message"),
    [
        ("swing", {"a": 90, "b": 60, "c": 40}, "the most important of one below root must have 100 points, not 90"),
        (
            "rank-order-centroid",
            {"a": 1, "b": 2, "c": 4},
            "the places of one below root must be whole numbers from 1 to 3",
        ),
        ("rank-order-centroid", {"a": 1, "b": 1.5, "c": 3}, "whole numbers from 1 to 3"),
        ("swing", {"a": 100, "b": 60}, "one does not judge c"),
        ("rank-order-centroid", {}, "no expert judges a, b, c"),
    ],
)
def test_orders_and_swings_that_are_none_are_refused(tree, method, given, message):
    with pytest.raises(MethodError, match=message):
        weigh(DATA[list("abc")], tree({"root": "abc"}), method, experts={"one": given})


def comparisons(best, worst):
    return {
        "best_to_others": dict(zip("abcde", best, strict=False)),
        "others_to_worst": dict(zip("abcde", worst, strict=False)),
    }


def test_consistent_comparisons_with_best_and_worst_give_their_exact_weights(tree):
    # Rezaei (2016), buying a car: quality, price, comfort, safety, style; a_Bj·a_jW = a_BW = 8 for all
    weights = weigh(
        DATA, tree({"root": "abcde"}), "best-worst", comparisons=comparisons([2, 1, 4, 2, 8], [4, 8, 2, 4, 1])
    )
    assert weights.round(4).to_list() == [0.2105, 0.4211, 0.1053, 0.2105, 0.0526]


def test_inconsistent_comparisons_have_the_least_greatest_gap(tree):
    best, worst = np.array([1, 2, 8.0]), np.array([8, 5, 1.0])
    weights = weigh(
        DATA[list("abc")], tree({"root": "abc"}), "best-worst", comparisons=comparisons(best, worst)
    ).to_numpy()

    def gap(w):
        return max(np.abs(w[..., :1] - best * w).max(axis=-1), np.abs(w - worst * w[..., 2:]).max(axis=-1))

    # Rezaei (2016), example 1: (0.5899, 0.3371, 0.0730), ξ* = 0.0843 … checked by a grid besides
    grid = [np.array([a, b, 1 - a - b]) for a in np.arange(0.3, 0.9, 0.005) for b in np.arange(0.05, 1 - a, 0.005)]
    assert gap(weights) <= min(map(gap, grid)) + 1e-9
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("best", "worst", "message"),
    [
        ([1, 2, 10], [8, 4, 1], "two numbers from 1 to 9"),
        ([2, 3, 8], [8, 4, 1], "the best child has 1"),
        ([1, 2, 8], [7, 4, 1], "8 in the one column and 7 in the other"),
        ([1, 8, 8], [8, 8, 1], "contradict one another: consistency ratio 1.000, above 0.3"),
        ([1, 2], [8, 4], "two numbers from 1 to 9"),
    ],
)
def test_comparisons_that_cannot_be_used_say_why(tree, best, worst, message):
    with pytest.raises(MethodError, match=message):
        weigh(DATA[list("abc")], tree({"root": "abc"}), "best-worst", comparisons=comparisons(best, worst))

"""Aggregation: means worked by hand, what a missing child does, and what cannot be computed is refused by name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import aggregation
from fhi.engine.aggregation import aggregate, aggregate_and_weigh
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Step

NAN = float("nan")
CODES = ["root", "a", "b", "a1", "a2", "b1", "b2"]
TABLE = pd.DataFrame(
    {
        "code": CODES,
        "level": [0, 1, 1, 2, 2, 2, 2],
        "parent": [None, "root", "root", "a", "a", "b", "b"],
        "direction": 1,
        "weight": 1.0,
        "unit": None,
        "name_zh": "名",
        "name_en": "name",
    }
)
TREE = Framework.from_table(TABLE)
LEAVES = ["a1", "a2", "b1", "b2"]
WEIGHTS = pd.Series({"a": 0.25, "b": 0.75, "a1": 0.5, "a2": 0.5, "b1": 0.2, "b2": 0.8})
SCORE = st.floats(1, 100)


def units(**rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=LEAVES, dtype=float)


def one(method, *values, **options):
    return aggregate(units(甲=list(values)), TREE, WEIGHTS, method, **options).loc["甲"]


def test_the_arithmetic_mean_is_weighted_at_every_level():
    scores = one("arithmetic", 20, 40, 50, 100)
    # a = (20 + 40)/2 = 30; b = 0.2·50 + 0.8·100 = 90; root = 0.25·30 + 0.75·90 = 75
    assert scores.to_dict() == pytest.approx({"root": 75, "a": 30, "b": 90, "a1": 20, "a2": 40, "b1": 50, "b2": 100})
    assert list(scores.index) == CODES


def test_the_geometric_mean_is_weighted_at_every_level():
    scores = one("geometric", 4, 64, 32, 1)
    # a = √(4·64) = 16; b = 32^0.2 · 1^0.8 = 2; root = 16^0.25 · 2^0.75 = 2^1.75
    assert scores[["a", "b", "root"]].tolist() == pytest.approx([16, 2, 2**1.75])


def test_each_level_has_its_own_method():
    scores = one({0: "geometric", 1: "arithmetic"}, 6, 26, 0, 20)
    # a = 16, b = 16, and so is their geometric mean; the 0 is met by the arithmetic level alone
    assert scores[["a", "b", "root"]].tolist() == pytest.approx([16, 16, 16])
    scores = one({0: "arithmetic", 1: "geometric"}, 4, 64, 32, 1)
    # 0.25·16 + 0.75·2
    assert scores["root"] == pytest.approx(5.5)


def test_a_missing_child_leaves_the_score_to_its_siblings():
    scores = aggregate(units(甲=[20, NAN, 50, 100], 乙=[20, 40, NAN, 100]), TREE, WEIGHTS, "arithmetic")
    assert scores["a"].tolist() == pytest.approx([20, 30])
    assert scores["b"].tolist() == pytest.approx([90, 100])
    # 0.25·20 + 0.75·90 and 0.25·30 + 0.75·100
    assert scores["root"].tolist() == pytest.approx([72.5, 82.5])
    geometric = one("geometric", 4, NAN, 32, 1)
    assert geometric["a"] == pytest.approx(4)


def test_a_unit_without_a_pillar_has_no_score_at_the_root():
    scores = one("arithmetic", NAN, NAN, 50, 100)
    assert scores["b"] == pytest.approx(90)
    assert np.isnan(scores["a"])
    assert np.isnan(scores["root"])


@pytest.mark.parametrize(("least", "scored"), [(0.75, True), (0.76, False), (1.0, False), (0.0, True)])
def test_availability_is_the_least_share_of_weight_with_data(least, scored):
    # b, with 0.75 of the weight, is there
    root = one("arithmetic", NAN, NAN, 50, 100, availability={0: least})["root"]
    assert root == pytest.approx(90) if scored else np.isnan(root)


def test_availability_holds_at_the_level_it_names():
    scores = one("arithmetic", 20, NAN, NAN, 100, availability={1: 0.6})
    # a has half of its weight, b has 0.8 of it
    assert np.isnan(scores["a"])
    assert scores["b"] == pytest.approx(100)
    assert scores["root"] == pytest.approx(100)


def test_a_pillar_without_weight_is_not_needed():
    weights = WEIGHTS.replace({0.25: 0.0, 0.75: 1.0})
    scores = aggregate(units(甲=[NAN, NAN, 50, 100]), TREE, weights, "arithmetic")
    assert scores.loc["甲", "root"] == pytest.approx(90)


def test_a_unit_without_any_data_has_no_score_anywhere():
    assert one("arithmetic", NAN, NAN, NAN, NAN, availability={}).isna().all()


def test_an_indicator_that_is_absent_is_missing_for_all():
    data = units(甲=[20, 40, 50, 100], 乙=[10, 60, 30, 80])
    scores = aggregate(data.drop(columns="b1"), TREE, WEIGHTS, "arithmetic")
    assert scores["b1"].isna().all()
    assert scores["b"].tolist() == [100, 80]


@pytest.mark.parametrize("score", [0, -3])
def test_a_geometric_mean_of_zero_or_less_is_refused_naming_child_unit_and_parent(score):
    data = units(甲=[20, 40, 50, 100], 乙=[10, 60, score, 80])
    with pytest.raises(MethodError, match="positive scores") as caught:
        aggregate(data, TREE, WEIGHTS, "geometric")
    assert "(b1 of 乙 below b)" in str(caught.value)
    assert (caught.value.key, caught.value.value) == ("aggregation", "geometric")


def test_a_zero_without_weight_is_no_harm_to_a_geometric_mean():
    weights = WEIGHTS.replace({0.2: 0.0, 0.8: 1.0})
    scores = aggregate(units(甲=[4, 64, 0, 9]), TREE, weights, "geometric")
    assert scores.loc["甲", ["a", "b"]].tolist() == pytest.approx([16, 9])


def test_a_level_without_a_method_is_refused():
    with pytest.raises(MethodError, match="no method for level 0"):
        one({1: "arithmetic"}, 1, 2, 3, 4)


@pytest.mark.parametrize("method", ["geometrc", {0: "arithmetic", 1: "geometrc"}])
def test_an_unknown_method_is_refused_with_the_nearest_name(method):
    with pytest.raises(MethodError, match=r"aggregation: there is no 'geometrc'\. Did you mean geometric"):
        one(method, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "method",
    [
        {0: "minimum", 1: {"method": "generalised-mean", "exponent": 2}},
        {0: Step(method="minimum"), 1: Step(method="generalised-mean", exponent=2)},
        {"0": "minimum", "1": Step(method="generalised-mean", exponent=2)},
    ],
)
def test_a_method_with_parameters_is_a_step(method):
    # a = √((1 + 49)/2) = 5; b = √(0.2·25 + 0.8·100) = √85
    assert one(method, 1, 7, 5, 10)[["a", "b", "root"]].tolist() == pytest.approx([5, 85**0.5, 5])


def test_one_step_is_for_all_levels():
    scores = one({"method": "generalised-mean", "exponent": -1}, 30, 60, NAN, 20)
    # a = 1/(1/60 + 1/120) = 40; b = 20; root = 1/(0.25/40 + 0.75/20) = 160/7
    assert scores[["a", "b", "root"]].tolist() == pytest.approx([40, 20, 160 / 7])


@pytest.mark.parametrize("method", [3, None, {}, {0: 5, 1: "arithmetic"}, {"root": "arithmetic"}, {0: {"exponent": 2}}])
def test_what_is_no_method_is_refused(method):
    with pytest.raises(MethodError, match="aggregation: ") as caught:
        one(method, 1, 2, 3, 4)
    assert caught.value.key == "aggregation"


def test_a_function_of_the_users_aggregates(monkeypatch):
    # a sum of squares to a power of the user's: weights are 0 where the score is missing
    def power_mean(scores, weights, *, power):
        return np.nansum(weights * scores**power, axis=1)

    monkeypatch.setitem(aggregation.METHODS, "power", power_mean)
    scores = one({"method": "power", "power": 2}, 2, 4, NAN, 3)
    # a = (4 + 16)/2 = 10; b = 9; root = 0.25·100 + 0.75·81
    assert scores[["a", "b", "root"]].tolist() == pytest.approx([10, 9, 85.75])


def test_an_error_of_a_function_of_the_users_names_what_it_met(monkeypatch):
    def picky(scores, weights):
        raise ValueError("seven is unlucky", "use another number")

    monkeypatch.setitem(aggregation.METHODS, "picky", picky)
    with pytest.raises(MethodError) as caught:
        one("picky", 9, 7, 8, 8)
    assert str(caught.value) == "aggregation: seven is unlucky (a2 of 甲 below a); use another number."


@pytest.mark.parametrize(
    ("method", "remedy"),
    [
        ("geometric", "scale [1, 100]"),
        ("harmonic", "scale [1, 100]"),
        ("mazziotta-pareto", "z-score with mean 100 and sd 10"),
        ("adjusted-mazziotta-pareto", "scale [70, 130]"),
        ({"method": "generalised-mean", "exponent": -2}, "scale [1, 100]"),
    ],
)
def test_a_zero_is_refused_with_the_normalisation_to_choose(method, remedy):
    with pytest.raises(MethodError, match=r"\(b1 of 乙 below b\)") as caught:
        aggregate(units(甲=[20, 40, 50, 100], 乙=[10, 60, 0, 80]), TREE, WEIGHTS, method)
    assert remedy in str(caught.value)


def test_the_bounds_that_no_weights_keep_are_told_with_the_node():
    with pytest.raises(MethodError, match=r"no weights of 2 children .* below a\); lower least or raise most\."):
        one({"method": "benefit-of-the-doubt", "least": 0.6}, 1, 2, 3, 4)


def test_weights_that_are_a_units_own_are_returned_by_city_and_node():
    data = units(甲=[4, 4, 50, 100], 乙=[6, 2, 50, NAN], 丙=[NAN, NAN, 20, 100])
    method = {0: "arithmetic", 1: "benefit-of-the-doubt"}
    scores, own = aggregate_and_weigh(data, TREE, WEIGHTS, method)
    assert list(own) == ["city", "parent", "node", "weight"]
    assert not own.duplicated(["city", "node"]).any()
    # 丙 has no part in a, 乙 has only b1
    assert set(own.query("parent == 'a'")["city"]) == {"甲", "乙"}
    weight = own.set_index(["city", "node"])["weight"]
    assert (weight["乙", "b1"], weight["乙", "b2"]) == (pytest.approx(1 / 50), 0)
    weighed = (weight * data.stack().rename_axis(["city", "node"])).groupby(level="city").sum()
    assert weighed.to_dict() == pytest.approx(scores[["a", "b"]].sum(axis=1).to_dict())


def test_no_weights_are_returned_where_all_units_share_them():
    own = aggregate_and_weigh(units(甲=[1, 2, 3, 4]), TREE, WEIGHTS, "arithmetic")[1]
    assert own.empty and list(own) == ["city", "parent", "node", "weight"]


@pytest.mark.parametrize("value", [NAN, float("inf")])
def test_a_function_of_the_users_without_a_finite_score_is_refused_by_node(monkeypatch, value):
    monkeypatch.setitem(aggregation.METHODS, "broken", lambda scores, weights: np.full(len(scores), value))
    with pytest.raises(
        MethodError, match=rf"gave {value} for the scores \[1.0, 2.0\] \(a1, a2 of .* below a\)"
    ) as caught:
        one("broken", 1, 2, 3, 4)
    assert caught.value.value == "broken"


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda scores, weights: np.nansum(scores * weights), id="one number for all units"),
        pytest.param(lambda scores, weights: scores * weights, id="no sum"),
        pytest.param(lambda scores, weights: np.nansum(scores * weights, axis=0), id="the wrong axis"),
    ],
)
def test_a_function_of_the_users_that_does_not_give_one_value_a_unit_is_refused(monkeypatch, function):
    monkeypatch.setitem(aggregation.METHODS, "broken", function)
    data = units(甲=[20, 40, 50, 100], 乙=[10, 60, 30, 80], 丙=[1, 2, 3, 4])
    with pytest.raises(MethodError, match=r"(below|for) a\b"):
        aggregate(data, TREE, WEIGHTS, "broken")


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(SCORE, min_size=4, max_size=4), st.sampled_from(range(4)), st.floats(0.5, 50))
@pytest.mark.parametrize(
    "method",
    [
        "arithmetic",
        "geometric",
        "harmonic",
        {"method": "generalised-mean", "exponent": -2.5},
        {"method": "owa", "order": [1, 3]},
        {"method": "owa", "exponent": 0.7},
        {0: "geometric", 1: "arithmetic"},
    ],
)
def test_a_better_indicator_gives_better_scores_above_it_and_no_others(method, values, position, gain):
    better = [value + gain * (place == position) for place, value in enumerate(values)]
    before, after = one(method, *values), one(method, *better)
    parent, other = ("a", "b") if position < 2 else ("b", "a")
    assert after[parent] > before[parent]
    assert after["root"] > before["root"]
    assert after[other] == before[other]


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(SCORE, min_size=4, max_size=4))
def test_a_mean_lies_between_its_children_and_the_geometric_never_above_the_arithmetic(values):
    arithmetic, geometric = one("arithmetic", *values), one("geometric", *values)
    for parent in ("a", "b", "root"):
        for scores in (arithmetic, geometric):
            children = scores[TREE.children(parent)]
            assert children.min() - 1e-9 <= scores[parent] <= children.max() + 1e-9
        assert geometric[parent] <= arithmetic[parent] + 1e-9


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.lists(st.one_of(SCORE, st.just(NAN)), min_size=4, max_size=4), min_size=2, max_size=5))
@pytest.mark.parametrize("method", ["arithmetic", "geometric", "median", {"method": "owa", "exponent": 2}])
def test_a_unit_is_scored_without_regard_to_the_others(method, rows):
    data = units(**{f"unit {place}": row for place, row in enumerate(rows)})
    together = aggregate(data, TREE, WEIGHTS, method)
    for unit in data.index:
        alone = aggregate(data.loc[[unit], LEAVES[::-1]], TREE, WEIGHTS, method)
        pd.testing.assert_frame_equal(together.loc[[unit]], alone, rtol=1e-12)


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(st.lists(SCORE, min_size=4, max_size=4), st.floats(0.5, 4))
def test_a_common_factor_of_all_indicators_is_one_of_all_scores(values, factor):
    for method in ("arithmetic", "geometric", "harmonic", "median", "minimum"):
        scaled = one(method, *(factor * value for value in values))
        assert scaled.to_dict() == pytest.approx((factor * one(method, *values)).to_dict())

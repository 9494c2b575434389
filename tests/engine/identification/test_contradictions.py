"""Contradictions: planted ones are found, the fewest facts are dropped and named, what remains is feasible."""

import pandas as pd
import pytest

from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.analyses import consistent


def feasible(facts, framework):
    """Say whether the facts hold together with every node's weight open; raises if they do not."""
    identified = IdentifiedSet(facts, framework)
    low, high = identified.bounds(identified.score(identified.space.cities[0]))
    return low <= high


def plant(published, **columns):
    """Return the published facts and one more, which takes what it does not name from the first fact."""
    extra = published.iloc[[0]].assign(id="planted", page=99, value_value=float("nan"), **columns)
    return pd.concat([published, extra], ignore_index=True)


@pytest.mark.slow
def test_nothing_is_dropped_of_the_published_facts(published, framework):
    kept, dropped = consistent(published, framework)
    assert dropped.empty
    assert dropped.columns.tolist() == ["id", "page", "node"]
    pd.testing.assert_frame_equal(kept, published)


@pytest.mark.slow
def test_an_opposite_order_among_the_leaders_is_found_and_named_with_page_and_node(published, framework):
    # p11 has 杭州 before 上海 and 深圳
    facts = plant(published, kind="order", subjects="深圳|杭州", node="infrastructure")
    kept, dropped = consistent(facts, framework)
    # either of the two opposite facts may go, but one is enough
    assert len(dropped) == 1
    (row,) = dropped.to_dict("records")
    assert row["node"] == "infrastructure"
    assert {"planted": 99, "infrastructure-leaders": 11}[row["id"]] == row["page"]
    assert kept["id"].tolist() == [id for id in facts["id"] if id != row["id"]]
    assert feasible(kept, framework)


def test_the_planted_fact_would_hide_as_a_silent_tie(published, framework):
    # weak orders take both: this is why each node is checked with a least gap
    facts = plant(published, kind="order", subjects="深圳|杭州", node="infrastructure")
    identified = IdentifiedSet(facts, framework)
    assert identified.forced_to_zero() == []
    gap = identified.score("深圳", "infrastructure") - identified.score("杭州", "infrastructure")
    assert identified.bounds(gap) == pytest.approx((0, 0), abs=1e-6)


def test_an_indicator_that_contradicts_the_parent_it_alone_makes_up_is_found_at_the_parent(tree, facts_of):
    framework = tree(P=["p", "q"], R=["r"])
    facts = facts_of(("order", "a|b", "FHI"), ("order", "a|b", "r"), ("order", "b|a", "R"))
    kept, dropped = consistent(facts, framework)
    assert len(dropped) == 1
    assert dropped["node"].tolist() == ["R"]
    assert dropped["id"].item() in ("fact-2", "fact-3")
    assert feasible(kept, framework)


def test_both_indicators_together_can_contradict_their_parent(tree, facts_of):
    # a is better in both, so it cannot be worse in what is made of both, whatever their weights
    facts = facts_of(("order", "a|b", "p"), ("order", "a|b", "q"), ("order", "b|a", "P"))
    kept, dropped = consistent(facts, tree(P=["p", "q"], R=["r"]))
    assert dropped["node"].tolist() == ["P"]
    assert len(kept) == 2


def test_one_indicator_of_two_may_differ_from_its_parent(tree, facts_of):
    facts = facts_of(("order", "a|b", "p"), ("order", "b|a", "P"), ("order", "a|b", "FHI"))
    _, dropped = consistent(facts, tree(P=["p", "q"], R=["r"]))
    assert dropped.empty


def test_two_separate_contradictions_drop_two_facts_at_their_own_nodes(tree, facts_of):
    facts = facts_of(
        ("order", "a|b|c", "FHI"),
        ("order", "a|b", "p"),
        ("order", "b|a", "p"),
        ("order", "b|c", "r"),
        ("tie", "b|c", "r"),
    )
    framework = tree(P=["p", "q"], R=["r"])
    kept, dropped = consistent(facts, framework)
    assert sorted(dropped["node"]) == ["p", "r"]
    by_node = dropped.set_index("node")["id"]
    assert by_node["p"] in ("fact-2", "fact-3") and by_node["r"] in ("fact-4", "fact-5")
    assert dropped["id"].tolist() == [id for id in facts["id"] if id in set(dropped["id"])]
    assert dropped["page"].tolist() == [100 + int(id.removeprefix("fact-")) for id in dropped["id"]]
    assert feasible(kept, framework)


def test_a_fact_that_contradicts_two_others_is_the_one_dropped(tree, facts_of):
    facts = facts_of(("order", "a|b", "P"), ("order", "c|b|a", "P"), ("leaders", "a|b|c", "P"))
    kept, dropped = consistent(facts, tree(P=["p", "q"], R=["r"]))
    assert dropped.to_dict("records") == [{"id": "fact-2", "page": 102, "node": "P"}]
    assert kept["id"].tolist() == ["fact-1", "fact-3"]


def test_the_root_facts_are_checked_too(tree, facts_of):
    facts = facts_of(
        ("order", "a|b", "FHI", 0.05),
        ("mean", "a", "FHI", 40, 1),
        ("mean", "a", "FHI", 40, 2),
        ("mean", "b", "FHI", 60, 1),
    )
    kept, dropped = consistent(facts, tree(P=["p", "q"], R=["r"]))
    # without the order or without b's mean the rest holds: one fact, not the two means of a
    assert dropped["node"].tolist() == ["FHI"]
    assert dropped["id"].item() in ("fact-1", "fact-4")
    assert len(kept) == 3


def test_pillars_can_contradict_the_root_together(tree, facts_of):
    # a is better in both pillars: it cannot be worse in the index
    facts = facts_of(("order", "a|b", "P"), ("order", "a|b", "R"), ("order", "b|a", "FHI", 0.05))
    kept, dropped = consistent(facts, tree(P=["p", "q"], R=["r"]))
    assert dropped["node"].tolist() == ["FHI"]
    assert len(kept) == 2


@pytest.mark.slow
def test_a_contradiction_of_known_values_with_an_order_of_the_same_indicator_is_found(published, framework):
    # 杭州 91.5, 广州 85.4, 香港 35.1: of the values two would have to go, of the orders one
    facts = plant(published, kind="order", subjects="香港|广州|杭州", node="adoption")
    kept, dropped = consistent(facts, framework)
    assert dropped.to_dict("records") == [{"id": "planted", "page": 99, "node": "adoption"}]
    assert len(kept) == len(published)


def test_a_misprinted_value_is_dropped_however_large(tree, facts_of):
    known = [
        *(("mean", city, "p", 90) for city in "ab"),
        *(("mean", city, "p", 10) for city in "cd"),
        *(("value", city, "p", 2) for city in "ab"),
        *(("value", city, "p", 1) for city in "cd"),
    ]
    # on the line through the others the value of e would be a score of tens of thousands
    facts = facts_of(*known, ("value", "e", "p", 1000))
    kept, dropped = consistent(facts, tree("p", "q"))
    assert dropped["id"].tolist() == ["fact-9"]
    assert len(kept) == 8


@pytest.mark.parametrize(("tolerance", "lost"), [(0.0, 1), (0.05, 0)])
def test_known_values_that_agree_within_their_tolerance_are_kept(tree, facts_of, tolerance, lost):
    # halfway between 1 and 3 is 2; 2.03 of 3.05 and 1.05 may lie below the half, 2.08 of 3 and 1 may not
    known = [("mean", "a", "p", 90), ("mean", "b", "p", 50), ("mean", "c", "p", 10)]
    values = [("value", city, "p", value, tolerance) for city, value in zip("abc", (3, 2.08, 1), strict=True)]
    _, dropped = consistent(facts_of(*known, *values), tree("p", "q"))
    assert len(dropped) == lost


def test_a_misprinted_value_with_a_tolerance_is_dropped_alone(tree, facts_of):
    known = [("mean", "a", "p", 90), ("mean", "b", "p", 50), ("mean", "c", "p", 10)]
    values = [("value", city, "p", value, 0.05) for city, value in zip("abcde", (3, 2, 1, 2.1, 1000), strict=True)]
    kept, dropped = consistent(facts_of(*known, *values), tree("p", "q"))
    assert dropped["id"].tolist() == ["fact-8"]
    assert feasible(kept, tree("p", "q"))


@pytest.mark.slow
def test_what_remains_is_feasible_after_many_contradictions(published, framework):
    facts = plant(published, kind="leaders", subjects="贵阳|长沙|北京", node="FHI")
    facts = pd.concat(
        [
            facts,
            facts.iloc[[-1]].assign(id="planted-2", kind="mean", subjects="北京", value_value=20.0, tolerance=1.0),
            facts.iloc[[-1]].assign(id="planted-3", kind="order", subjects="上海|北京", node="universities"),
        ],
        ignore_index=True,
    )
    kept, dropped = consistent(facts, framework)
    assert set(dropped["id"]) >= {"planted", "planted-2"}
    assert len(dropped) == 3
    assert len(kept) + len(dropped) == len(facts)
    assert feasible(kept, framework)
    assert consistent(kept, framework)[1].empty

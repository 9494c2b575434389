"""Dominance, layers and reversals: worked by hand, a peer's silhouette, and what must hold of any data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import silhouette_samples

from fhi.engine.dominance import clusters, dominance, rank_change, rank_reversals, silhouette, tables
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method

TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["index", "x", "y"],
            "level": [0, 1, 1],
            "parent": [None, "index", "index"],
            "direction": 1,
            "weight": 1.0,
            "unit": None,
            "name_zh": "",
            "name_en": "",
        }
    )
)


def long(table):
    return table.rename_axis("city").reset_index().melt("city", var_name="indicator").assign(year=2018)


def test_layers_and_counts_by_hand():
    values = pd.DataFrame({"x": [3, 2, 1, 1], "y": [1, 2, 1, 0]}, index=list("abcd"))
    table = dominance(values)
    assert table["dominates"].tolist() == [2, 2, 1, 0]
    assert table["dominated_by"].tolist() == [0, 0, 2, 3]
    assert table["layer"].tolist() == [1, 1, 2, 3]


def test_units_with_other_gaps_are_not_compared_and_equals_do_not_dominate():
    values = pd.DataFrame({"x": [3.0, 2, 2, 2], "y": [np.nan, 1, 1, np.nan]}, index=list("abcd"))
    assert dominance(values)["dominated_by"].to_dict() == {"a": 0, "b": 0, "c": 0, "d": 1}


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=12),
    st.lists(st.integers(1, 9), min_size=3, max_size=3),
)
def test_no_weights_put_a_dominated_unit_above(rows, weights):
    values = pd.DataFrame(rows)
    table = dominance(values)
    scores = values @ np.array(weights)
    best = scores.idxmax()
    assert table.at[best, "dominated_by"] == 0 and table.at[best, "layer"] == 1
    # every unit of a later layer is dominated by one of the layer before
    for layer in range(2, table["layer"].max() + 1):
        before = values[table["layer"] == layer - 1]
        for _, row in values[table["layer"] == layer].iterrows():
            assert ((before >= row).all(axis=1) & (before > row).any(axis=1)).any()


def test_min_max_turns_two_units_round_when_a_third_goes():
    # with c the range of x is 10, without it 2: then x counts for more, and a passes b
    values = pd.DataFrame({"x": [2.0, 0, 10], "y": [0.0, 3, 10]}, index=list("abc"))
    table = rank_reversals(long(values), TREE, Method())
    # with c: a = (20 + 0)/2 = 10, b = (0 + 30)/2 = 15; without c: both 50, level, which is no reversal
    assert table.loc["c", ["pairs", "reversed"]].tolist() == [1, 0]
    values = pd.DataFrame({"x": [2.0, 0, 10, 1], "y": [1.0, 3, 10, 0]}, index=list("abcd"))
    # with c: a 15, b 15 … d 5; a and b level: no strict order; y of d makes the range of y 3 without c: a 66.7, b 50
    table = rank_reversals(long(values), TREE, Method())
    assert table["reversed"].tolist() == [0, 0, 0, 0]
    values = pd.DataFrame({"x": [2.0, 0, 10, 1], "y": [0.5, 3, 10, 0]}, index=list("abcd"))
    # with c: a 12.5, b 15, d 5; without c: a (100 + 16.7)/2 = 58.3, b 50
    table = rank_reversals(long(values), TREE, Method())
    assert table.loc["c", ["pairs", "reversed", "first", "second"]].tolist() == [3, 1, "b", "a"]
    assert table["reversed"].drop("c").sum() == 0


def test_reversals_of_two_units_are_refused():
    with pytest.raises(MethodError, match="at least three units, not 2"):
        rank_reversals(long(pd.DataFrame({"x": [1.0, 2], "y": [1.0, 2]}, index=list("ab"))), TREE, Method())


def test_a_change_of_rank_is_judged_against_the_draws_of_both():
    before = np.array([[1, 2, 3]] * 10)
    after = np.array([[2, 1, 3]] * 9 + [[1, 2, 3]])
    table = rank_change(before, after, list("abc"), confidence=0.8)
    assert table["rises"].tolist() == [0, 0.9, 0] and table["falls"].tolist() == [0.9, 0, 0]
    assert table["median"].tolist() == [1, -1, 0]
    assert table["significant"].tolist() == [True, True, False]
    unranked = rank_change(np.array([[0, 1], [1, 2]]), np.array([[1, 2], [1, 2]]), list("ab"))
    assert unranked["draws"].tolist() == [1, 2]
    with pytest.raises(MethodError, match="of the same units and draws"):
        rank_change(before, after[:5], list("abc"))


@pytest.fixture
def three_groups():
    rng = np.random.default_rng(3)
    points = np.vstack([rng.normal(centre, 2, (8, 2)) for centre in ((20, 20), (80, 80), (20, 80))])
    return pd.DataFrame(points, index=[f"u{place}" for place in range(24)])


def test_groups_and_silhouettes_are_those_of_scikit_learn(three_groups):
    table = clusters(three_groups)
    peer = AgglomerativeClustering(3, linkage="ward").fit_predict(three_groups)
    assert table["cluster"].nunique() == 3
    assert pd.crosstab(table["cluster"], peer).gt(0).sum().tolist() == [1, 1, 1]
    assert table["silhouette"].to_numpy() == pytest.approx(silhouette_samples(three_groups, peer))
    assert table.loc["u8", "cluster"] == 1, "the group with the highest scores is the first"
    assert max(table.attrs["silhouettes"], key=table.attrs["silhouettes"].get) == 3


def test_a_unit_alone_has_no_silhouette_and_gaps_are_left_out(three_groups):
    data = pd.concat([three_groups, pd.DataFrame([[500, 500], [1, np.nan]], index=["far", "gap"])])
    table = clusters(data, 4)
    assert "gap" not in table.index and table.loc["far"].tolist() == [1, 0.0]
    assert silhouette(np.zeros((4, 4)), np.array([1, 1, 2, 2])).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 24])
def test_a_number_of_groups_that_cannot_be_is_refused(three_groups, count):
    with pytest.raises(MethodError, match="between 2 and 23"):
        clusters(three_groups, count)


def test_tables_of_a_scenario_by_hand_and_the_reason_for_an_empty_one(monkeypatch):
    values = pd.DataFrame({"x": [2.0, 0, 10, 1, 0], "y": [0.5, 3, 10, 0, np.nan]}, index=list("abcde"))
    found, said = tables(long(values), TREE, Method())
    # x: 20, 0, 100, 10 and y: 5, 30, 100, 0; e has no score and is not compared
    assert found["dominance"].to_numpy().tolist() == [
        ["pillars", "a", 1, 1, 2],
        ["pillars", "b", 0, 1, 2],
        ["pillars", "c", 3, 0, 1],
        ["pillars", "d", 0, 2, 3],
    ]
    # of two, three groups: a and d lie nearest, b joins them, c stands alone
    assert found["clusters"].set_index("city")["cluster"].to_dict() == {"a": 2, "b": 2, "c": 1, "d": 2}
    assert found["rank_reversals"].set_index("city").loc["c", ["pairs", "reversed", "first", "second"]].tolist() == [
        *[3, 1, "b", "a"]
    ]
    assert said["rows"].tolist() == [4, 4, 5] and (said["note"] == "").all()
    monkeypatch.setattr("fhi.engine.dominance.LIMITS", {"dominance": 4, "clusters": 4, "rank_reversals": 3})
    found, said = tables(long(values), TREE, Method())
    assert len(found["rank_reversals"]) == 0 and [*found["rank_reversals"]][:2] == ["city", "pairs"]
    assert said["note"].tolist() == ["", "", "of 3 units or fewer; there are 4"]
    found, said = tables(long(values.loc[["a", "b"]]), TREE, Method())
    assert (
        found["clusters"].empty
        and "at least 3 units with every value, not 2" in said.set_index("table").at[*["clusters", "note"]]
    )


def test_indicators_are_compared_where_the_tree_has_levels_between():
    rows = [("index", 0, None), ("p", 1, "index"), ("q", 1, "index"), ("x", 2, "p"), ("y", 2, "p"), ("z", 2, "q")]
    table = pd.DataFrame(rows, columns=["code", "level", "parent"])
    tree = Framework.from_table(table.assign(direction=1, weight=1.0, unit=None, name_zh="", name_en=""))
    values = pd.DataFrame({"x": [9.0, 1, 0], "y": [0.0, 1, 9], "z": [3.0, 2, 1]}, index=list("abc"))
    found = tables(long(values), tree, Method())[0]["dominance"].set_index(["of", "city"])
    # p is 50, 11.1, 50: a is ahead of b and level with c there, and ahead of both in z; in y a is behind both
    assert found.loc["pillars", "dominates"].to_dict() == {"a": 2, "b": 0, "c": 0}
    assert (found.loc["indicators"][["dominates", "dominated_by"]] == 0).all(axis=None)

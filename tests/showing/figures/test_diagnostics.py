"""The method room, first part: every pair of indicators once, weights beside what they do."""

import pandas as pd
import pytest

from fhi.engine.multivariate import COLLINEAR
from fhi.showing.figures import diagnostics


def test_every_pair_of_used_indicators_stands_once_the_first_of_the_tree_first(store):
    data = diagnostics.correlation_data(store)
    pairs = data[data["kind"] == "pair"]
    used = store["screening"].query("used")["indicator"]
    assert len(pairs) == len(used) * (len(used) - 1) / 2
    assert {frozenset(pair) for pair in zip(pairs["first"], pairs["second"], strict=True)} == {
        frozenset((a, b)) for a in used for b in used if a != b
    }
    tree = store["tables/framework"]["code"].tolist()
    assert all(tree.index(a) < tree.index(b) for a, b in zip(pairs["first"], pairs["second"], strict=True))


def test_correlations_are_those_of_the_normalised_indicators(store):
    data = diagnostics.correlation_data(store)
    expected = store["normalised"].set_index("city").corr()
    for pair in data[data["kind"] == "pair"].itertuples():
        assert pair.value == pytest.approx(expected.at[pair.first, pair.second])
        pillars = {pair.first: pair.first_pillar, pair.second: pair.second_pillar}
        assert pillars.get("adoption", "experience") == "experience"
        assert pillars.get("gdp", "ecosystem") == "ecosystem"
        assert pair.within == (pair.first_pillar == pair.second_pillar)
        flag = "negative" if pair.value < 0 else "collinear" if pair.value > COLLINEAR else ""
        assert ("" if pd.isna(pair.flag) else pair.flag) == flag


def test_alphas_are_those_of_nodes_with_two_and_more_indicators(store):
    data = diagnostics.correlation_data(store)
    alphas = data[data["kind"] == "alpha"].set_index("first")
    assert (alphas["indicators"] >= 2).all() and "FHI" in alphas.index
    expected = store["reliability"].set_index("node")["alpha"]
    assert alphas["value"].to_dict() == expected[alphas.index].to_dict()


def test_flagged_pairs_are_named_in_the_caption(store):
    data = diagnostics.correlation_data(store)
    data.loc[0, ["value", "flag"]] = [0.95, "collinear"]
    caption = diagnostics.correlation_caption(data)
    first = data.iloc[0]
    assert f"{first['first_en']} and {first['second_en']} (0.95)" in caption["en"]
    assert f"{first['first_zh']}与{first['second_zh']}（0.95）" in caption["zh"]
    assert f"Above {COLLINEAR}" in caption["en"]


def test_weights_stand_beside_the_share_of_what_moves_the_parent(store):
    data = diagnostics.weight_data(store)
    assert data.groupby("parent")["weight"].sum().tolist() == pytest.approx([1.0] * data["parent"].nunique())
    assert data.groupby("parent")["share"].sum().tolist() == pytest.approx([1.0] * data["parent"].nunique())
    assert (data.groupby("parent").size() > 1).all()
    scores = store["scores"].set_index("city")
    family = data[data["parent"] == "FHI"].set_index("node")
    squares = pd.Series({node: scores[node].corr(scores["FHI"]) ** 2 for node in family.index})
    assert family["share"].to_dict() == pytest.approx((squares / squares.sum()).to_dict())


def test_pillars_of_one_indicator_have_no_mean_within(store):
    data = diagnostics.correlation_data(store)
    caption = diagnostics.correlation_caption(data[data["within"].ne(True)])
    assert "average — within a pillar" in caption["en"] and "同一维度内平均—，" in caption["zh"]
    assert "nan" not in caption["en"] + caption["zh"]

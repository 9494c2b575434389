"""The identified set in words: a bound is that of the restriction named, and what the words take for granted holds."""

import math

import pandas as pd

from fhi.showing.figures import identified, identified_weights


def test_the_caption_of_the_weights_gives_what_the_facts_say_and_not_what_a_restriction_says():
    highs = {"all": 0.8101, "all, equal inside parents": 0.3, "all, indicators within 1/48-1/4": 0.5}
    data = pd.DataFrame([("experience", 1, facts, high) for facts, high in highs.items()])
    caption = identified_weights.weights_caption(data.set_axis(["node", "level", "facts", "high"], axis=1))
    # a bound is rounded up, so that it stays one
    assert "the weight of experience to at most 81.1%" in caption["en"] and "至多81.1%" in caption["zh"]
    assert not any("50%" in text or "30%" in text for text in caption.values())


def test_the_caption_of_the_map_gives_upper_bounds_rounded_up(store):
    data = identified_weights.map_data(store)
    caption = identified_weights.map_caption(data)
    for pillar in identified_weights.PILLARS:
        most = math.ceil(round(1000 * store["weight_bounds"].set_index("node").at[pillar, "high"], 3)) / 10
        assert all(f"{most:.1f}%" in text for text in caption.values()), pillar


def test_industry_and_ecosystem_are_hardly_bounded(store):
    free = store["weight_bounds"].set_index("node")
    assert (free.loc[["industry", "ecosystem"], "low"] < 0.01).all()
    assert (free.loc[["industry", "ecosystem"], "high"] > 0.99).all()


def test_the_caption_counts_the_bounds_that_the_index_alone_gives_and_those_that_the_rest_changes(store):
    data = identified.groups_data(store)
    scores = pd.concat([store["bounds"].assign(facts="all"), store["bounds_by_facts"]]).query("node == 'FHI'")
    ends = scores.set_index(["facts", "city"])[["low", "high"]]
    moved = {run: ((ends.loc[run] - ends.loc["all"]).abs() > 1e-5).any(axis=1).sum() for run in data["facts"]}
    assert data.set_index("facts")["cities_moved"].to_dict() == moved
    own, rest = 20 - moved["index"], moved["ranks+means"]
    assert rest == 0
    caption = identified.groups_caption(data)
    assert (
        f"The bounds of {own} of the 20 cities follow" in caption["en"]
        and "change none of the score bounds" in caption["en"]
    )
    assert f"20城中{own}城" in caption["zh"] and "没有改变任何一个得分区间" in caption["zh"]
    changed = identified.groups_caption(data.assign(cities_moved=3))
    assert "bounds of 17 of the 20" in changed["en"] and "change 3 of the score bounds" in changed["en"]
    assert "改变3个得分区间" in changed["zh"]


def test_the_order_of_the_overall_ranks_matters_most(store):
    first = store["fact_influence"].sort_values("widening").iloc[-1]
    assert first["node"] == "FHI" and store["tables/facts"].set_index("id").at[first["id"], "kind"] == "order"

"""The identified set in words: a bound is that of the restriction named, and what the words take for granted holds."""

import math

from fhi.showing.figures import identified


def test_the_caption_of_the_map_gives_upper_bounds_rounded_up(store):
    data = identified.map_data(store)
    caption = identified.map_caption(data)
    for pillar in ("industry", "experience", "ecosystem"):
        most = math.ceil(round(1000 * store["weight_bounds"].set_index("node").at[pillar, "high"], 3)) / 10
        assert all(f"{most:.1f}%" in text for text in caption.values()), pillar


def test_industry_and_ecosystem_are_hardly_bounded(store):
    free = store["weight_bounds"].set_index("node")
    assert (free.loc[["industry", "ecosystem"], "low"] < 0.01).all()
    assert (free.loc[["industry", "ecosystem"], "high"] > 0.99).all()


def test_the_order_of_the_overall_ranks_matters_most(store):
    first = store["fact_influence"].sort_values("widening").iloc[-1]
    assert first["node"] == "FHI" and store["tables/facts"].set_index("id").at[first["id"], "kind"] == "order"

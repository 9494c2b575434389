"""The identified set in words: a bound is that of the restriction named, and what the words take for granted holds."""

import pandas as pd

from fhi.figures import identified, identified_weights


def test_the_caption_of_the_weights_gives_the_bound_of_the_restriction_that_it_names():
    highs = {"all": 0.8, "all, equal inside parents": 0.3, "all, indicators within 1/48-1/4": 0.5}
    data = pd.DataFrame([("experience", 1, facts, high) for facts, high in highs.items()])
    caption = identified_weights.weights_caption(data.set_axis(["node", "level", "facts", "high"], axis=1))
    assert "at most about 80%; with every indicator within 1/48 and 1/4 it is at most about 50%" in caption["en"]
    assert "则至多约50%" in caption["zh"]


def test_industry_and_ecosystem_are_hardly_bounded(store):
    free = store["weight_bounds"].set_index("node")
    assert (free.loc[["industry", "ecosystem"], "low"] < 0.01).all()
    assert (free.loc[["industry", "ecosystem"], "high"] > 0.99).all()


def test_beyond_ranks_and_means_the_facts_hardly_narrow_the_scores(store):
    widths = identified.groups_data(store).set_index("facts")["mean_width"]
    assert 0 <= widths["ranks+means"] - widths["all"] < 0.1


def test_the_order_of_the_overall_ranks_matters_most(store):
    first = store["fact_influence"].sort_values("widening").iloc[-1]
    assert first["node"] == "FHI" and store["tables/facts"].set_index("id").at[first["id"], "kind"] == "order"

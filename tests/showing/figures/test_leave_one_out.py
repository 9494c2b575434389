"""Diagnostics, second part: cities counted by their shift, standings in the order of the index."""

import pytest

from fhi.showing.figures import diagnostics


def test_every_city_is_counted_once_a_node(store):
    data = diagnostics.effect_data(store)
    shifts = store["rank_shifts"]
    assert data.groupby("node")["moved"].sum().to_dict() == shifts.groupby("node").size().to_dict()
    for node, rows in data.groupby("node"):
        mean = (rows["moved"] * rows["shift"].abs()).sum() / rows["moved"].sum()
        assert mean == pytest.approx(rows["mean_absolute_shift"].iloc[0]), node
        assert rows["largest_shift"].iloc[0] in set(rows["shift"])
        assert abs(rows["largest_shift"].iloc[0]) == rows["shift"].abs().max()


def test_pillars_come_before_indicators_each_from_the_most_that_moves(store):
    nodes = diagnostics.effect_data(store).drop_duplicates("node")
    assert nodes["pillar"].tolist() == sorted(nodes["pillar"], reverse=True)
    assert set(nodes.loc[nodes["pillar"], "node"]) == {"industry", "experience", "ecosystem"}
    for _, rows in nodes.groupby("pillar"):
        assert rows["mean_absolute_shift"].is_monotonic_decreasing


def test_standings_are_those_of_the_cities_with_an_index(store):
    data = diagnostics.standing_data(store)
    overall = store["ranks"].set_index("city")["FHI"].dropna()
    assert data.drop_duplicates("city").set_index("city")["overall"].to_dict() == overall.to_dict()
    assert data.drop_duplicates("city")["overall"].is_monotonic_increasing
    used = store["weights"].query("effective > 0")["node"]
    assert set(data["node"]) <= set(used)
    adoption = data[data["node"] == "adoption"].set_index("city")
    assert adoption.loc["杭州", ["rank", "standing"]].tolist() == [1, 1]
    assert adoption.loc["香港", ["rank", "standing"]].tolist() == [20, 0]
    # 香港 has no A-share companies
    assert "finance_industry" not in set(data.loc[data["city"] == "香港", "node"])


def test_the_caption_names_the_least_even_city(store):
    data = diagnostics.standing_data(store)
    spread = data.groupby("city_en")["standing"].agg(lambda part: part.max() - part.min())
    assert spread.idxmax() in diagnostics.standing_caption(data)["en"]

"""Profiles: ranks as published, places that can be counted, needs that close the gap, whatever the edition has."""

import numpy as np
import pandas as pd
import pytest

from fhi.showing.figures import LANGUAGES
from fhi.showing.report.pictures import map_svg
from fhi.showing.report.profiles import Field, profiles, sayings
from fhi.showing.report.tables import latest, shown_units

NODES = [
    ("I", 0, None, 1.0),
    ("a", 1, "I", 1.0),
    ("b", 1, "I", 3.0),
    ("x", 2, "a", 1.0),
    ("y", 2, "b", 1.0),
    ("z", 2, "b", 1.0),
]
#: values of the three leaves: the normalised ones are the same, and the score is 1/4 x + 3/8 y + 3/8 z
VALUES = {"P": (100.0, 80.0, 60.0), "Q": (40.0, 60.0, 60.0), "R": (0.0, 20.0, np.nan), "S": (50.0, 55.0, 65.0)}


@pytest.fixture
def small():
    """Four units and three indicators, small enough to count by hand; no map, no bounds, nothing published."""
    nodes = pd.DataFrame(NODES, columns=["code", "level", "parent", "weight"])
    nodes = nodes.assign(direction=1, unit="%", name_zh=nodes["code"] + "项", name_en="node " + nodes["code"])
    leaves = pd.DataFrame(VALUES, index=["x", "y", "z"]).T.rename_axis("city")
    b = leaves[["y", "z"]].mean(axis=1)
    scores = leaves.assign(a=leaves["x"], b=b, I=leaves["x"] / 4 + b * 3 / 4)
    panel = leaves.stack().rename("value").rename_axis(["city", "indicator"]).reset_index()
    panel = panel.assign(year=2020, low=panel["value"], high=panel["value"], unit="%", evidence="public")
    cities = pd.DataFrame({"row": range(2, 6), "name_zh": list(VALUES), "name_en": list(VALUES)})
    return {
        "tables/framework": nodes[["level", "code", "parent", "direction", "weight", "unit", "name_zh", "name_en"]],
        "tables/cities": cities,
        "tables/edition": pd.DataFrame({"key": ["unit", "units"], "zh": ["国", "国"], "en": ["country", "countries"]}),
        "panel": panel,
        "coverage": panel[["city", "indicator"]].assign(used=True),
        "indicators": leaves.reset_index(),
        "normalised": leaves.reset_index(),
        "scores": scores.reset_index(),
        "ranks": scores.rank(ascending=False).reset_index(),
        "weights": pd.DataFrame({"node": list("abxyz"), "weight": [0.25, 0.75, 1.0, 0.5, 0.5]}),
    }


@pytest.mark.slow
def test_a_rise_in_one_indicator_alone_closes_the_gap(small):
    # S has 0.25·50 + 0.75·60 = 57.5, Q 0.25·40 + 0.75·60 = 55: 2.5 points are 10 of x, 6.67 of y or of z
    field = Field(small, "en", 2020)
    needs = field._needs("Q", 2.5)
    assert {code: need for code, _, need in needs} == pytest.approx({"x": 10.0, "y": 20 / 3, "z": 20 / 3})
    assert [code for code, _, _ in needs] == ["y", "z", "x"]
    ahead = field.profile("Q")["ahead"]
    assert "2.50 points below S" in ahead["note"]
    assert ahead["items"][0] == "node y: +6.7 from 60.0"


def test_a_missing_indicator_gives_its_weight_to_its_siblings_for_that_unit_alone(small):
    field = Field(small, "en", 2020)
    assert field.weights("R") == pytest.approx({"x": 0.25, "y": 0.75})
    assert field.weights("P") == pytest.approx({"x": 0.25, "y": 0.375, "z": 0.375})


def test_what_is_no_weighted_mean_is_not_split(small):
    small["scores"]["I"] = small["scores"]["I"] ** 0.5
    ahead = profiles(small, "en", 2020, ["Q"])[0]["ahead"]
    assert ahead["items"] == [] and "does not split" in ahead["note"]


def test_no_rise_is_offered_beyond_the_top_of_the_scale(small):
    # R is 40 points below Q: no score of 100 in one indicator makes that up
    ahead = profiles(small, "en", 2020, ["R"])[0]["ahead"]
    assert [item.split(":")[0] for item in ahead["items"]] == ["node y"]
    assert profiles(small, "en", 2020, ["P"])[0]["ahead"]["items"] == []


def test_strengths_and_weaknesses_stand_beside_the_overall_place(small):
    marks = {unit: [item["mark"] for item in profiles(small, "en", 2020, [unit])[0]["indicators"]] for unit in VALUES}
    # P is first of all; second to S only among the scores of z, a third of the field below its place
    assert marks["P"] == ["strength", "strength", "weakness"]
    assert marks["R"] == ["weakness", "weakness", ""]


def test_a_place_that_many_share_is_no_strength(small):
    # all four have the same x: R, last of all, is not above its place by that
    small["panel"].loc[small["panel"]["indicator"] == "x", ["value", "low", "high"]] = 0.0
    small["indicators"]["x"] = 0.0
    field = Field(small, "en", 2020)
    best, _, last, of = field.standings["R", "x"]
    assert (best, last, of) == (1, of, of) and field._mark("R", best, last, of) == ""


def test_the_nearest_peer_has_the_least_root_mean_square_difference(small):
    peers = profiles(small, "en", 2020, ["Q"])[0]["peers"]
    assert [peer["name"] for peer in peers] == ["S", "P", "R"]
    assert float(peers[0]["distance"]) == pytest.approx(np.sqrt((10**2 + 5**2 + 5**2) / 3), abs=0.05)


def test_a_place_known_up_to_an_interval_is_a_range(small):
    cell = (small["panel"]["city"] == "Q") & (small["panel"]["indicator"] == "x")
    small["panel"].loc[cell, ["low", "high"]] = [30.0, 60.0]
    places = {item["code"]: item for item in profiles(small, "zh", 2020, ["Q"])[0]["indicators"]}
    assert places["x"]["place"] == "2–3" and places["x"]["bounds"] == "30–60"


def test_what_an_edition_does_not_have_is_left_out(small):
    found = profiles(small, "en", 2020, ["R"])[0]
    assert found["map"] is None and found["move"] is None and found["tier"] is None and found["rank"] is None
    assert found["uncertainty"] == {"ranks": None, "scores": None} and found["bullets"] == []
    assert [item["value"] for item in found["indicators"]] == ["0%", "20%", "missing"]
    assert found["missing"].startswith("1 of 3 indicators")


def test_findings_of_a_unit_stand_in_its_profile_in_the_language(small):
    rows = [
        ("Q-1", "unit", "en", "Q sells.", 7, "holds", "s"),
        ("Q-1", "unit", "zh", "Q有。", 7, "holds", "s"),
    ]
    rows += [
        ("P-1", "unit", "en", "P buys.", None, None, "s"),
        ("x-opening", "chapter", "en", "Q.", None, None, "s"),
    ]
    small["findings"] = pd.DataFrame(rows, columns=["id", "kind", "language", "text", "page", "verdict", "source"])
    assert [item["text"] for item in profiles(small, "en", 2020, ["Q"])[0]["bullets"]] == ["Q sells."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_rank_and_bound_of_the_twenty(built, language):
    store = built.store()
    top = store["tables/top20"].set_index("city")
    found = {item["unit"]: item for item in profiles(store, language, 2018)}
    assert list(found) == list(store["tables/top20"].sort_values("rank")["city"])
    compared = store["comparison"].set_index(["city", "node"])["rank"]
    intervals = store["rank_intervals"].set_index("city")
    for unit, item in found.items():
        assert [part["published"] for part in item["pillars"]] == [
            str(top.at[unit, column]) for column in ("rank", "industry_rank", "experience_rank", "ecosystem_rank")
        ]
        for part in item["pillars"]:
            assert part["reconstructed"] == f"{compared[unit, part['code']]}"
        low, high = intervals.loc[unit, ["low", "high"]]
        assert item["uncertainty"]["ranks"]["text"] == (f"{low:.0f}–{high:.0f}" if low < high else f"{low:.0f}")
        assert "<path" in map_svg(item["map"]) and item["map"]["province"]


def test_the_gap_above_is_the_one_that_is_split(built):
    store = built.store()
    field, split = Field(store, "en", 2018), store["next_above"]
    gaps = split[split["node"] == "FHI"].set_index("city")["contribution"]
    for unit in field.units:
        if unit in gaps.index:
            for code, score, need in field._needs(unit, -gaps[unit]):
                assert field.weights(unit)[code] * need == pytest.approx(-gaps[unit])
                assert score + need <= 100 + 1e-9


def test_both_languages_say_the_same_parts():
    assert set(sayings("zh")) == set(sayings("en"))


def test_the_published_units_are_shown_in_the_order_of_the_top_20(built):
    store = built.store()
    assert list(shown_units(store)["city"]) == list(store["tables/top20"].sort_values("rank")["city"])


def test_of_each_cell_the_latest_value_until_the_year_counts(small):
    small["panel"] = small["panel"].dropna(subset=["value"])
    older = small["panel"].assign(year=2015, value=1.0)
    later = small["panel"].assign(year=2030, value=2.0)
    rows = pd.concat([older, small["panel"], later])
    assert (latest(rows, 2020)["year"] == 2020).all() and (latest(rows, None)["year"] == 2030).all()

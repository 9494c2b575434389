"""Why a city stands where it does: moves by hand, parts that sum to the gap, changes of several years."""

import re

import pandas as pd
import pytest

from fhi.showing.report import cities


@pytest.fixture(scope="module")
def store(built):
    return built.store()


GONE = "Ranked above it before and no longer among the twenty"
CITIES = pd.DataFrame({"name_zh": ["甲", "乙", "丙", "丁"], "name_en": ["Jia", "Yi", "Bing", "Ding"]})
EDITION = pd.DataFrame({"key": ["unit", "units"], "zh": ["城市", "城市"], "en": ["city", "cities"]})
TREE = pd.DataFrame(
    {
        "code": ["FHI", "gdp", "firms"],
        "level": [0, 1, 1],
        "parent": [None, "FHI", "FHI"],
        "name_zh": ["总", "国", "企"],
        "name_en": ["all", "GDP", "firms"],
    }
)
RANKS = pd.DataFrame({"city": ["甲", "乙", "丙", "丁"], "rank_from": [2, 4, 3, None], "rank_to": [1, 2, 4, 3]})


def tables(**more):
    moves = RANKS.assign(node="FHI", evidence="published", **{"from": 2017, "to": 2018})
    moves = moves[["node", "city", "from", "to", "rank_from", "rank_to", "evidence"]]
    movers = pd.DataFrame({"page": [10], "pillar": ["gdp"], "city": ["乙"], "change": [2]})
    named = {"tables/cities": CITIES, "tables/edition": EDITION, "tables/framework": TREE, "tables/movers": movers}
    return {"movement": moves, **named, **more}


def test_moves_by_hand():
    said = cities.printed_moves(tables())
    # the first of 2017 is gone: 甲 rises though it passed nobody
    assert said["甲"]["en"].startswith(
        "Rank 2 in 2017, 1 in 2018. Ranked above it before and no longer among the twenty: 1."
    )
    assert said["乙"]["en"].startswith("Rank 4 in 2017, 2 in 2018. Overtook: Bing. Ranked above")
    assert said["丙"]["en"].startswith(
        "Rank 3 in 2017, 4 in 2018. Overtaken by: Yi. New and ranked above it: Ding. Ranked above"
    )
    assert said["丙"]["zh"].startswith("2017年第3名，2018年第4名。被超过：乙。新进入且排在其前：丁。")
    assert "丁" not in said
    assert said["乙"]["en"].endswith(
        "Gains by pillar that the report gives: GDP +2 (p. 10). "
        "The report gives no other pillar ranks of 2017 and no scores, so the cause of the change cannot be told."
    )
    assert "报告给出的维度升位：国+2（第10页）。报告未给出2017年其他维度的名次" in said["乙"]["zh"]


def test_of_a_city_that_nothing_moved_nothing_is_asked():
    moves = tables()["movement"].assign(rank_from=[1, 2, 3, 4], rank_to=[1, 2, 3, 4])
    said = cities.printed_moves(tables(movement=moves))
    assert said["甲"]["en"] == "Rank 1 in 2017, 1 in 2018."


def test_gains_of_pillars_are_those_printed(store):
    said = cities.printed_moves(store)
    for row in store["tables/movers"].itertuples():
        assert f" +{row.change} (p. {row.page})" in said[row.city]["en"]


def test_every_printed_change_is_accounted_for(store):
    """passed - passed by - new above + gone from above = the printed change."""
    said = cities.printed_moves(store)
    top20 = store["tables/top20"].dropna(subset=["change_value"]).set_index("city")["change_value"]
    assert set(said) == set(top20.index)
    for city, change in top20.items():
        counts = dict.fromkeys(("Overtaken by", "Overtook", "New and ranked above it", GONE), 0)
        for sentence in said[city]["en"].split(". ")[1:]:
            head, _, names = sentence.rstrip(".").partition(": ")
            if head in counts:
                counts[head] = int(names) if names.isdigit() else len(re.split(", | and ", names))
        by, passed, new, gone = counts.values()
        assert passed - by - new + gone == change, city


def test_the_parts_shown_sum_to_the_gap(store):
    found = cities.next_above(store)
    for city, table in found.items():
        gap, *parts = (float(row[3].replace("−", "-")) for row in table.rows)
        assert sum(parts) == pytest.approx(gap, abs=0.005 * (len(parts) + 8)), city
        assert gap <= 0 and [abs(part) for part in parts] == sorted(map(abs, parts), reverse=True)


def test_nothing_is_split_where_no_split_is_exact(store):
    empty = store["next_above"].iloc[:0]
    assert cities.next_above({name: store[name] for name in store} | {"next_above": empty}) == {}


@pytest.mark.slow
def test_logarithms_are_shown_as_such():
    split = pd.DataFrame({"city": "乙", "above": "甲", "node": ["FHI", "gdp", "firms"], "unit": "logarithm"})
    split["contribution"] = [-0.0504, -0.05, -0.0004]
    scores = pd.DataFrame({"city": ["甲", "乙"], "FHI": [10.0, 9.5], "gdp": [10.0, 9.0], "firms": [None, 5.0]})
    sources = pd.DataFrame({"path": [], "evidence": []})
    found = cities.next_above(tables(next_above=split, scores=scores, panel=sources))
    assert [row[-1] for row in found["乙"].rows] == ["−0.050", "−0.050"]
    assert found["乙"].heads[-1]["en"] == "Term of the gap (logarithm)"


@pytest.mark.slow
def test_what_changed_a_score_is_that_of_the_last_years():
    frame = pd.DataFrame(
        [("甲", 2016, 2017, "FHI", 9.0), ("甲", 2017, 2018, "firms", -1.0), ("甲", 2017, 2018, "gdp", 3.0)]
        + [("甲", 2017, 2018, "FHI", 2.0)],
        columns=["city", "from", "to", "node", "change"],
    ).assign(by_value=0.5, by_weight=0.5)
    found = cities.changed(tables(changes=frame, panel=pd.DataFrame({"evidence": []})))
    assert [(row[0]["en"], row[1]) for row in found["甲"].rows] == [
        ("all", "+2.00"),
        ("GDP", "+3.00"),
        ("firms", "−1.00"),
    ]
    assert found["甲"].title["en"] == "Change of the reconstructed score from 2017 to 2018"


def test_one_year_has_no_changes(store):
    assert cities.changed(store) == {}

"""Ranks over the years: who moved among the cities of the last two, and room for all names however many tie."""

import pandas as pd
import pytest

from fhi.showing.figures import entries
from fhi.showing.figures.ranks import slope_data, years_caption

ENTRY = next(entry for entry in entries() if entry.id == "years")


def frame(ranks):
    """Return the frame of the figure from ranks by year and city."""
    rows = [(city, f"City {city}", year, rank) for year, row in ranks.items() for city, rank in row.items()]
    return pd.DataFrame(rows, columns=["city", "city_en", "year", "rank"]).assign(node_zh="指数", node_en="Index")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_of_cities_that_share_the_last_rank_stay_in_their_place(framed, misplaced, language):
    tied = {city: min(place, 3) for place, city in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", start=1)}
    assert misplaced(framed(ENTRY, frame({2016: tied, 2017: tied}), language)) == []


def test_moves_are_counted_among_the_cities_of_both_years():
    caption = years_caption(frame({2016: {"甲": 1, "乙": 2, "丙": 3}, 2017: {"丁": 1, "丙": 2, "乙": 3}}))
    # without 甲 and 丁 乙 stood first and 丙 second
    assert "1 rose, 1 fell, 0 kept their rank. New: City 丁. Left: City 甲." in caption["en"]
    assert "1城上升，1城下降，0城不变。新增丁。退出甲。" in caption["zh"]


def test_the_ranks_of_2017_are_distinct_and_leave_one_place_to_a_city_unknown(tables):
    data = slope_data(tables)
    ranks = data["rank_2017"].dropna().astype(int)
    assert sorted(ranks) == list(range(1, 21))
    unknown = data[data["city"].isna()]
    assert unknown["rank_2017"].tolist() == [19] and unknown["rank_2018"].isna().all()
    assert unknown["evidence_2017"].isna().all()


@pytest.mark.parametrize("city, before", {"杭州": 4, "深圳": 3, "重庆": 13, "长沙": 15, "北京": 1}.items())
def test_a_rank_of_2017_is_that_of_2018_and_the_places_gained(tables, city, before):
    assert slope_data(tables).set_index("city").at[city, "rank_2017"] == before


def test_the_new_city_has_no_rank_of_2017(tables):
    data = slope_data(tables)
    assert data[data["rank_2017"].isna()]["city"].tolist() == ["香港"]

"""Ranks of 2017 from the printed changes, and the evidence behind each rank."""

import pytest

from fhi.showing.figures.ranks import slope_data



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

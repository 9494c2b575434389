"""The map of the regions (p4): the twenty with rank and place, the regions as the public plans have them."""

import pytest

from fhi.showing.figures import landscape as maps


@pytest.fixture(scope="module")
def data(tables):
    return maps.landscape_data(tables)


def test_the_twenty_stand_in_order_of_rank_where_cities_csv_puts_them(data, tables):
    cities = data[data["series"] == "city"].set_index("city")
    assert cities["rank"].tolist() == list(range(1, 21))
    listed = tables["tables/cities"].set_index("name_zh").loc[cities.index]
    assert (cities["lon"] == listed["lon"]).all() and (cities["lat"] == listed["lat"]).all()
    assert cities["tier"].value_counts().to_dict() == {"national": 5, "regional": 5, "distinctive": 10}


def test_the_regions_of_the_cities_are_those_of_their_provinces(data):
    cities = data[data["series"] == "city"].dropna(subset=["region"])
    assert cities.groupby("region_zh")["city"].apply(set).to_dict() == {
        "京津冀": {"北京", "天津"},
        "长三角": {"上海", "杭州", "南京", "合肥", "宁波"},
        "粤港澳大湾区": {"深圳", "香港", "广州"},
    }


def test_every_province_of_a_region_has_its_row(data, tables):
    regions = data[data["series"] == "region"]
    assert regions["province"].tolist() == tables["tables/regions"]["province"].tolist()
    assert set(regions["page"]) == {4}


def test_the_caption_counts_what_is_drawn(data):
    caption = maps.landscape_caption(data)
    assert "20城中有10城" in caption["zh"] and "前7名全部在内" in caption["zh"]
    assert "Yangtze River Delta 5" in caption["en"]

"""p31: every printed number and place once; one derived number, and it alone."""

import pytest

from fhi.showing.figures.ecosystem import MULTIPLE, cards_data


@pytest.fixture(scope="module")
def rows(tables):
    return tables["tables/innovation"]


@pytest.fixture(scope="module")
def data(tables):
    return cards_data(tables)


def test_every_printed_value_is_a_card_of_its_city(data, rows):
    values = rows[rows["unit"] != "rank"]
    printed = data[(data["evidence"] == "published") & data["value"].notna()]
    keys = [["city", "label_en", "value"], ["city", "measure_en", "printed_value"]]
    assert sorted(map(tuple, printed[keys[0]].to_numpy())) == sorted(map(tuple, values[keys[1]].to_numpy()))


def test_every_printed_place_stands_once_beside_its_value_or_alone(data, rows):
    assert data["place"].notna().sum() == (rows["unit"] == "rank").sum()
    places = data.dropna(subset=["place"]).set_index(["city", "label_zh"])["place"]
    assert places["上海", "2017年研发经费占GDP比重"] == 2
    assert places["深圳", "国家级众创空间"] == 2
    assert places["杭州", "在校生创业率排名"] == 1


def test_the_makerspaces_of_shenzhen_are_the_only_whole_number_that_gives_the_printed_multiple(data, rows):
    derived = data[data["evidence"] == "derived"]
    assert derived[["city", "label_en"]].to_numpy().tolist() == [["深圳", "national makerspaces"]]
    beijing = rows.query("measure_en == 'national makerspaces'")["printed_value"].iloc[0]
    multiple = rows[rows["measure_en"] == MULTIPLE]["printed_value"].iloc[0]
    fitting = [count for count in range(1, 300) if round(beijing / count, 2) == multiple]
    assert derived["value"].tolist() == fitting


def test_bars_share_the_largest_value_of_their_measure(data):
    shared = data.dropna(subset=["scale"])
    assert set(shared["label_en"]) == {
        "R&D expenditure over GDP in 2017",
        "invention patents per 10,000 people in 2017",
        "national makerspaces",
    }
    assert (shared["value"] <= shared["scale"]).all()
    assert (shared.groupby("label_en")["value"].max() == shared.groupby("label_en")["scale"].first()).all()


def test_the_cities_stand_in_the_order_of_the_page(data):
    assert list(dict.fromkeys(data["city"])) == ["北京", "上海", "杭州", "深圳", "广州"]
    assert set(data["cities_without"]) == {15}

"""Leading cities (p11) and the institutions quoted (p16): the printed lists, and nothing that is not printed."""

import pytest

from fhi.showing.figures import industry
from fhi.showing.figures.wording import slots


@pytest.fixture(scope="module")
def data(tables):
    return industry.leaders_data(tables)


@pytest.fixture(scope="module")
def quoted(tables):
    return industry.quoted_data(tables)


def test_the_four_lists_stand_in_the_printed_order(data):
    lists = data.groupby("node", sort=False)["city"].apply(list).to_dict()
    assert lists == {
        "internet_finance": ["深圳", "上海", "杭州", "武汉", "香港"],
        "new_finance": ["北京", "上海", "深圳", "杭州", "香港"],
        "infrastructure": ["北京", "杭州", "上海", "深圳", "贵阳", "南京"],
        "traditional_finance": ["深圳", "北京", "广州", "上海", "南京"],
    }
    assert set(data["page"]) == {11}


def test_the_number_of_classes_a_city_leads_in(data):
    classes = data.drop_duplicates("city").set_index("city")["classes"]
    assert classes[classes == 4].index.tolist() == ["深圳", "上海"]
    assert classes.sum() == len(data)
    assert classes["武汉"] == classes["贵阳"] == classes["广州"] == 1


def test_the_caption_tells_what_was_read_off_the_layout(data):
    caption = industry.leaders_caption(data)
    assert (
        "the orders are read off the layout, some places of Other new finance with the help of p. 15" in caption["en"]
    )
    assert "次序按版面位置读出，其他新金融业态的部分名次依第15页" in caption["zh"]


def test_the_quoted_institutions_are_named_with_speaker_and_substance(quoted):
    assert quoted["name_zh"].tolist() == ["招商银行", "建设银行", "华泰证券", "中国平安"]
    assert quoted["city"].tolist() == ["深圳", "北京", "南京", "深圳"]
    assert all(f"p16-institutions.{kind}" in slots() for kind in quoted["kind"])
    assert quoted[["speaker_zh", "speaker_en", "said_zh", "said_en"]].notna().all(axis=None)


def test_the_place_of_a_seat_is_that_of_its_city_among_the_leaders(quoted, data):
    places = data[data["node"] == "traditional_finance"].set_index("city")["position"]
    assert quoted["position"].tolist() == places[quoted["city"]].tolist() == [1, 2, 5, 1]


def test_a_seat_outside_the_list_has_no_place_and_is_drawn(tables):
    moved = tables["tables/quoted_institutions"].assign(city=["深圳", "北京", "长沙", "深圳"])
    data = industry.quoted_data({**tables, "tables/quoted_institutions": moved})
    assert data["position"].isna().tolist() == [False, False, True, False]
    (card,) = industry.quoted(data, "zh")
    assert card["rows"][2][5] == "—"

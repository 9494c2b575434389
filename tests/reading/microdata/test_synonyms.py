"""Which city a text means."""

import pandas as pd
import pytest

from fhi.engine.errors import DataError
from fhi.reading.microdata.names import ELSEWHERE, CityNames, Vocabulary


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("北京", "北京"),
        ("北京市", "北京"),
        (" beijing ", "北京"),
        ("Peking", "北京"),
        ("110000", "北京"),
        ("110101", "北京"),
        ("330106.0", "杭州"),
        ("５１０１００", "成都"),
        ("浙江省杭州市西湖区", "杭州"),
        ("浙江杭州", "杭州"),
        ("重庆市渝中区", "重庆"),
        ("内蒙古自治区呼和浩特市", "呼和浩特"),
        ("广西南宁", "南宁"),
        ("Xian", "西安"),
        ("Xi'an", "西安"),
        ("香港特别行政区", "香港"),
        ("HK", "香港"),
        ("hong-kong", "香港"),
        ("Macao", "澳门"),
        ("臺北", "台北"),
        ("710000", "台北"),
    ],
)
def test_a_city_is_found(context, text, city):
    assert context.cities.names[context.cities.find(text)] == city


@pytest.mark.parametrize(
    "text", ["苏洲", "朝阳区", "湖北杭州", "浙江省", "南京路", "100000", "120", "全国", "", "杭州西湖", "北京上海"]
)
def test_what_means_no_city_is_refused(context, text):
    with pytest.raises(ValueError, match=r"^a city"):
        context.cities.find(text)


def test_a_misspelt_city_is_proposed_and_two_short_names_are_not_alike(context):
    with pytest.raises(ValueError, match="perhaps 杭州"):
        context.cities.find("Hangzou")
    with pytest.raises(ValueError) as caught:
        context.cities.find("苏洲")
    assert "perhaps" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "苏州",
        "江苏-苏州",
        "江苏省苏州市姑苏区",
        "Suzhou",
        "320500",
        "义乌市",
        "蘇州",
        "湖北省仙桃市",
        "美国",
        "北美洲-美国",
        "USA",
    ],
)
def test_a_place_that_is_none_of_the_cities_is_elsewhere(context, text):
    assert context.cities.find(text) == ELSEWHERE


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("北京-朝阳区", "北京"),
        ("浙江-杭州", "杭州"),
        ("上海-浦东新区", "上海"),
        ("浙江省建德市", "杭州"),
        ("杭州西湖区", "杭州"),
    ]
    + [("广东-深圳-南山区", "深圳"), ("内蒙古呼和浩特市", "呼和浩特")],
)
def test_an_address_is_of_the_city_it_lies_in_and_a_district_is_no_city(context, text, city):
    assert context.cities.names[context.cities.find(text)] == city
    if text.endswith(("区", "建德市")):
        assert context.cities.area(text) == ELSEWHERE


def test_a_province_with_cities_of_the_list_is_no_place_of_a_firm(context):
    with pytest.raises(ValueError, match="not a province in which 杭州 lies"):
        context.cities.find("浙江省")
    assert context.cities.area("浙江省") == ELSEWHERE


def test_words_for_elsewhere_count_in_the_nation_alone(context):
    assert context.cities.find("其他") == context.cities.find("elsewhere") == ELSEWHERE


def test_aliases_of_a_table_are_names_and_one_name_of_two_cities_is_refused():
    vocabulary = Vocabulary(pd.DataFrame(columns=["row", "list", "code", "written"]))
    table = pd.DataFrame(
        {"name_zh": ["Wilna", "Krakau"], "name_en": ["Vilnius", "Kraków"], "aliases": ["Вильнюс|VNO", None]}
    )
    names = CityNames(table, vocabulary)
    assert [names.find(text) for text in ("вильнюс", "vno", "KRAKÓW")] == [0, 0, 1]
    with pytest.raises(DataError, match=r"cities.csv: row 3, column name_zh: found 'X'; expected a name of one city"):
        CityNames(table.assign(row=[2, 3], aliases=["x", "X"]), vocabulary)


def _names(*rows):
    table = pd.DataFrame(rows).reindex(columns=["name_zh", "name_en", "code", "province_zh"])
    return CityNames(table.assign(aliases=None), Vocabulary(pd.DataFrame(columns=["row", "list", "code", "written"])))


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(
    "short, long",
    [
        ("河北", "河北省"),
        ("内蒙古", "内蒙古自治区"),
        ("广西", "广西壮族自治区"),
        ("新疆", "新疆维吾尔自治区"),
        ("北京", "北京市"),
        ("香港", "香港特别行政区"),
    ],
)
def test_a_unit_is_named_with_or_without_its_suffix(short, long, full):
    names = _names({"name_zh": long if full else short, "name_en": "X"}, {"name_zh": "上海", "name_en": "Y"})
    assert names.find(short) == names.find(long) == names.named(short) == names.named(long) == 0


def test_a_suffix_that_leaves_two_units_or_another_one_is_not_taken_off():
    names = _names({"name_zh": "吉林省", "name_en": "Jilin"}, {"name_zh": "吉林市", "name_en": "Jilinshi"})
    assert (names.named("吉林省"), names.named("吉林市"), names.named("吉林")) == (0, 1, None)
    city = _names({"name_zh": "吉林", "name_en": "Jilin", "code": "220200"})
    assert (city.named("吉林市"), city.named("吉林省")) == (0, None)
    province = _names({"name_zh": "吉林", "name_en": "Jilin", "code": "220000"})
    assert (province.named("吉林省"), province.named("吉林市")) == (0, None)
    assert _names({"name_zh": "吉林", "name_en": "Jilin", "province_zh": "吉林省"}).named("吉林市") == 0

"""p32-33: universities counted from the public list, institutes only where the report says how many or which."""

import pytest

from fhi.showing.figures.ecosystem import CLASSES, _years, institutes_data, strength_data


def test_the_universities_are_those_of_the_list_by_class(tables):
    data = strength_data(tables).set_index("city")
    listed = tables["tables/universities"]
    for city in data.index:
        for column, label in CLASSES.items():
            assert data.at[city, column] == ((listed["city"] == city) & (listed["class_2017"] == label)).sum()
    assert data.loc["北京", list(CLASSES)].sum() == 31 and data.loc["深圳", list(CLASSES)].sum() == 0


def test_one_city_has_a_printed_number_of_institutes_and_three_a_least_one(tables):
    data = strength_data(tables).set_index("city")
    assert data["institutes"].dropna().to_dict() == {"上海": 17}
    assert data["named"].dropna().to_dict() == {"北京": 2, "杭州": 2, "深圳": 1}
    assert data["institutes_page"].dropna().to_dict() == {"上海": 7}
    assert list(data.index) == ["北京", "上海", "杭州", "南京", "武汉", "深圳", "成都", "西安"]


def test_the_institutes_stand_by_founding_and_three_have_no_name(tables):
    data = institutes_data(tables)
    assert data["founded"].is_monotonic_increasing and len(data) == 5
    assert data["name_zh"].isna().sum() == 3
    assert (data["name_zh"].isna() == data["name_en"].isna()).all()
    output = data.dropna(subset=["publications"])
    assert output[["founded", "publications", "studies"]].to_numpy().tolist() == [["2012-04", 30, 110]]


@pytest.mark.parametrize(
    "founded, until, years", [("2007-04", "2018-11", 11.6), ("2018-11", "2018-11", 0), ("2017-05", "2018-11", 1.5)]
)
def test_years_are_counted_in_months(founded, until, years):
    assert _years(founded, until) == years

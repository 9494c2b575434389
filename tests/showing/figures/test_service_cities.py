"""p23-26: every printed number of a city once, beside the adoption rates of the twenty."""

import pandas as pd
import pytest

from fhi.showing.figures.experience import PAGES, _wording, city_data


@pytest.mark.parametrize("city", PAGES)
def test_the_facts_are_the_rows_of_the_page(tables, city):
    data = city_data(tables, city)
    facts = data[data["kind"] == "fact"]
    rows = tables["tables/experience_facts"].query("page == @PAGES[@city]")
    assert facts["value"].tolist() == rows["printed_value"].tolist()
    assert set(facts["city"]) == {city} and len(facts) >= 4


@pytest.mark.parametrize("city, statements", {"深圳": 0, "杭州": 0, "武汉": 1, "西安": 2}.items())
def test_statements_without_a_number_have_none(tables, city, statements):
    data = city_data(tables, city)
    said = data[data["kind"] == "statement"]
    assert len(said) == statements and said["value"].isna().all()
    assert set(said["page"]) <= {PAGES[city]}


@pytest.mark.parametrize("city", PAGES)
def test_the_rate_has_its_place_among_the_twenty_and_the_card_the_rank(tables, city):
    data = city_data(tables, city)
    (rate,) = data[data["kind"] == "adoption"].itertuples()
    rates = tables["tables/adoption"].set_index("city")["rate"]
    assert (rate.value, rate.place, rate.cities) == (rates[city], (rates > rates[city]).sum() + 1, 20)
    rank = tables["tables/top20"].set_index("city").at[city, "experience_rank"]
    assert data.loc[data["kind"] == "rank", "value"].tolist() == [rank]


@pytest.mark.parametrize("city, others", {"深圳": ["北京"], "武汉": ["北京"], "杭州": [], "西安": []}.items())
def test_a_count_is_compared_with_the_same_kind_of_count_alone(tables, city, others):
    data = city_data(tables, city)
    compared = data[data["kind"] == "compare"]
    assert compared["city"].tolist() == others
    kinds = tables["tables/services"].query("city == @city")["kind"]
    assert compared["unit"].isin(kinds).all()


def test_only_xian_is_named_for_its_rise(tables):
    gains = {city: city_data(tables, city).query("kind == 'gain'")["value"].tolist() for city in PAGES}
    assert gains == {"深圳": [], "杭州": [], "武汉": [], "西安": [4]}


@pytest.mark.parametrize(
    "unit, value, qualifier, label, language, big, small",
    [
        ("rank", 2.0, "exact", "rank by x", "en", "2nd", "rank by x"),
        ("rank", 1.0, "exact", "甲排名", "zh", "第1", "甲排名"),
        ("%", 60.0, "above", "甲", "zh", ">60%", "甲"),
        ("people", 9e6, "below", "甲", "zh", "近900万人", "甲"),
    ],
)
def test_a_card_says_a_number_by_its_unit(unit, value, qualifier, label, language, big, small):
    english = label if language == "en" else "rank by x"
    item = pd.Series({"kind": "fact", "unit": unit, "value": value, "qualifier": qualifier})
    item = pd.concat([item, pd.Series({"label_en": english, f"label_{language}": label})])
    assert _wording(item[~item.index.duplicated(keep="last")], language) == (big, small)

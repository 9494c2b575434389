"""The functions of claims on small tables, each against a number worked by hand."""

import pandas as pd
import pytest

from fhi.editions.claims import ecosystem, experience, industry, landscape, method


def table(**columns):
    return pd.DataFrame(columns)


BANKS = {
    "report2018/banks": table(
        city=["a", "b", "c", "d"],
        name_zh=["微众银行", "x", "y", "z"],
        loans_value=[60.0, 30.0, 10.0, float("nan")],
        founded_iso=["2014-12", "2015-06", "2017-06", "2017-06"],
    ),
    "report2018/insurers": table(city=["a", "e"], name_zh=["p", "q"], premiums_value=[1.0, 3.0]),
}


def test_loans_are_shared_by_the_banks_that_disclose_them():
    assert industry.loan_share(BANKS, "a") == pytest.approx(60)
    assert industry.loan_share(BANKS, "a", "b") == pytest.approx(90)
    assert industry.premium_share(BANKS, "e") == pytest.approx(75)
    assert industry.order_by_size(BANKS, "banks", "loans_value") == "a、b、c"


def test_firms_and_cities_are_counted_once():
    assert industry.firms_of_classes(BANKS, "banks", "insurers") == 6
    assert industry.cities_of_classes(BANKS, "banks", "insurers") == 5
    assert industry.cities_with_both(BANKS) == "a"
    assert industry.number_with_both(BANKS) == 1


def test_ages_run_to_the_month_of_publication():
    assert industry.age(BANKS, "微众银行") == pytest.approx(3 + 11 / 12)
    assert industry.age(BANKS, "x") == pytest.approx(3 + 5 / 12)


def test_firms_of_one_month_are_tied():
    assert industry.earliest(BANKS, "city", "banks").value == "a"
    latest = industry.latest(BANKS, "city", "banks")
    assert latest.value == "c、d" and latest.tied


def test_a_bank_beside_others_of_its_city_has_a_part_of_its_loans():
    banks = BANKS["report2018/banks"].assign(city=["a", "a", "c", "d"])
    assert industry.share_of_webank_in_its_city({"report2018/banks": banks}) == pytest.approx(200 / 3)


def test_named_cities_have_at_least_one_exchange_each():
    exchanges = table(city=list("abc"), count=[4, 9, 9], evidence=["published", "derived", "derived"])
    assert industry.least_exchanges({"report2018/exchanges": exchanges}) == 6


def test_who_overtakes_whom_follows_from_rank_and_change():
    top20 = table(city=list("abcd"), rank=[1, 2, 3, 4], change_value=[0.0, 1.0, -1.0, float("nan")])
    tables = {"report2018/top20": top20}
    assert landscape.overtaking(tables, "c") == "b"
    assert landscape.overtaking(tables, "a") == ""
    assert landscape.top_riser(tables) == "b"


def test_changes_are_possible_if_they_give_distinct_places_among_the_twenty():
    top20 = table(city=list("abcd"), rank=[1, 2, 3, 4], change_qualifier=["exact", "exact", "undisclosed", "exact"])
    found = landscape.possible_changes({"report2018/top20": top20})
    assert found.accepts("— — —") and found.accepts("+1 -1 -1") and found.value == "1–4"
    # two of one place, a place below the last, one change too few, one too many
    assert not any(found.accepts(text) for text in ("+1 — -1", "— — +1", "— —", "— — — —"))


def test_a_rise_stays_within_the_cities_ranked():
    tables = {"report2018/top20": table(city=list("abcd"), industry_rank=[1, 2, 3, 4])}
    assert landscape.possible_rise(tables, "b", "industry_rank").range == (1, 2)
    adoption = table(city=["杭州", "西安", "深圳", "香港"], rate=[9.0, 7.0, 7.0, 1.0])
    assert experience.possible_rise_of_adoption({"report2018/adoption": adoption}).range == (1, 2)


def test_regions_are_counted_by_the_provinces_of_the_first_five():
    tables = {
        "report2018/top20": table(city=list("abcdef"), rank=[1, 2, 3, 4, 5, 6]),
        "cities": table(name_zh=list("abcdef"), province_zh=list("ppqqrs")),
        "public/regions": table(region=["x", "x", "y", "z"], province=list("pqrs")),
    }
    assert landscape.regions_of_leading_cities(tables).value == 2


def test_public_figures_are_the_latest_and_of_one_unit():
    public = table(
        city=["a", "a", "b", "c"],
        year=[2016, 2017, 2017, 2017],
        indicator=["gdp"] * 4,
        value=[9.0, 1.0, 2.0, 3e11],
        unit=["CNY", "CNY", "CNY", "USD"],
    )
    tables = {"public/public_indicators": public}
    assert landscape.place_by_public_figure(tables, "a", "gdp").value == 2
    assert landscape.first_by_public_figure(tables, "gdp") == "b"


def test_adoption_is_compared_with_the_printed_mean_and_its_rounding():
    tables = {
        "report2018/adoption": table(city=["杭州", "深圳", "西安"], rate=[90.0, 80.0, 70.0]),
        "report2018/headlines": table(
            page=[21], measure_en=["national mean of the adoption rate"], city=[None], printed_value=[79.9]
        ),
    }
    assert experience.above_the_mean(tables) == 2
    mean = experience.mean_adoption(tables)
    assert (mean.value, *mean.range) == pytest.approx((80, 79.95, 80.05))
    assert experience.lead(tables).range == pytest.approx((9.9, 10.1))


def test_the_classes_of_cities_are_counted():
    cities = table(
        name_zh=["北京", "大连", "香港", "某市"],
        admin_class=["直辖市", "计划单列市;副省级", "特别行政区", "地级市"],
    )
    assert method.mainland_cities({"cities": cities}) == 2


def contributions(*shares):
    rows = table(city=list("abc")[: len(shares)], share=[f"{share}%" for share in shares], share_value=shares)
    return {"report2018/contributions": rows.assign(**{"class": "cloud"})}


def test_two_cities_are_first_if_what_is_left_is_less_than_the_second_has():
    assert not industry.order_of_contributions(contributions(47.7, 39.1), "cloud").partial
    assert industry.order_of_contributions(contributions(32.4, 29.0), "cloud").partial


def test_a_contribution_of_more_cities_is_bounded_by_those_printed_and_by_the_whole():
    found = industry.sum_with_unprinted(contributions(50.0, 10.0), "cloud", 3)
    assert found.value is None and found.range == pytest.approx((59.9, 70.1))
    assert industry.sum_with_unprinted(contributions(50.0, 30.0), "cloud", 4).range[1] == 100


def test_a_multiple_is_of_a_whole_number():
    measures = {"measure_en": ["national makerspaces"], "city": ["北京"], "printed_value": [168.0]}
    found = ecosystem.multiple_of_a_whole_number({"report2018/innovation": table(**measures)})
    assert found.accepts("1.85倍") and found.accepts("2倍") and not found.accepts("1.86倍")


def test_a_title_names_the_cities_of_both_panels_and_none_of_neither():
    panels = table(page=30, list=["first_panel"] * 2 + ["second_panel"] * 2, position=[1, 2, 1, 2], city=list("abac"))
    found = ecosystem.cities_of_both_panels({"report2018/leaders": panels})
    assert found.accepts("a") and found.accepts("a、c") and not found.accepts("b、c") and not found.accepts("a、d")


def test_a_list_is_numbered_by_counting():
    items = table(list=["outlook_conditions"] * 3, position=[1, 2, 3], name_zh=list("abc"))
    assert ecosystem.numbering({"report2018/enumerations": items}) == "1、2、3"

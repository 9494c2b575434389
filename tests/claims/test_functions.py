"""The functions of claims on small tables, each against a number worked by hand."""

import pandas as pd
import pytest

from fhi.claims import ecosystem, experience, industry, landscape, method


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


def test_the_central_provinces_are_summed():
    tables = {
        "report2018/top20": table(city=["武汉", "长沙", "北京"], change_value=[-4.0, -5.0, 7.0]),
        "cities": table(name_zh=["北京", "武汉", "长沙"], province_en=["Beijing", "Hubei", "Hunan"]),
    }
    assert landscape.central_change(tables) == -9


def test_public_figures_are_the_latest_and_of_one_unit():
    public = table(
        city=["a", "a", "b", "c"],
        year=[2016, 2017, 2017, 2017],
        indicator=["gdp"] * 4,
        value=[9.0, 1.0, 2.0, 3e11],
        unit=["CNY", "CNY", "CNY", "USD"],
    )
    tables = {"public/public_indicators": public}
    assert landscape.place_by_public_figure(tables, "a", "gdp") == 2
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
    assert experience.most_alipay_users(tables).range == pytest.approx((0, 70.05))


def test_the_tree_and_the_classes_of_cities_are_counted():
    tables = {
        "framework": table(level=[0, 1, 1, 2], parent=[None, "FHI", "FHI", "industry"]),
        "cities": table(
            name_zh=["北京", "大连", "香港", "某市"],
            admin_class=["直辖市", "计划单列市;副省级", "特别行政区", "地级市"],
        ),
    }
    assert method.nodes_of_level(tables, 1) == 2
    assert method.children(tables, "industry") == 1
    assert method.mainland_cities(tables) == 2
    assert method.added_regions(tables) == 1


def test_a_list_is_numbered_by_counting():
    items = table(list=["outlook_conditions"] * 3, position=[1, 2, 3], name_zh=list("abc"))
    assert ecosystem.numbering({"report2018/enumerations": items}) == "1、2、3"

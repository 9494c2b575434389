"""The expressions of claims on small tables, each against a result worked by hand, and the functions they add."""

import pandas as pd
import pytest
from report_tables import load

from fhi.editions import claims as functions
from fhi.editions.claims import FUNCTIONS, recompute
from fhi.engine.expressions import SIGNATURES
from fhi.paths import ROOT

EXPRESSIONS = load()["claims"].set_index("id")["expression"]


def table(**columns):
    return pd.DataFrame(columns)


def found(id: str, **tables):
    """What the expression of a claim, as shipped, gives on other tables."""
    return recompute(EXPRESSIONS[id], tables)[0]


BANKS = table(
    city=["深圳", "杭州", "北京", "d"],
    name_zh=["微众银行", "x", "中关村银行", "z"],
    loans_value=[60.0, 30.0, 10.0, float("nan")],
    founded_iso=["2014-12", "2015-06", "2017-06", "2017-06"],
)
INSURERS = table(city=["深圳", "上海"], name_zh=["p", "q"], premiums_value=[1.0, 3.0])


def test_loans_are_shared_by_the_banks_that_disclose_them():
    assert found("p08-loan-share", banks=BANKS).value == pytest.approx(60)
    assert found("p13-duopoly", banks=BANKS).value == pytest.approx(90)
    assert found("p07-zhongan-share", insurers=INSURERS).value == pytest.approx(75)
    assert found("p13-order", banks=BANKS).value == "深圳、杭州、北京"


def test_firms_and_cities_are_counted_once():
    both = {"banks": BANKS, "insurers": INSURERS}
    assert found("p12-twelve", **both).value == 6
    assert found("p12-nine", **both).value == 5
    assert found("p10-both-cities", **both).value == "深圳"
    assert found("p10-both", **both).value == 1


def test_ages_run_to_the_month_of_publication():
    assert found("p13-webank-age", banks=BANKS).value == pytest.approx(3 + 11 / 12)
    assert functions.years("2015-06-30", "2018-11") == pytest.approx(3 + 5 / 12)


def test_firms_of_one_month_are_tied():
    assert found("p13-oldest", banks=BANKS).value == "深圳" and not found("p13-oldest", banks=BANKS).tied
    latest = found("p13-youngest", banks=BANKS)
    assert latest.value == "北京、d" and latest.tied


def test_a_bank_beside_others_of_its_city_has_a_part_of_its_loans():
    banks = BANKS.assign(city=["a", "a", "c", "d"])
    assert found("p08-webank-half", banks=banks).value == pytest.approx(200 / 3)


def test_named_cities_have_at_least_one_exchange_each():
    exchanges = table(city=list("abc"), count=[4, 9, 9], evidence=["published", "derived", "derived"])
    assert found("p17-exchanges", exchanges=exchanges).value == 6


def test_who_overtakes_whom_follows_from_rank_and_change():
    top20 = table(city=["a", "b", "深圳", "d"], rank=[1, 2, 3, 4], change_value=[0.0, 1.0, -1.0, float("nan")])
    assert found("p05-overtakes", top20=top20).value == "b"
    assert found("p05-overtakes", top20=top20.assign(city=["深圳", "b", "c", "d"])).value == ""
    assert found("p05-top-riser", top20=top20).value == "b"


def test_tiers_stand_in_the_order_of_the_mean_rank_of_their_cities():
    top20 = table(tier=["x", "y", "y", "x"], rank=[1, 2, 3, 9])
    tiers = table(tier=["x", "y"], name_zh=["甲", "乙"])
    assert found("p05-tier-order", top20=top20, tiers=tiers).value == "乙、甲"


def test_changes_are_possible_if_they_give_distinct_places_among_the_twenty():
    top20 = table(city=list("abcd"), rank=[1, 2, 3, 4], change_qualifier=["exact", "exact", "undisclosed", "exact"])
    changes = found("p05-changes", top20=top20)
    assert changes.accepts("— — —") and changes.accepts("+1 -1 -1") and changes.value == "1–4"
    # two of one place, a place below the last, one change too few, one too many
    assert not any(changes.accepts(text) for text in ("+1 — -1", "— — +1", "— —", "— — — —"))


def test_a_rise_stays_within_the_cities_ranked():
    top20 = table(city=["a", "合肥", "c", "d"], industry_rank=[1, 2, 3, 4])
    assert found("p10-riser-hefei", top20=top20).range == (1, 2)
    adoption = table(city=["杭州", "西安", "深圳", "香港"], rate=[9.0, 7.0, 7.0, 1.0])
    assert found("p21-xian-places", adoption=adoption).range == (1, 2)


def test_regions_are_counted_by_the_provinces_of_the_first_five():
    regions = found(
        "p02-regions",
        top20=table(city=list("abcdef"), rank=[1, 2, 3, 4, 5, 6]),
        cities=table(name_zh=list("abcdef"), province_zh=list("ppqqrs")),
        regions=table(region=["x", "x", "y", "z"], province=list("pqrs")),
    )
    assert regions.value == 2 and regions.partial


def test_public_figures_are_of_one_year_and_unit():
    public = table(
        city=["上海", "上海", "b", "c"],
        year=[2016, 2017, 2017, 2017],
        indicator=["gdp"] * 4,
        value=[9.0, 1.0, 2.0, 3e11],
        unit=["100 million CNY"] * 3 + ["USD"],
    )
    assert found("p07-shanghai-gdp", public_indicators=public).value == 2
    universities = public.assign(indicator="double_first_class_universities").iloc[:3]
    assert found("p32-universities", public_indicators=universities).value == "b"


def test_the_figures_that_the_claims_name_are_the_latest_to_2018():
    public = load()["public/public_indicators"].query("year <= 2018")
    for indicator in ("gdp", "double_first_class_universities"):
        assert public[public["indicator"] == indicator].groupby("city")["year"].max().unique().tolist() == [2017]


def test_adoption_is_compared_with_the_printed_mean_and_its_rounding():
    adoption = table(city=["杭州", "深圳", "西安"], rate=[90.0, 80.0, 70.0])
    headlines = table(page=[21], measure_en=["national mean of the adoption rate"], city=[None], printed_value=[79.9])
    assert found("p21-above", adoption=adoption, headlines=headlines).value == 2
    mean = found("p21-mean", adoption=adoption)
    assert (mean.value, *mean.range) == pytest.approx((80, 79.95, 80.05))
    assert found("p20-lead", adoption=adoption).range == pytest.approx((9.9, 10.1))


def test_the_classes_of_cities_are_counted():
    cities = table(
        name_zh=["北京", "大连", "香港", "某市"],
        admin_class=["直辖市", "计划单列市;副省级", "特别行政区", "地级市"],
    )
    assert found("p39-mainland", cities=cities).value == 2


def contributions(*shares):
    rows = table(city=list("abc")[: len(shares)], share=[f"{share}%" for share in shares], share_value=shares)
    return rows.assign(**{"class": "cloud"})


def test_two_cities_are_first_if_what_is_left_is_less_than_the_second_has():
    assert not found("p17-cloud-order", contributions=contributions(47.7, 39.1)).partial
    assert found("p17-cloud-order", contributions=contributions(32.4, 29.0)).partial


def test_a_contribution_of_more_cities_is_bounded_by_those_printed_and_by_the_whole():
    three = found("p18-cloud-three", contributions=contributions(50.0, 10.0))
    assert three.value is None and three.range == pytest.approx((59.9, 70.1))
    assert found("p18-cloud-three", contributions=contributions(60.0, 30.0)).range[1] == 100


def test_a_multiple_is_of_a_whole_number():
    innovation = table(measure_en=["national makerspaces"], city=["北京"], printed_value=[168.0])
    multiple = found("p31-spaces-multiple", innovation=innovation)
    assert multiple.accepts("1.85倍") and multiple.accepts("2倍") and not multiple.accepts("1.86倍")


def test_a_title_names_the_cities_of_both_panels_and_none_of_neither():
    leaders = table(page=30, list=["first_panel"] * 2 + ["second_panel"] * 2, position=[1, 2, 1, 2], city=list("abac"))
    title = found("p30-title", leaders=leaders)
    assert title.accepts("a") and title.accepts("a、c") and not title.accepts("b、c") and not title.accepts("a、d")


def test_a_list_is_numbered_by_counting():
    items = table(list=["outlook_conditions"] * 3, position=[1, 2, 3], name_zh=list("abc"))
    assert found("p35-numbering", enumerations=items).value == "1、2、3"


def test_the_version_is_that_of_the_latest_step_that_names_one():
    steps = table(
        city=["香港"] * 3, date_iso=["2017-09", "2018-08", "2016-09"], event_en=["at 2.0", "tested", "1.0 set"]
    )
    assert found("p08-sandbox-version", sandboxes=steps).value == "2.0"


def test_a_place_beside_few_rivals_is_partial_and_so_is_the_first_of_few():
    services = table(city=["深圳", "b", "c", "d"], kind="total", count=[9, 8, 7, 6])
    assert not found("p20-breadth", services=services).partial
    assert found("p20-breadth", services=services.iloc[:3]).partial
    movers = table(city=list("abcd"), pillar="experience", change=[1, 4, 2, 3])
    assert found("p20-most-progress", movers=movers).value == "b"
    assert not found("p20-most-progress", movers=movers).partial
    assert found("p20-most-progress", movers=movers.iloc[:3]).partial


@pytest.mark.parametrize(
    "printed, accepted",
    [("2018年9月", True), ("2018年9月18日", False), ("2018年11月30日", True), ("2018年12月", False), ("2018年", True)],
)
def test_a_date_between_two_others_as_far_as_its_digits_go(printed, accepted):
    assert functions.bounds("2018-09-19", "2018-11").accepts(printed) is accepted


@pytest.mark.parametrize("printed, half", [("47.7%", 0.05), ("29.0%", 0.05), ("4.09%", 0.005), ("8家", 0.5)])
def test_half_the_last_printed_digit(printed, half):
    assert functions.half_digit(pd.Series([printed])).tolist() == pytest.approx([half])


def test_names_and_numbers_of_a_list_are_joined_as_a_report_joins_them():
    assert functions.found_in(["北京", "上海"]).value == "北京、上海"
    assert functions.found_in([1.0, 2.5]).value == "1、2.5"


def test_a_bound_is_partial_also_inside_partial():
    assert functions.partial(functions.bounds(1.0, 2.0), False).partial
    assert functions.partial(2.0).partial and not functions.partial(2.0, False).partial


def test_the_document_of_the_language_names_every_function():
    text = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    for name in [*SIGNATURES, *FUNCTIONS]:
        assert text.count(f"`{name}(") >= 2, "in Chinese and in English"

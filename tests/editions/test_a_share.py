"""A-share companies: totals by city against figures added up apart, true zeros, firms whose city is not certain."""

import pandas as pd
import pytest
from report_tables import load

from fhi.editions.a_share import FIRMS, INDUSTRIES, firms, totals, uncertain
from fhi.editions.construction import CONSTRUCTIONS
from fhi.engine.errors import DataError
from fhi.paths import RAW

TABLES = load()
TOTALS = totals(TABLES).set_index(["sector", "city"])
MAINLAND = 36


@pytest.mark.parametrize(
    "sector, city, count, value",
    [
        ("finance", "北京", 14, 78271.77),
        ("finance", "深圳", 7, 22704.85),
        ("finance", "南昌", 1, 65.38),
        ("finance", "厦门", 0, 0),
        ("technology", "北京", 96, 12320.24),
        ("technology", "深圳", 106, 11134.45),
        ("technology", "杭州", 30, 2020.02),
        ("technology", "天津", 7, 2320.46),
        ("technology", "兰州", 0, 0),
    ],
)
def test_totals_of_cities(sector, city, count, value):
    found = TOTALS.loc[(sector, city)]
    assert (found["firms"], found["market_cap"]) == (count, pytest.approx(value, abs=0.005))


def test_totals_are_the_indicators_and_no_other_table_holds_them():
    for indicator, sector in (("finance_industry", "finance"), ("technology_industry", "technology")):
        values = CONSTRUCTIONS[indicator](TABLES).set_index("city")["value"]
        assert values.to_dict() == TOTALS.loc[sector]["market_cap"].to_dict()
        assert len(values) == MAINLAND and not {"香港", "澳门", "台北"} & set(values.index)
    measures = set(TABLES["public/public_indicators"]["indicator"])
    assert not any("listed" in measure for measure in measures)


def test_the_list_is_of_the_stated_size():
    listed = firms(TABLES)
    assert listed.groupby("sector").size().to_dict() == {"finance": 89, "technology": 591}
    sums = listed.groupby("sector")["market_cap"].sum()
    assert sums.to_dict() == pytest.approx({"finance": 134_490.65, "technology": 56_276.90}, abs=0.01)
    named = {source for cell in (*listed["city_source"].dropna(), *listed["cap_source"]) for source in cell.split("|")}
    assert named <= set(TABLES["public/a_share_sources"]["source"])


def test_firms_without_a_certain_city_are_listed_and_named_in_the_readme():
    found = uncertain(TABLES).set_index("code")
    assert found["city"].isna().sum() == 2 and found["city"].notna().sum() == 5
    assert found.loc["600986", "other_cities"] == "济南|青岛"
    readme = (RAW / "README.md").read_text(encoding="utf-8")
    assert all(code in readme for code in found.index)


@pytest.mark.parametrize(
    "sector, city, low, high",
    [
        ("technology", "天津", 763.37, 2320.46),
        ("finance", "济南", 0, 931.00),
        ("finance", "石家庄", 0, 117.25),
        ("technology", "青岛", 194.35, 265.13),
        ("finance", "北京", 78271.77, 78271.77),
    ],
)
def test_bounds_hold_the_firms_that_may_be_elsewhere(sector, city, low, high):
    found = TOTALS.loc[(sector, city), ["market_cap_low", "market_cap_high"]]
    assert found.tolist() == pytest.approx([low, high], abs=0.01)


def test_beijing_has_one_firm_fewer_by_the_other_reading():
    assert TOTALS.loc[("technology", "北京"), ["firms_low", "firms_high"]].tolist() == [95, 96]


def test_notes_of_the_ledger_give_the_counts_of_the_list():
    claims = TABLES["claims"].set_index("id")
    listed = firms(TABLES).query("sector == 'technology'")
    narrow = listed[~listed["industry"].isin(["元器件", "半导体"])]
    for id, city in (("p06-beijing-it", "北京"), ("p08-shenzhen-it", "深圳")):
        counts = [str((rows["city"] == city).sum()) for rows in (listed, narrow)]
        for language in ("zh", "en"):
            assert all(count in claims.at[id, f"note_{language}"] for count in counts)
        assert claims.at[id, "check"] == "none"
    assert str(TOTALS.at[("finance", "北京"), "firms"]) in claims.at["p06-beijing-finance", "note_en"]


def test_a_firm_more_counts_and_one_without_its_city_does_not():
    listed = TABLES[FIRMS]
    more = listed.iloc[[0]].assign(code="999999", industry="银行", market_cap=7.5, city_status="legal_name")
    placed = totals({**TABLES, FIRMS: pd.concat([listed, more.assign(city="厦门")])}).set_index(["sector", "city"])
    assert placed.loc[("finance", "厦门"), ["firms", "market_cap"]].tolist() == [1, 7.5]
    unknown = more.assign(city=None, city_status="province_only", area_label="福建")
    found = totals({**TABLES, FIRMS: pd.concat([listed, unknown])}).set_index(["sector", "city"])
    row = found.loc[("finance", "厦门")]
    assert row[["market_cap", "market_cap_low", "market_cap_high"]].tolist() == [0, 0, 7.5]


@pytest.mark.parametrize(
    "column, value, expected",
    [("industry", "房地产", "an industry of a_share_industries.csv"), ("city", None, "a city, and none if")],
)
def test_a_firm_that_cannot_be_counted_is_refused_by_name(column, value, expected):
    listed = TABLES[FIRMS].copy()
    listed.loc[3, column] = value
    with pytest.raises(DataError, match=expected) as error:
        totals({**TABLES, FIRMS: listed})
    assert f"row 5, column {column}" in str(error.value)


def test_an_edition_without_the_list_has_no_totals():
    tables = {name: table for name, table in TABLES.items() if name not in (FIRMS, INDUSTRIES)}
    assert totals(tables).empty and uncertain(tables).empty

"""From the raw tables to the panel: shares worked from the printed numbers, true zeros, and what stays missing."""

import functools

import pandas as pd
import pytest
from report_tables import load

from fhi.editions import construction
from fhi.editions.construction import CONSTRUCTIONS, PANEL, national_shares
from fhi.editions.national_shares import SUMS, joint_values
from fhi.editions.outputs import EVIDENCE
from fhi.engine.errors import DataError
from fhi.engine.framework import Framework
from fhi.paths import RAW

TABLES = load()
FRAMEWORK = Framework.from_csv(RAW / "report2018" / "framework.csv")
LABELS = set(EVIDENCE)


@functools.cache
def panel():
    return construction.panel(TABLES, FRAMEWORK)


@functools.cache
def shares_of_all():
    return national_shares(TABLES)


def shares(name):
    return shares_of_all()[shares_of_all()["class"] == name].set_index("city")["share"]


def values(indicator, year=None):
    rows = panel()[(panel()["indicator"] == indicator) & (panel()["year"] == year if year else True)]
    assert rows["city"].is_unique
    return rows.set_index("city")["value"]


def test_shenzhen_has_the_printed_share_of_the_loans_and_two_banks_over_ninety_per_cent():
    # p8 prints 63.86 %: 8700 of 8700 + 4468 + 297 + 100 + 41.36 + 17.41
    assert round(shares("loans")["深圳"], 2) == 63.86
    assert shares("loans").nlargest(2).index.tolist() == ["深圳", "杭州"]
    assert shares("loans").nlargest(2).sum() > 90


def test_the_shares_of_premiums_brokers_and_exchanges_are_of_the_whole():
    # p14: 46.1 + 15.4 + 6.9 + 3.4 = 71.8; p14: 3 brokers, all in Hong Kong; p17: 4 of 8 exchanges
    assert shares("premiums")["武汉"] == pytest.approx(15.4 / 71.8 * 100)
    assert shares("brokers")["香港"] == 100
    assert shares("exchanges")[["上海", "大连"]].tolist() == [50, 12.5]


@pytest.mark.parametrize("name", ["loans", "premiums", "brokers", "exchanges"])
def test_the_shares_of_an_exhaustive_list_sum_to_all_and_are_zero_where_nothing_is_listed(name):
    assert shares(name).sum() == pytest.approx(100)
    assert shares(name)["拉萨"] == 0
    assert len(shares(name)) == len(TABLES["cities"])


def test_a_bank_of_undisclosed_size_leaves_its_city_missing_and_no_other():
    loans = shares("loans")
    assert set(loans.index[loans.isna()]) == {"福州", "长春"}


def test_a_second_bank_of_undisclosed_size_leaves_its_city_missing_too():
    banks = TABLES["banks"]
    hidden = banks[banks["loans_value"].isna()].iloc[[0]].assign(city="深圳")
    found = national_shares({**TABLES, "banks": pd.concat([banks, hidden])})
    loans = found[found["class"] == "loans"].set_index("city")["share"]
    assert set(loans.index[loans.isna()]) == {"福州", "长春", "深圳"}


def ends(name, city):
    row = shares_of_all()[(shares_of_all()["class"] == name) & (shares_of_all()["city"] == city)].iloc[0]
    return row["low"], row["high"]


def test_the_printed_sums_bound_the_shares_that_are_not_printed():
    # p17-18 cloud: the first three have 92.9, 杭州 and 北京 86.8, so the third 6.1 and nobody else more
    assert [ends("cloud", city) for city in ("杭州", "北京", "上海", "拉萨")] == [
        (47.7, 47.7),
        (39.1,) * 2,
        *[(0, 6.1)] * 2,
    ]
    # blockchain: 94.1 - 32.4 - 29.0 = 32.7 for 杭州 and 深圳, neither above the 29.0 of 上海
    # 100 - 94.1 = 5.9 for all others
    assert [ends("blockchain", city) for city in ("上海", "杭州", "深圳", "拉萨")] == [
        (29, 29),
        *[(3.7, 29)] * 2,
        (0, 5.9),
    ]
    assert shares("cloud")["上海"] == pytest.approx(3.05)


def test_a_share_is_published_if_it_is_printed_and_derived_if_it_is_bounded():
    printed = shares_of_all()[shares_of_all()["evidence"] == "published"]
    assert set(zip(printed["class"], printed["city"], strict=True)) == {
        *(("cloud", city) for city in ("杭州", "北京")),
        *(("blockchain", city) for city in ("北京", "上海")),
    }
    assert (printed["low"] == printed["high"]).all()


def test_shares_carry_their_page_source_and_label():
    facts = shares_of_all().groupby("class")[["indicator", "page", "source_id", "evidence"]].agg(set)
    derived = {name: (facts.loc[name, "page"], facts.loc[name, "evidence"]) for name in facts.index}
    assert derived == {
        "loans": ({13}, {"derived"}),
        "premiums": ({14}, {"derived"}),
        "brokers": ({14}, {"derived"}),
        "exchanges": ({17}, {"derived"}),
        "cloud": ({17}, {"published", "derived"}),
        "blockchain": ({17}, {"published", "derived"}),
    }
    assert facts.loc["loans", "source_id"] == {"report2018/banks"}
    assert facts.loc["cloud", "indicator"] == {"contribution"}


def test_firm_scale_is_the_mean_of_three_shares():
    found = values("firm_scale")
    # 深圳: (8700/13623.77 + 6.9/71.8 + 0)/3; 香港: brokers alone; 上海: premiums alone
    assert found["深圳"] == pytest.approx((8700 / 13623.77 + 6.9 / 71.8) / 3 * 100)
    assert found["香港"] == pytest.approx(100 / 3)
    assert found["上海"] == pytest.approx(46.1 / 71.8 / 3 * 100)


def test_firm_scale_is_zero_without_a_firm_and_missing_with_one_of_undisclosed_size():
    found = values("firm_scale")
    assert found["青岛"] == 0
    assert set(TABLES["cities"]["name_zh"]) - set(found.index) == {"福州", "长春"}


@pytest.mark.parametrize(
    ("city", "low", "high"),
    [
        ("北京", 28, 28),  # (12.5 + 39.1 + 32.4)/3
        ("上海", (50 + 29) / 3, (50 + 6.1 + 29) / 3),
        ("郑州", 12.5 / 3, (12.5 + 6.1 + 5.9) / 3),
        ("大连", 12.5 / 3, (12.5 + 6.1 + 5.9) / 3),
        ("杭州", (47.7 + 3.7) / 3, (47.7 + 29) / 3),
        ("深圳", (12.5 + 3.7) / 3, (12.5 + 6.1 + 29) / 3),
        ("拉萨", 0, 4),
    ],
)
def test_contribution_is_known_up_to_the_interval_that_the_printed_sums_imply(city, low, high):
    row = panel()[(panel()["indicator"] == "contribution") & (panel()["city"] == city)].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["value"] == pytest.approx((low + high) / 2)


def test_every_value_lies_within_its_ends_which_are_equal_where_it_is_exact():
    assert (panel()["low"] <= panel()["value"]).all() and (panel()["value"] <= panel()["high"]).all()
    opened = panel()[panel()["low"] < panel()["high"]]
    assert set(opened["indicator"]) == {"contribution", "finance_industry", "technology_industry"}
    assert set(TABLES["cities"]["name_zh"]) - set(opened.loc[opened["indicator"] == "contribution", "city"]) == {"北京"}


def changed(table, row, **cells):
    frame = TABLES[table].copy()
    for column, value in cells.items():
        frame.loc[frame["row"] == row, column] = value
    return {**TABLES, table: frame}


@pytest.mark.slow
def test_printed_sums_that_cannot_hold_are_refused_with_their_rows():
    # 90 % for four cities of which two have 61.4 is fine; 50 % is not, whatever the other rows say
    row = TABLES[SUMS].query("page == 18 and kind == 'sum'")["row"].iloc[0]
    with pytest.raises(DataError) as caught:
        construction.panel(changed(SUMS, row, printed="50%", printed_value=50.0), FRAMEWORK)
    places = {(problem.file.split("/")[-1], problem.row) for problem in caught.value.problems}
    assert ("share_sums.csv", row) in places
    assert {file for file, _ in places} == {"share_sums.csv", "contributions.csv"}
    assert all(row is not None for _, row in places)
    narrow = construction.panel(changed(SUMS, row, printed="90%", printed_value=90.0), FRAMEWORK)
    found = narrow[(narrow["indicator"] == "contribution") & (narrow["city"] == "拉萨")].iloc[0]
    assert found["high"] == pytest.approx((6.1 + 10) / 3)


def test_a_bound_on_an_exhaustive_list_is_checked_against_it():
    row = TABLES[SUMS].query("`class` == 'loans'")["row"].iloc[0]
    with pytest.raises(DataError, match=r"share_sums\.csv: row"):
        national_shares(changed(SUMS, row, printed="99%以上", printed_value=99.0))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"cities": "北京|上海|杭洲"}, "not '杭洲'"),
        ({"cities": "北京|北京"}, "each city once"),
        ({"printed_value": None}, "exact sum"),
    ],
)
def test_a_row_of_sums_that_makes_no_sense_is_refused(cells, message):
    row = TABLES[SUMS].query("page == 18 and kind == 'sum'")["row"].iloc[0]
    with pytest.raises(DataError, match=message):
        national_shares(changed(SUMS, row, **cells))


@pytest.mark.slow
def test_joint_values_add_up_to_the_nation_and_lie_within_the_panels_bounds():
    joint = joint_values(TABLES, panel(), 3, 60)
    assert set(joint["indicator"]) == {"contribution"} and joint["point"].nunique() == 61
    rows = panel()[(panel()["indicator"] == "contribution") & (panel()["low"] < panel()["high"])].set_index("city")
    wide = joint.pivot(index="point", columns="city", values="value")
    assert wide.loc[0].to_dict() == rows["value"].to_dict()
    drawn = wide.loc[1:]
    assert (drawn >= rows["low"] - 1e-6).all(axis=None) and (drawn <= rows["high"] + 1e-6).all(axis=None)
    # 杭州 and 深圳 share 32.7 of blockchain: 3·(杭州 + 深圳) less what is known is 32.7 and the cloud of 深圳, 0 to 6.1
    both = 3 * (drawn["杭州"] + drawn["深圳"]) - 47.7 - 12.5
    assert both.between(32.7 - 1e-6, 32.7 + 6.1 + 1e-6).all()
    assert (28 + drawn.sum(axis=1) <= 100 + 1e-6).all() and (rows["value"].sum() > 100)
    pd.testing.assert_frame_equal(joint, joint_values(TABLES, panel(), 3, 60))


@pytest.mark.slow
def test_values_of_ones_own_are_not_drawn():
    given = panel()[(panel()["indicator"] == "contribution") & (panel()["city"] == "杭州")].assign(
        value=20.0, low=20.0, high=20.0, source_id="user/firms", evidence="user"
    )
    cell = construction.panel(TABLES, FRAMEWORK, given, "cell")
    assert "杭州" not in set(joint_values(TABLES, cell, 3, 5)["city"])
    assert joint_values(TABLES, construction.panel(TABLES, FRAMEWORK, given), 3, 5).empty


def test_printed_counts_are_taken_as_printed_and_only_for_the_cities_printed():
    assert values("firm_count").to_dict() == {"北京": 100, "上海": 50, "杭州": 33}
    assert values("capital").to_dict() == {"上海": 400}  # 超400亿元, in 100 million CNY
    assert values("institutes").to_dict() == {"上海": 17}
    assert values("services").to_dict() == {"北京": 138, "深圳": 165}  # totals, not distinctive services


def test_search_interest_turns_the_published_order_round():
    found = values("search_interest")
    assert (found["北京"], found["香港"], len(found)) == (20, 1, 20)
    assert sorted(found) == list(range(1, 21))


def test_the_output_of_hong_kong_is_converted_at_the_annual_average_rate():
    found = values("gdp", 2017)
    # 341 273 289 534 USD at 6.7518 CNY, in 100 million CNY: 3412.73289534 · 6.7518
    assert found["香港"] == pytest.approx(341_273_289_534 * 6.7518 / 1e8)
    assert found["香港"] == pytest.approx(23_042.09, abs=0.005)
    assert found["澳门"] == pytest.approx(503.83871121 * 6.7518)
    assert found["北京"] == 28014.94  # in CNY already
    assert "台北" not in found


def test_public_stand_ins_are_missing_outside_the_mainland():
    for indicator in ("finance_industry", "technology_industry", "universities"):
        assert set(TABLES["cities"]["name_zh"]) - set(values(indicator).index) == {"香港", "澳门", "台北"}


def test_the_count_of_universities_of_every_city_agrees_with_the_list():
    listed = TABLES["public/universities"]["city"].value_counts()
    found = values("universities")
    assert found.to_dict() == {city: listed.get(city, 0) for city in found.index}
    assert (found["北京"], found["石家庄"]) == (31, 0)


def test_the_panel_has_the_columns_of_the_contract_one_row_a_cell_and_no_empty_value():
    assert (
        list(panel())
        == PANEL
        == [*("city", "year", "indicator", "value", "low", "high", "unit", "source_id", "evidence")]
    )
    assert not panel().duplicated(["city", "year", "indicator"]).any()
    assert panel()["value"].notna().all()
    assert set(panel()["city"]) <= set(TABLES["cities"]["name_zh"])
    keys = list(zip(panel()["indicator"], panel()["city"], panel()["year"], strict=True))
    assert keys == sorted(keys)


def test_every_row_of_the_panel_has_a_known_label_a_listed_source_and_the_unit_of_its_indicator():
    assert set(panel()["evidence"]) <= LABELS
    listed = set(TABLES["sources"]["source_id"])
    for joined in panel()["source_id"].unique():
        assert set(joined.split("+")) <= listed
    units = FRAMEWORK.table["unit"]
    assert (panel()["unit"] == panel()["indicator"].map(units)).all()


@pytest.mark.parametrize(
    ("label", "indicators"),
    [
        ("published", {"adoption", "services", "firm_count", "capital", "institutes"}),
        ("derived", {"firm_scale", "contribution", "search_interest"}),
        ("public", {"gdp", "finance_industry", "technology_industry", "universities"}),
    ],
)
def test_an_indicator_has_the_label_of_its_origin(label, indicators):
    assert set(panel()["indicator"][panel()["evidence"] == label]) == indicators


@pytest.mark.slow
def test_a_panel_has_only_indicators_of_the_tree():
    small = Framework(FRAMEWORK.table.drop(index=["adoption", "gdp"]))
    assert set(panel()["indicator"]) - set(construction.panel(TABLES, small)["indicator"]) == {"adoption", "gdp"}


@pytest.mark.slow
def test_an_indicator_of_a_users_own_enters_by_the_same_door(monkeypatch):
    def support(tables):
        row = {"city": "贵阳", "year": 2018, "value": 3.0, "source_id": "report2018/policies", "evidence": "user"}
        return pd.DataFrame([row, row | {"city": "长沙", "value": None}])

    monkeypatch.setitem(CONSTRUCTIONS, "support", support)
    rows = construction.panel(TABLES, FRAMEWORK).query("indicator == 'support'")
    assert rows[["city", "value", "evidence"]].to_numpy().tolist() == [["贵阳", 3.0, "user"]]

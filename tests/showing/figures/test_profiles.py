"""City profiles (p6-8): badges as in the table, places that can be counted, every printed number once, any city."""

import pytest

from fhi.engine.errors import MethodError
from fhi.showing.figures import entries
from fhi.showing.figures.profiles import PAGES, PILLARS, profile_caption, profile_data, profile_entry

SIX = [city for _, city, _ in PAGES.values()]


def part(tables, city, series):
    data = profile_data(tables, city)
    return data[data["series"] == series]


@pytest.mark.parametrize("city", SIX)
def test_the_badges_are_the_ranks_of_the_table(tables, city):
    ranks = tables["tables/top20"].set_index("city").loc[city]
    badges = part(tables, city, "badge").set_index("indicator")["value"]
    assert badges.to_dict() == {"FHI": ranks["rank"], **{pillar: ranks[f"{pillar}_rank"] for pillar in PILLARS}}


def test_a_badge_shows_a_rise_only_where_the_report_prints_one(tables):
    assert part(tables, "合肥", "badge").set_index("indicator")["change"].to_dict() == pytest.approx(
        {"FHI": 3, "industry": 6, "experience": float("nan"), "ecosystem": float("nan")}, nan_ok=True
    )


def test_the_strips_hold_the_twenty_for_each_indicator(tables):
    strips = part(tables, "北京", "strip")
    assert set(strips.groupby("indicator")["city"].nunique()) == {20}
    published = {"industry", "experience", "ecosystem", "adoption"}
    public = {"gdp", "finance_industry", "technology_industry", "universities"}
    # the panel has the order of search as points: one label for it in every figure
    derived = {"firm_scale", "contribution", "search_interest"}
    labels = strips.groupby("evidence")["indicator"].agg(set).to_dict()
    assert labels == {"published": published, "public": public, "derived": derived}


def test_the_places_are_competition_ranks_of_the_values(tables):
    strips = part(tables, "北京", "strip")
    for indicator, group in strips.groupby("indicator"):
        known = group.dropna(subset=["value"])
        better = known["value"].lt if (known["unit"] == "rank").all() else known["value"].gt
        for item in known.itertuples():
            assert item.place == 1 + better(item.value).sum(), indicator
            assert item.of == len(known)


def test_the_newest_public_figure_is_shown(tables):
    gdp = part(tables, "上海", "strip").query("indicator == 'gdp'").set_index("city")
    source = tables["tables/public_indicators"].query("indicator == 'gdp' and year == 2017").set_index("city")["value"]
    mainland = gdp.drop(index="香港")
    assert set(gdp["year"]) == {2017}
    assert (mainland["value"] == source[mainland.index]).all()


def test_hong_kong_has_no_a_shares_and_shows_them_as_missing(tables):
    mine = part(tables, "香港", "strip").query("city == '香港'").set_index("indicator")
    missing = mine.index[mine["value"].isna()]
    assert set(missing) == {"finance_industry", "technology_industry", "universities"}
    assert mine.loc[missing, "place"].isna().all()
    assert "没有数据" in profile_caption(profile_data(tables, "香港"))["zh"]


@pytest.mark.parametrize("city", SIX)
def test_every_number_of_the_page_is_a_badge_a_strip_or_a_fact_and_none_twice(tables, city):
    printed = tables["tables/city_profiles"].query("city == @city")
    facts = part(tables, city, "fact")
    shown = facts.loc[facts["page"] == printed["page"].iloc[0], "name_zh"].tolist()
    assert len(set(shown)) == len(shown)
    elsewhere = printed[~printed["measure_zh"].isin(shown)]
    ranks = elsewhere[elsewhere["unit"] == "rank"]
    assert set(ranks["node"]) <= {"FHI", *PILLARS}
    assert set(elsewhere.drop(ranks.index)["node"]) == ({"adoption"} if city != "香港" else set())


def test_the_places_among_the_leaders_follow_the_facts(tables):
    leading = part(tables, "深圳", "fact").query("page == 11").set_index("indicator")["value"]
    assert leading.to_dict() == {"internet_finance": 1, "new_finance": 3, "infrastructure": 4, "traditional_finance": 1}


def test_a_city_without_a_page_shows_what_other_pages_print(tables):
    wuhan = part(tables, "武汉", "fact")
    assert 25 in set(wuhan["page"])
    assert part(tables, "长沙", "fact").empty
    assert "prints no other number" in profile_caption(profile_data(tables, "长沙"))["en"]


def test_the_six_are_registered_on_their_pages():
    registered = {entry.id: entry.page for entry in entries()}
    assert {f"p{page:02d}-{slug}": page for slug, (page, _, _) in PAGES.items()}.items() <= registered.items()


def test_any_of_the_twenty_by_one_call(tables):
    ids = {}
    for city in tables["tables/top20"]["city"]:
        entry = profile_entry(city, tables)
        data = entry.data(tables)
        assert set(data["profile"]) == {city}
        assert entry.draw(data, "en").axes
        ids[city] = entry.id
    assert len(set(ids.values())) == 20
    assert ids["北京"] == "p06-beijing"


def test_the_registered_profile_is_the_one_that_the_call_returns(tables):
    registered = next(entry for entry in entries() if entry.id == "p08-hongkong")
    assert profile_entry("香港", tables) is registered


def test_an_unknown_city_is_refused_with_the_valid_names(tables):
    with pytest.raises(MethodError, match=r"no '北平' among the ranked cities.*Valid: 北京"):
        profile_entry("北平", tables)
    with pytest.raises(MethodError, match="no '大连'"):
        profile_data(tables, "大连")


@pytest.mark.parametrize("city", ["北京", "上海", "杭州"])
def test_no_city_leads_in_an_indicator_whose_bounds_leave_the_first_place_open(tables, city):
    data = profile_data(tables, city)
    mine = data[(data["series"] == "strip") & (data["city"] == city)].set_index("indicator").loc["contribution"]
    # 上海 may have up to 28.4, above the 28.0 of 北京; 杭州 is third for certain
    assert (mine["best"], mine["worst"]) == {"北京": (1, 2), "上海": (1, 2), "杭州": (3, 3)}[city]
    caption = profile_caption(data)
    assert "贡献率" not in caption["zh"].split("指标中居首的有")[-1].split("；")[0]
    assert ("26.3–28.4" in caption["zh"]) == (city == "上海")


def test_bounds_lie_on_the_strip_and_have_the_reason_that_the_data_give(tables):
    """Printed sums bound the shares; of public values the firms whose city is not certain do."""
    said = {city: profile_caption(profile_data(tables, city)) for city in ("香港", "济南")}
    assert "Contribution 0.0–4.0 %: bounds that printed sums leave" in said["香港"]["en"]
    assert "Finance industry CNY 0–94 bn" in said["济南"]["en"] and "0–931亿元" in said["济南"]["zh"]
    assert "since the city of some listed firms is not certain" in said["济南"]["en"]
    axes = profile_entry("香港", tables).draw(profile_data(tables, "香港"), "en").axes[0]
    (bar,) = [line for line in axes.lines if line.get_linewidth() == 5]
    (dot,) = [
        float(x)
        for points in axes.collections
        if points.get_sizes().tolist() == [72]
        for x, y in points.get_offsets()
        if y == bar.get_ydata()[0]
    ]
    low, high = bar.get_xdata()
    assert low < dot < high and dot - low == pytest.approx(high - dot), "the middle of the interval"

"""Claims of part one: the ranking (p2-5) and the profiles of six cities (p6-8)."""

from __future__ import annotations

from fhi.editions.claims.lookup import REPORT, by_city, descending, listed, place, stated
from fhi.editions.claims.registry import Found, Tables, claim, names
from fhi.reading.parsing import parse_change


@claim("p02-five-leaders")
def leading_cities(tables: Tables) -> str:
    """The first five of the TOP20 table (p5)."""
    return names(by_city(tables, "top20", "rank").sort_values().index[:5])


@claim("p04-cities")
@claim("p39-shown")
def cities_shown(tables: Tables) -> float:
    """Rows of the TOP20 table (p5)."""
    return len(tables[f"{REPORT}/top20"])


@claim("p02-regions")
def regions_of_leading_cities(tables: Tables) -> Found:
    """Regions of the national plans in which the first five cities (p5) lie; which cities are meant is not printed."""
    provinces = tables["cities"].set_index("name_zh")["province_zh"]
    regions = tables["public/regions"].set_index("province")["region"]
    first = by_city(tables, "top20", "rank").sort_values().index[:5]
    return Found(regions[provinces[first]].nunique(), partial=True)


@claim("p05-changes")
def possible_changes(tables: Tables) -> Found:
    """The condition on the changes (p5): with the ranks of 2018 they give distinct places of 2017 among the twenty."""
    ranks = by_city(tables, "top20", "rank").sort_values()
    ranks = ranks[by_city(tables, "top20", "change_qualifier")[ranks.index] != "undisclosed"]

    def accepts(printed: str) -> bool:
        changes = [parse_change(text).value for text in printed.split()]
        earlier = {rank + change for rank, change in zip(ranks, changes, strict=False)}
        return len(changes) == len(earlier) == len(ranks) and earlier <= set(range(1, len(ranks) + 2))

    return Found(f"1–{len(ranks) + 1}", accepts=accepts)


@claim("p10-riser-hefei", "合肥", "industry_rank")
@claim("p10-riser-nanjing", "南京", "industry_rank")
@claim("p10-riser-chongqing", "重庆", "industry_rank")
@claim("p20-riser-xian", "西安", "experience_rank")
@claim("p20-riser-xiamen", "厦门", "experience_rank")
@claim("p20-riser-chongqing", "重庆", "experience_rank")
@claim("p28-riser-ningbo", "宁波", "ecosystem_rank")
@claim("p28-riser-nanjing", "南京", "ecosystem_rank")
@claim("p28-riser-xiamen", "厦门", "ecosystem_rank")
def possible_rise(tables: Tables, city: str, column: str) -> Found:
    """Places that a city can have gained within the twenty, from its rank now (p5)."""
    ranks = by_city(tables, "top20", column)
    return Found(None, 1, len(ranks) - ranks[city], partial=True)


@claim("p05-tier-order")
def tiers_by_rank(tables: Tables) -> str:
    """Tiers in order of the mean rank of their cities."""
    tier_names = tables[f"{REPORT}/tiers"].set_index("tier")["name_zh"]
    ranks = tables[f"{REPORT}/top20"].groupby("tier")["rank"].mean().sort_values()
    return names(tier_names[ranks.index])


@claim("p05-top-riser")
def top_riser(tables: Tables) -> str:
    """Cities of the greatest change from 2017."""
    changes = by_city(tables, "top20", "change_value")
    return names(changes.index[changes == changes.max()])


@claim("p05-overtakes", "深圳")
def overtaking(tables: Tables, other: str) -> str:
    """Cities behind another in 2017 (rank plus change) and ahead of it now."""
    ranks, changes = by_city(tables, "top20", "rank"), by_city(tables, "top20", "change_value")
    earlier = ranks + changes
    return names(ranks.index[(earlier > earlier[other]) & (ranks < ranks[other])])


@claim("p05-hangzhou-third", "杭州", "rank")
@claim("p05-hongkong-fifth", "香港", "rank")
@claim("p06-beijing-overall", "北京", "rank")
@claim("p07-shanghai-overall", "上海", "rank")
@claim("p07-hangzhou-overall", "杭州", "rank")
@claim("p08-shenzhen-overall", "深圳", "rank")
@claim("p08-hongkong-overall", "香港", "rank")
@claim("p08-guangzhou-overall", "广州", "rank")
@claim("p06-beijing-industry", "北京", "industry_rank")
@claim("p07-shanghai-industry", "上海", "industry_rank")
@claim("p08-guangzhou-industry", "广州", "industry_rank")
@claim("p10-beijing-industry", "北京", "industry_rank")
@claim("p06-beijing-experience", "北京", "experience_rank")
@claim("p07-hangzhou-experience", "杭州", "experience_rank")
@claim("p08-shenzhen-experience", "深圳", "experience_rank")
@claim("p20-experience", "杭州", "experience_rank")
@claim("p06-beijing-ecosystem", "北京", "ecosystem_rank")
@claim("p07-shanghai-ecosystem", "上海", "ecosystem_rank")
@claim("p28-beijing", "北京", "ecosystem_rank")
def rank_in_table(tables: Tables, city: str, column: str) -> float:
    """Rank of a city in the TOP20 table (p5)."""
    return by_city(tables, "top20", column)[city]


@claim("p07-shanghai-behind", "上海")
def ahead_in_ecosystem(tables: Tables, city: str) -> str:
    """Cities above one in the ecosystem ranking (p5)."""
    ranks = by_city(tables, "top20", "ecosystem_rank").sort_values()
    return names(ranks.index[ranks < ranks[city]])


@claim("p06-beijing-infrastructure", "北京", 11, "infrastructure")
@claim("p10-beijing-infrastructure", "北京", 11, "infrastructure")
@claim("p07-hangzhou-infrastructure", "杭州", 11, "infrastructure")
@claim("p08-shenzhen-internet", "深圳", 11, "internet_finance")
@claim("p08-shenzhen-traditional", "深圳", 11, "traditional_finance")
def place_in_list(tables: Tables, city: str, page: int, name: str) -> float:
    """Place of a city in an ordered list of another page."""
    return listed(tables, page, name).index(city) + 1


@claim("p06-beijing-universities", "北京", "double_first_class_universities")
@claim("p07-shanghai-gdp", "上海", "gdp")
def place_by_public_figure(tables: Tables, city: str, indicator: str) -> Found:
    """Place of a city by a public figure, among the cities whose figures are in one unit."""
    return place(_public(tables, indicator), city)


@claim("p32-universities", "double_first_class_universities")
def first_by_public_figure(tables: Tables, indicator: str) -> str:
    """First city by a public figure."""
    return descending(_public(tables, indicator))[0]


def _public(tables: Tables, indicator: str):
    rows = tables["public/public_indicators"].query("indicator == @indicator and year <= 2018")
    latest = rows.sort_values("year").groupby("city").tail(1)
    return latest[latest["unit"] == latest["unit"].mode()[0]].set_index("city")["value"]


@claim("p08-hongkong-finance-first", "香港", "listed financial institutions")
def place_by_profile(tables: Tables, city: str, measure: str) -> Found:
    """Place of a city among the profiles that print the measure (p6-8)."""
    return place(stated(tables, "city_profiles", measure), city)


@claim("p08-sandbox-version")
def sandbox_version(tables: Tables) -> str:
    """Version named by the latest step of 香港 that names one (p35)."""
    steps = tables[f"{REPORT}/sandboxes"].query("city == '香港'").sort_values("date_iso")
    return steps["event_en"].str.extract(r"sandbox (\d+\.\d+)")[0].dropna().iloc[-1]

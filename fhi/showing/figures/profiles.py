"""Part one, the landscape: the profile of a city as a dashboard (p6-8); any of the twenty by one call."""

from __future__ import annotations

from functools import partial

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.showing.figures.charts import in_order, with_names
from fhi.showing.figures.dashboard import bounds_text, draw_profile
from fhi.showing.figures.firsts import remarked, with_firsts
from fhi.showing.figures.leaders import PAGE as LEADERS_PAGE
from fhi.showing.figures.registry import FigureEntry, Tables, entries, figure

PILLARS = ("industry", "experience", "ecosystem")
RANKED = ("FHI", *PILLARS)
#: leaf indicators that enough of the twenty have for a comparison
LEAST = 10
STATEMENTS = ("city_profiles", "experience_facts", "innovation", "headlines")
EVIDENCE = ("published", "derived", "public")
SOURCE = {
    "zh": "国家统计局、世界银行、沪深交易所、教育部；边界：天地图",
    "en": "NBS, World Bank, Shanghai and Shenzhen exchanges, Ministry of Education; outlines: Tianditu",
}
#: why a value is known up to bounds
BOUNDED = {
    "sums": {"zh": "{}为报告给出的合计所限的区间（横线）", "en": "{}: bounds that printed sums leave (bar)"},
    "firms": {
        "zh": "{}为上市公司所在城市不确定时的区间（横线）",
        "en": "{}: bounds, since the city of some listed firms is not certain (bar)",
    },
}
#: the six cities that the report gives a profile: page, names
PAGES = {
    "beijing": (6, "北京", "Beijing"),
    "shanghai": (7, "上海", "Shanghai"),
    "hangzhou": (7, "杭州", "Hangzhou"),
    "shenzhen": (8, "深圳", "Shenzhen"),
    "hongkong": (8, "香港", "Hong Kong"),
    "guangzhou": (8, "广州", "Guangzhou"),
}
PAGE_OF = {city: page for page, city, _ in PAGES.values()}


def profile_data(tables: Tables, city: str) -> pd.DataFrame:
    """Return all that a profile draws, one row a number; column ``series`` tells its parts apart.

    ``badge``: overall and pillar ranks of the city, with the change from 2017 where it is printed; ``strip``: an indicator for
    each of the twenty, with its place among those that have data; ``fact``: what the report prints of the city beyond that;
    ``firm``: the firms that it names.

    Raises
    ------
    MethodError
        If the city is not among the twenty.
    """
    _refuse_unranked(city, tables)
    parts = [_badges(tables, city), _strips(tables), _facts(tables, city), _firms(tables, city)]
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    whole = ("place", "best", "worst", "of", "page", "year", "printed_page")
    frame = with_names(frame, tables).astype(dict.fromkeys(whole, "Int64"))
    frame.insert(0, "profile", city)
    return frame


def _refuse_unranked(city: str, tables: Tables) -> None:
    ranked = tables["tables/top20"]["city"]
    if city not in set(ranked):
        raise MethodError(f"there is no {city!r} among the ranked cities.", key="city", value=city, valid=ranked)


def _badges(tables: Tables, city: str) -> pd.DataFrame:
    ranks = tables["tables/top20"].set_index("city").loc[city]
    movers = tables["tables/movers"].query("city == @city").set_index("pillar")["change"]
    place = tables["tables/cities"].set_index("name_zh").loc[city]
    tier = tables["tables/tiers"].set_index("tier").loc[ranks["tier"]]
    frame = pd.DataFrame({"indicator": list(RANKED), "unit": "rank", "evidence": "published", "page": ranks["page"]})
    frame["value"] = [ranks["rank"], *(ranks[f"{pillar}_rank"] for pillar in PILLARS)]
    frame["change"] = [ranks["change_value"], *(movers.get(pillar) for pillar in PILLARS)]
    frame = _named(frame, tables).assign(
        series="badge", city=city, province=place["province_zh"], lon=place["lon"], lat=place["lat"]
    )
    return frame.assign(tier=ranks["tier"], tier_zh=tier["name_zh"], tier_en=tier["name_en"])


def _strips(tables: Tables) -> pd.DataFrame:
    """Pillar ranks, and every leaf of the index that at least `LEAST` of the twenty have, newest year."""
    twenty = tables["tables/top20"]
    ranks = twenty.melt("city", [f"{pillar}_rank" for pillar in PILLARS], "indicator")
    ranks["indicator"] = ranks["indicator"].str.removesuffix("_rank")
    ranks = ranks.assign(unit="rank", evidence="published")
    panel = tables["panel"].sort_values("year").drop_duplicates(["city", "indicator"], keep="last")
    panel = panel[panel["city"].isin(twenty["city"]) & ~panel["indicator"].isin(ranks["indicator"])]
    enough = panel.groupby("indicator")["city"].transform("size") >= LEAST
    panel = panel.loc[enough, ["city", "indicator", "value", "low", "high", "year", "unit", "evidence"]]
    frame = pd.concat([ranks, panel], ignore_index=True)
    # a city without data has its row, so that it is seen to be missing
    whole = pd.MultiIndex.from_product([frame["indicator"].unique(), twenty["city"]], names=["indicator", "city"])
    frame = frame.set_index(["indicator", "city"]).reindex(whole).reset_index()
    for column in ("unit", "evidence", "year"):
        frame[column] = frame.groupby("indicator")[column].transform("first")
    signed = frame["value"].where(frame["unit"] != "rank", -frame["value"])
    frame["place"] = signed.groupby(frame["indicator"]).rank(method="min", ascending=False).astype("Int64")
    frame["best"], frame["worst"] = _places(frame)
    frame["of"] = frame.groupby("indicator")["value"].transform("count")
    frame = frame.sort_values("indicator", key=lambda codes: in_order(tables, codes), kind="stable")
    return with_firsts(_named(frame, tables), tables, "indicator").assign(series="strip")


def _places(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the best and the worst place that bounds allow: those above for certain come before, and those that may be."""
    low, high = frame["low"].fillna(frame["value"]), frame["high"].fillna(frame["value"])
    ranks = frame["unit"] == "rank"
    low, high = low.where(~ranks, -low), high.where(~ranks, -high)
    best, worst = pd.Series(pd.NA, frame.index, "Int64"), pd.Series(pd.NA, frame.index, "Int64")
    for _, rows in frame[frame["value"].notna()].groupby("indicator").groups.items():
        best[rows] = [1 + int((low[rows] > end).sum()) for end in high[rows]]
        worst[rows] = [1 + int((high[rows].drop(row) > low[row]).sum()) for row in rows]
    return best, worst


def _facts(tables: Tables, city: str) -> pd.DataFrame:
    """What the report prints of the city on its page, or for a city without a page anywhere, without what is drawn elsewhere.

    The classes of the industry in which it is among the leaders follow, with its place in their lists (p11).
    """
    renamed = {
        "measure_zh": "name_zh",
        "measure_en": "name_en",
        "printed_value": "value",
        "printed_qualifier": "qualifier",
    }
    statements = [tables[f"tables/{name}"] for name in (STATEMENTS[:1] if city in PAGE_OF else STATEMENTS)]
    frame = pd.concat(statements).query("city == @city").rename(columns=renamed | {"node": "indicator"})
    drawn = (frame["indicator"].isin(RANKED) & (frame["unit"] == "rank")) | (
        (frame["indicator"] == "adoption") & (frame["unit"] == "%") & (frame["page"] == PAGE_OF.get(city))
    )
    frame = frame[~drawn].drop_duplicates(["name_zh", "printed"])
    lists = tables["tables/leaders"]
    lists = lists[(lists["city"] == city) & (lists["page"] == LEADERS_PAGE)]
    leading = lists.rename(columns={"node": "indicator", "position": "value"})[["city", "indicator", "value", "page"]]
    leading = _named(leading.assign(unit="rank", qualifier="exact"), tables)
    columns = ["city", "indicator", "name_zh", "name_en", "value", "printed", "qualifier", "unit", "page"]
    frame = pd.concat([frame, leading])[columns].sort_values("page", kind="stable")
    return frame.assign(series="fact", evidence="published")


def _firms(tables: Tables, city: str) -> pd.DataFrame:
    rows = (
        tables["tables/named_firms"].query("city == @city and basis == 'printed'").rename(columns={"node": "indicator"})
    )
    if city in PAGE_OF:
        rows = rows[rows["page"] == PAGE_OF[city]]
    rows = rows.drop_duplicates("name_zh")[["city", "indicator", "name_zh", "name_en", "page"]]
    return rows.assign(series="firm", evidence="published")


def _named(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    names = tables["tables/framework"].set_index("code")
    return frame.assign(
        **{f"name_{language}": frame["indicator"].map(names[f"name_{language}"]) for language in ("zh", "en")}
    )


def profile_caption(data: pd.DataFrame) -> dict[str, str]:
    badges = data[data["series"] == "badge"].set_index("indicator")
    strips = data[data["series"] == "strip"]
    mine = strips[strips["city"] == strips["profile"]]
    # a first place that other values known up to an interval may take is none
    leads = (mine["worst"] == 1).fillna(False)
    first, missing = mine[leads], mine[mine["value"].isna()]
    public = mine["evidence"] == "public"
    elsewhere = mine[~leads & (mine["printed_first"] == mine["city"])]
    ranks = [int(badges.at[code, "value"]) for code in RANKED]
    city, city_en = badges["city"].iloc[0], badges["city_en"].iloc[0]
    facts = (data["series"] == "fact").sum()
    zh = f"{city}总排名第{ranks[0]}，产业第{ranks[1]}、体验第{ranks[2]}、生态第{ranks[3]}。"
    en = f"{city_en} ranks {ranks[0]} overall, {ranks[1]} in industry, {ranks[2]} in experience, {ranks[3]} in ecosystem. "
    zh += f"{len(mine)}项可比指标中" + (f"居首的有{'、'.join(remarked(first, 'zh'))}" if len(first) else "没有居首的")
    en += (
        f"Of {len(mine)} comparable indicators it leads in {', '.join(remarked(first, 'en')) if len(first) else 'none'}"
    )
    if len(elsewhere):
        zh += f"；报告列该城第一而此处未居首的有{'、'.join(_paged(elsewhere, 'zh'))}"
        en += f"; the report also lists it first, where it is not first here, in {', '.join(_paged(elsewhere, 'en'))}"
    if len(missing):
        zh += f"；{'、'.join(missing['name_zh'])}没有数据"
        en += f"; no data for {', '.join(missing['name_en'])}"
    between = mine["low"] < mine["high"]
    for rows, reason in ((mine[between & ~public], BOUNDED["sums"]), (mine[between & public], BOUNDED["firms"])):
        if len(rows):
            zh += "；" + reason["zh"].format("、".join(_bounded(rows, "zh")))
            en += "; " + reason["en"].format(", ".join(_bounded(rows, "en")))
    others = f"{facts} further number{'s' if facts > 1 else ''} or rank{'s' if facts > 1 else ''}"
    zh += f"。报告另有{facts}条关于该城的数字或名次。" if facts else "。报告没有印出该城的其他数字。"
    en += f". The report prints {others if facts else 'no other number'} of the city."
    return {"zh": zh, "en": en}


def _bounded(rows: pd.DataFrame, language: str) -> list[str]:
    """Return the names of indicators, each with its bounds."""
    return [f"{item[f'name_{language}']} {bounds_text(item, language)}" for _, item in rows.iterrows()]


def _paged(rows: pd.DataFrame, language: str) -> list[str]:
    """Return the names of indicators, each with the page of its printed first place, and the node that it names."""
    name, other, page = f"name_{language}", f"printed_node_{language}", "printed_page"
    parts = {"zh": ("{}（第{}页）", "{}（第{}页的{}）"), "en": ("{} (p. {})", "{} (p. {}: {})")}[language]
    cells = rows[[name, page, other]].itertuples(index=False)
    return [parts[pd.notna(cell[2])].format(*cell) for cell in cells]


def _title(city: str, city_en: str) -> dict[str, str]:
    return {"zh": f"{city}：城市概览", "en": f"{city_en}: city profile"}


def profile(data: pd.DataFrame, language: str):
    """Dashboard of a city: rank badges, place on each indicator among the twenty, facts as printed (p6-8)."""
    return draw_profile(data, language)


for _slug, (_page, _city, _city_en) in PAGES.items():
    figure(
        f"p{_page:02d}-{_slug}",
        page=_page,
        evidence=EVIDENCE,
        title=_title(_city, _city_en),
        data=partial(profile_data, city=_city),
        caption=profile_caption,
        source=SOURCE,
    )(profile)


def profile_entry(city: str, tables: Tables) -> FigureEntry:
    """Return the figure of any of the twenty: the registered one if the report has a profile of it, else one made for it.

    Raises
    ------
    MethodError
        If the city is not among the twenty.
    """
    _refuse_unranked(city, tables)
    place = tables["tables/cities"].set_index("name_zh").loc[city]
    title = _title(city, place["name_en"])
    registered = next((entry for entry in entries() if entry.title["zh"] == title["zh"]), None)
    id, data = f"profile-{place['code_gbt2260']}", partial(profile_data, city=city)
    return registered or FigureEntry(id, None, EVIDENCE, title, data, profile_caption, profile, source=SOURCE)

"""Part one, the landscape: what the report says of six cities on pages of their own (p6-8), as cards."""

from __future__ import annotations

from functools import partial

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, block, table
from fhi.showing.figures.industry import PAGE as LEADERS_PAGE
from fhi.showing.figures.registry import Tables, figure, id_of, of_form
from fhi.showing.figures.texts import capital, quantity_text

PILLARS = ("industry", "experience", "ecosystem")
RANKED = ("FHI", *PILLARS)
#: the page of each of the six cities
PAGES = of_form("city")


def page_data(tables: Tables, city: str, page: int) -> pd.DataFrame:
    """Return all that a card says, one row a number; column ``series`` tells its parts apart.

    ``rank``: overall and pillar ranks of the city, with the change from 2017 where it is printed; ``fact``: what its page
    prints beyond that, and its place in the lists of leaders (p11); ``firm``: the firms that the page names.
    """
    parts = [_ranks(tables, city), _facts(tables, city, page), _firms(tables, city, page)]
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return with_names(frame.assign(evidence="published"), tables).astype({"page": "Int64"})


def _ranks(tables: Tables, city: str) -> pd.DataFrame:
    ranks = tables["tables/top20"].set_index("city").loc[city]
    movers = tables["tables/movers"].query("city == @city").set_index("pillar")["change"]
    frame = pd.DataFrame({"indicator": list(RANKED), "unit": "rank", "page": ranks["page"]})
    frame["value"] = [ranks["rank"], *(ranks[f"{pillar}_rank"] for pillar in PILLARS)]
    frame["change"] = [ranks["change_value"], *(movers.get(pillar) for pillar in PILLARS)]
    return _named(frame, tables).assign(series="rank", city=city)


def _facts(tables: Tables, city: str, page: int) -> pd.DataFrame:
    renamed = {
        "measure_zh": "name_zh",
        "measure_en": "name_en",
        "printed_value": "value",
        "printed_qualifier": "qualifier",
        "node": "indicator",
    }
    frame = tables["tables/city_profiles"].query("city == @city and page == @page").rename(columns=renamed)
    # the ranks of the table stand above
    frame = frame[~(frame["indicator"].isin(RANKED) & (frame["unit"] == "rank"))]
    lists = tables["tables/leaders"]
    lists = lists[(lists["city"] == city) & (lists["page"] == LEADERS_PAGE)]
    leading = lists.rename(columns={"node": "indicator", "position": "value"})[["city", "indicator", "value", "page"]]
    leading = _named(leading.assign(unit="rank", qualifier="exact"), tables)
    columns = ["city", "indicator", "name_zh", "name_en", "value", "printed", "qualifier", "unit", "page"]
    frame = pd.concat([frame, leading])[columns].drop_duplicates(["name_zh", "printed"])
    return frame.sort_values("page", kind="stable").assign(series="fact")


def _firms(tables: Tables, city: str, page: int) -> pd.DataFrame:
    rows = tables["tables/named_firms"].query("city == @city and page == @page and basis == 'printed'")
    rows = rows.rename(columns={"node": "indicator"}).drop_duplicates("name_zh")
    return rows[["city", "indicator", "name_zh", "name_en", "page"]].assign(series="firm")


def _named(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    names = tables["tables/framework"].set_index("code")
    return frame.assign(
        **{f"name_{language}": frame["indicator"].map(names[f"name_{language}"]) for language in ("zh", "en")}
    )


def page_caption(data: pd.DataFrame) -> dict[str, str]:
    ranks = data[data["series"] == "rank"].set_index("indicator")
    places = [int(ranks.at[code, "value"]) for code in RANKED]
    city, city_en = ranks["city"].iloc[0], ranks["city_en"].iloc[0]
    facts = int((data["series"] == "fact").sum())
    return {
        "zh": f"{city}总排名第{places[0]}，产业第{places[1]}、体验第{places[2]}、生态第{places[3]}。"
        f"报告另给出{facts}项关于该城的数字或名次。",
        "en": f"{city_en} ranks {places[0]} overall, {places[1]} in industry, {places[2]} in experience and {places[3]} "
        f"in ecosystem. The report gives {facts} further number{'s' if facts != 1 else ''} or ranks of the city.",
    }


def card(data: pd.DataFrame, language: str) -> list[Block]:
    """The ranks of a city, the other numbers that its page gives, and the firms it names (p6-8)."""
    ranks, facts, firms = (data[data["series"] == part] for part in ("rank", "fact", "firm"))
    name = f"name_{language}"
    items = [
        {
            "value": f"{item.value:.0f}",
            "label": f"{getattr(item, name)}{_change(item.change, item.indicator, language)}",
        }
        for item in ranks.itertuples()
    ]
    rows = [
        [
            capital(getattr(item, name)),
            quantity_text(item.value, item.qualifier, item.unit, item.printed, language),
            style.pick(language, f"第{item.page}页", f"p. {item.page}"),
        ]
        for item in facts.itertuples()
    ]
    heads = style.pick(language, ["内容", "报告给出", "页码"], ["Measure", "Report", "Page"])
    blocks = [block("facts", items=items), table(heads, rows, (3.2, 1.4, 0.95), across=2)]
    if len(firms):
        named = style.pick(language, "、", ", ").join(firms[name])
        blocks.append(block("text", text=style.pick(language, f"报告点名的企业：{named}。", f"Firms named: {named}.")))
    return blocks


def _change(change: float, node: str, language: str) -> str:
    if pd.isna(change):
        return style.pick(language, "（2017年未列入）", ", not ranked in 2017") if node == "FHI" else ""
    if change == 0:
        return style.pick(language, "（与2017年持平）", ", as in 2017")
    arrow = f"{'↑' if change > 0 else '↓'}{abs(change):.0f}"
    return style.pick(language, f"（较2017年{arrow}）", f", {arrow} from 2017")


for _city, _page in PAGES.items():
    figure(id_of("city", _city), partial(page_data, city=_city, page=_page), page_caption)(card)

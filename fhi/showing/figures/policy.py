"""Part four, the ecosystem: policy instruments by city (p34), the regulatory sandbox and its Chinese pilots (p35)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, block, step, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number

GREEN = style.PILLARS["ecosystem"]
KINDS = {"body": ("设立的机构", "institutions founded"), "rule": ("发布的文件", "documents issued")}
ACTORS = {"firm": ("企业", "firm"), "regulator": ("监管机构", "regulator"), "both": ("企业与监管机构", "both")}


def instruments_data(tables: Tables) -> pd.DataFrame:
    """The instruments by city and kind, cities with most first; dates are not printed."""
    frame = tables["tables/policies"][["city", "kind", "title_zh", "title_en", "page", "note"]]
    frame = frame.assign(date=pd.NA, count=frame["city"].map(frame["city"].value_counts()))
    places = {city: place for place, city in enumerate(frame["city"][frame["page"] == 34].drop_duplicates())}
    order = frame["city"].map(places).fillna(len(places))
    frame = frame.assign(order=order).sort_values(["order", "kind"], kind="stable").drop(columns="order")
    said = tables["tables/callouts"].query("page == 34").iloc[0]
    return with_names(frame, tables).assign(statement_zh=said["statement_zh"], statement_en=said["statement_en"])


def instruments_caption(data: pd.DataFrame) -> dict[str, str]:
    kinds = data["kind"].value_counts()
    elsewhere = data[data["page"] != 34]
    return {
        "zh": f"{data['city'].nunique()}城共{len(data)}项：{kinds['body']}个机构、{kinds['rule']}份文件，"
        f"其中{'、'.join(elsewhere['city'])}的一份印于第{elsewhere['page'].iloc[0]}页。{data['statement_zh'].iloc[0]}，"
        "单份文件的日期以及支持力度、规范度的得分均未公布。",
        "en": f"{len(data)} instruments of {data['city'].nunique()} cities: {kinds['body']} institutions and {kinds['rule']} "
        f"documents, that of {', '.join(elsewhere['city_en'])} being printed on p. {elsewhere['page'].iloc[0]}. As the page notes, "
        f"{data['statement_en'].iloc[0]}; single dates, and scores of support and soundness, are not published.",
    }


@figure("p34-policies", instruments_data, instruments_caption)
def instruments(data: pd.DataFrame, language: str) -> list[Block]:
    """One row a city: institutions founded and documents issued (p34)."""
    rows = []
    for _, own in data.groupby("city", sort=False):
        cells = [_titles(own[own["kind"] == kind], language) for kind in KINDS]
        empty = style.pick(language, "未列出", "none listed")
        rows.append([style.city_names(own, language).iloc[0], *(cell or empty for cell in cells)])
    heads = [style.pick(language, "城市", "City"), *(style.pick(language, *head) for head in KINDS.values())]
    return [table(heads, rows, (1.0, 3.2, 5.4), colour=GREEN)]


def _titles(rows: pd.DataFrame, language: str) -> list[str]:
    pages = [style.pick(language, f"（第{page}页）", f" (p. {page})") if page != 34 else "" for page in rows["page"]]
    return [title + page for title, page in zip(rows[f"title_{language}"], pages, strict=True)]


def sandbox_data(tables: Tables) -> pd.DataFrame:
    """The steps of the FCA's procedure (``part`` process), the pilots by date (pilot), what helps cooperation (outlook)."""
    steps = tables["tables/procedures"].query("procedure == 'sandbox'").sort_values("step")
    steps = steps.rename(columns={"title_zh": "text_zh", "title_en": "text_en"}).assign(part="process")
    pilots = tables["tables/sandboxes"].drop(columns="date").rename(columns={"date_iso": "date"}).sort_values("date")
    pilots = pilots.rename(columns={"event_zh": "text_zh", "event_en": "text_en"}).assign(part="pilot")
    outlook = tables["tables/enumerations"].query("list == 'outlook_conditions'").sort_values("position")
    names = {"name_zh": "text_zh", "name_en": "text_en", "position": "step"}
    outlook = outlook.rename(columns=names).assign(part="outlook")
    said = _statements(tables)
    frame = (
        pd.concat([steps, pilots, outlook, said])
        .drop(columns="products")
        .rename(columns={"products_value": "products"})
    )
    columns = ["part", "step", "actor", "city", "date", "text_zh", "text_en", "products", "page"]
    return with_names(frame[columns], tables)


def _statements(tables: Tables) -> pd.DataFrame:
    """What the page says in words of definition and aims (``part`` definition), and of the directions of cooperation."""
    if "tables/statements" not in tables:
        return pd.DataFrame()
    rows = tables["tables/statements"].query("page == 35")
    parts = {"definition": "definition", "aim": "definition", "plan": "definition", "direction": "direction"}
    rows = rows.assign(part=rows["kind"].map(parts)).dropna(subset=["part"])
    return rows.rename(columns={"statement_zh": "text_zh", "statement_en": "text_en", "position": "step"})


def sandbox_caption(data: pd.DataFrame) -> dict[str, str]:
    steps, pilots = data[data["part"] == "process"], data[data["part"] == "pilot"]
    tested = pilots.dropna(subset=["products"]).iloc[0]
    first = pilots.iloc[0]
    cities = pilots.drop_duplicates("city")
    return {
        "zh": f"英国FCA的监管沙盒分{len(steps)}步。国内试点为{'、'.join(cities['city'])}，{first['city']}最早（{first['date']}提出）；"
        f"到{tested['date']}底{tested['city']}有{tested['products']:.0f}项产品测试，其他试点的产品数未公布。",
        "en": f"The sandbox of the British FCA has {len(steps)} steps. Pilots in China are those of "
        f"{', '.join(cities['city_en'])}, {first['city_en']} first (proposed {first['date']}); by the end of {tested['date']} "
        f"{tested['products']:.0f} products were in test in {tested['city_en']}. How many products the other pilots test is not published.",
    }


@figure("p35-sandbox", sandbox_data, sandbox_caption)
def sandbox(data: pd.DataFrame, language: str) -> list[Block]:
    """The steps of the procedure by who acts, the pilots by date, what helps cooperation (p35)."""
    steps, pilots, outlook = (data[data["part"] == part] for part in ("process", "pilot", "outlook"))
    text = f"text_{language}"
    flow = [step(getattr(item, text), actor=style.pick(language, *ACTORS[item.actor])) for item in steps.itertuples()]
    rows = [
        [city, item.date, _event(item, language)]
        for city, item in zip(style.city_names(pilots, language), pilots.itertuples(), strict=True)
    ]
    heads = style.pick(language, ["城市", "日期", "进展"], ["City", "Date", "Event"])
    titles = style.pick(
        language,
        ["英国FCA监管沙盒的流程", "中国的试点", "与香港合作的条件", "合作的方向"],
        [
            "Procedure of the British FCA's sandbox",
            "Pilots in China",
            "Conditions of cooperation with Hong Kong",
            "Directions of cooperation",
        ],
    )
    words = {part: list(data[data["part"] == part][text]) for part in ("definition", "direction")}
    return [
        *([block("list", colour=GREEN, items=words["definition"])] if words["definition"] else []),
        block("steps", titles[0], GREEN, items=flow, across=len(flow)),
        table(heads, rows, (1.2, 1.2, 7.0), title=titles[1], colour=GREEN),
        block("list", titles[2], GREEN, items=list(outlook[text])),
        *([block("list", titles[3], GREEN, items=words["direction"])] if words["direction"] else []),
    ]


def _event(item, language: str) -> str:
    text = getattr(item, f"text_{language}")
    if pd.isna(item.products):
        return text
    return style.pick(language, f"{number(item.products, language)}项{text}", f"{item.products:.0f} {text}")

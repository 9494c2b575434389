"""Part four, the ecosystem: policy instruments by city (p34), the regulatory sandbox and its Chinese pilots (p35)."""

from __future__ import annotations

import itertools

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import GROUND, LEADING, arrow, block, box, line, sheet
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number, wrapped

GREEN = style.PILLARS["ecosystem"]
KINDS = {"body": ("设立的机构", "institutions founded"), "rule": ("发布的文件", "documents issued")}
LANES = {"firm": 1.5, "regulator": 2.55}  # middle of the lane, inches from the top
STEP = 0.74  # height of a step, inches
COLUMNS = {"body": (1.75, 2.75), "rule": (4.85, 4.75)}  # left edge and width, inches
SIZE = 9
TITLE = SIZE * LEADING / 72  # inches a line of a title takes
ACTORS = {"firm": ("企业", "firm"), "regulator": ("监管机构（FCA）", "regulator (FCA)")}


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


@figure(
    "p34-policies",
    page=34,
    evidence=("published", "derived"),
    title={"zh": "政策监管：各城市的机构与文件", "en": "Policy: institutions and documents by city"},
    data=instruments_data,
    caption=instruments_caption,
)
def instruments(data: pd.DataFrame, language: str):
    """One band a city: institutions at the left, documents at the right (p34)."""
    bands = {city: _titles(rows, language) for city, rows in data.groupby("city", sort=False)}
    heights = {city: max(map(_height, cells.values())) + 0.22 for city, cells in bands.items()}
    figure = style.canvas(1.3 + sum(heights.values()) + 0.08 * len(bands) + 0.72)
    axes = sheet(figure)
    for kind, (x, _) in COLUMNS.items():
        line(axes, x, 1.05, style.pick(language, *KINDS[kind]), weight="bold", color=GREEN, size=style.BODY)
    names = dict(zip(data["city"], style.city_names(data, language), strict=True))
    y = 1.3
    for city, cells in bands.items():
        box(axes, style.SIDE, y, 9.3, heights[city])
        line(axes, style.SIDE + 0.15, y + 0.11 + TITLE / 2, names[city], 1.2, weight="bold", size=12)
        for kind, (x, _) in COLUMNS.items():
            _bullets(axes, x, y + 0.11, cells[kind], language)
        y += heights[city] + 0.08
    text = style.pick(
        language,
        "未公布：各份文件的日期，支持与监管的得分",
        "not published: dates of documents, scores of support and soundness",
    )
    line(axes, style.SIDE, y + 0.12, text, color=style.INK)
    return figure


def _titles(rows: pd.DataFrame, language: str) -> dict[str, list[str]]:
    """Return the titles of one city by kind, wrapped to their columns."""
    result = {}
    for kind, (_, room) in COLUMNS.items():
        own = rows[rows["kind"] == kind]
        pages = [style.pick(language, f"（第{page}页）", f" (p. {page})") if page != 34 else "" for page in own["page"]]
        titles = [title + page for title, page in zip(own[f"title_{language}"], pages, strict=True)]
        result[kind] = [wrapped(title, room - 0.2, SIZE, lines=3) for title in titles]
    return result


def _height(titles: list[str]) -> float:
    return sum((title.count("\n") + 1) * TITLE for title in titles) + 0.08 * (len(titles) - 1)


def _bullets(axes, x: float, y: float, titles: list[str], language: str) -> None:
    if not titles:
        line(axes, x, y + TITLE / 2, style.pick(language, "未列出", "none listed"), color=style.MUTED)
    for title in titles:
        axes.scatter([x + 0.04], [y + TITLE / 2], marker="s", s=11, color=GREEN)
        for row in title.split("\n"):
            line(axes, x + 0.18, y + TITLE / 2, row, size=SIZE)
            y += TITLE
        y += 0.08


def sandbox_data(tables: Tables) -> pd.DataFrame:
    """The steps of the FCA's procedure (``part`` process), the pilots by date (pilot), what helps cooperation (outlook)."""
    steps = tables["tables/procedures"].query("procedure == 'sandbox'").sort_values("step")
    steps = steps.rename(columns={"title_zh": "text_zh", "title_en": "text_en"}).assign(part="process")
    pilots = tables["tables/sandboxes"].drop(columns="date").rename(columns={"date_iso": "date"}).sort_values("date")
    pilots = pilots.rename(columns={"event_zh": "text_zh", "event_en": "text_en"}).assign(part="pilot")
    outlook = tables["tables/enumerations"].query("list == 'outlook_conditions'").sort_values("position")
    names = {"name_zh": "text_zh", "name_en": "text_en", "position": "step"}
    outlook = outlook.rename(columns=names).assign(part="outlook")
    frame = pd.concat([steps, pilots, outlook]).drop(columns="products").rename(columns={"products_value": "products"})
    columns = ["part", "step", "actor", "city", "date", "text_zh", "text_en", "products", "page"]
    return with_names(frame[columns], tables)


def sandbox_caption(data: pd.DataFrame) -> dict[str, str]:
    steps, pilots = data[data["part"] == "process"], data[data["part"] == "pilot"]
    tested = pilots.dropna(subset=["products"]).iloc[0]
    first = pilots.iloc[0]
    cities = pilots.drop_duplicates("city")
    return {
        "zh": f"上：英国FCA监管沙盒的{len(steps)}步，按行动方分列。下：{'、'.join(cities['city'])}的试点，{first['city']}最早（{first['date']}提出）；"
        f"到{tested['date']}底{tested['city']}有{tested['products']:.0f}项产品测试，其他试点的产品数未公布。",
        "en": f"Above: the {len(steps)} steps of the sandbox of the British FCA, by who acts. Below: the pilots of "
        f"{', '.join(cities['city_en'])}, {first['city_en']} first (proposed {first['date']}); by the end of {tested['date']} "
        f"{tested['products']:.0f} products were in test in {tested['city_en']}. Numbers of other pilots are not published.",
    }


@figure(
    "p35-sandbox",
    page=35,
    evidence="published",
    title={"zh": "监管沙盒：流程与中国试点", "en": "The regulatory sandbox: procedure and Chinese pilots"},
    data=sandbox_data,
    caption=sandbox_caption,
)
def sandbox(data: pd.DataFrame, language: str):
    """Two lanes with the steps of the procedure, and the pilots on a line of time, one row a city (p35)."""
    figure = style.canvas(7.2)
    axes = sheet(figure)
    _lanes(axes, data[data["part"] == "process"], language)
    _pilots(axes, data[data["part"] == "pilot"], language)
    outlook = data[data["part"] == "outlook"]
    heading = style.pick(language, "与香港合作的条件：", "What helps cooperation with Hong Kong: ")
    items = [f"({item.step:.0f}) {getattr(item, f'text_{language}')}" for item in outlook.itertuples()]
    block(
        axes, style.SIDE, 6.38, heading + style.pick(language, "  ", ", ").join(items), 9.3, lines=2, color=style.MUTED
    )
    return figure


def _lanes(axes, steps: pd.DataFrame, language: str) -> None:
    """Draw the steps from left to right in the lane of who acts; a step of both stands across the two lanes."""
    first, pitch = 1.75, 7.9 / len(steps)
    wide, apart = pitch - 0.22, LANES["regulator"] - LANES["firm"]
    for actor, y in LANES.items():
        box(axes, style.SIDE, y - 0.48, 9.3, 0.96, fill=GROUND)
        block(axes, style.SIDE + 0.12, y - 0.08, style.pick(language, *ACTORS[actor]), 1.2, lines=2, weight="bold")
    places = [(first + pitch * row + wide / 2, actor) for row, actor in enumerate(steps["actor"])]
    for start, end in itertools.pairwise(places):
        _join(axes, *start, *end, wide / 2)
    for place, ((x, actor), text) in enumerate(zip(places, steps[f"text_{language}"], strict=True), start=1):
        y, tall = (sum(LANES.values()) / 2, STEP + apart) if actor == "both" else (LANES[actor], STEP)
        box(axes, x - wide / 2, y - tall / 2, wide, tall, fill=style.PAPER, edge=GREEN, zorder=1)
        rows = wrapped(text, wide - 0.12, style.SMALL, lines=3).split("\n")
        above = y - len(rows) * 0.08 - 0.02
        line(axes, x, above, f"{place}", ha="center", weight="bold", color=GREEN, size=style.BODY)
        for row, words in enumerate(rows):
            line(axes, x, above + 0.19 + 0.16 * row, words, ha="center")


def _join(axes, x: float, actor: str, ahead: float, following: str, half: float) -> None:
    """Draw the arrow from one step to the next: level inside a lane, else along the first lane and across."""
    y = LANES[following] if actor == "both" else LANES[actor]
    if following in (actor, "both") or actor == "both":
        arrow(axes, (x + half, y), (ahead - half, y), GREEN)
        return
    level = LANES[following]
    axes.plot([x + half, ahead], [y, y], color=GREEN, linewidth=1.2, solid_capstyle="round")
    arrow(axes, (ahead, y), (ahead, level - STEP / 2 if level > y else level + STEP / 2), GREEN)


def _pilots(axes, pilots: pd.DataFrame, language: str) -> None:
    """Draw one row a city and its events on a common line of months."""
    top, pitch, left, right = 4.1, 0.82, 1.75, 9.4
    line(axes, style.SIDE, 3.45, style.pick(language, "中国试点", "Pilots in China"), weight="bold", size=11)
    months = [_months(date) for date in pilots["date"]]
    start, end = min(months) - 2, max(months) + 3
    x = {month: left + (month - start) / (end - start) * (right - left) for month in months}
    years = range(int(start // 12) + 1, int(end // 12) + 1)
    cities = list(dict.fromkeys(pilots["city"]))
    heights = [top + pitch * row for row in range(len(cities))]
    for year in years:
        place = left + (year * 12 - start) / (end - start) * (right - left)
        axes.vlines([place] * len(cities), [y - 0.07 for y in heights], [y + 0.07 for y in heights], color="#aab4be")
        line(axes, place, top - 0.42, f"{year}", ha="center", color=style.MUTED)
    for row, city in enumerate(cities):
        y = heights[row]
        events = pilots[pilots["city"] == city]
        line(axes, style.SIDE + 0.12, y, style.city_names(events, language).iloc[0], 1.2, weight="bold", size=11)
        axes.plot([left, right], [y, y], color=style.LINE, linewidth=1.2, zorder=0.3)
        places = [x[_months(date)] for date in events["date"]]
        axes.scatter(places, [y] * len(events), s=64, color=GREEN, zorder=2)
        for place, item in zip(places, events.itertuples(), strict=True):
            _event(axes, place, y, item, right, language)


def _months(date: str) -> float:
    """Return months since year 0, days as parts of a month."""
    parts = [int(part) for part in date.split("-")] + [1]
    return parts[0] * 12 + parts[1] - 1 + (parts[2] - 1) / 31


def _event(axes, x: float, y: float, item, right: float, language: str) -> None:
    text = getattr(item, f"text_{language}")
    if pd.notna(item.products):
        text = style.pick(language, f"{number(item.products, language)}项{text}", f"{item.products:.0f} {text}")
    beyond = right + 0.25 - x
    side, room = ("left", min(1.75, beyond)) if beyond > 1.1 else ("right", 1.75)
    shift = 0.06 if side == "right" else -0.06
    line(axes, x + shift, y - 0.19, item.date, ha=side, color=style.MUTED, size=7.5)
    block(axes, x + shift, y + 0.09, text, room, lines=2, ha=side)

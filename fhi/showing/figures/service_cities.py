"""Part three, the experience: the four cities that the report portrays (p23-26), as cards of their numbers."""

from __future__ import annotations

import re

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import bar, block, box, ladder, line, ring, sheet
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import SIGNS, number, width

COLOUR, PALE = style.PILLARS["experience"], style.FAINT
UNITS = {"people": ("人", "people"), "services": ("项", "services"), "cities": ("城", "cities")}
PAGES = {"深圳": 23, "杭州": 24, "武汉": 25, "西安": 26}
FULL = 9.3  # inches between the margins


def city_data(tables: Tables, city: str) -> pd.DataFrame:
    """What the report prints of one city's experience: rank, adoption beside the 20, facts, statements.

    ``kind`` is rank (with the printed rise in ``value`` of kind gain), adoption (one row a city), mean, fact,
    compare (the same count of another city) or statement.
    """
    place = tables["tables/top20"].query("city == @city").rename(columns={"experience_rank": "value"})
    gain = tables["tables/movers"].query("city == @city and pillar == 'experience'").rename(columns={"change": "value"})
    rates = (
        tables["tables/adoption"].sort_values("rate", ascending=False, kind="stable").rename(columns={"rate": "value"})
    )
    mean = tables["tables/headlines"].query("measure_en == 'national mean of the adoption rate'")
    mean = mean.rename(columns={"printed_value": "value"})
    facts = tables["tables/experience_facts"].query("city == @city and page == @PAGES[@city]")
    facts = facts.rename(columns={"printed_value": "value", "printed_qualifier": "qualifier"})
    facts = facts.rename(columns={"measure_zh": "label_zh", "measure_en": "label_en"})
    said = tables["tables/callouts"].query("city == @city")
    said = said.rename(columns={"statement_zh": "label_zh", "statement_en": "label_en"})
    others = tables["tables/services"].query("city != @city").rename(columns={"count": "value", "kind": "unit"})
    own = tables["tables/services"].query("city == @city")["kind"]
    frames = {"rank": place, "gain": gain, "adoption": rates, "mean": mean, "fact": facts, "statement": said}
    frames["compare"] = others[others["unit"].isin(own)]
    frame = pd.concat([part.assign(kind=kind) for kind, part in frames.items()])
    columns = ["kind", "city", "label_zh", "label_en", "value", "qualifier", "unit", "page"]
    return with_names(frame.reindex(columns=columns), tables).assign(evidence="published")


def city_caption(data: pd.DataFrame) -> dict[str, str]:
    by_kind = dict(list(data.groupby("kind")))
    here = by_kind["rank"].iloc[0]
    rates = by_kind["adoption"].reset_index(drop=True)
    rate = rates.loc[rates["city"] == here["city"], "value"].iloc[0]
    above = int((rates["value"] > rate).sum()) + 1
    said = len(by_kind.get("statement", []))
    facts = len(by_kind["fact"])
    more = {
        "zh": f"，另有{said}项没有数字的陈述" if said else "",
        "en": f" and {said} without a number" if said else "",
    }
    page = int(by_kind["fact"]["page"].iloc[0])
    return {
        "zh": f"{here['city']}的体验排名第{here['value']:.0f}，使用者占比{rate:g}%，在20城中列第{above}。"
        f"卡片为第{page}页印出的{facts}个数字{more['zh']}。",
        "en": f"{here['city_en']} is no. {here['value']:.0f} by experience and, with an adoption rate of {rate:g} %, no. {above} "
        f"of the twenty by adoption. The cards show the {facts} numbers of p. {page}{more['en']}.",
    }


def draw_city(data: pd.DataFrame, language: str):
    """Draw the strip of adoption rates, then one card a fact: rings of shares, bars of counts, places as numbers."""
    cards = data[data["kind"].isin(["fact", "statement"])]
    columns = 3 if len(cards) < 6 else 4
    rows = -(-(len(cards) + 1) // columns)
    top, pitch, gap = 1.82, 1.74, 0.14
    figure = style.canvas(top + rows * pitch + 0.4)
    axes = sheet(figure)
    _strip(axes, data, language)
    wide = (FULL - gap * (columns - 1)) / columns
    for place in range(len(cards) + 1):
        x = style.SIDE + place % columns * (wide + gap)
        y = top + place // columns * pitch
        box(axes, x, y, wide, pitch - gap)
        if place == 0:
            _rank_card(axes, x + 0.16, y, wide - 0.32, data, language)
        else:
            _fact_card(axes, x + 0.16, y, wide - 0.32, cards.iloc[place - 1], data, language)
    return figure


def _strip(axes, data: pd.DataFrame, language: str) -> None:
    """Draw the adoption rates of the 20 cities as dots on one line, the city, the mean and the last marked."""
    rates = data[data["kind"] == "adoption"]
    mean = data.loc[data["kind"] == "mean", "value"].iloc[0]
    here = rates[rates["city"] == data.loc[data["kind"] == "rank", "city"].iloc[0]].iloc[0]
    left, right, y = 2.95, style.SIDE + FULL - 0.55, 1.27
    line(axes, style.SIDE, y - 0.12, style.pick(language, "金融科技使用者占比", "Fintech adoption rate"), weight="bold")
    line(
        axes, style.SIDE, y + 0.12, style.pick(language, "20城，%（第21页）", "20 cities, % (p. 21)"), color=style.MUTED
    )
    low, high = rates["value"].min(), rates["value"].max()
    x = {value: left + (value - low) / (high - low) * (right - left) for value in [*rates["value"], mean]}
    axes.plot([left - 0.2, right + 0.2], [y, y], color=style.LINE, linewidth=1.2, zorder=0.6)
    axes.scatter(rates["value"].map(x), [y] * len(rates), s=36, color=PALE, edgecolor=style.PAPER, linewidth=0.6)
    axes.plot([x[mean]] * 2, [y - 0.14, y + 0.14], color=style.INK, linewidth=1.1)
    line(
        axes,
        x[mean],
        y + 0.27,
        style.pick(language, f"平均 {mean:g}", f"mean {mean:g}"),
        ha="center",
        color=style.MUTED,
    )
    axes.scatter([x[here["value"]]], [y], s=95, color=COLOUR, edgecolor=style.PAPER, linewidth=0.8, zorder=3)
    marked = {"ha": "center", "weight": "bold", "color": COLOUR, "size": style.BODY}
    line(axes, x[here["value"]], y - 0.26, _rate(here, language), **marked)
    if (last := rates.iloc[-1])["city"] != here["city"]:
        line(axes, x[last["value"]], y - 0.26, _rate(last, language), ha="center", color=style.MUTED)


def _rate(item: pd.Series, language: str) -> str:
    return f"{style.brief(item['city' if language == 'zh' else 'city_en'])} {item['value']:.1f}"


def _rank_card(axes, x: float, y: float, room: float, data: pd.DataFrame, language: str) -> None:
    rank = int(data.loc[data["kind"] == "rank", "value"].iloc[0])
    gain = data.loc[data["kind"] == "gain", "value"]
    _big(axes, x, y + 0.36, style.pick(language, f"第{rank}位", f"No. {rank}"), "", room)
    ladder(axes, x, y + 0.68, room, rank, int((data["kind"] == "adoption").sum()), COLOUR)
    text = style.pick(language, "体验排名", "by fintech experience")
    if len(gain):
        text += style.pick(language, f"，较2017年升{gain.iloc[0]:.0f}位", f", up {gain.iloc[0]:.0f} since 2017")
    _label(axes, x, y, text, room)


def _fact_card(axes, x: float, y: float, room: float, item: pd.Series, data: pd.DataFrame, language: str) -> None:
    """Draw one fact by its unit: a share, a place, a count with or without one to compare it with, a statement."""
    big, label = _wording(item, language)
    units = style.pick(language, *UNITS.get(item["unit"], ("", "")))
    others = data[data["kind"] == "compare"]
    if item["kind"] == "statement":
        axes.plot([x + 0.02, x + 0.13, x + 0.36], [y + 0.5, y + 0.62, y + 0.32], color=COLOUR, linewidth=3.4)
    elif item["unit"] == "%":
        ring(axes, x + 0.36, y + 0.5, 0.36, item["value"], COLOUR)
        _big(axes, x + 0.86, y + 0.5, f"{big}%", "", room - 0.86)
    elif item["unit"] == "services" and item["qualifier"] == "exact" and len(others):
        _big(axes, x, y + 0.3, big, units, room)
        _compare(axes, x, y + 0.55, room, item, others.iloc[0], language)
    elif item["unit"] == "cities":
        _big(axes, x, y + 0.36, big, units, room)
        ladder(axes, x, y + 0.68, room, 1, int(item["value"]), COLOUR)
    else:
        _big(axes, x, y + 0.5, big, units, room)
    _label(axes, x, y, label, room)


def _wording(item: pd.Series, language: str) -> tuple[str, str]:
    """Return what a card says in large and in small: first in something, a place by something, or a number."""
    label, value = item[f"label_{language}"], item["value"]
    if item["kind"] == "statement":
        return "", label
    if item["unit"] == "rank" and item["label_en"].startswith("order"):
        label = re.sub(r"(推出|上线|的)?次序$", "", label)
        label = re.sub(r"^order (in the nation )?of ", "in ", label)
        return style.pick(
            language, "首个" if value == 1 else f"第{value:.0f}个", "First" if value == 1 else f"No. {value:.0f}"
        ), label
    if item["unit"] == "rank":
        return style.pick(language, f"第{value:.0f}位", f"No. {value:.0f}"), label.removeprefix("rank ")
    if item["unit"] == "%":
        return f"{SIGNS[item['qualifier']]}{value:g}", label
    return number(value, language, item["qualifier"]), label


def _big(axes, x: float, y: float, text: str, unit: str, room: float) -> None:
    size = 21 if width(f"{text} {unit}", 21, "bold") < room else 16
    end = line(axes, x, y, text, room, size=size, weight="bold", color=COLOUR)
    if unit:
        line(axes, x + end + 0.08, y + 0.03, unit, room - end, size=style.BODY, color=COLOUR)


def _label(axes, x: float, y: float, text: str, room: float) -> None:
    block(axes, x, y + 0.98, text, room, lines=3, size=style.SMALL)


def _compare(axes, x: float, y: float, room: float, item: pd.Series, other: pd.Series, language: str) -> None:
    """Draw the city's count over that of the one other city whose count is printed."""
    most = max(item["value"], other["value"])
    bar(axes, x, y, room, item["value"] / most, COLOUR, 0.13)
    bar(axes, x, y + 0.18, room, other["value"] / most, PALE, 0.13)
    name = style.brief(other["city" if language == "zh" else "city_en"])
    line(axes, x + 0.05, y + 0.245, f"{name} {other['value']:.0f}", size=style.SMALL)


@figure(
    "p23-shenzhen",
    page=23,
    evidence="published",
    data=lambda tables: city_data(tables, "深圳"),
    caption=city_caption,
)
def shenzhen(data: pd.DataFrame, language: str):
    """Cards of the numbers of 深圳 (p23)."""
    return draw_city(data, language)


@figure(
    "p24-hangzhou",
    page=24,
    evidence="published",
    data=lambda tables: city_data(tables, "杭州"),
    caption=city_caption,
)
def hangzhou(data: pd.DataFrame, language: str):
    """Cards of the numbers of 杭州 (p24)."""
    return draw_city(data, language)


@figure(
    "p25-wuhan",
    page=25,
    evidence="published",
    data=lambda tables: city_data(tables, "武汉"),
    caption=city_caption,
)
def wuhan(data: pd.DataFrame, language: str):
    """Cards of the numbers of 武汉 (p25)."""
    return draw_city(data, language)


@figure(
    "p26-xian",
    page=26,
    evidence="published",
    data=lambda tables: city_data(tables, "西安"),
    caption=city_caption,
)
def xian(data: pd.DataFrame, language: str):
    """Cards of the numbers of 西安 (p26)."""
    return draw_city(data, language)

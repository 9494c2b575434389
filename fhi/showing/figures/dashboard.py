"""How a city's profile is drawn: badges, strips, facts; positions in inches from the upper left corner."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch

from fhi.editions.outputs import GIVEN
from fhi.engine.rounding import outward
from fhi.showing.figures import basemap, style
from fhi.showing.figures.cards import sheet
from fhi.showing.figures.firsts import denied
from fhi.showing.figures.registry import EVIDENCE
from fhi.showing.figures.texts import quantity_text, wrapped

WIDTH = 10.0
TOP = 2.62  # where strips and facts begin
ROW, WIDEST, LINE = 0.335, 0.42, 0.19  # from strip to strip at least and at most, from line to line of the facts
FROM, TO = 2.25, 4.75  # ends of a strip
FACTS, EDGE = 6.5, WIDTH - style.SIDE
FACT = 8.0  # type size
OTHERS = "#b4bfc9"
#: what an indicator is measured by here
MEASURES = {
    "firm_scale": {"zh": "互联网银证保：占全国份额", "en": "internet finance: share of the nation"},
    "contribution": {"zh": "交易所、云、区块链：占全国份额", "en": "exchanges, cloud, blockchain: share"},
    "gdp": {"zh": "GDP，{year}年", "en": "GDP, {year}"},
    "finance_industry": {"zh": "A股市值，{year}年", "en": "A-share market value, {year}"},
    "technology_industry": {"zh": "A股市值，{year}年", "en": "A-share market value, {year}"},
    "universities": {"zh": "双一流高校数，{year}年", "en": "Double First-Class, {year}"},
    "search_interest": {"zh": "21减搜索热点名次", "en": "21 less the rank by search"},
}


def draw_profile(data: pd.DataFrame, language: str):
    """Draw the frame of `fhi.showing.figures.profiles.profile_data`."""
    badges, strips, facts, firms = (data[data["series"] == name] for name in ("badge", "strip", "fact", "firm"))
    blocks = _fact_lines(facts, firms, language)
    long = TOP + 0.4 + LINE * sum(len(lines) + gap for lines, _, gap in blocks)
    figure = style.canvas(0.5 + max(long, TOP + 0.65 + ROW * strips["indicator"].nunique()), WIDTH)
    axes = sheet(figure)
    _badges(axes, badges, language)
    _locator(figure, badges.iloc[0])
    _strips(axes, strips, badges["tier"].iloc[0], language)
    _facts(axes, blocks, language)
    return figure


def _badges(axes: Axes, badges: pd.DataFrame, language: str) -> None:
    """The overall rank in a disc of the tier's colour, the pillar ranks in boxes of theirs."""
    overall, *pillars = badges.itertuples()
    colour = style.TIERS[overall.tier]
    axes.add_artist(Circle((0.95, 1.42), 0.55, color=colour))
    axes.text(
        0.95,
        1.42,
        f"{overall.value:.0f}",
        size=32,
        weight="bold",
        color=style.ink_on(colour),
        ha="center",
        va="center_baseline",
    )
    axes.text(
        1.68, 1.12, style.pick(language, "总排名", "Overall rank"), size=style.SMALL, color=style.MUTED, va="center"
    )
    tier = overall.tier_zh if language == "zh" else overall.tier_en
    axes.text(1.68, 1.4, style.fit(tier, 112, 11, "bold"), size=11, weight="bold", va="center")
    axes.text(1.68, 1.68, _change(overall.change, language), size=style.SMALL, color=style.MUTED, va="center")
    for place, item in enumerate(pillars):
        left, colour = 3.4 + 1.58 * place, style.PILLARS[item.indicator]
        box = FancyBboxPatch(
            (left, 0.87), 1.44, 1.1, boxstyle="round,pad=0,rounding_size=0.06", facecolor=colour, edgecolor="none"
        )
        axes.add_artist(box)
        name = style.fit(item.name_zh if language == "zh" else item.name_en, 92, style.SMALL)
        axes.text(left + 0.12, 1.07, name, size=style.SMALL, color=style.PAPER, va="center")
        axes.text(
            left + 0.12, 1.52, f"{item.value:.0f}", size=26, weight="bold", color=style.PAPER, va="center_baseline"
        )
        if not pd.isna(item.change):
            text = style.pick(language, f"较2017年 ↑{item.change:.0f}", f"↑{item.change:.0f} on 2017")
            axes.text(left + 1.32, 1.76, text, size=7.5, color=style.PAPER, ha="right", va="center")


def _change(change: float, language: str) -> str:
    if pd.isna(change):
        return style.pick(language, "2017年未列入", "not ranked in 2017")
    if change == 0:
        return style.pick(language, "与2017年持平", "as in 2017")
    arrow = f"{'↑' if change > 0 else '↓'}{abs(change):.0f}"
    return style.pick(language, f"较2017年 {arrow}", f"{arrow} on 2017")


def _locator(figure, badge) -> None:
    """The city on a small map of the nation, its province shaded."""
    height = figure.get_size_inches()[1]
    axes = basemap.china(figure, 8.3, height - 2.3, 1.35, {badge["province"]: "#c3d6e6"}, view=basemap.WHOLE)
    points = basemap.place(axes, [badge["lon"]], [badge["lat"]])
    basemap.in_points(axes).scatter(*points.T, s=26, color=style.INK, edgecolor=style.PAPER, linewidth=0.6)


def _heading(axes: Axes, left: float, right: float, text: str) -> None:
    axes.text(left, TOP, text, weight="bold", va="center")
    axes.plot([left, right], [TOP + 0.17] * 2, color=style.LINE, linewidth=1.2)


def _strips(axes: Axes, strips: pd.DataFrame, tier: str, language: str) -> None:
    """One line an indicator, a dot a city, better to the right; this city full, the median a tick."""
    right = 6.1
    _heading(axes, style.SIDE, right, style.pick(language, "在20城中的位置", "Place among the twenty"))
    note = style.pick(language, "越靠右越好；竖线为中位数；=为并列", "better to the right; tick: median; =: tie")
    mine = strips["city"] == strips["profile"]
    other = mine & (strips["place"] == 1).fillna(False) & denied(strips)
    if other.any():
        note += style.pick(language, "；*报告列他城第一", "; *: another first in the report")
    axes.text(right, TOP, note, size=7.5, color=style.MUTED, ha="right", va="center")
    colour = style.TIERS[tier]
    count = strips["indicator"].nunique()
    others: list[tuple[float, float]] = []
    # strips spread over what the facts need
    step = min(WIDEST, (axes.get_ylim()[0] - TOP - 1.15) / count)
    for row, (_, group) in enumerate(strips.groupby("indicator", sort=False)):
        y = TOP + 0.42 + row * step
        mine = group[group["city"] == group["profile"]].iloc[0]
        axes.scatter([style.SIDE + 0.05], [y], s=22, marker="s", color=style.EVIDENCE_COLOURS[mine["evidence"]])
        _label(axes, y, mine, language)
        axes.plot([FROM, TO], [y, y], color=style.LINE, linewidth=1, zorder=0)
        signed = group["value"] * (-1 if mine["unit"] == "rank" else 1)
        # the ends of bounds lie on the strip too
        least, most = signed.min(), signed.max()
        if mine["unit"] != "rank":
            least, most = min(least, group["low"].min()), max(most, group["high"].max())

        def along(value, least=least, width=(most - least) or 1):
            return FROM + (value - least) / width * (TO - FROM)

        x = along(signed)
        axes.plot([x.median()] * 2, [y - 0.08, y + 0.08], color=style.MUTED, linewidth=1, zorder=1)
        mine_at = (group["city"] == group["profile"]).to_numpy()
        others += [(place, y) for place in x[~mine_at].dropna()]
        if pd.isna(mine["value"]):
            axes.text(
                right,
                y,
                style.pick(language, "没有数据", "no data"),
                size=style.SMALL,
                color=style.MUTED,
                ha="right",
                va="center",
            )
            continue
        if mine["low"] < mine["high"]:
            ends = [along(mine["low"]), along(mine["high"])]
            axes.plot(ends, [y, y], color=colour, linewidth=5, alpha=0.45, zorder=2, solid_capstyle="butt")
        axes.scatter(x[mine_at], [y], s=72, color=colour, edgecolor=style.INK, linewidth=0.8, zorder=3)
        place = f"{_place(group, mine)}/{mine['of']}{'*' * bool(other[mine.name])}"
        axes.text(right, y, place, size=style.SMALL, weight="bold", ha="right", va="center")
        end = min(5.62, right - style.extent(place, style.SMALL, "bold") / 72 - 0.07)
        axes.text(end, y, _amount(mine, language), size=style.SMALL, ha="right", va="center")
    style.dots(axes, others, 4.4, OTHERS)
    _key(axes, TOP + 0.5 + count * step, strips, language)


def _place(group: pd.DataFrame, mine: pd.Series) -> str:
    """Return a place, shared (=), or from the best to the worst that values known up to an interval leave."""
    bounded = group["low"] < group["high"]
    if bounded.any() and mine["best"] < mine["worst"]:
        return f"{mine['best']}–{mine['worst']}"
    return f"{'=' if (group['place'] == mine['place']).sum() > 1 else ''}{mine['place']}"


def _label(axes: Axes, y: float, item: pd.Series, language: str) -> None:
    """The name of an indicator, and below it what it is measured by."""
    # a given file has measures of its own
    given = {"zh": "{year}年", "en": "{year}"} if item["evidence"] in GIVEN else {}
    measure = (given or MEASURES.get(item["indicator"], {})).get(language, "").format(year=item["year"])
    name = style.fit(item[f"name_{language}"], 118, style.SMALL)
    axes.text(style.SIDE + 0.18, y - 0.07 * bool(measure), name, size=style.SMALL, va="center")
    axes.text(style.SIDE + 0.18, y + 0.09, style.fit(measure, 114, 6.5), size=6.5, color=style.MUTED, va="center")


def _key(axes: Axes, y: float, strips: pd.DataFrame, language: str) -> None:
    x = style.SIDE + 0.05
    for label in (name for name in EVIDENCE if (strips["evidence"] == name).any()):
        text = style.EVIDENCE_NAMES[label][language]
        axes.scatter([x], [y], s=22, marker="s", color=style.EVIDENCE_COLOURS[label])
        axes.text(x + 0.13, y, text, size=7.5, color=style.MUTED, va="center")
        x += 0.35 + style.extent(text, 7.5) / 72


def _amount(item: pd.Series, language: str) -> str:
    """Return a value with its unit; a rank stands as place already."""
    value, unit = item["value"], item["unit"]
    if unit == "rank":
        return ""
    if unit == "%":
        return bounds_text(item, language) if item["low"] < item["high"] else f"{value:.1f} %"
    if unit == "100 million CNY":
        return style.pick(language, f"{value:,.0f}亿元", f"CNY {value / 10:,.0f} bn")
    return f"{value:,.10g}"


def bounds_text(item: pd.Series, language: str) -> str:
    """Return the bounds of a value with its unit, rounded outward."""
    low, high = item["low"], item["high"]
    if item["unit"] == "100 million CNY":
        low, high = outward(*((low, high) if language == "zh" else (low / 10, high / 10)))
        return style.pick(language, f"{low:,.0f}–{high:,.0f}亿元", f"CNY {low:,.0f}–{high:,.0f} bn")
    low, high = outward(low, high, 1)
    return f"{low:,.1f}–{high:,.1f}{' %' * (item['unit'] == '%')}"


def _fact_lines(facts: pd.DataFrame, firms: pd.DataFrame, language: str) -> list[tuple[list[str], str, float]]:
    """Return what is written of the facts, page by page: the lines of the name, the value, and the gap below, in lines.

    A block without a value is a remark: the page of what follows, or the firms that the page names.
    """
    width = (EDGE - FACTS) * 72
    blocks = []
    for page in sorted({*facts["page"], *firms["page"]}):
        listed = facts[facts["page"] == page]
        head = style.pick(language, f"第{page}页", f"p. {page}")
        if len(listed) and listed["printed"].isna().all():
            head += style.pick(language, "：在领先城市中的位次", ": place among the leading cities")
        blocks.append(([head], "", 0.15))
        for item in listed.itertuples():
            value = quantity_text(item.value, item.qualifier, item.unit, item.printed, language)
            room = width - style.extent(value, FACT, "bold") - 10
            blocks.append((wrapped(getattr(item, f"name_{language}"), room / 72, FACT).split("\n"), value, 0.15))
        names = style.pick(language, "、", ", ").join(firms.loc[firms["page"] == page, f"name_{language}"])
        if names:
            text = style.pick(language, f"点名：{names}", f"Named: {names}")
            blocks.append((wrapped(text, width / 72, FACT).split("\n"), "", 0.15))
        lines, value, _ = blocks.pop()
        blocks.append((lines, value, 0.8))
    return blocks


def _facts(axes: Axes, blocks: list, language: str) -> None:
    _heading(axes, FACTS, EDGE, style.pick(language, "报告的其他数字与名次", "Other numbers and ranks printed"))
    y = TOP + 0.4
    if not blocks:
        note = style.pick(language, "报告没有印出该城的其他数字", "The report prints no other number of the city.")
        axes.text(FACTS, y, note, size=FACT, color=style.MUTED, va="center")
    for lines, value, gap in blocks:
        if value:
            axes.text(EDGE, y, value, size=FACT, weight="bold", ha="right", va="center")
        for line in lines:
            axes.text(FACTS, y, line, size=FACT, va="center", color=style.INK if value else style.MUTED)
            y += LINE
        y += gap * LINE

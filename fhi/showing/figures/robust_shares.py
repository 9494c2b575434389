"""Beyond the report: which assumptions move the ranks, together and one at a time."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd

from fhi.engine.words import in_words, key_name
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, rank_ticks, with_names
from fhi.showing.figures.edition_words import with_words, words
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.robust import EVIDENCE, SECTION, percent, tiles

#: total indices from here on are spelt out in the grid of cities
SPELT = 0.2
FIRST, TOTAL = "#1b639f", "#abcce4"
#: points that a slanted name may take
SLANTED = 46
#: units at most in the grid, one column for what is left out included
SQUARE = 32
#: shades of a total index in the grid of cities
SHADES = ("#f6f3ea", "#f0e2bf", "#e9c987", "#dfa94b", "#c98414", "#98600a")


def sobol_data(tables: Tables) -> pd.DataFrame:
    """Indices of the mean shift with their intervals, and of each city's rank, in published order."""
    order = tables["rank_intervals"].set_index("city")["published"]
    frame = tables["sensitivity"].assign(place=lambda f: f["city"].map(order).fillna(0))
    totals = frame[frame["output"] == "shift"].set_index("assumption")["total"]
    frame = frame.assign(size=frame["assumption"].map(totals))
    frame = frame.sort_values(["place", "size", "assumption"], ascending=[True, False, True]).drop(
        columns=["place", "size"]
    )
    for language in ("zh", "en"):
        frame[f"assumption_{language}"] = [key_name(name, language) for name in frame["assumption"]]
    return with_words(with_names(frame, tables), tables)


def sobol_caption(data: pd.DataFrame) -> dict[str, str]:
    shift = data[data["output"] == "shift"].sort_values("total", ascending=False)
    unit, two = words(data), [item for _, item in shift.head(2).iterrows()]
    before = {"zh": ["总效应", ""], "en": ["total ", ""]}
    zh_two = [
        f"{item['assumption_zh']}（{word}{percent(item['total'])}）"
        for item, word in zip(two, before["zh"], strict=False)
    ]
    en_two = [
        f"{item['assumption_en'].lower()} ({word}{percent(item['total'])})"
        for item, word in zip(two, before["en"], strict=False)
    ]
    alone = shift["first"].clip(lower=0).sum()
    cities = data[(data["output"] == "rank") & data["readable"]].dropna(subset=["total"])
    top = cities.loc[cities["total"].idxmax()] if len(cities) else None
    holes = data[data["unranked"] > 0].drop_duplicates("city").dropna(subset=["city"])
    zh = (
        f"深色是某一假设单独造成的名次变动份额，浅色是连同它与其他假设的相互作用，细线为95%区间；份额大的假设最该讨论。"
        f"名次平均变动主要来自{'与'.join(zh_two)}，"
        f"各假设单独的份额合计{percent(alone)}，其余是相互作用。"
    )
    en = (
        "Dark is the share of the variance that an assumption makes alone, light what it makes together with the others, the line the "
        "95 % interval: the one with the largest share is the one to argue about. The mean shift of the ranks comes from "
        f"{' and '.join(en_two)} above all; alone, the assumptions make {percent(alone)}, the rest is interaction."
    )
    if top is not None:
        zh += f"右图按{unit.zh}：{top['city']}的名次最取决于{top['assumption_zh']}。"
        en += f" On the right, {unit.one} by {unit.one}: the rank of {top['city_en']} hangs most on {top['assumption_en'].lower()}."
    if len(holes):
        zh += f"{'、'.join(holes['city'])}在部分抽取中没有得分，不计算份额。"
        en += f" {', '.join(holes['city_en'])}: no shares, since some draws leave the {unit.one} without a score."
    return {"zh": zh, "en": en}


@figure(
    "robust-sobol",
    page=None,
    section=SECTION,
    evidence="reconstructed",
    title={"zh": "哪些假设左右名次", "en": "Which assumptions move the ranks"},
    data=sobol_data,
    caption=sobol_caption,
    needs=("sensitivity",),
)
def sobol(data: pd.DataFrame, language: str):
    """Bars of first-order and total indices for the mean shift; a grid of total indices by city."""
    unit, shift = words(data), data[data["output"] == "shift"]
    rows = np.arange(len(shift))
    height = 2.3 + 0.42 * len(shift)
    figure = style.canvas(height)
    left = style.quiet(style.area(figure, left=1.75, right=5.6, top=1.5, bottom=0.75))
    kinds = [f"{kind}{end}" for kind in ("first", "total") for end in ("", "_low", "_high")]
    known = shift[kinds].fillna(0.0)
    left.barh(rows, known["total"], height=0.62, color=TOTAL)
    left.barh(rows, known["first"].clip(lower=0), height=0.3, color=FIRST)
    for kind, offset in (("total", -0.2), ("first", 0.2)):
        left.hlines(
            rows + offset, known[f"{kind}_low"].clip(lower=0), known[f"{kind}_high"], color=style.INK, linewidth=1.1
        )
    left.set_yticks(rows, shift[f"assumption_{language}"], size=style.SMALL)
    left.set(ylim=(len(shift) - 0.4, -0.6), xlim=(0, max(0.4, known["total_high"].max() * 1.05)))
    left.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    left.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    titles = style.pick(
        language,
        ["名次平均变动的方差份额", f"各{unit.zh if unit.own else '城'}名次：总效应"],
        ["shares of the variance of the mean shift", f"rank of each {unit.one}: total index"],
    )
    figure.text(0.35 / 10, 1 - 0.8 / height, titles[0], size=style.SMALL, color=style.MUTED, va="center")
    for colour, zh, en in ((FIRST, "单独", "alone"), (TOTAL, "含相互作用", "with interactions")):
        left.scatter([], [], marker="s", s=60, color=colour, label=style.pick(language, zh, en))
    left.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 0.98), ncols=2, frameon=False, fontsize=style.SMALL, handletextpad=0.3
    )
    _grid(figure, data[data["output"] == "rank"], shift["assumption"].tolist(), language)
    figure.text(4.75 / 10, 1 - 0.8 / height, titles[1], size=style.SMALL, color=style.MUTED, va="center")
    return figure


def _grid(figure, data: pd.DataFrame, assumptions: list[str], language: str) -> None:
    axes = style.quiet(style.area(figure, left=4.7, right=0.55, top=1.5, bottom=0.75), grid=None)
    chosen_ones = chosen(data["city"], most=SQUARE, last=5)
    columns, data = chosen_ones.place, chosen_ones.of(data)
    cities = data.drop_duplicates("city")
    x, y = data["city"].map(columns), data["assumption"].map({name: row for row, name in enumerate(assumptions)})
    shown = data["readable"] & data["total"].notna()
    colours = data.loc[shown, "total"].map(lambda share: SHADES[min(int(share * 6), 5)])
    tiles(axes, pd.DataFrame({"x": x[shown], "y": y[shown], "colour": colours}))
    for column, row, share, colour in zip(x[shown], y[shown], data.loc[shown, "total"], colours, strict=True):
        if share >= SPELT:
            axes.text(column, row, f"{share * 100:.0f}", ha="center", va="center", size=6.5, color=style.ink_on(colour))
    for column, row in zip(x[~shown], y[~shown], strict=True):
        axes.text(column, row, "·", ha="center", va="center", size=style.SMALL, color=style.MUTED)
    names = [style.fit(name, SLANTED, 7.5) for name in style.city_names(cities, language)]
    places = list(columns.values())
    if chosen_ones.left:
        places, names = [*places, chosen_ones.gap], [*names, chosen_ones.more(language)]
    axes.set_xticks(places, names, rotation=45, ha="left", rotation_mode="anchor", size=7.5)
    axes.xaxis.tick_top()
    axes.set(xlim=(-0.6, chosen_ones.count - 0.4), ylim=(len(assumptions) - 0.4, -0.6), yticks=[])
    note = style.pick(
        language,
        "方差份额（%），20以下只着色；·为不变、缺得分或区间过宽",
        "share of variance in %, below 20 only shaded; · : never moves, lacks a score, or too wide an interval",
    )
    figure.text(4.75 / 10, 0.5 / figure.get_size_inches()[1], note, size=7.5, color=style.MUTED, va="center")


def tornado_data(tables: Tables) -> pd.DataFrame:
    """Best and worst rank under each assumption alone, for the units published third to fifth."""
    order = tables["rank_intervals"].set_index("city")["published"]
    frame = tables["tornado"].assign(published=lambda f: f["city"].map(order))
    # a rank is missing where a choice leaves the city without a score
    frame = frame[frame["published"].between(3, 5)].dropna(subset=["base", "best", "worst"])
    frame = frame.astype({"base": int, "best": int, "worst": int})
    span = frame["worst"] - frame["best"]
    frame = frame.assign(span=span).sort_values(["published", "span", "assumption"], ascending=[True, False, True])
    nodes = tables["tables/framework"].set_index("code")
    for language in ("zh", "en"):
        names = nodes[f"name_{language}"].to_dict()
        frame[f"assumption_{language}"] = [key_name(name, language) for name in frame["assumption"]]
        for end in ("best_at", "worst_at"):
            frame[f"{end}_{language}"] = [
                names.get(text) or in_words(text, language, step)
                for text, step in zip(frame[end].fillna(""), frame["assumption"], strict=True)
            ]
    return with_words(with_names(frame.drop(columns=["span", "best_at", "worst_at"]), tables), tables)


def tornado_caption(data: pd.DataFrame) -> dict[str, str]:
    widest = data.loc[(data["worst"] - data["best"]).groupby(data["city"], sort=False).idxmax()]
    zh = [f"{item.city}最受{item.assumption_zh}影响（{item.best}–{item.worst}）" for item in widest.itertuples()]
    en = [f"{item.city_en} – {item.assumption_en.lower()} ({item.best}–{item.worst})" for item in widest.itertuples()]
    return {
        "zh": f"每次只换一个选择，其余都取第一个方案：条是名次能到的最好与最差，条端写明是哪种做法；没有条，说明这一选择单独不改变名次。"
        f"{'；'.join(zh)}。",
        "en": "One choice is changed at a time while the others stay at their first alternative: a bar runs from the best to the worst "
        "rank, with the alternative that gives it at its end; no bar means that the choice alone changes nothing. What moves "
        f"each most: {', '.join(en)}.",
    }


@figure(
    "robust-tornado",
    page=None,
    section=SECTION,
    evidence=EVIDENCE,
    title={"zh": "一次只换一个选择：公布的第3至5名", "en": "One choice at a time: the cities published third to fifth"},
    elsewhere={"zh": "一次只换一个选择：公布的第3至5名", "en": "One choice at a time: those published third to fifth"},
    data=tornado_data,
    caption=tornado_caption,
    needs=("rank_intervals", "tornado"),
)
def tornado(data: pd.DataFrame, language: str):
    """A panel a city: bars from the best to the worst rank under each assumption alone."""
    cities = list(data.groupby("city", sort=False))
    inner = 0.3 * max(len(group) for _, group in cities)
    height = 1.7 + (inner + 0.3) * len(cities)
    figure = style.canvas(height)
    highest = max(20, int(data["worst"].max()))
    for panel, (_, group) in enumerate(cities):
        top = 0.95 + panel * (inner + 0.3)
        axes = style.quiet(style.area(figure, left=2.75, right=1.9, top=top, bottom=height - top - inner))
        _panel(axes, group.reset_index(drop=True), language, highest)
        name = style.city_names(group, language).iloc[0]
        figure.text(0.035, 1 - (top + inner / 2) / height, name, size=12, weight="bold", va="center")
        axes.set_xticks(
            [1, 5, 10, 15, 20] if highest < 25 else rank_ticks(highest), [] if panel < len(cities) - 1 else None
        )
    note = style.pick(
        language,
        "名次（1为最佳）；竖线为各选择都取第一个方案时的名次",
        "rank (1 is best); the line is the rank with every choice at its first alternative",
    )
    axes.set_xlabel(note, size=style.SMALL)
    return figure


def _panel(axes, group: pd.DataFrame, language: str, highest: int) -> None:
    base, rows = int(group["base"].iloc[0]), group.index
    low, high = -0.2 * highest, highest + 0.5
    point = (high - low) / (5.35 * 72)  # ranks a point of text
    axes.barh(rows, group["worst"] - base, left=base, height=0.56, color=style.ORANGE)
    axes.barh(rows, group["best"] - base, left=base, height=0.56, color=style.SKY)
    axes.axvline(base, color=style.INK, linewidth=1.2)
    for row, item in group.iterrows():
        for end, side, shift in (("best", "right", -0.25), ("worst", "left", 0.25)):
            if item[end] != base:
                room = (item[end] - low) / point if end == "best" else (high - item[end]) / point + 1.7 * 72
                text = item[f"{end}_at_{language}"] or style.pick(language, "九成抽取", "9 draws in 10")
                axes.text(
                    item[end] + shift,
                    row,
                    style.fit(text, room - 8, 7.5),
                    ha=side,
                    va="center",
                    size=7.5,
                    color=style.MUTED,
                )
    axes.set_yticks(rows, group[f"assumption_{language}"], size=style.SMALL)
    axes.set(xlim=(low, high), ylim=(len(group) - 0.4, -0.6))

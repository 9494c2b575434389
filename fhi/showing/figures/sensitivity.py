"""Beyond the report: which sources of uncertainty move the ranks, together and one at a time."""

import matplotlib
import numpy as np
import pandas as pd

from fhi.engine.words import in_words, key_name
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, key, rank_ticks, row_names, with_names
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.robustness import percent, tiles
from fhi.showing.figures.wording import both, inside, joined, said, together, with_words, words

#: total effects from here on are spelt out in the grid of units
SPELT = 0.2
FIRST, TOTAL = {"facecolor": style.DARK}, {"facecolor": "#aab4bd", "edgecolor": style.MIDDLE, "linewidth": 0.8}
#: points that a slanted name may take, and units at most in the grid, one column for what is left out included
SLANTED, SQUARE = 104, 28
#: shades of a total effect in the grid of units
SHADES = ("#f1f3f5", "#d5dbe1", "#b3bdc6", "#8a97a3", "#5f6c79", style.DARK)


def sobol_data(tables: Tables) -> pd.DataFrame:
    """Indices of the mean shift with their intervals, and of each city's rank, in published order."""
    order = tables["rank_intervals"].set_index("city")["published"]
    frame = tables["sensitivity"].assign(place=lambda f: f["city"].map(order).fillna(0))
    totals = frame[frame["output"] == "shift"].set_index("assumption")["total"]
    frame = frame.assign(size=frame["assumption"].map(totals))
    frame = frame.sort_values(["place", "size", "assumption"], ascending=[True, False, True])
    frame = frame.drop(columns=["place", "size"])
    for language in LANGUAGES:
        frame[f"assumption_{language}"] = [key_name(name, language) for name in frame["assumption"]]
    return with_words(with_names(frame, tables), tables)


def sobol_caption(data: pd.DataFrame) -> dict[str, str]:
    shift = data[data["output"] == "shift"].sort_values("total", ascending=False)
    one, other = (shift.iloc[min(place, len(shift) - 1)] for place in (0, 1))
    values = {"one": inside(one, "assumption"), "other": inside(other, "assumption")}
    values["alone"] = percent(shift["first"].clip(lower=0).sum())
    values |= {"share_one": percent(one["total"]), "share_other": percent(other["total"])}
    cities = data[(data["output"] == "rank") & data["readable"]].nlargest(1, "total")
    most = [
        both("robust-sobol.most", most=city, source=inside(city, "assumption"), unit=words(data))
        for _, city in cities.iterrows()
    ]
    return together(both("robust-sobol.caption", **values), *most)


@figure("robust-sobol", sobol_data, sobol_caption)
def sobol(data: pd.DataFrame, language: str):
    """Bars of first-order and total effects on the mean rank change; a grid of total effects by unit."""
    shift = data[data["output"] == "shift"]
    rows = np.arange(len(shift))
    height = 2.75 + 0.42 * len(shift)
    figure = style.canvas(height)
    names = [style.fit(name, 150, style.SMALL) for name in shift[f"assumption_{language}"]]
    side = max(style.extent(name, style.SMALL) for name in names) / 72 + 0.35
    left = style.quiet(style.area(figure, left=side, right=5.6, top=1.85, bottom=0.85))
    kinds = [f"{kind}{end}" for kind in ("first", "total") for end in ("", "_low", "_high")]
    known = shift[kinds].fillna(0.0)
    left.barh(rows - 0.18, known["total"], height=0.34, **TOTAL)
    left.barh(rows + 0.18, known["first"].clip(lower=0), height=0.34, **FIRST)
    for kind, offset in (("total", -0.18), ("first", 0.18)):
        ends = known[f"{kind}_low"].clip(lower=0), known[f"{kind}_high"]
        left.hlines(rows + offset, *ends, color=style.PAPER, linewidth=3.2)
        left.hlines(rows + offset, *ends, color=style.INK, linewidth=1.2)
    left.set_yticks(rows, names, size=style.SMALL)
    left.set(ylim=(len(shift) - 0.4, -0.6), xlim=(0, max(0.4, known["total_high"].max() * 1.05)))
    left.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    left.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
    for x, slot in ((0.035, "shift"), (0.475, "units")):
        style.write(figure, x, -0.8, said(f"robust-sobol.{slot}", language, unit=words(data)))
    line = {"marker": "_", "s": 130, "color": style.INK, "linewidth": 1.2}
    looks = {"total": TOTAL, "first": FIRST, "interval": line}
    entries = [(look, said(f"robust-sobol.{name}", language)) for name, look in looks.items()]
    key(left, entries, columns=1, bbox_to_anchor=(-0.02, 1.0))
    _grid(figure, data[data["output"] == "rank"], shift["assumption"].tolist(), language)
    return figure


def _grid(figure, data: pd.DataFrame, assumptions: list[str], language: str) -> None:
    axes = style.quiet(style.area(figure, left=4.75, right=0.95, top=1.85, bottom=0.85), grid=None)
    chosen_ones = chosen(data["city"], most=SQUARE, last=5)
    columns, data = chosen_ones.place, chosen_ones.of(data)
    cities = data.drop_duplicates("city")
    x, y = data["city"].map(columns), data["assumption"].map({name: row for row, name in enumerate(assumptions)})
    shown = data["readable"] & data["total"].notna()
    colours = data.loc[shown, "total"].map(lambda share: SHADES[min(int(share * 6), 5)])
    tiles(axes, pd.DataFrame({"x": x[shown], "y": y[shown], "colour": colours}))
    look = {"ha": "center", "va": "center", "size": style.SMALL}
    for column, row, share, colour in zip(x[shown], y[shown], data.loc[shown, "total"], colours, strict=True):
        if share >= SPELT and chosen_ones.count <= 20:
            axes.text(column, row, f"{share * 100:.0f}", color=style.ink_on(colour), **look)
    for column, row in zip(x[~shown], y[~shown], strict=True):
        axes.text(column, row, "·", color=style.MUTED, **look)
    names = [style.fit(name, SLANTED, style.SMALL) for name in style.city_names(cities, language)]
    places = list(columns.values())
    if chosen_ones.left:
        places, names = [*places, chosen_ones.gap], [*names, chosen_ones.more(language)]
    axes.set_xticks(places, names, rotation=45, ha="left", rotation_mode="anchor", size=style.SMALL)
    axes.xaxis.tick_top()
    axes.set(xlim=(-0.6, chosen_ones.count - 0.4), ylim=(len(assumptions) - 0.4, -0.6), yticks=[])
    style.write(figure, 0.475, 0.5, said(f"robust-sobol.{'note' if shown.all() else 'note-unknown'}", language))


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
    for language in LANGUAGES:
        names = nodes[f"name_{language}"]
        frame[f"assumption_{language}"] = [key_name(name, language) for name in frame["assumption"]]
        for end in ("best_at", "worst_at"):
            choices = zip(frame[end].fillna(""), frame["assumption"], strict=True)
            frame[f"{end}_{language}"] = [names.get(text) or in_words(text, language, step) for text, step in choices]
    return with_words(with_names(frame.drop(columns=["span", "best_at", "worst_at"]), tables), tables)


def tornado_caption(data: pd.DataFrame) -> dict[str, str]:
    widest = data.loc[(data["worst"] - data["best"]).groupby(data["city"], sort=False).idxmax()]
    moved = [both("robust-tornado.each", item=item, source=inside(item, "assumption")) for _, item in widest.iterrows()]
    return both("robust-tornado.caption", moved=joined(moved, {"zh": "，", "en": "; "}))


@figure("robust-tornado", tornado_data, tornado_caption)
def tornado(data: pd.DataFrame, language: str):
    """A panel a unit: bars from the best to the worst rank under each source of uncertainty alone."""
    # a source that moves none of them says nothing
    moves = (data["best"] < data["base"]) | (data["worst"] > data["base"])
    data = data[data["assumption"].isin(data.loc[moves, "assumption"])]
    cities = list(data.groupby("city", sort=False))
    inner = 0.3 * max(len(group) for _, group in cities)
    height = 2.1 + (inner + 0.45) * len(cities)
    figure = style.canvas(height)
    highest = max(20, int(data["worst"].max()))
    for panel, (_, group) in enumerate(cities):
        top = 1.45 + panel * (inner + 0.45)
        axes = style.quiet(style.area(figure, left=2.3, right=2.5, top=top, bottom=height - top - inner))
        _panel(axes, group.reset_index(drop=True), language, highest)
        name = row_names(group, language)[0]
        style.write(figure, 0.035, 0.14 - top, name, size=style.BODY, weight="bold", color=style.INK)
        axes.set_xticks(rank_ticks(highest), [] if panel < len(cities) - 1 else None)
        if not panel:
            looks = (({"facecolor": style.DARK}, "better"), ({"facecolor": style.FAINT}, "worse"))
            entries = [(look, said(f"robust-tornado.{name}", language)) for look, name in looks]
            key(axes, entries, bbox_to_anchor=(0, 1 + 0.2 / inner))
    axes.set_xlabel(said("robust-tornado.axis", language), size=style.SMALL)
    return figure


def _panel(axes, group: pd.DataFrame, language: str, highest: int) -> None:
    base, rows = int(group["base"].iloc[0]), group.index
    low, high = -0.4 * highest, highest + 0.5
    point = (high - low) / (5.2 * 72)  # ranks a point of text
    axes.barh(rows, group["worst"] - base, left=base, height=0.56, color=style.FAINT)
    axes.barh(rows, group["best"] - base, left=base, height=0.56, color=style.DARK)
    axes.axvline(base, color=style.INK, linewidth=1.2)
    for row, item in group.iterrows():
        for end, side, shift in (("best", "right", -0.25), ("worst", "left", 0.25)):
            if item[end] != base:
                room = (item[end] - low) / point if end == "best" else (high - item[end]) / point + 2.4 * 72
                text = item[f"{end}_at_{language}"] or said("robust-tornado.nine", language)
                # on paper: no grid line runs through the words
                ground = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6}
                text = style.fit(text, room - 8, style.SMALL)
                style.note(axes, item[end] + shift, row, text, ha=side, bbox=ground)
    axes.set_yticks(rows, group[f"assumption_{language}"], size=style.SMALL)
    axes.set(xlim=(low, high), ylim=(len(group) - 0.4, -0.6))

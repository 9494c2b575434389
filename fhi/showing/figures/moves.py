"""Figures of a comparison of scenarios: how the ranks moved, through what, and the ranks of all scenarios at once."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import heat_cells, heat_grid, heat_heads, heat_rows, heat_scale, heat_table
from fhi.showing.figures.registry import FigureEntry
from fhi.showing.figures.wording import both, said


def _entry(id: str, title: dict[str, str], draw, evidence: tuple[str, ...]) -> FigureEntry:
    """Return the figure of a comparison; it stands in no list, since it belongs to no single scenario."""
    return FigureEntry(id, None, evidence, title, data=None, caption=None, draw=draw)


def slope_entry(base: str, other: str, evidence: tuple[str, ...]) -> FigureEntry:
    """Return the figure of both orders.

    Parameters
    ----------
    base, other : str
        Names of the scenarios.
    evidence : tuple of str
        Labels behind both.
    """
    title = both("comparison.ranks", base=base, other=other)
    return _entry("ranks", title, partial(_slope, base=base, other=other), evidence)


def through_entry(base: str, other: str, evidence: tuple[str, ...]) -> FigureEntry:
    """Return the figure of what moved the ranks.

    Parameters
    ----------
    base, other : str
        Names of the scenarios.
    evidence : tuple of str
        Labels behind both.
    """
    title = both("comparison.what-moved-the", base=base, other=other)
    return _entry("through", title, _through, evidence)


def across_entry(evidence: tuple[str, ...]) -> FigureEntry:
    """Return the figure of the ranks in every scenario."""
    return _entry("all-scenarios", both("comparison.ranks-in-every"), _across, evidence)


def arrow(shift: int) -> str:
    return f"{'↓' if shift > 0 else '↑'}{abs(shift)}" if shift else "–"


def _slope(data: pd.DataFrame, language: str, base: str, other: str):
    """Lines from the place in one scenario to that in the other, over the cities that have a score in both.

    The frame has ``city, city_en, base_place, place, shift``; places are among these cities.
    """
    figure = style.canvas(1.75 + 0.3 * len(data))
    axes = style.bare(style.area(figure, left=2.2, right=2.6, top=1.05, bottom=0.6))
    ends = {}
    for side, place in ((0, "base_place"), (1, "place")):
        # cities that share a place stand below one another
        order = data.sort_values([place, "base_place", "city"]).index
        ends[side] = pd.Series(range(1, len(order) + 1), index=order)
    # those that moved furthest lie on top
    for row in data["shift"].abs().sort_values(kind="stable").index:
        item = data.loc[row]
        colour, name = style.direction(-item["shift"]), style.brief(item["city" if language == "zh" else "city_en"])
        heights = [ends[0][row], ends[1][row]]
        axes.plot([0, 1], heights, color=colour, linewidth=2.2 if abs(item["shift"]) >= 3 else 1.2, zorder=2)
        look = {"va": "center", "size": style.BODY}
        axes.text(-0.03, heights[0], f"{name}  {item['base_place']}", ha="right", **look)
        axes.text(1.03, heights[1], f"{item['place']}  {name}", ha="left", **look)
        axes.text(1.44, heights[1], arrow(item["shift"]), ha="right", weight="bold", **look | {"color": colour})
    style.dots(axes, [(x, height) for x in (0, 1) for height in ends[x]], 5, style.INK)
    for x, name in ((0, base), (1, other)):
        axes.text(
            x, -0.2, style.fit(name, 170, style.BODY, "bold"), ha="center", va="center", weight="bold", size=style.BODY
        )
    axes.set(xlim=(-0.02, 1.02), ylim=(len(data) + 0.6, 0.2))
    among = said("comparison.among-the-cities", language, len_data=len(data))
    figure.text(0.5, 0.45 / figure.get_size_inches()[1], among, ha="center", size=style.SMALL, color=style.MUTED)
    return figure


def _through(data: pd.DataFrame, language: str):
    """Table of cities by what moved them: indicators (standard deviations), or assumptions (places).

    The frame has ``city, city_en, shift, kind, column, column_zh, column_en, value``, all columns for each city.
    """
    values = heat_grid(data, "city", "column", "value").astype(float)
    cities = data.drop_duplicates("city").set_index("city", drop=False).loc[values.index]
    places = data["kind"].iloc[0] == "assumption"
    totals = cities["shift"]
    # shifts are positive downwards, shades are dark upwards
    shades = -values.to_numpy() if places else values.to_numpy()
    limit = float(np.nanmax(np.abs(shades), initial=0.0)) or 1.0
    texts = [[_cell(value, places) for value in row] for row in values.to_numpy()]
    heads = data.drop_duplicates("column").set_index("column")[f"column_{language}"][values.columns].tolist()
    names = style.city_names(cities, language)
    axes = heat_table(len(values), 0.27, heads, names)
    heat_cells(axes, shades, limit, texts)
    heat_heads(axes, heads)
    heat_rows(axes, names, style.BODY)
    for row, city in enumerate(cities.index):
        look = {"va": "center", "ha": "left", "weight": "bold", "color": style.direction(-totals[city])}
        axes.annotate(arrow(totals[city]), (len(heads), row + 0.5), (10, 0), textcoords="offset points", **look)
    heat_scale(axes, *_ends(places, limit, language))
    return axes.get_figure()


def _cell(value: float, places: bool) -> str:
    if not np.isfinite(value):
        return ""
    if places:
        return arrow(int(value))
    return signed(value) if abs(value) >= 0.005 else "0"


def signed(value: float) -> str:
    """Return a number with its sign and two decimals."""
    return f"{value:+.2f}".replace("-", "−")


def _ends(places: bool, limit: float, language: str) -> tuple[str, str]:
    """Return what the two ends of the scale mean."""
    if places:
        low = said("comparison.places-down", language, limit=limit)
        return low, said("comparison.up", language, limit=limit)
    low, high = signed(-limit), signed(limit)
    back = said("comparison.pulls-the-city", language, low=low)
    return back, said("comparison.pushes-it-ahead", language, high=high)


def _across(data: pd.DataFrame, language: str):
    """Table of cities by scenarios: the rank in each, shaded by the places gained or lost against the first.

    The frame has ``scenario, city, city_en, rank, shift``.
    """
    ranks = heat_grid(data, "city", "scenario", "rank").astype(float)
    shifts = data.pivot(index="city", columns="scenario", values="shift").loc[ranks.index, ranks.columns].astype(float)
    shades = -shifts.to_numpy()
    limit = float(np.nanmax(np.abs(shades), initial=0.0)) or 1.0
    texts = [["" if np.isnan(rank) else f"{rank:.0f}" for rank in row] for row in ranks.to_numpy()]
    axes = heat_table(len(ranks), 0.24, ranks.columns.tolist())
    heat_cells(axes, shades, limit, texts)
    heat_heads(axes, ranks.columns.tolist())
    cities = data.drop_duplicates("city").set_index("city", drop=False).loc[ranks.index]
    heat_rows(axes, style.city_names(cities, language), style.SMALL)
    low, high = _ends(True, limit, language)
    none = said("comparison.blank-no-rank", language)
    heat_scale(axes, low, high + none)
    return axes.get_figure()

"""Figures of a comparison of scenarios: how the ranks moved, through what, and the ranks of all scenarios at once."""

from functools import partial

import numpy as np
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import heat_grid, heat_table
from fhi.showing.figures.registry import FigureEntry
from fhi.showing.figures.wording import both, said


def entry(id: str, evidence: tuple[str, ...], **names: str) -> FigureEntry:
    """Return a figure of a comparison; it stands in no list, since it belongs to no single scenario.

    Parameters
    ----------
    id : str
        One of `FIGURES`: the ranks of two scenarios, what moved them, the ranks of all scenarios.
    evidence : tuple of str
        Labels behind the scenarios.
    **names : str
        Of two scenarios: ``base`` and ``other``.
    """
    slot, draw = FIGURES[id]
    title = both(f"comparison.{slot}", **names)
    return FigureEntry(id, None, evidence, title, data=None, caption=None, draw=partial(draw, **names))


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


def _through(data: pd.DataFrame, language: str, **_):
    """Table of cities by what moved them: indicators (standard deviations), or assumptions (places).

    The frame has ``city, city_en, shift, kind, column, column_zh, column_en, value``, all columns for each city.
    """
    values = heat_grid(data, "city", "column", "value").astype(float)
    cities = data.drop_duplicates("city").set_index("city", drop=False).loc[values.index]
    places = data["kind"].iloc[0] == "assumption"
    texts = [[_cell(value, places) for value in row] for row in values.to_numpy()]
    heads = data.drop_duplicates("column").set_index("column")[f"column_{language}"][values.columns].tolist()
    # shifts are positive downwards, shades are dark upwards
    shades, limit = _shades(-values if places else values)
    labels = style.city_names(cities, language)
    axes = heat_table(0.27, heads, labels, shades, texts, _ends(places, limit, language), limit)
    for row, shift in enumerate(cities["shift"]):
        look = {"va": "center", "ha": "left", "weight": "bold", "color": style.direction(-shift)}
        axes.annotate(arrow(shift), (len(heads), row + 0.5), (10, 0), textcoords="offset points", **look)
    return axes.get_figure()


def _shades(values: pd.DataFrame) -> tuple[np.ndarray, float]:
    """Return what the cells are shaded by, and the value of the darkest shade."""
    shades = values.to_numpy()
    return shades, float(np.nanmax(np.abs(shades), initial=0.0)) or 1.0


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


def _across(data: pd.DataFrame, language: str, **_):
    """Table of cities by scenarios: the rank in each, shaded by the places gained or lost against the first.

    The frame has ``scenario, city, city_en, rank, shift``.
    """
    ranks = heat_grid(data, "city", "scenario", "rank").astype(float)
    shifts = data.pivot(index="city", columns="scenario", values="shift").loc[ranks.index, ranks.columns].astype(float)
    texts = [["" if np.isnan(rank) else f"{rank:.0f}" for rank in row] for row in ranks.to_numpy()]
    cities = data.drop_duplicates("city").set_index("city", drop=False).loc[ranks.index]
    shades, limit = _shades(-shifts)
    low, high = _ends(True, limit, language)
    ends = low, high + said("comparison.blank-no-rank", language)
    labels = style.city_names(cities, language)
    return heat_table(0.24, [*ranks.columns], labels, shades, texts, ends, limit, style.SMALL).get_figure()


FIGURES = {
    "ranks": ("ranks", _slope),
    "through": ("what-moved-the", _through),
    "all-scenarios": ("ranks-in-every", _across),
}

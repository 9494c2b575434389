"""Beyond the report: what the published numbers pin down about hidden scores and weights."""

import numpy as np
import pandas as pd
from matplotlib.patches import Polygon

from fhi.editions.published import published_units
from fhi.engine.framework import Framework
from fhi.engine.ranking import outward
from fhi.showing.figures import charts, style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.wording import both, joined, said, with_words, words

#: bounds without restriction of the weights, and with it, and how their areas look: the fewer, the darker
RUNS = ("all", "all, equal inside parents", "all, indicators within 1/48-1/4")
AREAS = (
    {"facecolor": "#eef1f4", "edgecolor": style.MIDDLE, "linewidth": 1.2},
    {"facecolor": "#b3bdc6", "edgecolor": style.INK, "linewidth": 1.2, "linestyle": (0, (4, 2))},
    {"facecolor": style.MIDDLE, "edgecolor": style.INK, "linewidth": 1.2},
)


def scores_data(tables: Tables) -> pd.DataFrame:
    """Bounds of the scores (all facts, free weights) and the score at the analytic centre, by published rank."""
    root = Framework.from_table(tables["tables/framework"]).root
    bounds = tables["bounds"].query("node == @root").drop(columns="node")
    centre = tables["central_scores"].query("node == @root")[["city", "score"]]
    printed = published_units(tables, root)[["city", "tier", "rank"]]
    frame = printed.merge(bounds, on="city").merge(centre, on="city")
    return with_words(with_names(frame, tables), tables)


def scores_caption(data: pd.DataFrame) -> dict[str, str]:
    widths = data["high"] - data["low"]
    ends = {"narrow": data.loc[widths.idxmin()], "wide": data.loc[widths.idxmax()]}
    return both("identified-scores.caption", mean=widths.mean(), least=widths.min(), most=widths.max(), **ends)


@figure("identified-scores", scores_data, scores_caption)
def scores(data: pd.DataFrame, language: str):
    """One bar a unit from the least to the greatest possible score, a tick at the analytic centre."""
    axes, data, rows, shown = charts.unit_rows(data, language, 7.5, right=0.4, top=1.15, bottom=0.95)
    bar = {"facecolor": "#aab4bd", "edgecolor": style.MIDDLE, "linewidth": 0.8}
    centre = {"marker": "|", "s": 150, "linewidth": 2.4, "color": style.INK}
    axes.barh(rows, data["high"] - data["low"], left=data["low"], height=0.56, **bar)
    axes.scatter(data["score"], rows, zorder=3, **centre)
    for row, item in zip(rows, data.itertuples(), strict=True):
        low, high = outward(item.low, item.high, 1)
        style.note(axes, item.low - 0.8, row, f"{low:.1f}", ha="right")
        style.note(axes, item.high + 0.8, row, f"{high:.1f}")
    charts.name_rows(axes, data, language, "rank", shown)
    axes.set(xlim=(-7, 107), ylim=(shown.count - 0.4, -0.6), xticks=range(0, 101, 20))
    charts.explain(axes, "identified-scores", language, {"bar": bar, "centre": centre}, unit=words(data))
    return axes.get_figure()


def _areas(data: pd.DataFrame) -> dict[str, dict]:
    """Return the runs that are drawn, free weights first, with the looks of their areas."""
    there = list(data["facts"].unique())
    runs = RUNS if set(RUNS) <= set(there) else sorted(there, key=lambda run: run != "all")
    return dict(zip(runs, AREAS, strict=False))


def map_data(tables: Tables) -> pd.DataFrame:
    """Corners of the area of possible pillar weights, by restriction, with the names of the pillars joined by |."""
    frame = tables["weight_map"]
    nodes = tables["tables/framework"].set_index("code").loc[_pillars(frame)]
    names = {f"pillars_{language}": "|".join(nodes[f"name_{language}"]) for language in LANGUAGES}
    return with_words(frame.assign(**names), tables)


def _pillars(data: pd.DataFrame) -> list[str]:
    """Return the three pillars of a map: its columns after ``facts, corner``."""
    return list(data.columns[2:5])


def map_caption(data: pd.DataFrame) -> dict[str, str]:
    # upper bounds in per cent, rounded up
    most = outward(0.0, 100 * data.loc[data["facts"] == "all", _pillars(data)].max(), 1)[1]
    names = zip(*(data[f"pillars_{language}"].iloc[0].split("|") for language in LANGUAGES), strict=True)
    pairs = zip(names, most, strict=True)
    parts = [both("identified-map.share", name={"zh": zh, "en": en}, share=share) for (zh, en), share in pairs]
    return both("identified-map.caption", most=joined(parts, {"zh": "，", "en": ", "}))


@figure("identified-map", map_data, map_caption)
def weight_map(data: pd.DataFrame, language: str):
    """Ternary plot: the area of possible pillar weights, free and restricted."""
    figure = style.canvas(6.9)
    axes = style.bare(style.area(figure, left=0.7, right=0.7, top=0.85, bottom=0.45))
    corners = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2], [1.0, 0.0]])
    names = data[f"pillars_{language}"].iloc[0].split("|")
    pillars = _pillars(data)
    for share in (0.25, 0.5, 0.75):
        for one in range(3):
            ends = np.full((2, 3), 0.0)
            ends[:, one], ends[0, one - 1], ends[1, one - 2] = share, 1 - share, 1 - share
            axes.plot(*(ends @ corners).T, color=style.LINE, linewidth=0.8, zorder=3)
            # outside the triangle, where the line ends on the side that runs to the pillar's own corner
            x, y = ends[0] @ corners
            shift, side = ((0, "center"), (-0.02, "right"), (0.02, "left"))[one]
            look = {"size": style.SMALL, "color": style.PILLARS.get(pillars[one], style.MUTED), "ha": side}
            axes.text(x + shift, y - 0.015 * (one == 0), f"{share:.0%}", va="top" if one == 0 else "center", **look)
    axes.add_patch(Polygon(corners, fill=False, edgecolor=style.INK, linewidth=1.2, zorder=4))
    for facts, look in _areas(data).items():
        points = data.loc[data["facts"] == facts, pillars].to_numpy() @ corners
        label = said(f"identified-map.{RUNS.index(facts)}", language) if facts in RUNS else facts
        axes.add_patch(Polygon(points, label=label, zorder=2, **look))
    for place, name, pillar, up in zip(corners, names, pillars, (-0.1, 0.035, -0.1), strict=True):
        look = {"ha": "center", "va": "center", "weight": "bold", "color": style.PILLARS.get(pillar, style.INK)}
        axes.text(place[0], place[1] + up, f"{style.brief(name, 150)} 100%", **look)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, 1))
    axes.set(xlim=(-0.35, 1.35), ylim=(-0.14, 0.94), aspect="equal")
    return figure

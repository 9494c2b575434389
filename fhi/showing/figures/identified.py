"""Beyond the report: what the published numbers pin down about hidden scores and weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Polygon

from fhi.editions.published import published_units
from fhi.engine.framework import Framework
from fhi.engine.rounding import outward
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, height, name_rows, tier_colours, with_names
from fhi.showing.figures.edition_words import with_words, words
from fhi.showing.figures.evidence import is_own
from fhi.showing.figures.registry import LANGUAGES, Tables, figure

SECTION = "identified"
#: bounds without restriction of the weights, and with it, from pale to dark
RUNS = {
    "all": {"zh": "权重不加限制", "en": "weights unrestricted"},
    "all, equal inside parents": {"zh": "同级指标等权", "en": "equal among siblings"},
    "all, indicators within 1/48-1/4": {"zh": "指标权重在1/48–1/4", "en": "indicators within 1/48–1/4"},
}


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
    narrow, wide = data.loc[widths.idxmin()], data.loc[widths.idxmax()]
    return {
        "zh": f"设总指数是0–100得分的加权算术平均，横条为所有公布事实共同允许的得分区间，"
        f"平均宽{widths.mean():.1f}分；最窄的是{narrow['city']}（{widths.min():.1f}），"
        f"最宽的是{wide['city']}（{widths.max():.1f}）。竖线为解析中心，仅供参考：区间内任何一点都同样符合公布的数字。",
        "en": "Bars are the scores that all published facts allow together, if the index is a weighted arithmetic mean of "
        f"scores from 0 to 100: {widths.mean():.1f} points wide on average; the narrowest is {narrow['city_en']} "
        f"({widths.min():.1f}), the widest {wide['city_en']} ({widths.max():.1f}). The tick is "
        "the analytic centre, indicative only: any point inside fits the published numbers as well.",
    }


@figure(
    "identified-scores",
    page=None,
    section=SECTION,
    evidence=("identified", "published"),
    title={"zh": "公布的数字允许的城市得分", "en": "City scores that the published numbers allow"},
    elsewhere={"zh": "公布的数字允许的得分", "en": "Scores that the published numbers allow"},
    data=scores_data,
    caption=scores_caption,
    needs=("bounds", "central_scores"),
)
def scores(data: pd.DataFrame, language: str):
    """One bar a city from the least to the greatest possible score, a tick at the analytic centre."""
    shown, unit = chosen(data["city"]), words(data)
    data = data.assign(colour=tier_colours(data["tier"]))
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.2, shown.count))
    axes = style.quiet(style.area(figure, left=1.6, right=0.6, bottom=0.95))
    axes.barh(rows, data["high"] - data["low"], left=data["low"], height=0.56, color=data["colour"])
    axes.scatter(data["score"], rows, marker="|", s=190, linewidth=2.4, color=style.ORANGE, zorder=3)
    for row, item in zip(rows, data.itertuples(), strict=True):
        low, high = outward(item.low, item.high, 1)
        axes.text(item.low - 0.8, row, f"{low:.1f}", ha="right", va="center", size=7.5, color=style.MUTED)
        axes.text(item.high + 0.8, row, f"{high:.1f}", va="center", size=7.5, color=style.MUTED)
    name_rows(axes, data, language, "rank", shown)
    axes.set(xlim=(-6, 106), ylim=(shown.count - 0.4, -0.6), xticks=range(0, 101, 20))
    axes.set_xlabel(
        style.pick(
            language,
            f"得分（0–100）；{unit.zh}后为公布的总排名",
            f"score (0–100); published rank beside the {unit.one}",
        ),
        size=style.SMALL,
    )
    return figure


SHADES = ("#c9d0d7", "#8d98a3", "#3f4a56")


def _shades(data: pd.DataFrame) -> dict[str, str]:
    """Return the runs that are drawn, free weights first, with their shades."""
    if not words(data).own:
        return dict(zip(RUNS, SHADES, strict=True))
    return dict(zip(["all", *(run for run in data["facts"].unique() if run != "all")], SHADES, strict=False))


def _most(highs: pd.Series) -> pd.Series:
    """Return upper bounds of weights in per cent, rounded up to one decimal."""
    return pd.Series(outward(0.0, 100 * highs, 1)[1], highs.index)


def map_data(tables: Tables) -> pd.DataFrame:
    """Corners of the area of possible pillar weights, by restriction; in another edition with the names of its pillars."""
    frame = tables["weight_map"]
    if not is_own(tables):
        return frame
    nodes = tables["tables/framework"].set_index("code").loc[_pillars(frame)]
    names = {f"pillars_{language}": "|".join(nodes[f"name_{language}"]) for language in LANGUAGES}
    return with_words(frame.assign(**names), tables)


def _pillars(data: pd.DataFrame) -> list[str]:
    """Return the three pillars of a map: its columns after ``facts, corner``."""
    return list(data.columns[2:5])


def map_caption(data: pd.DataFrame) -> dict[str, str]:
    most = _most(data.loc[data["facts"] == "all", _pillars(data)].max())
    if words(data).own:
        said = {language: data[f"pillars_{language}"].iloc[0].split("|") for language in LANGUAGES}
        zh = "，".join(f"{name}至多{share:.1f}%" for name, share in zip(said["zh"], most, strict=True))
        en = ", ".join(f"{name} {share:.1f}%" for name, share in zip(said["en"], most, strict=True))
        return {
            "zh": f"三角形中每一点是一组三个维度的权重，着色区域内的都与公布的事实相容。权重不加限制时，{zh}。",
            "en": "Each point of the triangle is a set of three pillar weights; those in the coloured area agree with every "
            f"published fact. With unrestricted weights they reach at most: {en}.",
        }
    return {
        "zh": f"三角形中每一点是一组三个维度的权重，着色区域内的都与公布的事实相容。权重不加限制时，体验至多{most['experience']:.1f}%，"
        f"产业至多{most['industry']:.1f}%，生态至多{most['ecosystem']:.1f}%。",
        "en": "Each point of the triangle is a set of three pillar weights; those in the coloured area agree with every published "
        f"fact. With unrestricted weights, experience reaches {most['experience']:.1f}% at most, industry "
        f"{most['industry']:.1f}% and ecosystem {most['ecosystem']:.1f}%.",
    }


@figure(
    "identified-map",
    page=None,
    section=SECTION,
    evidence="identified",
    title={"zh": "可能的维度权重", "en": "The pillar weights that are possible"},
    data=map_data,
    caption=map_caption,
    needs=("weight_map",),
)
def weight_map(data: pd.DataFrame, language: str):
    """Ternary plot: the area of possible pillar weights, free and restricted."""
    figure = style.canvas(6.6, width=8.4)
    axes = style.bare(style.area(figure, left=0.7, right=0.7, top=0.8, bottom=0.55))
    corners = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2], [1.0, 0.0]])
    for share in (0.25, 0.5, 0.75):
        for one in range(3):
            ends = np.full((2, 3), 0.0)
            ends[:, one], ends[0, one - 1], ends[1, one - 2] = share, 1 - share, 1 - share
            axes.plot(*(ends @ corners).T, color=style.LINE, linewidth=0.8, zorder=0)
    axes.add_patch(Polygon(corners, fill=False, edgecolor=style.INK, linewidth=1.2))
    pillars, own = _pillars(data), words(data).own
    for facts, colour in _shades(data).items():
        points = data.loc[data["facts"] == facts, pillars].to_numpy() @ corners
        label = RUNS[facts][language] if facts in RUNS else facts
        axes.add_patch(Polygon(points, facecolor=colour, edgecolor=style.PAPER, alpha=0.85, label=label))
    names = style.pick(
        language, ["产业 100%", "体验 100%", "生态 100%"], ["Industry 100%", "Experience 100%", "Ecosystem 100%"]
    )
    if own:
        names = [f"{style.brief(name)} 100%" for name in data[f"pillars_{language}"].iloc[0].split("|")]
    for place, name, pillar, shift in zip(corners, names, pillars, (-0.045, 0.03, -0.045), strict=True):
        axes.text(
            place[0],
            place[1] + shift,
            name,
            ha="center",
            va="center",
            weight="bold",
            color=style.PILLARS.get(pillar, style.INK),
        )
    axes.legend(loc="upper left", frameon=False, fontsize=style.SMALL)
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.08, 0.93), aspect="equal")
    return figure

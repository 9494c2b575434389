"""Chart forms that several figures share: a ladder of ranks, a table of text, names in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from fhi.showing.figures import style
from fhi.showing.figures.registry import LANGUAGES, Tables

#: rows that a figure draws at most, one for what is left out included, and how many of them are the last units
MOST, LAST = 40, 10
#: rows that the heights of the figures are made for, and the inches that each beyond these adds
USUAL, PITCH = 20, 0.25


@dataclass(frozen=True)
class Chosen:
    """The units that a figure draws, a row each, and the row in which it says how many are left out.

    Attributes
    ----------
    place : dict
        Row of each unit drawn, from 0 at the top.
    count : int
        Rows in all.
    gap, left : int
        The row of what is left out, and how many units that are; ``left`` is 0 if all are drawn.
    """

    place: dict[str, int]
    count: int
    gap: int = 0
    left: int = 0

    def of(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the units drawn, of a frame with the column ``city``."""
        return data[data["city"].isin(self.place)].reset_index(drop=True)

    def name_rows(self, axes: Axes, labels: Iterable[str], language: str, middle: float = 0.0, **look) -> None:
        """Label the rows at the left, the units in the order of `place`; a row is `middle` below its number."""
        rows, texts = [*self.place.values()], [*labels]
        for unit, row in self.place.items():
            # nothing to see: the row, from the name at the left to the right edge, for a page to light up
            band = Rectangle((-0.25, row + middle - 0.5), 1.25, 1, transform=axes.get_yaxis_transform(), clip_on=False)
            band.set(facecolor="none", edgecolor="none", in_layout=False)
            axes.add_artist(style.of_unit(band, unit))
        if self.left:
            rows, texts = [*rows, self.gap], [*texts, self.more(language)]
        axes.set_yticks([row + middle for row in rows], texts, **look)

    def more(self, language: str) -> str:
        """Return how many units are left out, in words; empty if none are."""
        return style.pick(language, f"…… 另有{self.left}个", f"… {self.left} more") if self.left else ""


def chosen(units: Iterable[str], most: int = MOST, last: int = LAST) -> Chosen:
    """Return which units a figure draws: all, or if there are more than `most` the first and the `last` of them.

    Parameters
    ----------
    units : iterable of str
        In the order of the rows; one that stands twice counts once.
    most, last : int
        Rows at most, and how many of them are the last units; without any of these, nothing stands below the gap.
    """
    units = list(dict.fromkeys(units))
    if len(units) <= most:
        return Chosen({unit: row for row, unit in enumerate(units)}, len(units))
    gap, low = most - last - 1, len(units) - last
    place = {unit: row for row, unit in enumerate(units[:gap])}
    place |= {unit: row for row, unit in enumerate(units[low:], start=gap + 1)}
    return Chosen(place, most, gap, low - gap)


def height(usual: float, rows: int) -> float:
    """Return the inches of a figure that has `usual` of them for up to `USUAL` rows: `PITCH` more for each row more."""
    return usual + PITCH * max(0, rows - USUAL)


def rank_ticks(last: int) -> list[int]:
    """Return ticks of an axis of ranks: 1 and the multiples of the least round step that gives at most nine of them."""
    step = next((step for step in (5, 10, 20, 50, 100, 200, 500) if last < 10 * step), 1000)
    return [1, *range(step, last + 1, step)]


def tier_colours(tiers: pd.Series) -> pd.Series:
    """Return the colour of each tier of a column: the report's by name, others from dark to pale as they first stand there.

    A unit without a tier has the colour of the middle one.
    """
    shades = list(style.TIERS.values())
    others = [tier for tier in tiers.dropna().unique() if tier not in style.TIERS]
    colours = style.TIERS | {tier: shades[min(place, len(shades) - 1)] for place, tier in enumerate(others)}
    return tiers.map(colours).fillna(style.TIERS["regional"])


def english(tables: Tables) -> pd.Series:
    """Return the English names of the cities, by their Chinese ones."""
    return tables["tables/cities"].set_index("name_zh")["name_en"]


def with_names(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return `frame` with the English city name in ``city_en`` beside ``city``."""
    result = frame.reset_index(drop=True)
    result.insert(result.columns.get_loc("city") + 1, "city_en", result["city"].map(english(tables)))
    return result


def with_node_names(frame: pd.DataFrame, tables: Tables, *columns: str) -> pd.DataFrame:
    """Return `frame` with the names of nodes in ``<column>_zh`` and ``<column>_en`` for columns of their codes."""
    nodes = tables["tables/framework"].set_index("code")
    pairs = [(column, language) for column in columns for language in LANGUAGES]
    return frame.assign(**{f"{column}_{name}": frame[column].map(nodes[f"name_{name}"]) for column, name in pairs})


def in_order(tables: Tables, nodes: pd.Series) -> pd.Series:
    """Return the places of nodes in the indicator tree, to sort by."""
    return nodes.map({code: place for place, code in enumerate(tables["tables/framework"]["code"])})


def pillars(nodes: pd.DataFrame) -> dict[str, str]:
    """Return the pillar that each node of a tree (``code, parent, level``) belongs to; the root stands for itself."""
    result = {}
    for item in nodes.sort_values("level").itertuples():
        result[item.code] = item.code if item.level < 2 else result[item.parent]
    return result


def name_rows(axes: Axes, data: pd.DataFrame, language: str, rank: str, shown: Chosen | None = None) -> None:
    """Name one row a city at the left, with its rank in that column of the frame."""
    names = style.city_names(data, language)
    labels = [f"{name}  {place}" for name, place in zip(names, data[rank], strict=True)]
    (shown or chosen(data["city"])).name_rows(axes, labels, language)


def pillar_ladder(tables: Tables, pillar: str) -> pd.DataFrame:
    """Return a pillar's ranks beside the overall ranks, with the printed movers (places gained since 2017)."""
    ranks = tables["tables/top20"].rename(columns={f"{pillar}_rank": "pillar_rank", "rank": "overall_rank"})
    movers = tables["tables/movers"].query("pillar == @pillar").set_index("city")["change"]
    frame = ranks[["city", "tier", "pillar_rank", "overall_rank", "page"]].copy()
    frame["gained"] = frame["city"].map(movers).astype("Int64")
    return with_names(frame.sort_values(["pillar_rank", "overall_rank"]), tables)


def draw_ladder(data: pd.DataFrame, language: str, pillar: str):
    """Draw one row a city: its pillar rank as a full dot, its overall rank as a ring, movers with an arrow."""
    figure = style.canvas(7.4)
    axes = style.quiet(style.area(figure, left=1.75, right=1.0, bottom=0.95), grid="x")
    rows = range(len(data))
    colour = style.PILLARS[pillar]
    axes.hlines(rows, data["pillar_rank"], data["overall_rank"], color=style.LINE, linewidth=2.2, zorder=1)
    axes.scatter(data["overall_rank"], rows, zorder=2, **style.RING)
    axes.scatter(data["pillar_rank"], rows, zorder=3, color=colour, s=style.DOT)
    for row, item in zip(rows, data.itertuples(), strict=True):
        if not pd.isna(item.gained):
            furthest = max(item.pillar_rank, item.overall_rank)
            text = f"↑{int(item.gained)}"
            axes.text(furthest + 0.55, row, text, color=style.VERMILION, weight="bold", va="center")
    name_rows(axes, data, language, "pillar_rank")
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.set_xlim(0.2, 21.4)
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.set_xlabel(style.pick(language, "名次（1为最佳）", "rank (1 is best)"), size=style.SMALL)
    arrow = style.pick(language, "较2017年上升", "places gained since 2017")
    axes.scatter([], [], color=colour, s=style.DOT, label=style.pick(language, "本项排名", "pillar rank"))
    axes.scatter([], [], **style.RING, label=style.pick(language, "总排名", "overall rank"))
    axes.scatter([], [], s=70, marker=_glyph("↑"), color=style.VERMILION, label=arrow)
    axes.legend(loc="upper right", frameon=False, fontsize=style.SMALL)
    return figure


def _glyph(character: str) -> Path:
    """Return the outline of a character, its middle at the origin, to be used as a marker."""
    outline = TextPath((0, 0), character, prop=FontProperties(family=[style.FONT]))
    box = outline.get_extents()
    return outline.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))


def ladder_caption(data: pd.DataFrame, zh: str, en: str) -> dict[str, str]:
    """Return a caption that names the first three cities and the printed movers."""
    first = data.head(3)
    movers = data.dropna(subset=["gained"]).sort_values("gained", ascending=False)
    gains = {
        column: [f"{name} ↑{gain}" for name, gain in zip(movers[column], movers["gained"], strict=True)]
        for column in ("city", "city_en")
    }
    return {
        "zh": f"{zh}前三位是{'、'.join(first['city'])}；报告点名的上升城市：{'、'.join(gains['city'])}。空心圈为总排名。",
        "en": f"{en}: {', '.join(first['city_en'])} lead. Risers that the report names: {', '.join(gains['city_en'])}. "
        "Rings mark the overall rank.",
    }


def text_table(axes: Axes, cells: Sequence[Sequence[str]], x: Sequence[float], header: Sequence[str], align: str):
    """Write a table of text: row r at height r (0 the first), columns at `x`; `align` has one of l, c, r a column.

    The axes must run downwards, with room for the header at -1.
    """
    sides = {"l": "left", "c": "center", "r": "right"}
    for row, texts in enumerate([header, *cells], start=-1):
        for place, text, side in zip(x, texts, align, strict=True):
            colour = style.MUTED if row < 0 else style.INK
            axes.text(place, row, text, ha=sides[side], va="center", color=colour, size=style.SMALL)
    for row in range(len(cells) + 1):
        axes.axhline(row - 0.5, color=style.LINE, linewidth=0.7 if row else 1.2)

"""Beyond the report: the published ranks across the three pillars (p10, p20, p28 by pillar), and ranks of several years as lines."""

from collections.abc import Iterable
from functools import partial

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from fhi.engine.agreement import shifts
from fhi.engine.framework import leaves_of
from fhi.showing.figures import charts, style
from fhi.showing.figures.charts import name_rows, with_names
from fhi.showing.figures.registry import Tables, figure, id_of, of_form
from fhi.showing.figures.texts import capital
from fhi.showing.figures.wording import both, each, listed, said, together, with_words, words

#: inches from rank to rank where there is room, inches that the ranks may take, and inches of a line of names
ROW, TALLEST, ROW_OF_TEXT = 0.26, 11.5, 0.19
#: points of the longest name in a figure of half the width, and of one that is not cut in a figure of the whole
SHORT, LONG = 66, 130
#: lines of units that rise, fall and stay: the ink and the pattern tell, and the arrow beside the name
LINES = {
    1: {"color": style.UP, "linewidth": 2.0, "zorder": 3},
    -1: {"color": style.DOWN, "linewidth": 2.0, "linestyle": (0, (5, 1.6)), "zorder": 2},
    0: {"color": style.FAINT, "linewidth": 1.0, "zorder": 1},
}
NAMES = {1: "up", -1: "down", 0: "same"}


def slope_data(tables: Tables) -> pd.DataFrame:
    """Overall rank of 2018 as printed and of 2017 as it follows from the printed change; a new city has none.

    The ranks of 2017 that no city has (``city`` empty) are those of cities that left the twenty.
    """
    frame = tables["tables/top20"].sort_values("rank")[["city", "tier", "rank", "change", "change_value", "page"]]
    frame = frame.rename(columns={"rank": "rank_2018"})
    frame["rank_2017"] = (frame["rank_2018"] + frame["change_value"]).astype("Int64")
    left = sorted(set(range(1, len(frame) + 1)) - set(frame["rank_2017"].dropna()))
    frame = pd.concat([with_names(frame, tables), pd.DataFrame({"rank_2017": pd.array(left, dtype="Int64")})])
    frame["evidence_2017"] = frame["change_value"].notna().map({True: "derived", False: None})
    return frame.astype({"rank_2018": "Int64"}).reset_index(drop=True)


def slope_caption(data: pd.DataFrame) -> dict[str, str]:
    known, new = data.dropna(subset=["change_value"]), data[data["rank_2017"].isna()]
    change, left = known["change_value"], data[data["city"].isna()]["rank_2017"]
    return both("slope-2017-2018.caption", **_counts(change), new=listed(new), left=", ".join(map(str, left)))


def _counts(change: pd.Series) -> dict[str, int]:
    """Return how many units rose, fell and kept their rank, by the places that they gained."""
    return {"rose": (change > 0).sum(), "fell": (change < 0).sum(), "same": (change == 0).sum()}


@figure("slope-2017-2018", slope_data, slope_caption)
def slope(data: pd.DataFrame, language: str):
    """Lines from the rank of 2017 to that of 2018; the new city and the place of the one that left are marked."""
    cities = data.dropna(subset=["city"]).set_index("city", drop=False)
    ranks = cities[["rank_2017", "rank_2018"]].astype(float).set_axis([2017, 2018], axis=1)
    names = cities["city" if language == "zh" else "city_en"]
    left = {rank: said("slope-2017-2018.left", language, rank=rank) for rank in data[data["city"].isna()]["rank_2017"]}
    figure, axes = _lines(ranks, names, language, published=2018, others=left.values())
    for rank, text in left.items():
        axes.scatter([2017], [rank], s=46, facecolor=style.PAPER, edgecolor=style.MUTED, zorder=3)
        axes.text(2017 - 0.03, rank, text, ha="right", va="center", color=style.MUTED, size=style.SMALL)
    _key(figure, language)
    return figure


def years_data(tables: Tables) -> pd.DataFrame:
    """Rank and score by city and year: of the index, or where it has one year only, of the indicator with the most."""
    nodes = tables["tables/framework"].set_index("code")
    scores = tables["year_scores"]
    counts = scores.groupby("node")["year"].nunique().reindex(nodes.index).dropna()
    root = nodes.index[nodes["level"] == 0][0]
    leaves = counts[counts.index.isin(leaves_of(tables["tables/framework"]))]
    node = root if counts.get(root, 0) > 1 or leaves.empty else leaves.idxmax()
    frame = charts.with_node_names(scores[scores["node"] == node], tables, "node")
    return with_words(with_names(frame.sort_values(["year", "rank", "city"]), tables), tables)


def _moves(data: pd.DataFrame) -> pd.DataFrame:
    """Return by unit ``before`` and ``after``, its ranks in the last two years among the units of both; NaN: in one only.

    ``first`` and ``last`` say in which of the two years it is.
    """
    years = sorted(data["year"].unique())[-2:]
    ranks = data.pivot(index="city", columns="year", values="rank").reindex(columns=years)
    before = ranks.iloc[:, 0] if len(years) > 1 else ranks.iloc[:, 0] * float("nan")
    moves = shifts(before, ranks.iloc[:, -1], ascending=True)[["before", "after"]].reindex(ranks.index)
    return moves.assign(first=ranks.iloc[:, 0].notna(), last=ranks.iloc[:, -1].notna())


def years_caption(data: pd.DataFrame) -> dict[str, str]:
    years, unit = sorted(data["year"].unique()), words(data)
    moves, names = _moves(data), data.drop_duplicates("city").set_index("city", drop=False)
    change = (moves["before"] - moves["after"]).dropna()
    values = {"node": data.iloc[0], "first": years[0], "last": years[-1], "before": years[-2:][0], "unit": unit}
    found = [both("years.caption", **values)]
    if len(change):
        counts = _counts(change)
        counts |= {f"{name}_zh": unit.count(count) for name, count in counts.items()}
        found.append(both("years.moves", **values, **counts))
    for slot, rows in (("entered", moves["last"] & ~moves["first"]), ("left", moves["first"] & ~moves["last"])):
        if rows.any():
            found.append(both(f"years.{slot}", names=listed(names.loc[moves.index[rows]])))
    return together(*found)


@figure("years", years_data, years_caption)
def years(data: pd.DataFrame, language: str):
    """A line a unit through its ranks among the units of the last two years."""
    moves = _moves(data)
    # a line and its look speak of the same ranks: those among the units of both last years
    common = moves.index[moves["before"].notna()]
    among = data[data["city"].isin(common)] if len(common) else data
    ranks = among.pivot(index="city", columns="year", values="rank").rank(method="min")
    names = among.drop_duplicates("city").set_index("city", drop=False)["city" if language == "zh" else "city_en"]
    figure, _ = _lines(ranks.loc[ranks.iloc[:, -1].sort_values(kind="stable").index], names, language)
    look = {"size": style.BODY, "weight": "bold", "color": style.INK}
    style.write(figure, style.SIDE / figure.get_size_inches()[0], -0.75, data[f"node_{language}"].iloc[0], **look)
    _key(figure, language)
    return figure


def _lines(
    ranks: pd.DataFrame, names: pd.Series, language: str, published: int | None = None, others: Iterable[str] = ()
):
    """Draw ranks by unit and year, best of the last year first; the rank of a `published` year is bold, others in brackets.

    `others` are texts that will stand at the left of the first year.
    """
    at, shown = list(ranks.columns), charts.chosen(ranks.index, last=0)
    ranks = ranks.loc[list(shown.place)]
    pitch, spread = min(ROW, TALLEST / ranks.max().max()), max(at[-1] - at[0], 1)
    # at the sides names stand a line apart, in a row of their own each; ties stand below one another
    apart = max(1.0, ROW_OF_TEXT / pitch)
    sides = {year: _places(ranks[year].dropna(), apart) for year in (at[0], at[-1])}
    lowest = max(ranks.max().max(), *(side.max() for side in sides.values()))
    figure, axes, room = _lines_area(1.95 + pitch * lowest, names, len(at), others)
    for unit, row in ranks.iterrows():
        known = row.dropna()
        gained = row[at[-2:][0]] - row[at[-1]] if len(at) > 1 else float("nan")
        sign = 0 if pd.isna(gained) else int(np.sign(gained))
        look, name = LINES[sign], style.fit(names[unit], room, style.SMALL)
        drawn = [*axes.plot(known.index, known, solid_capstyle="round", **look)]
        drawn.append(axes.scatter(known.index, known, s=22, color=look["color"], zorder=4))
        for year, side, edge in ((at[0], -1, "right"), (at[-1], 1, "left")):
            if pd.notna(row[year]):
                text, weight = ("{:.0f}", "bold") if year == published else ("({:.0f})", "normal")
                x, y = year + side * 0.03 * spread, sides[year][unit]
                place = {"va": "center", "ha": edge, "size": style.SMALL}
                drawn.append(axes.text(x, y, text.format(row[year]), weight=weight, **place))
                drawn.append(axes.annotate(name, (x, y), (side * 26, 0), **style.BESIDE, **place))
        for artist in drawn:
            style.of_unit(artist, unit)
        new = said("years.new", language) if len(known) == 1 < len(at) else ""
        change = f"{style.ARROWS[sign]}{abs(gained):.0f}" if sign else new
        place = at[-1] + 0.03 * spread, sides[at[-1]].get(unit, 0)
        bold = {"va": "center", "weight": "bold", "size": style.SMALL, "color": look["color"]}
        axes.annotate(change, place, (room + 35, 0), **style.BESIDE, **bold)
    for year in at:
        axes.text(year, 1 - 0.9 * ROW / pitch, str(year), ha="center", va="center", weight="bold", size=style.BODY)
    axes.set(xlim=(at[0] - 0.02 * spread, at[-1] + 0.02 * spread), ylim=(lowest + 0.6, -0.3))
    if shown.left:
        style.write(figure, 0.965, 0.52, shown.more(language), ha="right")
    return figure, axes


def _lines_area(tall: float, names: pd.Series, years: int, others: Iterable[str]):
    """Return a figure, its axes, and the points of a name: of half the width where names and years are short and few."""
    room = max((style.extent(name, style.SMALL) for name in names), default=0)
    if room > SHORT or years > 3:
        figure = style.canvas(tall)
        return figure, style.bare(style.area(figure, left=2.8, right=3.0, top=1.35, bottom=0.85)), LONG
    figure = style.canvas(tall, style.HALF)
    left = max([room + 34, *(style.extent(text, style.SMALL) + 14 for text in others)]) / 72
    return figure, style.bare(style.area(figure, left=left, right=(room + 72) / 72, top=1.35, bottom=0.85)), room


def _places(ranks: pd.Series, apart: float) -> pd.Series:
    """Return the height of each name at a side: its rank, or below the name above it where that is too near."""
    ordered, heights = ranks.sort_values(kind="stable"), []
    for rank in ordered:
        heights.append(max(float(rank), heights[-1] + apart) if heights else float(rank))
    return pd.Series(heights, index=ordered.index)


def _key(figure, language: str) -> None:
    """Say below the lines what they mean."""
    width, height = figure.get_size_inches()
    x = 2.8 if width == style.FULL else style.SIDE
    for sign, look in LINES.items():
        text = said(f"years.{NAMES[sign]}", language)
        figure.add_artist(Line2D([x / width, (x + 0.35) / width], [0.56 / height] * 2, **look))
        style.write(figure, (x + 0.42) / width, 0.56, text)
        x += 0.75 + style.extent(text, style.SMALL) / 72


PILLARS = ("industry", "experience", "ecosystem")


def pillars_data(tables: Tables) -> pd.DataFrame:
    """Overall and pillar ranks of the 20 cities; ``gap_*`` is overall less pillar rank, above 0 where the pillar leads."""
    frame = tables["tables/top20"].sort_values("rank")[
        ["city", "tier", "rank", *[f"{p}_rank" for p in PILLARS], "page"]
    ]
    for pillar in PILLARS:
        frame[f"gap_{pillar}"] = frame["rank"] - frame[f"{pillar}_rank"]
    ranks = frame[[f"{pillar}_rank" for pillar in PILLARS]]
    frame["spread"] = ranks.max(axis=1) - ranks.min(axis=1)
    return with_names(frame, tables)


def heat_caption(data: pd.DataFrame) -> dict[str, str]:
    uneven, even = data.loc[data["spread"].idxmax()], data[data["spread"] == data["spread"].min()]
    gaps = data[[f"gap_{pillar}" for pillar in PILLARS]].abs().mean().rename(lambda name: name.removeprefix("gap_"))
    far = gaps.idxmax()
    names = {"even": listed(even), "least": even["spread"].iloc[0]}
    return both(
        "pillar-heat.caption",
        uneven=uneven,
        far={name: capital(text) for name, text in both(f"pillar.{far}").items()},
        gap=gaps[far],
        **names,
    )


@figure("pillar-heat", pillars_data, heat_caption)
def heat(data: pd.DataFrame, language: str):
    """Table of overall and pillar ranks, pillar cells coloured by the gap to the overall rank; the spread as bars."""
    shown = charts.chosen(data["city"])
    figure = style.canvas(charts.height(7.9, shown.count))
    axes = style.bare(style.area(figure, left=1.55, bottom=0.95, top=0.8))
    widest = int(data[[f"gap_{pillar}" for pillar in PILLARS]].abs().max().max())
    norm = matplotlib.colors.Normalize(-widest, widest)
    place_long = min(0.088, 1.75 / max(int(data["spread"].max()), 1))
    x = {pillar: 1.95 + 1.5 * place for place, pillar in enumerate(PILLARS)}
    for name, place in ({"rank": 0.5, "spread": 6.2} | x).items():
        side = "left" if name == "spread" else "center"
        colour = style.PILLARS.get(name, style.INK)
        axes.text(place, -1, said(f"pillar-heat.{name}", language), ha=side, va="center", weight="bold", color=colour)
    data = shown.of(data)
    rows, names = list(shown.place.values()), style.city_names(data, language)
    axes.text(-0.15, shown.gap, shown.more(language), ha="right", va="center")
    for row, name, item in zip(rows, names, data.itertuples(), strict=True):
        axes.text(-0.15, row, name, ha="right", va="center")
        axes.text(0.5, row, f"{item.rank}", ha="center", va="center", weight="bold")
        for pillar, place in x.items():
            gap = getattr(item, f"gap_{pillar}")
            colour = matplotlib.colors.to_hex(charts.SHADES(norm(gap)))
            left, right, top, bottom = place - 0.71, place + 0.71, row - 0.44, row + 0.44
            axes.fill([left, right, right, left], [top, top, bottom, bottom], color=colour, linewidth=0)
            ink = style.ink_on(colour)
            axes.text(place, row, f"{getattr(item, f'{pillar}_rank')}", ha="center", va="center", color=ink)
        axes.text(6.2 + item.spread * place_long + 0.1, row, f"{item.spread}", va="center", size=style.SMALL)
    axes.barh(rows, data["spread"] * place_long, left=6.2, height=0.5, color=style.MUTED)
    axes.set(xlim=(0, 8.1), ylim=(shown.count - 0.4, -1.6))
    charts.heat_scale(
        axes, *(said(f"pillar-heat.{end}", language, widest=widest) for end in ("places-behind", "ahead"))
    )
    return figure


def ladder_data(tables: Tables, pillar: str) -> pd.DataFrame:
    """Return a pillar's ranks beside the overall ranks, with the printed movers (places gained since 2017)."""
    ranks = tables["tables/top20"].rename(columns={f"{pillar}_rank": "pillar_rank", "rank": "overall_rank"})
    movers = tables["tables/movers"].query("pillar == @pillar").set_index("city")["change"]
    frame = ranks[["city", "tier", "pillar_rank", "overall_rank", "page"]].copy()
    frame["gained"] = frame["city"].map(movers).astype("Int64")
    return with_names(frame.sort_values(["pillar_rank", "overall_rank"]), tables)


def draw_ladder(data: pd.DataFrame, language: str, pillar: str):
    """Draw one row a unit: its pillar rank as a full dot, its overall rank as a ring, places gained with an arrow."""
    figure, names = style.canvas(5.85, style.HALF), charts.row_names(data, language)
    axes = style.quiet(style.area(figure, left=charts.margin(names), right=0.75, top=1.2, bottom=0.85), grid="x")
    rows, last = range(len(data)), int(data[["pillar_rank", "overall_rank"]].max().max())
    dot, ring = style.PUBLISHED | {"facecolor": style.PILLARS[pillar], "s": 80}, style.RING | {"marker": "o"}
    axes.hlines(rows, data["pillar_rank"], data["overall_rank"], color=style.MUTED, linewidth=1.0, zorder=1)
    axes.scatter(data["overall_rank"], rows, zorder=2, **ring)
    axes.scatter(data["pillar_rank"], rows, zorder=3, **dot)
    look = {"va": "center", "ha": "right", "size": style.SMALL}
    look |= {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(said("ladder.gained", language), (1, -1), (48, 0), color=style.MUTED, **look)
    for row, item in zip(rows, data.itertuples(), strict=True):
        if not pd.isna(item.gained):
            axes.annotate(f"↑ {int(item.gained)}", (1, row), (30, 0), weight="bold", **look)
    name_rows(axes, data, language, "pillar_rank")
    axes.set(ylim=(len(data) - 0.4, -0.6), xlim=(0.2, last + 0.8), xticks=charts.rank_ticks(last))
    axes.set_xlabel(said("ladder.axis", language), size=style.SMALL, loc="right")
    charts.key(axes, [(dot, said("ladder.pillar", language)), (ring, said("ladder.overall", language))], columns=1)
    return figure


def ladder_caption(data: pd.DataFrame, pillar: str) -> dict[str, str]:
    """Return a caption that names the first three units and those that the publication says rose."""
    movers = data.dropna(subset=["gained"]).sort_values("gained", ascending=False)
    names = {"first": listed(data.head(3)), "gains": each(movers, "ladder.gain")}
    return both("ladder.caption", pillar=both(f"pillar.{pillar}"), **names)


for _pillar in of_form("ladder"):
    _about = {"pillar": _pillar}
    figure(id_of("ladder", _pillar), partial(ladder_data, **_about), partial(ladder_caption, **_about))(
        partial(draw_ladder, **_about)
    )

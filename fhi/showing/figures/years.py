"""Beyond the report: the ranks of every year of the panel, with who rose and fell, came and went."""

from __future__ import annotations

import pandas as pd

from fhi.engine.agreement import shifts
from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, with_names
from fhi.showing.figures.registry import Tables, figure

#: inches from rank to rank where there is room, inches that the ranks may take, and inches of a line of names
ROW, TALLEST, ROW_OF_TEXT = 0.235, 11.5, 0.17


def years_data(tables: Tables) -> pd.DataFrame:
    """Rank and score by city and year: of the index, or where it has one year only, of the indicator with the most."""
    nodes = tables["tables/framework"].set_index("code")
    scores = tables["year_scores"]
    counts = scores.groupby("node")["year"].nunique().reindex(nodes.index).dropna()
    root = nodes.index[nodes["level"] == 0][0]
    leaves = counts[nodes["level"].reindex(counts.index) == nodes["level"].max()]
    node = root if counts.get(root, 0) > 1 or leaves.empty else leaves.idxmax()
    frame = scores[scores["node"] == node].sort_values(["year", "rank", "city"])
    for language in ("zh", "en"):
        frame[f"node_{language}"] = nodes.at[node, f"name_{language}"]
    return with_names(frame, tables)


def _moves(data: pd.DataFrame) -> pd.DataFrame:
    """Return by city ``before`` and ``after``, its ranks in the last two years among the cities of both; NaN: in one only.

    ``first`` and ``last`` say in which of the two years it is.
    """
    years = sorted(data["year"].unique())[-2:]
    ranks = data.pivot(index="city", columns="year", values="rank").reindex(columns=years)
    before = ranks.iloc[:, 0] if len(years) > 1 else ranks.iloc[:, 0] * float("nan")
    moves = shifts(before, ranks.iloc[:, -1], ascending=True)[["before", "after"]].reindex(ranks.index)
    return moves.assign(first=ranks.iloc[:, 0].notna(), last=ranks.iloc[:, -1].notna())


def years_caption(data: pd.DataFrame) -> dict[str, str]:
    years = sorted(data["year"].unique())
    first, names = data.iloc[0], data.drop_duplicates("city").set_index("city")["city_en"]
    moves = _moves(data)
    entered, left = moves.index[moves["last"] & ~moves["first"]], moves.index[moves["first"] & ~moves["last"]]
    change = (moves["before"] - moves["after"]).dropna()
    zh = f"{first['node_zh']}，{years[0]}–{years[-1]}年，各年城市间名次（1为最佳）。"
    en = f"{first['node_en']}, {years[0]} to {years[-1]}: ranks among the cities of each year (1 is best). "
    if len(change):
        rose, fell, same = (change > 0).sum(), (change < 0).sum(), (change == 0).sum()
        zh += f"在{years[-2]}与{years[-1]}年都有的城市中，{rose}城上升，{fell}城下降，{same}城不变。"
        en += (
            f"Among the cities of both {years[-2]} and {years[-1]}, {rose} rose, {fell} fell, {same} kept their place. "
        )
    if len(entered):
        zh += f"新增{'、'.join(entered)}。"
        en += f"Entered: {', '.join(names[entered])}. "
    if len(left):
        zh += f"退出{'、'.join(left)}。"
        en += f"Left: {', '.join(names[left])}. "
    return {"zh": zh, "en": en.strip()}


@figure(
    "years",
    page=None,
    evidence="reconstructed",
    title={"zh": "历年名次", "en": "Ranks over the years"},
    data=years_data,
    caption=years_caption,
    needs=("year_scores",),
)
def years(data: pd.DataFrame, language: str):
    """A line a city through its ranks; colours tell the last move, rings who entered, crosses who left."""
    at, moves, label = sorted(data["year"].unique()), _moves(data), "city" if language == "zh" else "city_en"
    # the best of the last year, then those that are no longer there; colours and moves are among all
    order = data.sort_values("year", ascending=False, kind="stable")["city"]
    shown = chosen(order, last=0)
    data = shown.of(data)
    pitch = min(ROW, TALLEST / data["rank"].max())
    # at the sides names stand a line apart, in a row of their own each
    apart = max(1.0, ROW_OF_TEXT / pitch)
    spread = max(at[-1] - at[0], 1)
    # ties stand below one another at the sides
    sides = {year: _places(data[data["year"] == year], apart) for year in (at[0], at[-1])}
    # a side may have more names than there are ranks, where the last of them tie
    lowest = max(data["rank"].max(), data.groupby("year").size().max(), *(side.max() for side in sides.values()))
    figure = style.canvas(1.75 + pitch * lowest)
    axes = style.bare(style.area(figure, left=2.1, right=2.1, top=1.25, bottom=0.75))
    for city, rows in data.groupby("city", sort=False):
        move = moves.loc[city]
        gained = move["before"] - move["after"]
        colour = style.PURPLE if pd.isna(gained) else style.direction(gained)
        strong = not abs(gained) < 3
        axes.plot(rows["year"], rows["rank"], color=colour, linewidth=2 if strong else 1.1, zorder=3 if strong else 2)
        axes.scatter(rows["year"], rows["rank"], s=16, color=colour, zorder=4)
        name = style.brief(rows[label].iloc[0])
        for side, year, edge in ((-1, at[0], "right"), (1, at[-1], "left")):
            here = rows[rows["year"] == year]
            if len(here):
                rank = int(here["rank"].iloc[0])
                text = f"{name}  {rank}" if side < 0 else f"{rank}  {name}"
                place = year + side * 0.03 * spread, sides[year][city]
                axes.text(*place, text, ha=edge, va="center", size=style.SMALL, color=style.INK)
        _ends(axes, rows, at, colour)
    for year in at:
        axes.text(year, 1 - 0.9 * ROW / pitch, str(year), ha="center", va="center", weight="bold", size=11)
    axes.set(xlim=(at[0] - 0.02 * spread, at[-1] + 0.02 * spread), ylim=(lowest + 0.8, -0.5))
    _key(figure, data, shown.more(language), language)
    return figure


def _places(rows: pd.DataFrame, apart: float) -> pd.Series:
    """Return the height of each name at a side: its rank, or below the name above it where that is too near."""
    ordered, heights = rows.sort_values(["rank", "city"]), []
    for rank in ordered["rank"]:
        heights.append(max(float(rank), heights[-1] + apart) if heights else float(rank))
    return pd.Series(heights, index=ordered["city"])


def _ends(axes, rows: pd.DataFrame, at: list[int], colour: str) -> None:
    """Mark where a city's line begins after the first year, and where it ends before the last."""
    if rows["year"].iloc[0] > at[0]:
        axes.scatter(rows["year"].iloc[:1], rows["rank"].iloc[:1], s=60, facecolor="none", edgecolor=colour, zorder=5)
    if rows["year"].iloc[-1] < at[-1]:
        axes.scatter(rows["year"].iloc[-1:], rows["rank"].iloc[-1:], s=44, marker="x", color=colour, zorder=5)


def _key(figure, data: pd.DataFrame, more: str, language: str) -> None:
    """Say above the lines which node they are of, and below what the colours and marks mean."""
    width, height = figure.get_size_inches()
    name = data[f"node_{language}"].iloc[0]
    figure.text(style.SIDE / width, 1 - 0.72 / height, name, size=style.BODY, color=style.MUTED, va="center")
    words = [
        (style.UP, style.pick(language, "上升", "rose")),
        (style.DOWN, style.pick(language, "下降", "fell")),
        (
            style.MUTED,
            style.pick(language, "不变（在最后两年都有的城市中）", "same (among the cities of the last two years)"),
        ),
        (style.PURPLE, style.pick(language, "○ 新增   × 退出", "○ entered   × left")),
    ]
    x = 2.1
    for colour, text in words:
        figure.text(x / width, 0.52 / height, text, size=style.SMALL, color=colour, va="center", weight="bold")
        x += 0.35 + style.extent(text, style.SMALL, "bold") / 72
    figure.text(
        1 - style.SIDE / width, 0.52 / height, more, size=style.SMALL, color=style.MUTED, va="center", ha="right"
    )

"""Beyond the report: its ranks against those of 2017, and against the data there are."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure


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
    known = data.dropna(subset=["change_value"])
    up, down, same = (
        (known["change_value"] > 0).sum(),
        (known["change_value"] < 0).sum(),
        (known["change_value"] == 0).sum(),
    )
    new = data[data["rank_2017"].isna()]
    left = data[data["city"].isna()]["rank_2017"]
    return {
        "zh": f"2017年名次由印出的变动推算：{up}城上升，{down}城下降，{same}城不变；{'、'.join(new['city'])}为新增（2018年起纳入港澳台）。"
        f"2017年第{'、'.join(map(str, left))}名没有对应城市：该城退出前20，名称未公布。",
        "en": f"Ranks of 2017 follow from the printed changes: {up} cities rose, {down} fell, {same} kept their place; "
        f"{', '.join(new['city_en'])} is new (the edition added the regions beyond the mainland). Rank {', '.join(map(str, left))} of "
        "2017 belongs to no city of the list: its holder left the twenty and is not named.",
    }


@figure(
    "slope-2017-2018",
    page=None,
    evidence=("published", "derived"),
    title={"zh": "总排名：2017年与2018年", "en": "Overall rank, 2017 and 2018"},
    data=slope_data,
    caption=slope_caption,
)
def slope(data: pd.DataFrame, language: str):
    """Lines from the rank of 2017 to that of 2018; the new city and the place of the one that left are marked."""
    figure = style.canvas(8.1)
    axes = style.bare(style.area(figure, left=2.2, right=2.6, top=1.05, bottom=0.6))
    known = data.dropna(subset=["change_value"])
    for name, item in zip(style.city_names(known, language), known.itertuples(), strict=True):
        colour = style.direction(item.change_value)
        heavy = 2.4 if abs(item.change_value) >= 4 else 1.3
        ends = [item.rank_2017, item.rank_2018]
        axes.plot([0, 1], ends, color=colour, linewidth=heavy, solid_capstyle="round", zorder=2)
        axes.scatter([0, 1], ends, s=34, color=colour, zorder=3)
        _end(axes, -0.03, item.rank_2017, f"{name}  {item.rank_2017}", "right")
        change = f"{item.change_value:+.0f}" if item.change_value else "–"
        _end(axes, 1.03, item.rank_2018, f"{item.rank_2018}  {name}", "left")
        axes.text(1.42, item.rank_2018, change, ha="right", va="center", color=colour, size=style.SMALL, weight="bold")
    new, left = data[data["rank_2017"].isna()], data[data["city"].isna()]
    for name, rank in zip(style.city_names(new, language), new["rank_2018"], strict=True):
        axes.scatter([1], [rank], s=60, color=style.PURPLE, zorder=3)
        _end(axes, 1.03, rank, f"{rank}  {name}", "left")
        axes.text(
            1.42,
            rank,
            style.pick(language, "新增", "new"),
            ha="right",
            va="center",
            color=style.PURPLE,
            size=style.SMALL,
            weight="bold",
        )
    for rank in left["rank_2017"]:
        axes.scatter([0], [rank], s=46, facecolor=style.PAPER, edgecolor=style.MUTED, linestyle=(0, (2, 1.5)), zorder=3)
        unknown = style.pick(language, f"退出的城市，未公布  {rank}", f"left, not named  {rank}")
        _end(axes, -0.03, rank, unknown, "right", style.MUTED)
    for x, year in ((0, "2017"), (1, "2018")):
        axes.text(x, -0.35, year, ha="center", va="center", weight="bold", size=12)
    axes.set(xlim=(-0.02, 1.02), ylim=(data["rank_2017"].max() + 0.6, 0.2))
    return figure


def _end(axes, x: float, y: float, text: str, side: str, colour: str = style.INK) -> None:
    axes.text(x, y, text, ha=side, va="center", color=colour)

"""Part one, the landscape: the TOP20 table and the tiers (p5)."""

from __future__ import annotations

import matplotlib
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure

RANKS = ["rank", "industry_rank", "experience_rank", "ecosystem_rank"]


def top20_data(tables: Tables) -> pd.DataFrame:
    """The TOP20 table as printed, with the tier names."""
    tiers = tables["tables/tiers"].rename(columns={"name_zh": "tier_zh", "name_en": "tier_en"})
    frame = tables["tables/top20"].merge(tiers[["tier", "tier_zh", "tier_en"]], on="tier")
    columns = ["rank", "city", "tier", "tier_zh", "tier_en", "change", "change_value", *RANKS[1:], "page"]
    return with_names(frame.sort_values("rank")[columns], tables)


def top20_caption(data: pd.DataFrame) -> dict[str, str]:
    up, down = data.loc[data["change_value"].idxmax()], data.loc[data["change_value"].idxmin()]
    same = data[data["change_value"] == down["change_value"]]
    return {
        "zh": f"升幅最大的是{up['city']}（+{up['change_value']:.0f}），降幅最大的是{'、'.join(same['city'])}"
        f"（{down['change_value']:.0f}）。颜色越深，名次越靠前。",
        "en": f"{up['city_en']} rose most (+{up['change_value']:.0f}); {' and '.join(same['city_en'])} fell most "
        f"({down['change_value']:.0f}). The darker a cell, the better the rank.",
    }


@figure(
    "p05-top20",
    page=5,
    evidence="published",
    title={"zh": "2018金融科技中心城市TOP20", "en": "The twenty fintech hubs of 2018"},
    data=top20_data,
    caption=top20_caption,
)
def top20(data: pd.DataFrame, language: str):
    """Table of overall rank, change and pillar ranks, cells shaded by rank (p5)."""
    figure = style.canvas(8.3)
    axes = style.bare(style.area(figure, top=0.6))
    shades = matplotlib.colors.LinearSegmentedColormap.from_list("ranks", ["#2f7fbf", "#ffffff"])
    heads = style.pick(
        language,
        ["城市", "总排名", "较2017年", "产业", "体验", "生态"],
        ["City", "Overall", "From 2017", "Industry", "Experience", "Ecosystem"],
    )
    x = [1.75, 3.9, 5.2, 6.5, 7.7, 8.9]
    for place, head in zip(x, heads, strict=True):
        axes.text(
            place, -1, head, ha="left" if place == x[0] else "center", va="center", color=style.MUTED, size=style.SMALL
        )
    names = style.city_names(data, language)
    for row, (name, item) in enumerate(zip(names, data.itertuples(), strict=True)):
        axes.text(x[0], row, name, va="center", weight="bold" if row < 3 else "normal", size=11)
        text, colour = _change(item.change_value, language)
        axes.text(x[2], row, text, color=colour, ha="center", va="center")
        for place, value in zip([x[1], *x[3:]], (getattr(item, column) for column in RANKS), strict=True):
            box = matplotlib.patches.Rectangle((place - 0.52, row - 0.42), 1.04, 0.84, color=shades((value - 1) / 19))
            axes.add_patch(box)
            axes.text(place, row, str(value), ha="center", va="center", color=style.PAPER if value < 6 else style.INK)
    for tier, group in data.groupby("tier", sort=False):
        top, bottom = group.index[0] - 0.45, group.index[-1] + 0.45
        axes.add_patch(matplotlib.patches.Rectangle((0, top), 0.09, bottom - top, color=style.TIERS[tier]))
        label = group["tier_zh" if language == "zh" else "tier_en"].iloc[0].replace(" ", "\n")
        axes.text(
            0.2, group.index[0], label, va="center" if "\n" not in label else "top", size=style.SMALL, color=style.MUTED
        )
        if top > 0:
            axes.axhline(top - 0.05, color=style.LINE, linewidth=1)
    axes.set(xlim=(0, 9.5), ylim=(len(data) - 0.5, -1.5))
    return figure


def _change(change: float, language: str) -> tuple[str, str]:
    """Return text and colour of a change of rank; NaN is a city that was not ranked before."""
    if pd.isna(change):
        return style.pick(language, "新增", "new"), style.PURPLE
    if change == 0:
        return "—", style.MUTED
    return f"{'↑' if change > 0 else '↓'} {abs(change):.0f}", style.direction(change)


def tiers_data(tables: Tables) -> pd.DataFrame:
    """Printed mean score of each tier, with its cities in order of rank."""
    cities = with_names(tables["tables/top20"].sort_values("rank"), tables).groupby("tier", sort=False)
    frame = tables["tables/tiers"].set_index("tier").loc[list(cities.groups)].reset_index()
    for column in ("city", "city_en"):
        frame[f"{column}s"] = frame["tier"].map(cities[column].agg("|".join))
    frame["count"] = frame["tier"].map(cities.size())
    return frame[["tier", "name_zh", "name_en", "mean_value", "count", "citys", "city_ens", "page"]].rename(
        columns={"citys": "cities", "city_ens": "cities_en", "mean_value": "mean"}
    )


def tiers_caption(data: pd.DataFrame) -> dict[str, str]:
    first, second, third = data["mean"]
    mean = (data["mean"] * data["count"]).sum() / data["count"].sum()
    return {
        "zh": f"三个梯队的平均分相差{first - second:.1f}与{second - third:.1f}；按城市数加权，20城平均为{mean:.1f}。城市得分未公布。",
        "en": f"The tier means lie {first - second:.1f} and {second - third:.1f} points apart; weighted by cities, the mean of "
        f"the twenty is {mean:.1f}. City scores are not published.",
    }


@figure(
    "p05-tiers",
    page=5,
    evidence=("published", "derived"),
    title={"zh": "三个梯队的平均得分", "en": "Mean score of the three tiers"},
    data=tiers_data,
    caption=tiers_caption,
)
def tiers(data: pd.DataFrame, language: str):
    """Bars of the three printed tier means, the tier's cities below each (p5)."""
    figure = style.canvas(4.2)
    axes = style.quiet(style.area(figure, left=1.9, right=0.6, bottom=0.95))
    rows = range(len(data))
    axes.barh(rows, data["mean"], height=0.42, color=[style.TIERS[tier] for tier in data["tier"]])
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.mean + 0.8, row, f"{item.mean:g}", va="center", weight="bold", size=12)
        names = (item.cities if language == "zh" else item.cities_en).split("|")
        joined = style.pick(language, "、", ", ").join(names)
        axes.text(
            0.6, row + 0.37, joined, va="center", size=style.SMALL if language == "zh" else 7.4, color=style.MUTED
        )
    names = data["name_zh" if language == "zh" else "name_en"]
    axes.set_yticks(rows, [f"{name} ({count})" for name, count in zip(names, data["count"], strict=True)])
    axes.set(xlim=(0, 100), ylim=(len(data) - 0.35, -0.4))
    axes.set_xlabel(style.pick(language, "平均得分（0–100）", "mean score (0–100)"), size=style.SMALL)
    return figure

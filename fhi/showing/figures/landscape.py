"""Part one, the landscape: the TOP20 table and the tiers (p5)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import wrapped
from fhi.showing.figures.wording import both, said

PILLARS = ("industry", "experience", "ecosystem")

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
    fell = {"fell": "、".join(same["city"]), "fell_en": " and ".join(same["city_en"]), "down": -down["change_value"]}
    return both("p05-top20.caption", up=up, **fell)


@figure(
    "p05-top20",
    page=5,
    evidence="published",
    data=top20_data,
    caption=top20_caption,
)
def top20(data: pd.DataFrame, language: str):
    """Table of overall rank, change and pillar ranks, cells shaded by rank (p5)."""
    figure = style.canvas(8.0)
    axes = style.bare(style.area(figure, top=0.65, bottom=0.45))
    x = [1.75, 3.5, 4.75, 6.05, 7.3, 8.55]
    for place, name in zip(x, ("city", "rank", "change", *PILLARS), strict=True):
        look = {"ha": "left" if place == x[0] else "center", "color": style.MUTED, "size": style.SMALL}
        axes.text(place, -1, said(f"p05-top20.{name}", language), va="center", **look)
    names = style.city_names(data, language)
    for row, (name, item) in enumerate(zip(names, data.itertuples(), strict=True)):
        axes.text(x[0], row, name, va="center")
        text, colour = _change(item.change_value, language)
        axes.text(x[2], row, text, color=colour, ha="center", va="center")
        columns = zip([x[1], *x[3:]], RANKS, ("FHI", *PILLARS), strict=True)
        for place, column, pillar in columns:
            rank = getattr(item, column)
            shade = _shade(pillar, (rank - 1) / max(len(data) - 1, 1))
            axes.add_patch(Rectangle((place - 0.52, row - 0.42), 1.04, 0.84, color=shade))
            axes.text(place, row, str(rank), ha="center", va="center", weight="bold", color=style.ink_on(shade))
    for tier, group in data.groupby("tier", sort=False):
        top, bottom = group.index[0] - 0.45, group.index[-1] + 0.45
        axes.add_patch(Rectangle((0, top), 0.09, bottom - top, color=style.TIERS[tier]))
        label = wrapped(group[f"tier_{language}"].iloc[0], 1.4, style.SMALL)
        axes.text(0.2, group.index[0] - 0.3, label, va="top", size=style.SMALL, color=style.MUTED)
        if top > 0:
            axes.axhline(top - 0.05, color=style.LINE, linewidth=1)
    axes.set(xlim=(0, 9.3), ylim=(len(data) - 0.5, -1.5))
    return figure


def _shade(pillar: str, share: float) -> str:
    """Return the shade of a rank: the hue of its pillar for the first, its pale ground for the last."""
    dark, pale = np.array(to_rgb(style.PILLARS[pillar])), np.array(to_rgb(style.PALE[pillar]))
    return to_hex(dark + (pale - dark) * share**0.6)


def _change(change: float, language: str) -> tuple[str, str]:
    """Return text and colour of a change of rank; NaN is a city that was not ranked before."""
    if pd.isna(change):
        return said("p05-top20.new", language), style.INK
    if change == 0:
        return "—", style.MUTED
    return f"{style.ARROWS[1 if change > 0 else -1]} {abs(change):.0f}", style.direction(change)


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
    return both("p05-tiers.caption", one=first - second, two=second - third, mean=mean)


@figure(
    "p05-tiers",
    page=5,
    evidence=("published", "derived"),
    data=tiers_data,
    caption=tiers_caption,
)
def tiers(data: pd.DataFrame, language: str):
    """Bars of the three printed tier means, the tier's cities below each (p5)."""
    figure = style.canvas(4.0)
    names = [f"{name} ({count})" for name, count in zip(data[f"name_{language}"], data["count"], strict=True)]
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.35, top=0.75, bottom=0.9))
    rows = range(len(data))
    axes.barh(rows, data["mean"], height=0.42, color=[style.TIERS[tier] for tier in data["tier"]])
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.mean + 0.8, row, f"{item.mean:g}", va="center", weight="bold")
        cities = (item.cities if language == "zh" else item.cities_en).split("|")
        joined = {"zh": "、", "en": ", "}[language].join(cities)
        # on paper, so that no grid line runs through the names
        ground = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6}
        axes.text(0.3, row + 0.37, joined, va="center", size=style.SMALL, color=style.MUTED, bbox=ground)
    axes.set_yticks(rows, names)
    axes.set(xlim=(0, 100), ylim=(len(data) - 0.4, -0.35))
    axes.set_xlabel(said("p05-tiers.axis", language), size=style.SMALL)
    return figure

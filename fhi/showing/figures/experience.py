"""Part three, the experience: pillar ranking (p20) and adoption rates (p21)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import draw_ladder, key, ladder_caption, margin, pillar_ladder, row_names, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.wording import both, said


@figure(
    "p20-experience",
    page=20,
    evidence="published",
    data=lambda tables: pillar_ladder(tables, "experience"),
    caption=lambda data: ladder_caption(data, "experience"),
)
def ranking(data: pd.DataFrame, language: str):
    """Experience ranks beside overall ranks, movers marked (p20)."""
    return draw_ladder(data, language, "experience")


def adoption_data(tables: Tables) -> pd.DataFrame:
    """The 20 printed rates, then the printed mean and the mean computed from the 20 (series ``mean_*``)."""
    rates = tables["tables/adoption"].sort_values("rate", ascending=False, kind="stable")
    rates = with_names(rates, tables).assign(series="city", evidence="published")
    printed = tables["tables/headlines"].query("measure_en == 'national mean of the adoption rate'").iloc[0]
    means = pd.DataFrame(
        {
            "series": ["mean_printed", "mean_computed"],
            "rate": [printed["printed_value"], rates["rate"].mean()],
            "page": printed["page"],
            "evidence": ["published", "derived"],
        }
    )
    return pd.concat([rates, means], ignore_index=True)[["series", "city", "city_en", "rate", "page", "evidence"]]


def _means(data: pd.DataFrame) -> tuple[float, float]:
    by_series = data.set_index("series")["rate"]
    return by_series["mean_printed"], by_series["mean_computed"]


def adoption_caption(data: pd.DataFrame) -> dict[str, str]:
    rates = data.loc[data["series"] == "city", "rate"]
    printed, computed = _means(data)
    above = {"above": (rates > printed).sum(), "above_computed": (rates > computed).sum()}
    return both("p21-adoption.caption", printed=printed, computed=computed, **above)


@figure(
    "p21-adoption",
    page=21,
    evidence=("published", "derived"),
    data=adoption_data,
    caption=adoption_caption,
)
def adoption(data: pd.DataFrame, language: str):
    """Bars of the 20 rates with the printed and the computed mean (p21)."""
    figure = style.canvas(6.9)
    cities = data[data["series"] == "city"]
    names = row_names(cities, language)
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.75, top=0.95, bottom=0.95), grid="x")
    printed, computed = _means(data)
    rows, hue = range(len(cities)), style.PILLARS["experience"]
    above = cities["rate"] > printed
    axes.barh(rows, cities["rate"], height=0.66, edgecolor=hue, color=[hue if up else style.PAPER for up in above])
    for row, rate in zip(rows, cities["rate"], strict=True):
        ink = style.ink_on(hue) if rate > printed else style.INK
        look = {"ha": "right", "va": "center", "size": style.SMALL, "weight": "bold", "color": ink}
        end = min(rate, computed - 0.3) if rate < printed + 6 else rate
        axes.text(end - 0.7, row, f"{rate:.1f}", **look)
    last = len(cities) - 0.4
    axes.vlines(printed, -0.6, last, color=style.INK, linewidth=1.4)
    axes.vlines(computed, -0.6, last, color=style.INK, linewidth=1.4, linestyle=(0, (3, 2)))
    axes.set_yticks(rows, names)
    axes.set(xlim=(0, 100), ylim=(last, -0.6))
    axes.set_xlabel(said("p21-adoption.axis", language), size=style.SMALL)
    line = {"marker": "|", "s": 150, "linewidth": 1.4, "color": style.INK}
    dashes = line | {"marker": [(0, -1), (0, -0.35), (0, 0.35), (0, 1)], "linewidth": 1.0}
    key(
        axes,
        [
            (line, said("p21-adoption.printed", language, mean=printed)),
            (dashes, said("p21-adoption.computed", language, mean=computed)),
            ({"facecolor": hue, "edgecolor": hue}, said("p21-adoption.above", language)),
            ({"facecolor": style.PAPER, "edgecolor": hue}, said("p21-adoption.below", language)),
        ],
    )
    return figure

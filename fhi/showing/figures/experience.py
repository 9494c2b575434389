"""Part three, the experience: pillar ranking (p20) and adoption rates (p21)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import draw_ladder, ladder_caption, pillar_ladder, with_names
from fhi.showing.figures.registry import Tables, figure


@figure(
    "p20-experience",
    page=20,
    evidence="published",
    title={"zh": "金融科技体验排名", "en": "Ranking by fintech experience"},
    data=lambda tables: pillar_ladder(tables, "experience"),
    caption=lambda data: ladder_caption(data, "体验", "Experience"),
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
    above = (rates > printed).sum(), (rates > computed).sum()
    return {
        "zh": f"{above[0]}个城市高于报告印出的平均值{printed:g}；由这20个数计算的平均值为{computed:.2f}，高于它的有{above[1]}个城市。",
        "en": f"{above[0]} cities lie above the printed mean of {printed:g}; the mean computed from these 20 values is "
        f"{computed:.2f}, and {above[1]} cities lie above that.",
    }


@figure(
    "p21-adoption",
    page=21,
    evidence=("published", "derived"),
    title={"zh": "金融科技应用率（%）", "en": "Fintech adoption rate (%)"},
    data=adoption_data,
    caption=adoption_caption,
)
def adoption(data: pd.DataFrame, language: str):
    """Bars of the 20 rates with the printed and the computed mean (p21)."""
    figure = style.canvas(6.6)
    axes = style.quiet(style.area(figure, left=1.35, right=0.5, bottom=0.75), grid=None)
    cities = data[data["series"] == "city"]
    printed, computed = _means(data)
    rows = range(len(cities))
    colours = [style.PILLARS["experience"] if rate > printed else style.PALE_OCHRE for rate in cities["rate"]]
    axes.barh(rows, cities["rate"], height=0.66, color=colours)
    for row, rate in zip(rows, cities["rate"], strict=True):
        ink = style.PAPER if rate > printed else style.INK
        axes.text(0.9, row, f"{rate:.1f}", va="center", size=style.SMALL, weight="bold", color=ink)
    last = len(cities) - 0.3
    axes.vlines(printed, -0.6, last, color=style.INK, linewidth=1.2)
    axes.vlines(computed, -0.6, last, color=style.MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
    label = style.pick(language, f"报告平均值 {printed:g}", f"printed mean {printed:g}")
    axes.text(printed + 0.8, last - 0.5, label, va="center", size=style.SMALL)
    label = style.pick(language, f"20城计算均值 {computed:.2f}", f"mean of the 20: {computed:.2f}")
    axes.text(computed - 0.8, last - 0.5, label, va="center", ha="right", size=style.SMALL, color=style.MUTED)
    axes.set_yticks(rows, style.city_names(cities, language))
    axes.set(xlim=(0, 100), ylim=(last, -0.6), xticks=[])
    return figure

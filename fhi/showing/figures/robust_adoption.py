"""Beyond the report: how sure the ranks by adoption would be if the rates came from samples of an assumed size."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, height, rank_ticks, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.robust import SECTION

#: colours of a city's own set and of all sets together, and the mark of the printed rank
OWN, TOGETHER = style.PILLARS["experience"], style.PALE_OCHRE
PRINTED = {"s": 46, "color": style.PAPER, "edgecolor": style.INK, "linewidth": 1.4}


def adoption_data(tables: Tables) -> pd.DataFrame:
    """Adoption rate, standard error, rank and confidence sets for the rank, each city's own and all together."""
    frame = tables["rank_confidence"].sort_values(["rank", "city"])
    pages = tables["tables/adoption"].set_index("city")["page"]
    return with_names(frame.assign(page=frame["city"].map(pages)), tables)


def adoption_caption(data: pd.DataFrame) -> dict[str, str]:
    level, answers = f"{data['level'].iloc[0]:.0%}", f"{data['assumed_answers'].iloc[0]:g}"
    sure = data[data["low_all"] == data["high_all"]]
    one = data.iloc[0]
    middle = (data["high"] - data["low"] + 1).median()
    return {
        "zh": f"假设：应用率由抽样调查得出，每城{answers}份独立答卷。报告没有说明应用率的得出方法（第21页），只给出问卷总数8000多份（第39页），均分给39城约为此数。"
        f"在此假设下，真实名次以{level}的把握落在条内；条越长，与之分不出先后的城市越多。"
        f"印为第{one['rank']}的{one['city']}可在第{one['low']}至第{one['high']}之间；条长的中位数是{middle:.0f}个名次，"
        f"全部同时成立时只有{len(sure)}城的名次唯一确定。",
        "en": f"Assumed: the rates come from a sample survey with {answers} independent answers a city. The report does not say how the "
        "rates were found (p. 21) and counts only some 8000 questionnaires in all (p. 39), about as many if shared evenly by 39 cities. "
        f"If so, the true rank lies inside the bar with {level} confidence; the longer the bar of a city, the more others cannot be told apart from it. {one['city_en']}, printed as "
        f"{one['rank']}, may be anywhere from {one['low']} to {one['high']}; the median bar spans {middle:.0f} ranks, and with all sets "
        f"holding together only {len(sure)} {'city has' if len(sure) == 1 else 'cities have'} a single possible rank.",
    }


@figure(
    "robust-adoption",
    page=None,
    section=SECTION,
    evidence=("published", "derived"),
    title={
        "zh": "应用率名次的置信集：假设为抽样调查",
        "en": "Ranks by adoption: confidence sets under an assumed survey",
    },
    data=adoption_data,
    caption=adoption_caption,
)
def adoption(data: pd.DataFrame, language: str):
    """A thick bar a city for its own confidence set, a thin one for all sets together, a dot at the printed rank."""
    last, shown = len(data), chosen(data["city"])
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.6, shown.count))
    axes = style.quiet(style.area(figure, left=2.3, right=0.6, top=1.15, bottom=1.15))
    axes.barh(rows, data["high_all"] - data["low_all"] + 0.3, left=data["low_all"] - 0.15, height=0.16, color=TOGETHER)
    axes.barh(rows, data["high"] - data["low"] + 0.44, left=data["low"] - 0.22, height=0.5, color=OWN)
    axes.scatter(data["rank"], rows, zorder=3, **PRINTED)
    names = style.city_names(data, language)
    labels = [f"{name}  {rate:.1f}%" for name, rate in zip(names, data["estimate"], strict=True)]
    shown.name_rows(axes, labels, language)
    answers = f"{data['assumed_answers'].iloc[0]:g}"
    axes.set(ylim=(shown.count - 0.4, -0.6), xlim=(0.3, last + 0.7), xticks=rank_ticks(last))
    axes.set_xlabel(
        style.pick(
            language,
            f"应用率的名次（1为最高）；城市后为公布的应用率\n假设每城{answers}份独立答卷；报告未说明应用率的得出方法",
            "rank by adoption (1 is highest); published rate beside the city\n"
            f"assumed: {answers} independent answers a city; the report does not say how the rates were found",
        ),
        size=style.SMALL,
    )
    level = f"{data['level'].iloc[0]:.0%}"
    looks = [
        ({"marker": "s", "s": 80, "color": OWN}, f"本城的{level}置信集", f"{level} set of the city alone"),
        ({"marker": "_", "s": 200, "linewidth": 3, "color": TOGETHER}, "全部城市同时成立", "all cities together"),
        (PRINTED, "印出的名次", "printed rank"),
    ]
    for look, zh, en in looks:
        axes.scatter([], [], label=style.pick(language, zh, en), **look)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, frameon=False, fontsize=style.SMALL)
    return figure

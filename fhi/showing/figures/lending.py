"""Beside part four: the online-lending platforms that failed by September 2018, by city (p34-35 tell of their regulation)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, row_names, with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.wording import both, said

#: not an indicator, so of no pillar
EARLIER, LATE = style.FAINT, style.DARK


def failures_data(tables: Tables) -> pd.DataFrame:
    """Failed platforms by city, most first: until May 2018, from June to September 2018, with a police investigation.

    Cities without any and the rest of the nation (``city`` 其他, without an English name) come last.
    """
    rows = tables["tables/p2p_platforms"].rename(columns={"problem_to_2018_09": "failed", "problem_police": "police"})
    rows = rows.assign(late=rows["problem_2018_06_09"], earlier=rows["failed"] - rows["problem_2018_06_09"])
    rows = rows.assign(rest=~rows["city"].isin(tables["tables/cities"]["name_zh"]))
    rows = rows.sort_values(["rest", "failed"], ascending=[True, False], kind="stable")
    return with_names(rows[["city", "rest", "failed", "earlier", "late", "police", "platforms"]], tables)


def failures_caption(data: pd.DataFrame) -> dict[str, str]:
    cities, rest = data[~data["rest"]], data[data["rest"]]["failed"].sum()
    total, first = data["failed"].sum(), cities.head(4)
    share, late = first["failed"].sum() / total, data["late"].sum()
    none = cities[cities["failed"] == 0]
    return both(
        "lending-failures.caption",
        total=total,
        first_city="、".join(first["city"]),
        share=share,
        late=late,
        rest=rest,
        none_city="、".join(none["city"]),
        first_city_en=", ".join(first["city_en"]),
        none_city_en=", ".join(none["city_en"]),
    )


@figure(
    "lending-failures",
    page=None,
    beside=35,
    evidence="public",
    data=failures_data,
    caption=failures_caption,
    source=both("lending-failures.source"),
)
def failures(data: pd.DataFrame, language: str):
    """One bar a city: failed until May 2018, and from June to September 2018; police investigations beside the total."""
    data = data[~data["rest"] & (data["failed"] > 0)].reset_index(drop=True)
    figure = style.canvas(1.75 + 0.23 * len(data))
    names = row_names(data, language)
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.9, top=0.95, bottom=0.8), grid="x")
    rows = range(len(data))
    labels = {
        "earlier": said("lending-failures.until-may", language),
        "late": said("lending-failures.june-to-september", language),
    }
    axes.barh(rows, data["earlier"], color=EARLIER, height=0.72, label=labels["earlier"])
    axes.barh(rows, data["late"], left=data["earlier"], color=LATE, height=0.72, label=labels["late"])
    end = data["failed"].max()
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.failed + end * 0.008, row, f"{item.failed}", va="center", size=style.SMALL)
        axes.text(end * 1.16, row, f"{item.police}", va="center", ha="right", size=style.SMALL, color=style.MUTED)
    head = said("lending-failures.of-these-police", language)
    axes.text(end * 1.16, -1.1, head, va="center", ha="right", size=style.SMALL, color=style.MUTED)
    axes.set_yticks(rows, names, size=style.SMALL)
    axes.set(xlim=(0, end * 1.17), ylim=(len(data) - 0.4, -0.6))
    axes.set_xlabel(said("lending-failures.failed-platforms", language), size=style.SMALL)
    axes.legend(loc="lower right", frameon=False, fontsize=style.SMALL, bbox_to_anchor=(0.9, 0.02))
    return figure

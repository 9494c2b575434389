"""Part three, the experience: services of the payment apps by city, as far as they are published (p22)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import block, line, missing, sheet
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure

COLOUR = style.PILLARS["experience"]
#: kind of service -> the printed rank that says who has most of it
RANKS = {
    "total": "rank by breadth of payment scenes",
    "special": "rank by number of special services",
    "transport": "rank by payment scenes in transport",
}
HEADINGS = {
    "total": ("服务总数（项）", "services in all"),
    "special": ("特色服务（项）", "services special to the city"),
    "transport": ("分类目数量（项）", "services by category"),
}


def scenes_data(tables: Tables) -> pd.DataFrame:
    """Printed counts of the 20 cities by kind of service; where none is printed, the most it can be.

    The city that the report ranks first in a kind bounds the others, if its count is printed (``at_most``).
    """
    counts = tables["tables/services"].set_index(["kind", "city"])
    ranked = pd.concat([tables["tables/experience_facts"], tables["tables/city_profiles"]]).query("unit == 'rank'")
    frames = []
    for kind, measure in RANKS.items():
        frame = tables["tables/top20"].sort_values("rank")[["city"]].assign(kind=kind)
        printed = counts.loc[kind] if kind in counts.index else pd.DataFrame(columns=["count", "page"])
        ranks = ranked[ranked["measure_en"] == measure].set_index("city")
        first = ranks.index[ranks["printed_value"] == 1]
        frame["count"] = frame["city"].map(printed["count"].astype(float))
        frame["at_most"] = printed["count"].reindex(first).max()
        frame["rank"] = frame["city"].map(ranks["printed_value"]).astype("Int64")
        frame["page"] = frame["city"].map(printed["page"]).fillna(frame["city"].map(ranks["page"])).astype("Int64")
        frames.append(frame)
    frame = with_names(pd.concat(frames), tables)
    frame["evidence"] = frame["at_most"].notna().map({True: "derived", False: None})
    frame.loc[frame["page"].notna(), "evidence"] = "published"
    general = tables["tables/callouts"].query("page == 22").iloc[0]
    return frame.assign(statement_zh=general["statement_zh"], statement_en=general["statement_en"])


def scenes_caption(data: pd.DataFrame) -> dict[str, str]:
    printed = data.dropna(subset=["count"])
    lists = {
        language: [
            f"{city}{style.pick(language, '', ' ')}{count:.0f}{style.pick(language, '项', '')}"
            for city, count in zip(printed[column], printed["count"], strict=True)
        ]
        for language, column in (("zh", "city"), ("en", "city_en"))
    }
    total, special = (printed["kind"].eq(kind).sum() for kind in ("total", "special"))
    return {
        "zh": f"原图按城市和类目给出柱形而不印数值；印出的只有{len(printed)}个数：总数{'、'.join(lists['zh'][:total])}，"
        f"特色服务{'、'.join(lists['zh'][total:])}。其余为未公布；若广度指服务数量，虚线为由第一名推得的上限。",
        "en": f"The page draws bars by city and category without numbers. Only {total + special} are printed: in all "
        f"{', '.join(lists['en'][:total])}; special {', '.join(lists['en'][total:])}. The rest is unpublished; dotted lines give "
        "the most it can be, the count of the city ranked first (reading breadth as the number of services).",
    }


@figure(
    "p22-services",
    page=22,
    evidence=("published", "derived"),
    data=scenes_data,
    caption=scenes_caption,
)
def scenes(data: pd.DataFrame, language: str):
    """Bars of the printed counts by city, dotted lines up to the bound where none is printed (p22)."""
    figure = style.canvas(7.5)
    axes = sheet(figure)
    cities = data[data["kind"] == "total"].reset_index(drop=True)
    top, pitch = 1.75, 0.255
    heights = {city: top + pitch * row for row, city in enumerate(cities["city"])}
    for name, height in zip(style.city_names(cities, language), heights.values(), strict=True):
        line(axes, 1.55, height, name, ha="right", size=style.BODY)
    for kind, left, room in (("total", 1.75, 2.75), ("special", 5.1, 1.75)):
        rows = data[data["kind"] == kind]
        heading = style.pick(language, *HEADINGS[kind])
        line(axes, left, top - 0.62, heading, weight="bold", color=COLOUR, size=style.BODY)
        bound = rows["at_most"].iloc[0]
        open_rows, printed = rows[rows["count"].isna()], rows.dropna(subset=["count"])
        summary = style.pick(
            language,
            f"{len(printed)}城公布，{len(open_rows)}城未公布（至多{bound:.0f}）",
            f"{len(printed)} published, {len(open_rows)} not (at most {bound:.0f})",
        )
        line(axes, left, top - 0.37, summary, color=style.MUTED)
        _bars(axes, left, room / bound, printed, open_rows, heights, language)
    _categories(axes, data, heights, language)
    note = style.pick(language, "……  未公布：虚线止于上限", "……  not published: the dotted line ends at the bound")
    line(axes, 1.75, 6.9, note, color=style.MUTED)
    pages = style.pick(language, "、", ", ").join(str(page) for page in sorted(data["page"].dropna().unique()))
    line(
        axes,
        7.5,
        6.9,
        style.pick(language, f"数字与名次印于第{pages}页", f"numbers and ranks on p. {pages}"),
        color=style.MUTED,
    )
    return figure


def _bars(axes, left: float, scale: float, printed, open_rows, heights: dict, language: str) -> None:
    places = open_rows["city"].map(heights)
    ends = left + open_rows["at_most"] * scale
    axes.hlines(places, left, ends, color="#aab4be", linewidth=1, linestyle=(0, (1, 2.2)))
    axes.scatter(ends, places, marker="|", s=26, color="#aab4be", linewidth=1)
    axes.barh(printed["city"].map(heights), printed["count"] * scale, left=left, height=0.18, color=COLOUR)
    for item in printed.itertuples():
        first = style.pick(language, f"第{item.rank}位", f"rank {item.rank}") if pd.notna(item.rank) else ""
        x = left + item.count * scale - 0.06
        text = f"{item.count:.0f}"
        line(axes, x, heights[item.city], text, ha="right", color=style.PAPER, weight="bold")
        line(axes, x + 0.14, heights[item.city], first, color=COLOUR, weight="bold")


def _categories(axes, data: pd.DataFrame, heights: dict, language: str) -> None:
    """Draw the column of the categories: empty but for the one printed rank."""
    left, room, top = 7.5, 2.15, min(heights.values())
    rows = data[data["kind"] == "transport"].dropna(subset=["rank"])
    line(axes, left, top - 0.62, style.pick(language, *HEADINGS["transport"]), weight="bold", color=COLOUR, size=10)
    line(axes, left, top - 0.37, style.pick(language, "均未公布数值", "no number published"), color=style.MUTED)
    missing(axes, left, top - 0.13, room, max(heights.values()) - top + 0.26)
    for item in rows.itertuples():
        text = style.pick(language, f"交通：第{item.rank}位", f"transport: rank {item.rank}")
        line(axes, left + 0.12, heights[item.city], text, color=COLOUR, weight="bold")
    middle = (top + max(heights.values())) / 2 - 0.3
    text = style.pick(
        language, f"报告只说：{data['statement_zh'].iloc[0]}", f"In words only: {data['statement_en'].iloc[0]}"
    )
    block(axes, left + 0.12, middle, text, room - 0.24, color=style.MUTED)

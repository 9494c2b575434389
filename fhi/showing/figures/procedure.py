"""Part five, about the index: the method as a flow, what is printed of each step and what is not (p39)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import arrow, block, box, line, missing, sheet
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number

#: unit of a printed number -> the step it belongs to
STEPS = {"cities": 1, "regions": 1, "observations": 3, "firms": 3, "questionnaires": 3, "nodes": 4}
INK = style.TIERS["national"]


def flow_data(tables: Tables) -> pd.DataFrame:
    """The four steps (``kind`` step) and the printed numbers of each (``kind`` number), with their pages.

    ``counted`` is the number of cities of the classes named on the page, from cities.csv.
    """
    steps = tables["tables/procedures"].query("procedure == 'index'").sort_values("step").assign(kind="step")
    numbers = pd.concat([tables["tables/coverage"], tables["tables/headlines"].query("unit == 'nodes'")])
    numbers = numbers.rename(columns={"measure_zh": "title_zh", "measure_en": "title_en"})
    numbers = numbers.rename(columns={"printed_value": "value", "printed_qualifier": "qualifier"})
    numbers = numbers.assign(kind="number", step=numbers["unit"].map(STEPS).astype("Int64"))
    mainland = (~tables["tables/cities"]["admin_class"].str.contains("特别行政区|台湾")).sum()
    numbers["counted"] = numbers["title_en"].map({"mainland cities": float(mainland)})
    # the classes of the cities are those of GB/T 2260
    numbers["evidence"] = numbers["counted"].notna().map({True: "published+public", False: "published"})
    # the cities shown are those left at the end of the first step
    numbers = numbers.assign(last=numbers["title_en"].str.startswith("cities shown")).sort_values(["step", "last"])
    frame = pd.concat([steps, numbers])
    texts = [f"{name}_{language}" for name in ("title", "detail", "undisclosed") for language in ("zh", "en")]
    return frame[
        ["kind", "step", *texts, "printed", "value", "qualifier", "unit", "counted", "page", "evidence"]
    ].reset_index(drop=True)


def flow_caption(data: pd.DataFrame) -> dict[str, str]:
    steps = data[data["kind"] == "step"]
    item = data.dropna(subset=["counted"]).iloc[0]
    value, counted = int(item["value"]), int(item["counted"])
    hidden = sum(len(_parts(text)) for text in steps["undisclosed_zh"].dropna())
    return {
        "zh": f"{len(steps)}个步骤与各步印出的数字；下方虚线框是重算所需而未公布的{hidden}项。页面所称{value}个{item['title_zh']}，"
        f"按其列出的类别只能数出{counted}个。",
        "en": f"The {len(steps)} steps and the numbers printed of each; the dashed boxes hold {hidden} things that recomputing needs and "
        f"that are not disclosed. The classes that the page names give {counted} {item['title_en']}, not {value}.",
    }


@figure(
    "p39-method",
    page=39,
    evidence=("published", "public"),
    title={"zh": "数据与计算：公布了什么，没有公布什么", "en": "Data and computation: what is disclosed, what is not"},
    data=flow_data,
    caption=flow_caption,
    source={"zh": "行政区划代码GB/T 2260", "en": "administrative codes GB/T 2260"},
)
def flow(data: pd.DataFrame, language: str):
    """Four cards joined by arrows, the printed numbers in them, what is undisclosed under them (p39)."""
    figure = style.canvas(6.1)
    axes = sheet(figure)
    steps = data[data["kind"] == "step"]
    gap = 0.3
    wide = (9.3 - gap * (len(steps) - 1)) / len(steps)
    for place, item in enumerate(steps.itertuples()):
        x = style.SIDE + place * (wide + gap)
        box(axes, x, 1.0, wide, 3.3)
        if place:
            arrow(axes, (x - gap + 0.03, 1.33), (x - 0.03, 1.33), INK, linewidth=1.8, mutation_scale=13)
        axes.scatter([x + 0.28], [1.33], s=300, color=INK)
        line(axes, x + 0.28, 1.33, f"{item.step:.0f}", ha="center", weight="bold", color=style.PAPER, size=12)
        line(axes, x + 0.52, 1.33, getattr(item, f"title_{language}"), wide - 0.6, weight="bold", size=11)
        block(axes, x + 0.13, 1.66, getattr(item, f"detail_{language}"), wide - 0.24, lines=5)
        own = data[(data["kind"] == "number") & (data["step"] == item.step)]
        _numbers(axes, x + 0.13, wide - 0.26, own, language)
        _undisclosed(axes, x, wide, getattr(item, f"undisclosed_{language}"), language)
    return figure


def _numbers(axes, x: float, room: float, rows: pd.DataFrame, language: str) -> None:
    """Write the printed numbers of a step above the foot of its card."""
    if rows.empty:
        line(axes, x, 4.02, style.pick(language, "未印出数字", "no number printed"), color=style.MUTED)
    for place, item in enumerate(rows.itertuples()):
        y = 4.05 - 0.46 * (len(rows) - 1 - place)
        text = item.printed if language == "zh" else number(item.value, language, item.qualifier)
        line(axes, x, y - 0.16, text, room, weight="bold", size=13, color=INK)
        label = getattr(item, f"title_{language}")
        if pd.notna(item.counted) and item.counted != item.value:
            label += style.pick(language, f"（可数{item.counted:.0f}个）", f" ({item.counted:.0f} by count)")
        line(axes, x, y + 0.05, label, room, size=7.5, color=style.MUTED)


def _undisclosed(axes, x: float, wide: float, text: str, language: str) -> None:
    missing(axes, x, 4.45, wide, 1.12)
    heading = style.pick(language, "未公布", "not disclosed")
    line(axes, x + 0.13, 4.66, heading, weight="bold", color=style.INK)
    y = 4.82
    for part in _parts(text):
        axes.plot([x + 0.14, x + 0.21], [y + 0.08, y + 0.08], color=style.INK, linewidth=1.2)
        y = block(axes, x + 0.28, y, part, wide - 0.38, lines=2) + 0.04


def _parts(text: str) -> list[str]:
    """Return the parts of a list that semicolons separate."""
    return [part.strip() for part in text.replace("；", ";").split(";")]

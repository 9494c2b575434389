"""Part five, about the index: the method as a flow, what is printed of each step and what is not (p39)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.documents import Block, block, step
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
        "zh": f"{len(steps)}个步骤中，复算所需而未公布的有{hidden}项（虚线框）。报告称有{value}个{item['title_zh']}，"
        f"按其列出的类别只能数出{counted}个。",
        "en": f"The dashed boxes list {hidden} things that a recalculation needs and that the {len(steps)} steps "
        f"do not disclose. The classes that the page names give {counted} {item['title_en']}, not {value}.",
    }


@figure("p39-method", flow_data, flow_caption)
def flow(data: pd.DataFrame, language: str) -> list[Block]:
    """The four steps with the printed numbers of each and what is undisclosed (p39)."""
    items = []
    for item in data[data["kind"] == "step"].itertuples():
        own = data[(data["kind"] == "number") & (data["step"] == item.step)]
        facts = [_fact(row, language) for row in own.itertuples()]
        title, text = getattr(item, f"title_{language}"), getattr(item, f"detail_{language}")
        open_parts = _parts(getattr(item, f"undisclosed_{language}"))
        items.append(
            step(title, text, facts=facts, open=open_parts, head=style.pick(language, "未公布", "not disclosed"))
        )
    return [block("steps", colour=INK, items=items, across=len(items))]


def _fact(item, language: str) -> dict[str, str]:
    label = getattr(item, f"title_{language}")
    if pd.notna(item.counted) and item.counted != item.value:
        label += style.pick(language, f"（可数{item.counted:.0f}个）", f" ({item.counted:.0f} by count)")
    text = item.printed if language == "zh" else number(item.value, language, item.qualifier)
    return {"value": text, "label": label}


def _parts(text: str) -> list[str]:
    """Return the parts of a list that semicolons separate."""
    return [part.strip() for part in text.replace("；", ";").split(";")]

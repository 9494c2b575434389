"""Part four, the ecosystem: the innovation of five cities (p31)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number
from fhi.showing.figures.wording import both, said, slots

MULTIPLE = "national makerspaces as a multiple of those of Shenzhen"


def cards_data(tables: Tables) -> pd.DataFrame:
    """The printed numbers by city, the printed place of a measure beside it (``place``), and one derived number.

    The makerspaces of 深圳 are those of 北京 over the printed multiple, to the nearest whole number: the only one that
    gives this multiple when rounded. ``scale`` is the largest value of a measure that two cities have.
    """
    rows = tables["tables/innovation"]
    ranks = rows[rows["unit"] == "rank"]
    values = rows[rows["unit"] != "rank"].assign(evidence="published")
    multiple = rows[rows["measure_en"] == MULTIPLE].iloc[0]
    base = values[(values["city"] == multiple["city"]) & (values["unit"] == "spaces")].iloc[0]
    second = ranks[ranks["measure_zh"] == f"{base['measure_zh']}排名"].query("printed_value == 2")["city"].iloc[0]
    derived = base.copy()
    derived[["city", "evidence"]] = second, "derived"
    derived["printed_value"] = float(round(base["printed_value"] / multiple["printed_value"]))
    values = pd.concat([values, derived.to_frame().T.astype(values.dtypes)])
    places = ranks.assign(measure_zh=ranks["measure_zh"].str.removesuffix("排名"))
    keyed = places.set_index(["city", "measure_zh"])["printed_value"]
    values["place"] = [keyed.get(key) for key in zip(values["city"], values["measure_zh"], strict=True)]
    attached = set(zip(values["city"], values["measure_zh"], strict=True))
    alone = [key not in attached for key in zip(places["city"], places["measure_zh"], strict=True)]
    alone = ranks[alone].assign(place=lambda part: part["printed_value"], printed_value=None, evidence="published")
    frame = pd.concat([values, alone.astype({"printed_value": float})])
    shared = frame.groupby("measure_en")["printed_value"].agg(["count", "max"]).query("count > 1")["max"]
    frame["scale"] = frame["measure_en"].map(shared)
    order = {city: row for row, city in enumerate(dict.fromkeys(rows["city"]))}
    frame = frame.sort_values("city", key=lambda cities: cities.map(order), kind="stable")
    names = {"measure_zh": "label_zh", "measure_en": "label_en", "printed_value": "value"}
    names["printed_qualifier"] = "qualifier"
    columns = ["city", *names, "unit", "place", "scale", "page", "evidence", "cities_without"]
    frame["cities_without"] = len(tables["tables/top20"]) - len(order)
    return with_names(frame[columns].rename(columns=names), tables)


def cards_caption(data: pd.DataFrame) -> dict[str, str]:
    derived, base = data[data["evidence"] == "derived"].iloc[0], data[data["label_en"] == MULTIPLE].iloc[0]
    cities = data.drop_duplicates("city")
    names = {"cities": "、".join(cities["city"]), "cities_en": ", ".join(cities["city_en"])}
    return both("p31-innovation.caption", derived=derived, base=base, rest=data["cities_without"].iloc[0], **names)


@figure(
    "p31-innovation",
    page=31,
    evidence=("published", "derived"),
    data=cards_data,
    caption=cards_caption,
    document=True,
)
def cards(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the numbers of five cities: what is measured, the value and its published place (p31)."""
    rows = []
    for _, own in data.groupby("city", sort=False):
        name = style.city_names(own, language).iloc[0]
        for item in own.itertuples():
            place = "—" if pd.isna(item.place) else f"{item.place:.0f}"
            rows.append([name, getattr(item, f"label_{language}"), _value(item, language), place])
            name = ""
    heads = [said(f"p31-innovation.{name}", language) for name in ("city", "measure", "value", "place")]
    return [table(heads, rows, (1.4, 4.8, 2.2, 1.4), colour=style.PILLARS["ecosystem"])]


def _value(item, language: str) -> str:
    """Return a value with its unit, and whether it was derived; — where only a place is published."""
    if pd.isna(item.value):
        return "—"
    unit = "%" if item.unit == "%" else said(f"unit.{item.unit}", language) if f"unit.{item.unit}" in slots() else ""
    sign = f" {style.EVIDENCE_SIGNS['derived']}" if item.evidence == "derived" else ""
    return f"{number(item.value, language, item.qualifier)}{unit}{sign}"

"""Part four, the ecosystem: ranking (p28), innovation (p31), attention (p36), and beside it failed lending platforms."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, row_names, with_names
from fhi.showing.figures.documents import Block, block, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import number
from fhi.showing.figures.wording import both, said, slots


def attention_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities in order of search attention."""
    return with_names(tables["tables/attention"].sort_values("rank")[["rank", "city", "page"]], tables)


def attention_caption(data: pd.DataFrame) -> dict[str, str]:
    first = data.head(4)
    return both("p36-attention.caption", first="、".join(first["city"]), first_en=", ".join(first["city_en"]))


@figure("p36-attention", attention_data, attention_caption)
def attention(data: pd.DataFrame, language: str) -> list[Block]:
    """The cities in the order of search interest (p36)."""
    items = [
        {"rank": f"{rank}", "name": name}
        for rank, name in zip(data["rank"], style.city_names(data, language), strict=True)
    ]
    return [block("ranks", colour=style.PILLARS["ecosystem"], items=items, across=5)]


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


@figure("p31-innovation", cards_data, cards_caption)
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


@figure("lending-failures", failures_data, failures_caption)
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

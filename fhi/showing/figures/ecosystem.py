"""Part four, the ecosystem: innovation (p31), policy (p34), the sandbox (p35), failed lending platforms, attention (p36)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, row_names, with_names
from fhi.showing.figures.documents import Block, block, step, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import dated, number
from fhi.showing.figures.wording import both, heads, listed, said, slots

GREEN = style.PILLARS["ecosystem"]


def attention_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities in order of search attention."""
    return with_names(tables["tables/attention"].sort_values("rank")[["rank", "city", "page"]], tables)


def attention_caption(data: pd.DataFrame) -> dict[str, str]:
    return both("p36-attention.caption", first=listed(data.head(4)))


@figure("p36-attention", attention_data, attention_caption)
def attention(data: pd.DataFrame, language: str) -> list[Block]:
    """The cities in the order of search interest (p36)."""
    items = [
        {"rank": f"{rank}", "name": name}
        for rank, name in zip(data["rank"], style.city_names(data, language), strict=True)
    ]
    return [block("ranks", colour=GREEN, items=items, across=5)]


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
    cities, rest = listed(data.drop_duplicates("city")), data["cities_without"].iloc[0]
    return both("p31-innovation.caption", derived=derived, base=base, rest=rest, cities=cities)


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
    return [table(heads("p31-innovation", language), rows, (1.4, 4.8, 2.2, 1.4), colour=GREEN)]


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
    names = {"first": listed(first), "none": listed(none)}
    return both("lending-failures.caption", total=total, share=share, late=late, rest=rest, **names)


@figure("lending-failures", failures_data, failures_caption)
def failures(data: pd.DataFrame, language: str):
    """One bar a city: failed until May 2018, and from June to September 2018; police investigations beside the total."""
    data = data[~data["rest"] & (data["failed"] > 0)].reset_index(drop=True)
    figure = style.canvas(1.75 + 0.23 * len(data))
    names = row_names(data, language)
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.9, top=0.95, bottom=0.8), grid="x")
    rows = range(len(data))
    labels = [said(f"lending-failures.{name}", language) for name in ("until-may", "june-to-september")]
    axes.barh(rows, data["earlier"], color=EARLIER, height=0.72, label=labels[0])
    axes.barh(rows, data["late"], left=data["earlier"], color=LATE, height=0.72, label=labels[1])
    end = data["failed"].max()
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.failed + end * 0.008, row, f"{item.failed}", va="center", size=style.SMALL)
        style.note(axes, end * 1.16, row, f"{item.police}", ha="right")
    head = said("lending-failures.of-these-police", language)
    style.note(axes, end * 1.16, -1.1, head, ha="right")
    axes.set_yticks(rows, names, size=style.SMALL)
    axes.set(xlim=(0, end * 1.17), ylim=(len(data) - 0.4, -0.6))
    axes.set_xlabel(said("lending-failures.failed-platforms", language), size=style.SMALL)
    axes.legend(loc="lower right", frameon=False, fontsize=style.SMALL, bbox_to_anchor=(0.9, 0.02))
    return figure


KINDS = ("body", "rule")


def instruments_data(tables: Tables) -> pd.DataFrame:
    """The instruments by city and kind, cities with most first; dates are not printed."""
    frame = tables["tables/policies"][["city", "kind", "title_zh", "title_en", "page", "note"]]
    frame = frame.assign(date=pd.NA, count=frame["city"].map(frame["city"].value_counts()))
    places = {city: place for place, city in enumerate(frame["city"][frame["page"] == 34].drop_duplicates())}
    order = frame["city"].map(places).fillna(len(places))
    frame = frame.assign(order=order).sort_values(["order", "kind"], kind="stable").drop(columns="order")
    said = tables["tables/callouts"].query("page == 34").iloc[0]
    return with_names(frame, tables).assign(statement_zh=said["statement_zh"], statement_en=said["statement_en"])


def instruments_caption(data: pd.DataFrame) -> dict[str, str]:
    kinds = data["kind"].value_counts()
    elsewhere = data[data["page"] != 34]
    counts = {"cities": data["city"].nunique(), "all": len(data), **kinds}
    where = {"others": listed(elsewhere), "page": elsewhere["page"].iloc[0]}
    return both("p34-policies.caption", item=data.iloc[0], **counts, **where)


@figure("p34-policies", instruments_data, instruments_caption)
def instruments(data: pd.DataFrame, language: str) -> list[Block]:
    """One row a city: institutions founded and documents issued (p34)."""
    rows = []
    for _, own in data.groupby("city", sort=False):
        cells = [_titles(own[own["kind"] == kind], language) for kind in KINDS]
        empty = said("p34-policies.none", language)
        rows.append([style.city_names(own, language).iloc[0], *(cell or empty for cell in cells)])
    return [table(heads("p34-policies", language), rows, (1.0, 3.2, 5.4), colour=GREEN)]


def _titles(rows: pd.DataFrame, language: str) -> list[str]:
    pages = [said("p34-policies.page", language, page=page) if page != 34 else "" for page in rows["page"]]
    return [title + page for title, page in zip(rows[f"title_{language}"], pages, strict=True)]


def sandbox_data(tables: Tables) -> pd.DataFrame:
    """The steps of the FCA's procedure (``part`` process), the pilots by date (pilot), what helps cooperation (outlook)."""
    steps = tables["tables/procedures"].query("procedure == 'sandbox'").sort_values("step")
    steps = steps.rename(columns={"title_zh": "text_zh", "title_en": "text_en"}).assign(part="process")
    pilots = tables["tables/sandboxes"].drop(columns="date").rename(columns={"date_iso": "date"}).sort_values("date")
    pilots = pilots.rename(columns={"event_zh": "text_zh", "event_en": "text_en"}).assign(part="pilot")
    outlook = tables["tables/enumerations"].query("list == 'outlook_conditions'").sort_values("position")
    names = {"name_zh": "text_zh", "name_en": "text_en", "position": "step"}
    outlook = outlook.rename(columns=names).assign(part="outlook")
    said = _statements(tables)
    frame = (
        pd.concat([steps, pilots, outlook, said])
        .drop(columns="products")
        .rename(columns={"products_value": "products"})
    )
    columns = ["part", "step", "actor", "city", "date", "text_zh", "text_en", "products", "page"]
    return with_names(frame[columns], tables)


def _statements(tables: Tables) -> pd.DataFrame:
    """What the page says in words of definition and aims (``part`` definition), and of the directions of cooperation."""
    if "tables/statements" not in tables:
        return pd.DataFrame()
    rows = tables["tables/statements"].query("page == 35")
    parts = {"definition": "definition", "aim": "definition", "plan": "definition", "direction": "direction"}
    rows = rows.assign(part=rows["kind"].map(parts)).dropna(subset=["part"])
    return rows.rename(columns={"statement_zh": "text_zh", "statement_en": "text_en", "position": "step"})


def sandbox_caption(data: pd.DataFrame) -> dict[str, str]:
    steps, pilots = data[data["part"] == "process"], data[data["part"] == "pilot"]
    about = {"first": pilots.iloc[0], "tested": pilots.dropna(subset=["products"]).iloc[0]}
    months = {f"{name}_month": dated(item["date"]) for name, item in about.items()}
    cities = listed(pilots.drop_duplicates("city"))
    return both("p35-sandbox.caption", steps=len(steps), cities=cities, **about, **months)


@figure("p35-sandbox", sandbox_data, sandbox_caption)
def sandbox(data: pd.DataFrame, language: str) -> list[Block]:
    """The steps of the procedure by who acts, the pilots by date, what helps cooperation (p35)."""
    steps, pilots = (data[data["part"] == part] for part in ("process", "pilot"))
    text = f"text_{language}"
    flow = [step(getattr(item, text), actor=said(f"p35-sandbox.{item.actor}", language)) for item in steps.itertuples()]
    rows = [
        [city, item.date, _event(item, language)]
        for city, item in zip(style.city_names(pilots, language), pilots.itertuples(), strict=True)
    ]
    titles = {part: said(f"p35-sandbox.{part}", language) for part in ("process", "pilot", "outlook", "direction")}
    listed_parts = {part: list(data[data["part"] == part][text]) for part in ("definition", "outlook", "direction")}
    lists = {
        part: [block("list", titles.get(part, ""), GREEN, items=items)] if items else []
        for part, items in listed_parts.items()
    }
    return [
        *lists["definition"],
        block("steps", titles["process"], GREEN, items=flow, across=len(flow)),
        table(heads("p35-sandbox", language), rows, (1.2, 1.2, 7.0), title=titles["pilot"], colour=GREEN),
        *lists["outlook"],
        *lists["direction"],
    ]


def _event(item, language: str) -> str:
    text = getattr(item, f"text_{language}")
    if pd.isna(item.products):
        return text
    return said("p35-sandbox.products", language, number=number(item.products, language), text=text)

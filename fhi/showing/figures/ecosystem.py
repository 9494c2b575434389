"""Part four, the ecosystem: innovation (p31), research (p32-33), policy (p34), the sandbox (p35), lending, attention (p36)."""

import re

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import margin, printed, row_names, with_names
from fhi.showing.figures.documents import Block, block, step, table
from fhi.showing.figures.evidence import remark, with_firsts
from fhi.showing.figures.registry import LANGUAGES, Tables, figure
from fhi.showing.figures.texts import bar, counted, dated, line, number, sheet
from fhi.showing.figures.wording import both, each, heads, listed, said

GREEN = style.PILLARS["ecosystem"]


def attention_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities in order of search attention."""
    return with_names(tables["tables/attention"].sort_values("rank")[["rank", "city", "page"]], tables)


def attention_caption(data: pd.DataFrame) -> dict[str, str]:
    return both("p36-attention.caption", first=listed(data.head(4)))


@figure("p36-attention", attention_data, attention_caption)
def attention(data: pd.DataFrame, language: str) -> list[Block]:
    """The cities in the order of search interest (p36)."""
    items = pd.DataFrame({"rank": data["rank"].astype(str), "name": style.city_names(data, language)})
    return [block("ranks", colour=GREEN, items=items.to_dict("records"), across=5)]


MULTIPLE = "national makerspaces as a multiple of those of Shenzhen"


def cards_data(tables: Tables) -> pd.DataFrame:
    """The printed numbers by city, the printed place of a measure beside it (``place``), and one derived number.

    The makerspaces of 深圳 are those of 北京 over the printed multiple, to the nearest whole number: the only one that
    gives this multiple when rounded. ``scale`` is the largest value of a measure that two cities have.
    """
    rows = printed(tables["tables/innovation"]).rename(columns={"measure_zh": "label_zh", "measure_en": "label_en"})
    rows = rows.assign(measure=rows["label_zh"].str.removesuffix("排名"))
    ranks = rows[rows["unit"] == "rank"].assign(evidence="published", place=lambda part: part["value"])
    values = rows[rows["unit"] != "rank"].assign(evidence="published")
    multiple = rows[rows["label_en"] == MULTIPLE].iloc[0]
    base = values[(values["city"] == multiple["city"]) & (values["unit"] == "spaces")]
    second = ranks[(ranks["measure"] == base["measure"].iloc[0]) & (ranks["value"] == 2)]["city"].iloc[0]
    value = (base["value"] / multiple["value"]).round()
    values = pd.concat([values, base.assign(city=second, value=value, evidence="derived")])
    frame = values.merge(ranks[["city", "measure", "place"]], how="left")
    # places of what has no value
    attached = pd.MultiIndex.from_frame(values[["city", "measure"]])
    alone = ranks[~pd.MultiIndex.from_frame(ranks[["city", "measure"]]).isin(attached)]
    frame = pd.concat([frame, alone.assign(value=float("nan"))])
    shared = frame.groupby("label_en")["value"].agg(["count", "max"]).query("count > 1")["max"]
    frame["scale"] = frame["label_en"].map(shared)
    order = {city: row for row, city in enumerate(dict.fromkeys(rows["city"]))}
    frame = frame.sort_values("city", key=lambda cities: cities.map(order), kind="stable")
    columns = ["city", "label_zh", "label_en", "value", "qualifier", "unit", "place", "scale", "page", "evidence"]
    return with_names(frame[columns], tables).assign(cities_without=len(tables["tables/top20"]) - len(order))


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
    sign = f" {style.EVIDENCE_SIGNS['derived']}" if item.evidence == "derived" else ""
    return f"{counted(item.value, item.unit, language, item.qualifier)}{'%' if item.unit == '%' else ''}{sign}"


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
    total, first, none = data["failed"].sum(), cities.head(4), cities[cities["failed"] == 0]
    values = {"share": first["failed"].sum() / total, "late": data["late"].sum(), "rest": rest}
    return both("lending-failures.caption", total=total, first=listed(first), none=listed(none), **values)


@figure("lending-failures", failures_data, failures_caption)
def failures(data: pd.DataFrame, language: str):
    """One bar a city: failed until May 2018, and from June to September 2018; police investigations beside the total."""
    data = data[~data["rest"] & (data["failed"] > 0)].reset_index(drop=True)
    figure = style.canvas(2.0 + 0.23 * len(data), style.HALF)
    names = row_names(data, language)
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.4, top=1.2, bottom=0.8), grid="x")
    rows = range(len(data))
    labels = [said(f"lending-failures.{name}", language) for name in ("until-may", "june-to-september")]
    axes.barh(rows, data["earlier"], color=EARLIER, height=0.72, label=labels[0])
    axes.barh(rows, data["late"], left=data["earlier"], color=LATE, height=0.72, label=labels[1])
    end = data["failed"].max()
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.failed + end * 0.02, row, f"{item.failed}", va="center", size=style.SMALL)
        style.note(axes, end * 1.54, row, f"{item.police}", ha="right")
    head = said("lending-failures.of-these-police", language)
    style.note(axes, end * 1.54, -1.1, head, ha="right")
    axes.set_yticks(rows, names, size=style.SMALL)
    axes.set(xlim=(0, end * 1.55), ylim=(len(data) - 0.4, -0.6))
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= 1.1 * end])
    axes.set_xlabel(said("lending-failures.failed-platforms", language), size=style.SMALL)
    place = {"bbox_to_anchor": (0.04, 1 - 1.12 / figure.get_size_inches()[1]), "bbox_transform": figure.transFigure}
    axes.legend(loc="lower left", borderaxespad=0, labelspacing=0.3, **place)
    return figure


KINDS = ("body", "rule")


def instruments_data(tables: Tables) -> pd.DataFrame:
    """The instruments by city and kind, cities with most first; dates are not printed."""
    frame = tables["tables/policies"][["city", "kind", "title_zh", "title_en", "page", "note"]]
    frame = frame.assign(date=pd.NA, count=frame["city"].map(frame["city"].value_counts()))
    places = {city: place for place, city in enumerate(frame["city"][frame["page"] == 34].drop_duplicates())}
    order = frame["city"].map(places).fillna(len(places))
    frame = frame.assign(order=order).sort_values(["order", "kind"], kind="stable").drop(columns="order")
    told = tables["tables/callouts"].query("page == 34")[["statement_zh", "statement_en"]].iloc[0]
    return with_names(frame, tables).assign(**told)


def instruments_caption(data: pd.DataFrame) -> dict[str, str]:
    elsewhere = data[data["page"] != 34]
    counts = {"cities": data["city"].nunique(), "all": len(data), **data["kind"].value_counts()}
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


#: the part of the card in which a kind of statement stands
STATEMENTS = dict.fromkeys(("definition", "aim", "plan"), "definition") | {"direction": "direction"}


def sandbox_data(tables: Tables) -> pd.DataFrame:
    """The steps of the FCA's procedure (``part`` process), the pilots by date (pilot), what helps cooperation (outlook)."""
    steps = tables["tables/procedures"].query("procedure == 'sandbox'").sort_values("step").assign(part="process")
    pilots = tables["tables/sandboxes"].drop(columns=["date", "products"]).assign(part="pilot")
    pilots = pilots.rename(columns={"date_iso": "date", "products_value": "products"}).sort_values("date")
    outlook = tables["tables/enumerations"].query("list == 'outlook_conditions'").assign(part="outlook")
    rows = [(steps, "title"), (pilots, "event"), (outlook.sort_values("position"), "name")]
    if "tables/statements" in tables:
        # what the page says in words of definition and aims, and of the directions of cooperation
        told = tables["tables/statements"].query("page == 35")
        rows.append((told.assign(part=told["kind"].map(STATEMENTS)).dropna(subset=["part"]), "statement"))
    names = {"position": "step"}
    frames = [
        part.rename(columns=names | {f"{text}_{name}": f"text_{name}" for name in LANGUAGES}) for part, text in rows
    ]
    columns = ["part", "step", "actor", "city", "date", "text_zh", "text_en", "products", "page"]
    return with_names(pd.concat(frames)[columns], tables)


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
    rows = []
    for city, item in zip(style.city_names(pilots, language), pilots.itertuples(), strict=True):
        event = getattr(item, text)
        if pd.notna(item.products):
            event = said("p35-sandbox.products", language, number=number(item.products, language), text=event)
        rows.append([city, item.date, event])
    titles = {part: said(f"p35-sandbox.{part}", language) for part in ("process", "pilot", "outlook", "direction")}
    listed_parts = {part: list(data[data["part"] == part][text]) for part in ("definition", "outlook", "direction")}
    lists = [block("list", titles.get(part, ""), GREEN, items=items) for part, items in listed_parts.items() if items]
    process = block("steps", titles["process"], GREEN, items=flow, across=len(flow))
    events = table(heads("p35-sandbox", language), rows, (1.2, 1.2, 7.0), title=titles["pilot"], colour=GREEN)
    first = bool(listed_parts["definition"])
    return [*lists[:first], process, events, *lists[first:]]


#: of universities of the second class
PALE = "#5c9c85"
CLASSES = {"first_class": "一流大学", "first_class_disciplines": "一流学科"}


def strength_data(tables: Tables) -> pd.DataFrame:
    """The 8 cities of p32: Double First-Class universities by class (public), and what is printed of institutes.

    ``institutes`` is a printed number; ``named`` counts the institutes of p33, so a city has at least as many.
    """
    frame = tables["tables/leaders"].query("page == 32").sort_values("position")[["city", "position", "page"]]
    counts = tables["tables/universities"].groupby(["city", "class_2017"]).size()
    for name, label in CLASSES.items():
        frame[name] = [int(counts.get((city, label), 0)) for city in frame["city"]]
    printed = tables["tables/city_profiles"].query("node == 'institutes'").set_index("city")
    frame["institutes"] = frame["city"].map(printed["printed_value"])
    frame["institutes_page"] = frame["city"].map(printed["page"]).astype("Int64")
    named = tables["tables/institutes"].groupby("city").size()
    frame["named"] = frame["city"].map(named).astype("Int64")
    frame["named_page"] = frame["named"].notna().map({True: tables["tables/institutes"]["page"].iloc[0], False: pd.NA})
    frame = with_names(frame, tables).assign(node="universities")
    return with_firsts(frame, tables).drop(columns="node")


def strength_caption(data: pd.DataFrame) -> dict[str, str]:
    total = data[list(CLASSES)].sum(axis=1)
    first = data.loc[total.idxmax()]
    printed = data.dropna(subset=["institutes"]).iloc[0]
    named, without = data.dropna(subset=["named"]), data[data["institutes"].isna() & data["named"].isna()]
    names = {"named": listed(named), "without": listed(without), "remark": remark(first)}
    return both("p32-research.caption", first=first, max_total=total.max(), printed=printed, **names)


@figure("p32-research", strength_data, strength_caption)
def strength(data: pd.DataFrame, language: str):
    """Two-sided bars by city: universities to the left, what is known of dedicated institutes to the right (p32)."""
    figure = style.canvas(4.85)
    axes = sheet(figure)
    top, pitch, left, right = 1.6, 0.34, 5.9, 7.3
    scale = (left - 0.95) / data[list(CLASSES)].sum(axis=1).max()
    for x, name, side in ((left, "double-first-class", "right"), (right, "special-research-institutes", "left")):
        line(axes, x, 1.06, said(f"p32-research.{name}", language), ha=side, weight="bold", size=style.BODY)
    _key(axes, left, language)
    for row, (name, item) in enumerate(zip(style.city_names(data, language), data.itertuples(), strict=True)):
        y, counts = top + pitch * row, [getattr(item, column) for column in CLASSES]
        line(axes, (left + right) / 2, y, name, 1.2, ha="center", size=style.BODY)
        end = left
        for count, colour in zip(counts, (GREEN, PALE), strict=True):
            bar(axes, end - count * scale, y - 0.11, count * scale, 1, colour, 0.22)
            end -= count * scale
        line(axes, end - 0.08, y, f"{sum(counts)}", ha="right", weight="bold")
        _institutes(axes, right, y, item, language)
    return figure


def _key(axes, left: float, language: str) -> None:
    x = left
    for colour, name in ((PALE, "first_class_disciplines"), (GREEN, "first_class")):
        x -= line(axes, x, 1.34, said(f"p32-research.{name}", language), ha="right", color=style.MUTED) + 0.12
        axes.scatter([x], [1.34], marker="s", s=34, color=colour)
        x -= 0.2


def _institutes(axes, x: float, y: float, item, language: str) -> None:
    """Write what is known of the dedicated institutes: one number, the least that it can be, or nothing."""
    if pd.notna(item.institutes):
        line(axes, x, y, f"{item.institutes:.0f}", weight="bold")
    elif pd.notna(item.named):
        line(axes, x, y, f"≥{item.named}")
        line(axes, x + 0.4, y, said("p32-research.total-not-published", language), color=style.MUTED)
    else:
        line(axes, x, y, said("p32-research.not-published", language), color=style.MUTED)


def institutes_data(tables: Tables) -> pd.DataFrame:
    """The 5 institutes of p33 in order of founding, with the counts of output that are printed of one."""
    frame = tables["tables/institutes"].sort_values("founded_iso")
    numbers = tables["tables/headlines"].query("node == 'institutes'")
    for column in ("publications", "studies"):
        rows = numbers[numbers["unit"] == column]
        known = [rows[rows["measure_zh"].str.startswith(founded)]["printed_value"] for founded in frame["founded"]]
        frame[column] = [values.iloc[0] if len(values) else None for values in known]
    frame["until"] = tables["tables/sources"].set_index("source_id")["date"]["report2018/institutes"]
    frame["years"] = [_years(*months) for months in zip(frame["founded_iso"], frame["until"], strict=True)]
    told = tables.get("tables/institute_activities")
    if told is not None:
        for language in ("zh", "en"):
            joined = told.sort_values("position").groupby(["city", "founded"])[f"activity_{language}"].agg("|".join)
            known = frame[["city", "founded"]].join(joined, on=["city", "founded"])[f"activity_{language}"]
            frame[f"activities_{language}"] = known.fillna(frame[f"activities_{language}"])
    frame = frame.drop(columns="founded").rename(columns={"name": "name_zh", "founded_iso": "founded"})
    columns = ["city", "founded", "until", "years", "name_zh", "name_en", "activities_zh", "activities_en"]
    columns += ["publications", "studies", "page"]
    return with_names(frame[columns], tables)


def _years(founded: str, until: str) -> float:
    """Return the years from one month to another."""
    months = [int(text[:4]) * 12 + int(text[5:7]) for text in (founded, until)]
    return round((months[1] - months[0]) / 12, 1)


def institutes_caption(data: pd.DataFrame) -> dict[str, str]:
    counts = data.groupby(["city", "city_en"], sort=False).size().sort_values(ascending=False, kind="stable")
    counts = each(counts.rename("count").reset_index(), "p33-institutes.count")
    hidden, until, founded = int(data["name_zh"].isna().sum()), data["until"].iloc[0], data["founded"]
    ends = {"first": dated(founded.iloc[0]), "last": dated(founded.iloc[-1]), "until": dated(until)}
    return both("p33-institutes.caption", all=len(data), counts=counts, hidden=hidden, **ends)


@figure("p33-institutes", institutes_data, institutes_caption)
def institutes(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the institutes: city and name, founding and years since, work (p33)."""
    rows = []
    for city, item in zip(style.city_names(data, language), data.itertuples(), strict=True):
        name = getattr(item, f"name_{language}")
        name = name if isinstance(name, str) else said("p33-institutes.not-named-logo", language)
        work = _activities(getattr(item, f"activities_{language}"))
        if pd.notna(item.publications) and not any(f"{item.studies:.0f}" in text for text in work):
            work += said("p33-institutes.work", language, item=item).split("|")
        age = said("p33-institutes.years", language, item=item)
        rows.append([city, name, item.founded, age, work])
    return [table(heads("p33-institutes", language), rows, (1.0, 3.0, 0.9, 1.0, 4.2), colour=GREEN)]


def _activities(text: str) -> list[str]:
    """Return the activities in a text: those transcribed one by one, else what commas and semicolons part."""
    return text.split("|") if "|" in text else [part.strip() for part in re.split("[、；]|; |, ", text)]

"""Part four, the ecosystem: research strength, universities against dedicated institutes (p32), five institutes (p33)."""

import re

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, table
from fhi.showing.figures.evidence import remark, with_firsts
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import bar, dated, line, sheet
from fhi.showing.figures.wording import both, each, heads, listed, said

GREEN, PALE = style.PILLARS["ecosystem"], "#5c9c85"
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
    figure = style.canvas(5.4)
    axes = sheet(figure)
    top, pitch, left, right = 1.72, 0.4, 5.9, 7.3
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

"""A section for each published city: its ranks, bounds, indicators and printed numbers, and where they are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from fhi.editions.outputs import GIVEN
from fhi.editions.published import published, published_units
from fhi.engine.framework import Framework
from fhi.paths import REPORT
from fhi.showing.figures.edition_words import named
from fhi.showing.figures.evidence import cited, of_index
from fhi.showing.figures.firsts import remark, with_firsts
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.report.reasons import beside_next_above, changed, next_above, printed_moves
from fhi.showing.report.tables import NODE, PAGE, Cell, Table, city_names, has, leaf_nodes, node_names, upper_nodes
from fhi.showing.report.texts import (
    MISSING,
    NOTHING,
    anchor,
    decimal,
    digits,
    measured,
    same,
    signed,
    span,
    unit_words,
    whole,
)

NAN = float("nan")
#: tables of single printed numbers by city, all of one form
PRINTED = ("city_profiles", "experience_facts", "innovation", "headlines")


def shown_units(tables: Tables) -> pd.DataFrame:
    """Return ``city, rank, tier`` of the cities that have a section: those with a published rank, else with a score."""
    root = Framework.from_table(tables["tables/framework"]).root
    found = published_units(tables, root)
    if len(found):
        return found
    ranks = tables["ranks"][["city", root]].rename(columns={root: "rank"}).dropna()
    return ranks.sort_values("rank", kind="stable").assign(tier=None).reset_index(drop=True)


@dataclass(frozen=True)
class Lookup:
    """The cells of the built tables by city, so that twenty sections do not search the tables twenty times."""

    nodes: Mapping[str, Texts]
    compared: Mapping[tuple[str, str], Mapping]
    ranks: Mapping[str, Mapping]
    uppers: Sequence[str]
    places_of_scores: int
    scores: Mapping[str, Mapping]
    allowed: Mapping[tuple[str, str], Mapping]
    values: Mapping[tuple[str, str], Mapping]
    covered: Mapping[tuple[str, str], Mapping]
    used: Mapping[tuple[str, str], float]
    places: Mapping[tuple[str, str], Texts]
    leaves: Sequence[str]
    printed: Sequence[Mapping]
    published: Mapping[tuple[str, str], float]
    sources: Mapping[str, Texts]
    labels: tuple[str, ...]
    units: Mapping[str, Texts]

    @classmethod
    def of(cls, tables: Tables, year: int | None) -> Lookup:
        return cls(
            nodes=node_names(tables),
            compared=tables["comparison"].set_index(["city", "node"]).to_dict("index"),
            ranks=tables["ranks"].set_index("city").to_dict("index"),
            uppers=upper_nodes(tables),
            places_of_scores=digits(tables["scores"].set_index("city")[upper_nodes(tables)]),
            scores=tables["scores"].set_index("city").to_dict("index"),
            allowed=tables["bounds"].set_index(["city", "node"]).to_dict("index") if has(tables, "bounds") else {},
            values=latest(tables["panel"], year).to_dict("index"),
            covered=tables["coverage"].set_index(["city", "indicator"]).to_dict("index"),
            used=tables["indicators"].set_index("city").stack().to_dict(),
            places=standing_places(with_firsts(tables["standings"], tables))
            | open_places(latest(tables["panel"], year)),
            leaves=leaf_nodes(tables),
            units=unit_words(tables),
            published=published(tables).set_index(["city", "node"])["rank"].to_dict(),
            sources=publishers(tables, f"{REPORT}/" if has(tables, "tables/top20") else ""),
            labels=of_index(_labels(tables), tables),
            printed=[
                row | {"table": name}
                for name in PRINTED
                if f"tables/{name}" in tables
                for row in tables[f"tables/{name}"].to_dict("records")
            ],
        )


def sections(tables: Tables, year: int | None, told: Mapping[str, Mapping]) -> list[dict]:
    """Return what the page shows of each unit that has a section (`shown_units`), in order of rank.

    What an edition does not have is left out: printed ranks, changes and numbers, bounds, tiers, provinces.

    Parameters
    ----------
    tables : mapping
        The built tables.
    year : int or None
        Edition year: of each indicator the latest value not later than it.
    told : mapping
        The findings by id (`fhi.showing.report.opening.findings`); those of a unit begin with its name or code.
    """
    places = tables["tables/cities"].set_index("name_zh").to_dict("index")
    cityname, cells = city_names(tables), Lookup.of(tables, year)
    tiers, moves = named(tables, "tier"), printed_moves(tables) if has(tables, "tables/movers") else {}
    rows = shown_units(tables)
    reasons = [next_above(tables), beside_next_above(tables), changed(tables)]
    findings = by_unit(told, tables["tables/cities"])
    return [
        {
            "id": anchor(places[row["city"]]),
            "name": cityname[row["city"]],
            "about": about(row, places[row["city"]], tiers),
            "rank": row["rank"],
            "findings": findings.get(row["city"], []),
            "moved": moves.get(row["city"]),
            "ranks": rank_table(cells, row["city"]),
            "reasons": [found[row["city"]] for found in reasons if row["city"] in found],
            "indicators": indicator_table(cells, row["city"]),
            "missing": missing(cells, row["city"]),
            "printed": printed_table(cells, row["city"]),
        }
        for row in rows.to_dict("records")
    ]


def by_unit(told: Mapping[str, Mapping], cities: pd.DataFrame) -> dict[str, list[Mapping]]:
    """Return the findings of each unit by its key: those whose id begins with its name, in either language, or its code."""
    found: dict[str, list[Mapping]] = {}
    keys = {}
    for place in cities.to_dict("records"):
        for key in (place["name_zh"], place["name_en"], anchor(place).removeprefix("city-")):
            keys[str(key).lower()] = place["name_zh"]
    for id, text in told.items():
        if text["kind"] == "unit" and (city := keys.get(id.rsplit("-", 1)[0].lower())):
            found.setdefault(city, []).append(text)
    return found


def _labels(tables: Tables) -> tuple[str, ...]:
    """Return the labels of ranks, scores and bounds, of those that an edition has."""
    there = {"published": not published(tables).empty, "reconstructed": True, "identified": has(tables, "bounds")}
    return tuple(label for label, found in there.items() if found)


def about(row: Mapping, place: Mapping, tiers: Mapping[str, Texts]) -> list[Texts]:
    """Return what stands behind the name of a unit: its province or group, and its tier, where an edition has them."""
    province = {language: place.get(f"province_{language}") for language in LANGUAGES}
    found = [province if all(isinstance(text, str) and text for text in province.values()) else place.get("group")]
    found.append(tiers.get(row["tier"], row["tier"]))
    return [same(text) if isinstance(text, str) else text for text in found if isinstance(text, dict) or (isinstance(text, str) and text)]


def latest(panel: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Return the row of the panel that stands behind each cell of the index, by city and indicator."""
    rows = panel.dropna(subset=["value"])
    if year is not None:
        rows = rows[rows["year"] <= year]
    return (
        rows.sort_values("year", kind="stable")
        .drop_duplicates(["city", "indicator"], keep="last")
        .set_index(["city", "indicator"])
    )


def standing_places(standings: pd.DataFrame) -> dict[tuple[str, str], Texts]:
    """Return the place of a city among those with a score, by city and indicator; a shared one as ``6–37 / 37``.

    A first place that a printed order gives to another city says so (columns of `with_firsts`).
    """
    level = standings.groupby(["node", "rank"])["city"].transform("size")
    last = standings["rank"] + level - 1
    shown = []
    for (_, item), end in zip(standings.iterrows(), last, strict=True):
        first, count = item["rank"], item["cities"]
        place = f"{first}–{end} / {count}" if end > first else f"{first} / {count}"
        shown.append({name: place + said * (first == 1) for name, said in remark(item).items()})
    return dict(zip(zip(standings["city"], standings["node"], strict=True), shown, strict=True))


def open_places(values: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the places, from the best to the worst, that values known up to an interval leave open."""
    found = {}
    for indicator, rows in values.groupby("indicator"):
        rows = rows.droplevel("indicator")
        if (rows["low"] < rows["high"]).any():
            for city, row in rows.iterrows():
                best = 1 + (rows["low"] > row["high"]).sum()
                worst = 1 + (rows["high"].drop(city) > row["low"]).sum()
                if worst > best:
                    found[city, indicator] = f"{best}–{worst} / {len(rows)}"
    return found


def bounded(value: Mapping) -> Texts:
    """Return a value with its unit, and between what ends it is known if it is not known exactly."""
    text = measured(float(value["value"]), value["unit"])
    if not value["low"] < value["high"]:
        return text
    ends = span(value["low"], value["high"])
    return {"zh": f"{text['zh']}（{ends}）", "en": f"{text['en']} ({ends})"}


def rank_table(cells: Lookup, city: str) -> Table:
    """Published and reconstructed rank, score and bounds of a unit by node, of those that an edition has.

    Where ranks are published, the reconstructed ones are those among the units with a published rank.
    """
    with_published, with_bounds = "published" in cells.labels, "identified" in cells.labels
    lines = []
    for node in cells.uppers:
        found = cells.compared.get((city, node), {"rank": NAN, "published": NAN, "difference": NAN})
        printed = cells.published.get((city, node), found["published"])
        rank = found["rank"] if with_published else cells.ranks.get(city, {}).get(node, NAN)
        line = [cells.nodes[node], *([whole(printed)] if with_published else []), whole(rank)]
        line += [signed(found["difference"])] if with_published else []
        line.append(decimal(cells.scores.get(city, {}).get(node, NAN), cells.places_of_scores))
        if with_bounds:
            limits = cells.allowed.get((city, node), {"low": NAN, "high": NAN})
            line.append(span(limits["low"], limits["high"]))
        lines.append(line)
    heads = [NODE]
    heads += [{"zh": "公布名次", "en": "Published rank"}] if with_published else []
    heads.append({"zh": "重建名次", "en": "Reconstructed rank"})
    heads += [{"zh": "差", "en": "Difference"}] if with_published else []
    heads.append({"zh": "重建得分", "en": "Reconstructed score"})
    heads += [{"zh": "公布数字允许的得分", "en": "Score that the published numbers allow"}] if with_bounds else []
    return Table("", {"zh": "名次与得分", "en": "Ranks and scores"}, heads, lines, evidence=cells.labels)


def indicator_table(cells: Lookup, city: str) -> Table:
    """Every indicator of the tree with the city's value, its source and its evidence, or as missing."""
    rows: list[list[Cell]] = []
    for code in cells.leaves:
        value = cells.values.get((city, code))
        if value is None:
            rows.append([cells.nodes[code], MISSING, "", "", "", "", ""])
            continue
        covered = cells.covered.get((city, code), {})
        shown = cells.used.get((city, code), float(value["value"]))
        used = covered.get("used", False)
        rows.append(
            [
                cells.nodes[code],
                bounded(value | {"value": shown}),
                cells.places.get((city, code), NOTHING),
                year_of(value["year"], covered, interpolated=shown != float(value["value"])),
                {"badge": value["evidence"]},
                source_words(cells, str(value["source_id"]), value["evidence"]),
                {"zh": "是", "en": "yes"} if used else {"zh": "否", "en": "no"},
            ]
        )
    heads = [
        {"zh": "指标", "en": "Indicator"},
        {"zh": "数值", "en": "Value"},
        {
            "zh": f"重建位次／计分{cells.units['one']['zh']}",
            "en": f"Reconstructed place / {cells.units['many']['en']} scored",
        },
        {"zh": "年份", "en": "Year"},
        {"zh": "证据", "en": "Evidence"},
        {"zh": "来源", "en": "Source"},
        {"zh": "进入指数", "en": "Used"},
    ]
    return Table("", {"zh": "指标", "en": "Indicators"}, heads, rows, texts=(4, 5))


def year_of(year: int, covered: Mapping, *, interpolated: bool) -> Cell:
    """Return the year of a value, and what must be said of it: interpolated to the edition's, or old."""
    if not interpolated and not covered.get("old", False):
        return str(year)
    texts = {"zh": [f"{year}"], "en": [f"{year}"]}
    if interpolated:
        texts["zh"].append("插值至本期")
        texts["en"].append("interpolated to the edition")
    if covered.get("old", False):
        texts["zh"].append(f"过旧，早{covered['age']:.0f}年")
        texts["en"].append(f"old, {covered['age']:.0f} years before the edition")
    return {"zh": "，".join(texts["zh"]), "en": ", ".join(texts["en"])}


def source_words(cells: Lookup, sources: str, evidence: str) -> Cell:
    """Return who published a value: the edition's publication, the publishers of public data, or a file of the staff's."""
    if evidence in GIVEN:
        return {"zh": "自备文件", "en": "supplied file"}
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for source in sources.split("+"):
        for language in LANGUAGES:
            text = cells.sources.get(source, cells.sources.get(source.rsplit("/", 1)[-1], same(source)))[language]
            if text not in found[language]:
                found[language].append(text)
    return {"zh": "；".join(found["zh"]), "en": "; ".join(found["en"])}


def publishers(tables: Tables, prefix: str) -> dict[str, Texts]:
    """Return by source who published it, by language: the publication of the edition for its own files.

    A publisher named in one language only stands in the other by what is left of its line, or by the name of the file.
    """
    found = {}
    for row in tables["tables/sources"].fillna("").to_dict("records"):
        if prefix and row["source_id"].startswith(prefix):
            found[row["source_id"]] = cited(tables)
            continue
        parts = [part.strip() for part in row["publisher"].split(";") if part.strip()]
        plain = [part for part in parts if not re.search("[一-鿿]", part)]
        found[row["source_id"]] = {"zh": "；".join(parts), "en": "; ".join(plain) or row["source_id"].rsplit("/", 1)[-1]}
    return found


def missing(cells: Lookup, city: str) -> Texts:
    """Say how many of the indicators have no value for a city."""
    total = len(cells.leaves)
    count = sum((city, code) not in cells.values for code in cells.leaves)
    return {
        "zh": f"{total}项指标中{count}项缺失，不以估计值代替。",
        "en": f"{count} of {total} indicators are missing and are not replaced by estimates.",
    }


def printed_table(cells: Lookup, city: str) -> Table | None:
    """The other numbers that the report prints of a city, as printed; None if there are none."""
    found = sorted((row for row in cells.printed if row["city"] == city), key=lambda row: row["page"])
    rows: list[list[Cell]] = [
        [
            {language: row[f"measure_{language}"] for language in LANGUAGES},
            str(row["printed"]),
            cells.nodes.get(row["node"], NOTHING),
            str(row["page"]),
        ]
        for row in found
    ]
    heads = [
        {"zh": "内容", "en": "Measure"},
        {"zh": "报告数值", "en": "As stated"},
        NODE,
        PAGE,
    ]
    title = {"zh": "报告给出的其他数字", "en": "Other numbers that the report states"}
    return Table("", title, heads, rows, evidence=("published",), texts=(2,)) if rows else None


def mentions_of(cities: pd.DataFrame, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return by city the figures and tables whose text names it.

    Parameters
    ----------
    cities : pandas.DataFrame
        With ``name_zh`` and ``name_en``.
    texts : mapping
        By id, all text of a figure (its data, title and caption) or table.
    """
    pairs = list(zip(cities["name_zh"], cities["name_en"], strict=True))
    patterns = {name: _alone(name, every) for every in zip(*pairs, strict=True) for name in every}
    return {zh: [id for id, text in texts.items() if patterns[zh](text) or patterns[en](text)] for zh, en in pairs}


def _alone(name: str, every: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a text names a city, not merely another one whose name holds its own (Niger in Nigeria)."""
    longer = sorted((other for other in every if name in other and name != other), key=len, reverse=True)
    if not longer:
        return lambda text: name in text
    other = re.compile("|".join(map(re.escape, longer)))
    return lambda text: name in text and name in other.sub("\0", text)

"""A section for each unit: its profile, what set it where it stands, and the numbers that the report states of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pandas as pd

from fhi.editions.outputs import GIVEN
from fhi.paths import REPORT
from fhi.showing.figures.evidence import cited, remark, with_firsts
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.report.profiles import latest, profiles
from fhi.showing.report.reasons import beside_next_above, changed, next_above, printed_moves
from fhi.showing.report.tables import NODE, PAGE, Cell, Table, has, node_names, profiled, shown_units
from fhi.showing.report.texts import NOTHING, said, same

#: tables of single numbers that a publication states of a unit, all of one form
PRINTED = ("city_profiles", "experience_facts", "innovation", "headlines")
#: a first place, alone, shared or possible
FIRST = re.compile(r"1( /|–|$)")
JOINTS = {"zh": "；", "en": "; "}


def sections(tables: Tables, year: int | None, told: Mapping[str, Mapping]) -> list[dict]:
    """Return what the page shows of each unit that has a profile, in order of rank.

    Parameters
    ----------
    tables : mapping
        The built tables.
    year : int or None
        Edition year: of each indicator the latest value not later than it.
    told : mapping
        The findings by id (`fhi.showing.report.opening.findings`).
    """
    cards = [*zip(*(profiles(tables, language, year) for language in LANGUAGES), strict=True)]
    firsts = [(zh["unit"], row["code"]) for zh, _ in cards for row in zh["indicators"] if FIRST.match(row["place"])]
    moves = printed_moves(tables) if has(tables, "tables/movers") else {}
    wanted = {zh["unit"] for zh, _ in cards}
    reasons = [of(tables, wanted) for of in (next_above, beside_next_above, changed)]
    printed, sources, noted = printed_tables(tables), source_words(tables, year), remarks(tables, firsts)
    bullets = {}
    for id, text in told.items():
        if text["kind"] == "unit":
            bullets.setdefault(id.rsplit("-", 1)[0], []).append(text)
    return [
        {
            "id": zh["id"],
            "profile": {"zh": zh, "en": en},
            "bullets": bullets.get(zh["unit"], []),
            "moved": moves.get(zh["unit"]),
            "sources": sources.get(zh["unit"], {}),
            "remarks": noted.get(zh["unit"], {}),
            "reasons": [found[zh["unit"]] for found in reasons if zh["unit"] in found],
            "printed": printed.get(zh["unit"]),
        }
        for zh, en in cards
    ]


def remarks(tables: Tables, firsts: Sequence[tuple[str, str]]) -> dict[str, dict[str, Texts]]:
    """Return by unit and indicator what must be said of a value: that the report puts another first, that it is old.

    `firsts` are the cells with a first place.
    """
    found: dict[tuple[str, str], list[Texts]] = {}
    for _, row in with_firsts(pd.DataFrame(firsts, columns=["city", "node"]), tables).iterrows():
        found.setdefault((row["city"], row["node"]), []).append(remark(row))
    covered = tables["coverage"].dropna(subset=["evidence"])
    for row in covered[covered["old"].fillna(False).astype(bool)].itertuples():
        found.setdefault((row.city, row.indicator), []).append(said("old", years=f"{row.age:.0f}"))
    used = tables["indicators"].set_index("city").stack()
    values = latest(tables["panel"], int(tables["coverage"]["value_year"].max()))["value"]
    between = (used - values.reindex(used.index)).abs() > 1e-12 * used.abs()
    for key in between.index[between]:
        found.setdefault(key, []).append(said("interpolated"))
    shown: dict[str, dict[str, Texts]] = {}
    for (unit, code), texts in found.items():
        parts = [text for text in texts if any(text.values())]
        if parts:
            line = {name: JOINTS[name].join(text[name].strip(" ()（）") for text in parts) for name in LANGUAGES}
            shown.setdefault(unit, {})[code] = line
    return shown


def unprofiled(tables: Tables) -> Texts | None:
    """Say how many units have no profile on the page, where there are more than it holds; else None."""
    all_units, shown = len(shown_units(tables)), len(profiled(tables))
    return said("unprofiled", shown=shown, left=all_units - shown) if shown < all_units else None


def source_words(tables: Tables, year: int | None) -> dict[str, dict[str, Texts]]:
    """Return by unit with a profile, and by indicator, who published the value."""
    who = publishers(tables)

    @cache
    def words(source_ids: str, evidence: str) -> Texts:
        if evidence in GIVEN:
            return said("supplied")
        names = [who.get(id, who.get(id.rsplit("/", 1)[-1], same(id))) for id in source_ids.split("+")]
        return {name: JOINTS[name].join(dict.fromkeys(text[name] for text in names)) for name in LANGUAGES}

    panel, found = tables["panel"], {}
    rows = latest(panel[panel["city"].isin(profiled(tables))], year)
    for (unit, code), ids, evidence in zip(rows.index, rows["source_id"], rows["evidence"], strict=True):
        found.setdefault(unit, {})[code] = words(str(ids), evidence)
    return found


def publishers(tables: Tables) -> dict[str, Texts]:
    """Return by source who published it, by language.

    Files of the report's own edition are the report; of a line of publishers an English reader gets those that are
    named in Latin letters, or without one the name of the file.
    """
    found = {}
    for row in tables["tables/sources"].fillna("").to_dict("records"):
        if row["source_id"].startswith(f"{REPORT}/"):
            found[row["source_id"]] = cited(tables)
            continue
        parts = [part.strip() for part in row["publisher"].split(";") if part.strip()]
        plain = [part for part in parts if not re.search("[一-鿿]", part)]
        file = row["source_id"].rsplit("/", 1)[-1]
        found[row["source_id"]] = {"zh": "；".join(parts) or file, "en": "; ".join(plain) or file}
    return found


def printed_tables(tables: Tables) -> dict[str, Table]:
    """Return by unit the other numbers that the report states of it, as stated."""
    frames = [tables[f"tables/{name}"] for name in PRINTED if f"tables/{name}" in tables]
    if not frames:
        return {}
    nodes = node_names(tables)
    heads = [{"zh": "内容", "en": "Measure"}, {"zh": "报告数值", "en": "As stated"}, NODE, PAGE]
    title = {"zh": "报告给出的其他数字", "en": "Other numbers that the report states"}
    found = {}
    for unit, group in pd.concat(frames).dropna(subset=["city"]).groupby("city", sort=False):
        rows: list[list[Cell]] = [
            [
                {language: row[f"measure_{language}"] for language in LANGUAGES},
                str(row["printed"]),
                nodes.get(row["node"], NOTHING),
                str(row["page"]),
            ]
            for row in group.sort_values("page", kind="stable").to_dict("records")
        ]
        found[unit] = Table("", title, heads, rows, evidence=("published",), texts=(2,))
    return found


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
    lines = {id: set(text.split("\n")) for id, text in texts.items()}
    return {
        zh: [id for id, text in texts.items() if any(patterns[name](text, lines[id]) for name in (zh, en))]
        for zh, en in pairs
    }


def _alone(name: str, every: Sequence[str]) -> Callable[[str, set[str]], bool]:
    """Return whether a text names a city, not merely another one whose name holds its own (Niger in Nigeria).

    The function takes the text, and its lines: the name alone in a line needs no search.
    """

    @cache
    def longer() -> re.Pattern | None:
        found = sorted((other for other in every if name in other and name != other), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, found))) if found else None

    def named(text: str, lines: set[str]) -> bool:
        if name in lines or name not in text:
            return name in lines
        return longer() is None or name in longer().sub("\0", text)

    return named

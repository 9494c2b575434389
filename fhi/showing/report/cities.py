"""A section for each unit: its profile, what set it where it stands, and the numbers that the report states of it."""

import itertools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

import pandas as pd

from fhi.editions.outputs import GIVEN
from fhi.paths import REPORT
from fhi.showing.figures.evidence import cited, remark, with_firsts
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.figures.wording import joined
from fhi.showing.report import tables as report_tables
from fhi.showing.report.opening import by_unit
from fhi.showing.report.profiles import profiles
from fhi.showing.report.tables import Table, city_names, has, latest, leaf_nodes, node_names, stated, upper_nodes
from fhi.showing.report.texts import MISSING, NOTHING, decimal, digits, said, same, signed

#: tables of single numbers that a publication states of a unit, all of one form
PRINTED = ("city_profiles", "experience_facts", "innovation", "headlines")
#: a first place, alone, shared or possible
FIRST = re.compile(r"1( /|–|$)")
JOINTS = {"zh": "；", "en": "; "}
GAPS = {"zh": "", "en": " "}


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
    printed, sources, noted = _printed_tables(tables), _source_words(tables, year), _remarks(tables, firsts)
    bullets = by_unit(told)
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


def _remarks(tables: Tables, firsts: Sequence[tuple[str, str]]) -> dict[str, dict[str, Texts]]:
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
    all_units, shown = len(report_tables.shown_units(tables)), len(report_tables.profiled(tables))
    return said("unprofiled", shown=shown, left=all_units - shown) if shown < all_units else None


def _source_words(tables: Tables, year: int | None) -> dict[str, dict[str, Texts]]:
    """Return by unit with a profile, and by indicator, who published the value."""
    who = _publishers(tables)

    @cache
    def words(source_ids: str, evidence: str) -> Texts:
        if evidence in GIVEN:
            return said("supplied")
        names = [who.get(id, who.get(id.rsplit("/", 1)[-1], same(id))) for id in source_ids.split("+")]
        return {name: JOINTS[name].join(dict.fromkeys(text[name] for text in names)) for name in LANGUAGES}

    panel, found = tables["panel"], {}
    rows = latest(panel[panel["city"].isin(report_tables.profiled(tables))], year)
    for (unit, code), ids, evidence in zip(rows.index, rows["source_id"], rows["evidence"], strict=True):
        found.setdefault(unit, {})[code] = words(str(ids), evidence)
    return found


def _publishers(tables: Tables) -> dict[str, Texts]:
    """Return by source who published it, by language.

    Files of the report's own edition are the report; of a line of publishers an English reader gets those that are
    named in Latin letters, or without one the name of the file.
    """
    found = {}
    for id, publisher in tables["tables/sources"].set_index("source_id")["publisher"].fillna("").items():
        parts = [part.strip() for part in publisher.split(";") if part.strip()]
        plain = [part for part in parts if not re.search("[一-鿿]", part)]
        file = id.rsplit("/", 1)[-1]
        named = {"zh": "；".join(parts) or file, "en": "; ".join(plain) or file}
        found[id] = cited(tables) if id.startswith(f"{REPORT}/") else named
    return found


def _printed_tables(tables: Tables) -> dict[str, Table]:
    """Return by unit the other numbers that the report states of it, as stated."""
    frames = [tables[f"tables/{name}"] for name in PRINTED if f"tables/{name}" in tables]
    if not frames:
        return {}
    nodes, rows = node_names(tables), {}
    for row in pd.concat(frames).dropna(subset=["city"]).sort_values("page", kind="stable").to_dict("records"):
        measure = {language: row[f"measure_{language}"] for language in LANGUAGES}
        cells = [measure, str(row["printed"]), nodes.get(row["node"], NOTHING), str(row["page"])]
        rows.setdefault(row["city"], []).append(cells)
    return {unit: stated("stated-of-unit", own) for unit, own in rows.items()}


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


#: by the unit of contributions: the decimals shown, of which nought is left out
UNITS = {"points": 2, "logarithm": 3}


def printed_moves(tables: Tables) -> dict[str, Texts]:
    """Say of each city how its printed rank came about: who passed whom, who came and who went, as far as is known.

    A change of rank is the cities passed, less those that passed, less those that came in above, plus those that are
    gone from above. Of the pillars in the year before the report prints only the gains of its movers.

    Returns
    -------
    dict
        By city with a printed rank in both years.
    """
    rows = tables["movement"].query("node == 'FHI' and evidence == 'published'")
    both, cities, gains = rows.dropna(subset=["rank_from", "rank_to"]), city_names(tables), printed_gains(tables)
    found = {}
    for row in both.itertuples():
        was_above, is_above = both["rank_from"] < row.rank_from, both["rank_to"] < row.rank_to
        came = rows[rows["rank_from"].isna() & (rows["rank_to"] < row.rank_to)]
        moved = {
            "passed-by": both.loc[is_above & ~was_above, "city"],
            "passed": both.loc[was_above & ~is_above, "city"],
            "new-above": came["city"],
        }
        moved = {slot: joined(cities[city] for city in units) for slot, units in moved.items() if len(units)}
        (before, first), (after, last) = (row[3], int(row.rank_from)), (row[4], int(row.rank_to))
        sentences = [said("moved.places", before=before, first=first, after=after, last=last)]
        sentences += [said(f"moved.{slot}", names=names) for slot, names in moved.items()]
        if gone := first - 1 - was_above.sum():
            sentences.append(said("moved.gone", gone=gone))
        if up := gains.get(row.city):
            sentences.append(said("moved.gains", up=up))
        if moved or first != last:
            sentences.append(said(f"moved.{'unsettled-others' if up else 'unsettled'}", before=before))
        found[row.city] = {name: gap.join(text[name] for text in sentences) for name, gap in GAPS.items()}
    return found


def printed_gains(tables: Tables) -> dict[str, Texts]:
    """Return by city the places that it gained in pillars since the year before, as far as the report prints them."""
    nodes = node_names(tables)
    return {
        city: joined(
            said("moved.gain", node=nodes[row.pillar], change=f"{row.change:+d}", page=row.page)
            for row in rows.itertuples()
        )
        for city, rows in tables["tables/movers"].groupby("city")
    }


def next_above(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city what parts it from the city next above in the reconstructed index, the largest part first.

    Parameters
    ----------
    tables : mapping
        The built tables.
    wanted : collection of str, optional
        The cities that are asked for (default: all).
    """
    split, scores = _wanted(tables["next_above"], wanted), tables["scores"].set_index("city")
    cities, nodes, uppers, leaves = (of(tables) for of in (city_names, node_names, upper_nodes, leaf_nodes))
    found, decimals = {}, digits(scores[uppers])
    for (city, above, unit), rows in split.groupby(["city", "above", "unit"], sort=False):
        parts, places = rows.set_index("node")["contribution"], UNITS[unit]
        indicators = parts[parts.index.isin(leaves)].sort_values(key=abs, ascending=False, kind="stable")
        shown = [uppers[0], *indicators.index[indicators.abs() * 10**places >= 0.5]]
        lines = [
            [nodes[node], *_scored(scores, city, above, node, decimals), signed(parts[node], places)] for node in shown
        ]
        about = {"above": cities[above], "measure": said(f"points.{unit}")}
        found[city] = stated("next-above", lines, tables, **about)
    return found


def _wanted(rows: pd.DataFrame, wanted: Collection[str] | None) -> pd.DataFrame:
    return rows if wanted is None else rows[rows["city"].isin(wanted)]


def beside_next_above(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city its scores beside those of the city next above, where the difference was not split into parts.

    So where levels are aggregated in different ways (`fhi.engine.contributions`); empty if ``next_above`` has rows.
    Of several that share the rank above, the one with the least score.

    Parameters
    ----------
    tables : mapping
        The built tables.
    wanted : collection of str, optional
        The cities that are asked for (default: all).
    """
    if has(tables, "next_above"):
        return {}
    cities, nodes, uppers, leaves = (of(tables) for of in (city_names, node_names, upper_nodes, leaf_nodes))
    scores, ranks = (tables[name].set_index("city") for name in ("scores", "ranks"))
    ranks, order = ranks[uppers[0]], scores[uppers[0]].dropna().sort_values(ascending=False, kind="stable").index
    shown = [node for node in dict.fromkeys([*uppers, *leaves]) if scores[node].notna().any()]
    above, found, places = None, {}, digits(scores[uppers])
    for before, city in itertools.pairwise(order):
        above = before if ranks[before] < ranks[city] else above
        if above is None or (wanted is not None and city not in wanted):
            continue
        lines = [
            [nodes[node], *_scored(scores, city, above, node, places)]
            + [signed(scores.at[city, node] - scores.at[above, node], places + 1)]
            for node in shown
        ]
        found[city] = stated("beside-next-above", lines, tables, above=cities[above])
    return found


def changed(tables: Tables, wanted: Collection[str] | None = None) -> dict[str, Table]:
    """Return by city what each indicator did to its score from the year before, where several years are built.

    Parameters
    ----------
    tables : mapping
        The built tables.
    wanted : collection of str, optional
        The cities that are asked for (default: all).
    """
    rows, nodes, leaves, found = tables["changes"], node_names(tables), leaf_nodes(tables), {}
    for city, own in _wanted(rows[rows["to"] == rows["to"].max()], wanted).groupby("city", sort=False):
        rank = own["change"].abs().where(own["node"].isin(leaves), float("inf"))
        own = own.loc[rank.sort_values(ascending=False, kind="stable").index]
        before, after = own[["from", "to"]].iloc[0]
        lines = [
            [nodes[row.node], *(signed(part, 2) for part in (row.change, row.by_value, row.by_weight))]
            for row in own.itertuples()
            if row.node not in leaves or max(abs(row.by_value), abs(row.by_weight)) >= 0.005
        ]
        found[city] = stated("changed", lines, tables, before=before, after=after)
    return found


def _scored(scores: pd.DataFrame, city: str, above: str, node: str, places: int = 1) -> list[report_tables.Cell]:
    """Return the scores of two cities in a node."""
    return [
        MISSING if pd.isna(scores.at[name, node]) else decimal(scores.at[name, node], places) for name in (city, above)
    ]

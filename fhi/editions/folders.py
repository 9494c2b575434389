"""The raw tables of an edition: a folder below data/raw with its tree, its units and what is known of them.

One loader reads all editions. Each has a catalogue (``sources.csv``), tables of the common form (`SCHEMAS`), and what
further tables its ``schemas.csv`` describes; tables that editions share stand in ``data/raw/public`` and are listed in
``data/raw/sources.csv``.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from fhi.editions import catalogue
from fhi.editions.catalogue import shown, verify
from fhi.editions.edition import Edition, read_edition, words
from fhi.engine.cells import read_cells
from fhi.engine.errors import MethodError, Problem, collected, misnamed, reject
from fhi.engine.framework import FORMULAS, SAME, indicators_of
from fhi.paths import EDITION_FILE, RAW, REPORT, edition_folder
from fhi.reading.schemas import EXAMPLE, SCHEMA_FILE, SCHEMAS, Schema, read_schemas, read_table, table_from_cells

#: cells of the list of files that those of the template stand in until they are filled in: column -> what an older
#: template had, what is expected, the remedy
CITED = {
    "citation": ((), "the source of the file", "state what to cite; it appears below the figures"),
    "publisher": (("publisher",), "who published it", "name the publisher"),
    "date": (("date",), "when it was published", "write the date, or the year"),
    "licence": (("terms of use", "licence"), "its terms of use", "name the licence, or the terms of use"),
}
#: the values of an edition; one with tables of its own may construct them in their place (`construction`)
VALUES = "indicators"
NEEDED = ("cities", "framework", VALUES)
VARIABLES = "variables"
OPTIONAL = (
    VARIABLES,
    *("published_ranks", "earlier_ranks", "published_scores", "facts", "bound_alternatives", "claims"),
    *("standard_errors", "vocabulary", "exchange_rates"),
)
RATES = "public/exchange_rates"


def schemas_of(folder: Path) -> dict[str, Schema]:
    """Return the schemas of the tables that an edition describes itself, in ``schemas.csv``; empty without that."""
    path = folder / SCHEMA_FILE
    return _schemas(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _schemas(path: Path, changed: int) -> dict[str, Schema]:
    return read_schemas(path, shown(path.parent, path.name))


def load(edition: str = REPORT) -> dict[str, pd.DataFrame]:
    """Return the raw tables of an edition by name; see `read`."""
    return read(edition_folder(edition))


def units_of(edition: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of cities (indexed by name) and the tree of an edition, to check a scenario by."""
    folder, tables, problems = edition_folder(edition), {}, []
    for name in ("cities", "framework"):
        with collected(problems):
            tables[name] = _read(folder, name)
    reject(problems)
    return tables["cities"].set_index("name_zh"), tables["framework"]


def standard_errors_of(edition: str) -> pd.DataFrame:
    """Return ``indicator, city, year, error`` as the edition's publication states them; empty if it states none."""
    folder = edition_folder(edition)
    if (folder / "standard_errors.csv").is_file():
        return _read(folder, "standard_errors")
    return pd.DataFrame(columns=["indicator", "city", "year", "error"])


def read(folder: Path, common: Path = RAW) -> dict[str, pd.DataFrame]:
    """Read every table of an edition, verified and validated, and what it says of itself (table ``edition``).

    Exchange rates come from `common` if it has none of its own; its vocabulary adds to the common one; common tables
    that ``edition.yml`` names are read as ``public/<name>``. In the table ``sources`` the column ``file`` is a path
    below data/raw.

    Parameters
    ----------
    folder : Path
        The folder of the edition.
    common : Path
        The folder of what editions share.

    Returns
    -------
    dict
        Tables by name.

    Raises
    ------
    DataError
        With the problems of all files; `MethodError` for ``edition.yml``.
    """
    found, own = read_edition(folder), schemas_of(folder)
    shared, listed = verify(common), verify(folder)
    for name in found.common:
        if name not in set(shared["source_id"]):
            valid, file = shared["source_id"], shown(folder, EDITION_FILE)
            raise MethodError(f"there is no common file {name!r}.", file=file, key="common", value=name, valid=valid)
    problems = _uncited(listed, shown(folder, catalogue.CATALOGUE)) + _unnamed(found, shown(folder, EDITION_FILE))
    used = shared[shared["source_id"].isin(found.common)]
    sources = pd.concat([listed.assign(file=f"{folder.name}/" + listed["file"]), used], ignore_index=True)
    tables = {"sources": sources.assign(row=range(2, len(sources) + 2))}
    needed = [name for name in dict.fromkeys([*NEEDED, *own]) if name != VALUES]
    values = [] if own else [VALUES]
    optional = [name for name in (VARIABLES, VALUES, *OPTIONAL) if name in values or (folder / f"{name}.csv").is_file()]
    for name in dict.fromkeys([*needed, *optional]):
        with collected(problems):
            tables[name] = _read(folder, name, _known(tables, name), tables.get("cities"))
    for name in dict.fromkeys([*found.common, "vocabulary", *([] if "exchange_rates" in tables else [RATES])]):
        with collected(problems):
            tables |= _common(name, tables, common)
    reject(problems or _inconsistent(tables, found, folder))
    tables.setdefault(RATES, tables.get("exchange_rates"))
    if found.published_ranks is not None:
        tables |= _side_by_side(tables, found, folder)
    return tables | {"edition": words(found)}


def _common(name: str, tables: Mapping[str, pd.DataFrame], common: Path) -> dict[str, pd.DataFrame]:
    """Return a table that editions share, by its name; nothing for a common file that is no table."""
    if name not in SCHEMAS:
        return {}
    file = f"{name}.csv"
    table = read_table(common / file, SCHEMAS[name], file=shown(common, file), known=_known(tables, name))
    return {name: pd.concat([table, tables[name]], ignore_index=True) if name in tables else table}


def update(folder: Path) -> list[str]:
    """Write the present checksums of an edition; return the files that changed.

    A file that an edition can do without, and that is not there, is taken off its list.
    """
    own = schemas_of(folder)
    return catalogue.update_checksums(
        folder, [f"{name}.csv" for name in (*NEEDED, *own, *(["schemas"] if own else []))]
    )


def _uncited(sources: pd.DataFrame, file: str) -> list[Problem]:
    """Return a problem for each cell of the list of files that is still that of the template."""
    problems = []
    for column, (placeholders, expected, remedy) in CITED.items():
        left = sources[column].str.startswith(EXAMPLE) | sources[column].str.casefold().isin(placeholders)
        rows = sources[left]
        problems += [
            Problem(file, int(row), column, value, expected, remedy)
            for row, value in zip(rows["row"], rows[column], strict=True)
        ]
    return sorted(problems, key=lambda problem: problem.row or 0)


def _unnamed(found: Edition, file: str) -> list[Problem]:
    """Return a problem for each word of edition.yml that is still that of the template."""
    rows = words(found)
    return [
        Problem(file, None, key, text, "a text of your own", "write it; it appears on the page and below the figures")
        for key, *texts in rows[["key", "zh", "en"]].itertuples(index=False)
        for text in texts
        if text.startswith(EXAMPLE)
    ]


def _read(folder: Path, name: str, known=None, cities=None) -> pd.DataFrame:
    """Read a table of an edition, units by any name in `cities`; a column that may be empty may be left out."""
    path, file = folder / f"{name}.csv", shown(folder, f"{name}.csv")
    schema = schemas_of(folder).get(name) or SCHEMAS[name]
    header, rows = read_cells(path, file)
    if "city" in header and cities is not None:
        rows = _by_key(rows, header.index("city"), cities)
    absent = [column for column, about in schema.columns.items() if about.nullable and column not in header]
    present = {column: about for column, about in schema.columns.items() if column not in absent}
    table = table_from_cells(header, rows, replace(schema, columns=present), file=file, known=known or {})
    # most editions have no use for these columns
    absent = [column for column in absent if not (name == "framework" and column in (*FORMULAS, SAME))]
    return table.assign(**dict.fromkeys(absent)) if absent else table


def _by_key(rows: list, column: int, cities: pd.DataFrame) -> list[tuple[int, list[str]]]:
    """Return rows with the name_zh of each unit in place of another name of it."""
    from fhi.reading.microdata.names import CityNames, Vocabulary

    unknown = {cells[column] for _, cells in rows} - set(cities["name_zh"]) - {""}
    if not unknown:
        return rows
    names = CityNames(cities, Vocabulary(pd.DataFrame(columns=["row", "list", "code", "written"])))
    found = {name: names.named(name) for name in unknown}
    key = {name: names.names[place] for name, place in found.items() if place is not None}
    return [
        (line, [*cells[:column], key.get(cells[column], cells[column]), *cells[column + 1 :]]) for line, cells in rows
    ]


def _known(tables: Mapping[str, pd.DataFrame], name: str) -> dict[str, set[str]]:
    """Return the names that a table may use, as far as the tables that list them could be read."""
    known = {"city": set(tables["cities"]["name_zh"])} if "cities" in tables else {}
    if "framework" in tables:
        tree = tables["framework"]
        known["node"] = set(indicators_of(tree) if name in (VALUES, "standard_errors") else tree["code"])
        if name == VALUES and VARIABLES in tables:
            known["node"] |= set(tables[VARIABLES]["code"])
    return known


def _inconsistent(tables: Mapping[str, pd.DataFrame], found: Edition, folder: Path) -> list[Problem]:
    """Return a problem for each cell that does not go with another table or with what the edition says of itself."""
    file = f"{shown(folder, EDITION_FILE)}"
    leaves = indicators_of(tables["framework"])
    for code in found.standard_errors:
        if code not in set(leaves):
            message = f"there is no indicator {code!r}."
            raise MethodError(message, file=file, key=f"standard_errors.{code}", value=code, valid=leaves)
    if found.year is None and ("earlier_ranks" in tables or (found.published_ranks and found.published_ranks.changes)):
        raise MethodError("earlier ranks need the year of this edition; add the key year.", file=file, key="year")
    problems = _other_units(tables, shown(folder, "indicators.csv")) if "indicators" in tables else []
    if "published_ranks" in tables:
        problems += _bad_tiers(tables, found, shown(folder, "published_ranks.csv"))
    if "facts" in tables:
        problems += _bad_facts(tables["facts"], tables["cities"], found, shown(folder, "facts.csv"))
    return problems


def _bad_facts(facts: pd.DataFrame, cities: pd.DataFrame, found: Edition, file: str) -> list[Problem]:
    """Return a problem for each group of facts that edition.yml does not name, and each subject that is no city."""
    problems, names, groups = [], set(cities["name_zh"]), found.facts.groups
    for fact in facts.itertuples():
        if groups and fact.group not in groups:
            expected = f"a group of {EDITION_FILE}: {', '.join(groups)}"
            problems.append(
                Problem(file, fact.row, "group", fact.group, expected, "correct it, or add the group there")
            )
        for unit in fact.subjects.replace("=", "|").split("|"):
            if unit not in names:
                expected, remedy = "a city of cities.csv", "correct the name, or add it to cities.csv"
                problems.append(misnamed(file, fact.row, "subjects", unit, names, expected, remedy))
    return problems


def _bad_tiers(tables: Mapping[str, pd.DataFrame], found: Edition, file: str) -> list[Problem]:
    """Return a problem for each tier that edition.yml does not name, and for units of the index without one."""
    ranks, tree = tables["published_ranks"], tables["framework"]
    rows = ranks[ranks["node"].isin(tree.loc[tree["level"] == 0, "code"])]
    if rows["tier"].isna().all():
        return []
    tiers = [tier.id for tier in found.tiers]
    expected = f"a tier of {EDITION_FILE}: {', '.join(tiers)}" if tiers else f"tiers in {EDITION_FILE}"
    return [
        Problem(file, int(row), "tier", None if pd.isna(tier) else tier, expected, "correct it, or add the tier there")
        for row, tier in zip(rows["row"], rows["tier"], strict=True)
        if tier not in tiers
    ]


def _side_by_side(tables: Mapping[str, pd.DataFrame], found: Edition, folder: Path) -> dict[str, pd.DataFrame]:
    """Return ranks that stand side by side in a table of the publication in the forms of the files for ranks.

    The rank of the year before is the present one and the places gained; a unit that is new has none.

    Raises
    ------
    MethodError
        If edition.yml names a table, a column or a node that is not there.
    """
    file, key, named = shown(folder, EDITION_FILE), "published_ranks", found.published_ranks
    if named.table not in tables:
        message = f"there is no table {named.table!r}."
        raise MethodError(message, file=file, key=f"{key}.table", value=named.table, valid=tables)
    table, nodes = tables[named.table], tables["framework"].set_index("code")["level"]
    for part, columns in (("columns", named.columns), ("changes", named.changes)):
        for pair in columns.items():
            for value, valid in zip(pair, (named.columns if part == "changes" else nodes.index, table), strict=True):
                if value not in valid:
                    message = f"there is no {value!r}."
                    raise MethodError(message, file=file, key=f"{key}.{part}", value=value, valid=list(valid))
    ranks = {node: table[["row", "city"]].assign(node=node, rank=table[of]) for node, of in named.columns.items()}
    earlier = [
        ranks[node].assign(rank=ranks[node]["rank"] + table[change], year=found.year - 1).dropna(subset="rank")
        for node, change in named.changes.items()
    ]
    present = [
        frame.assign(tier=table.get("tier") if nodes[node] == 0 else None, page=table.get("page"))
        for node, frame in ranks.items()
    ]
    order = ["row", "node", "city", "rank"]
    tables = {"published_ranks": pd.concat(present, ignore_index=True)[[*order, "tier", "page"]]}
    if earlier:
        before = pd.concat(earlier, ignore_index=True).astype({"rank": int})
        tables["earlier_ranks"] = before[["row", "node", "city", "year", "rank"]]
    return tables


def _other_units(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    """Return a problem for each value in another unit than its indicator's, unless a formula makes it that."""
    tree = tables["framework"]
    made = tree.reindex(columns=[*FORMULAS]).notna().any(axis=1)
    listed = [tree[~made], *([tables[VARIABLES]] if VARIABLES in tables else [])]
    units = pd.concat(listed).set_index("code")["unit"]
    rows = tables["indicators"].dropna(subset=["unit"])
    rows = rows[~rows["indicator"].isin(tree.loc[made, "code"])]
    wanted = rows["indicator"].map(units)
    return [
        Problem(file, int(row), "unit", unit, f"the unit {unit_wanted!r} of framework.csv", "convert value and unit")
        for row, unit, unit_wanted in zip(rows["row"], rows["unit"], wanted, strict=True)
        if unit != unit_wanted
    ]

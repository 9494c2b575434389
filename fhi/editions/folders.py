"""The raw tables of an edition: a folder below data/raw with its tree, its units and what is known of them.

One loader reads all editions. An edition of one's own has a catalogue (``sources.csv``) and the tables of `SCHEMAS`;
the report's stand in the common catalogue ``data/raw/sources.csv``, with the public ones that it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from fhi.editions import catalogue
from fhi.editions.catalogue import shown, verify
from fhi.editions.edition import EXAMPLE, Edition, read_edition, words
from fhi.editions.schemas import SCHEMAS as REPORT_SCHEMAS
from fhi.engine.cells import read_cells
from fhi.engine.errors import DataError, MethodError, Problem, nearest_names
from fhi.paths import EDITION_FILE, RAW, REPORT, edition_folder
from fhi.reading.csv_tables import (
    check,
    city,
    integer,
    node,
    number,
    one_of,
    read_table,
    schema,
    table_from_cells,
    text,
)

#: cells of the list of files that those of the template stand in until they are filled in: column -> what an older
#: template had, what is expected, the remedy
CITED = {
    "citation": ((), "what the file is taken from", "say what to cite; it stands below the figures"),
    "publisher": (("publisher",), "who published it", "name the publisher"),
    "date": (("date",), "when it was published", "write the date, or the year"),
    "licence": (("terms of use", "licence"), "its terms of use", "name the licence, or the terms of use"),
}
NEEDED = ("cities", "framework", "indicators")
OPTIONAL = (
    *("published_ranks", "published_scores", "facts", "bound_alternatives", "claims", "standard_errors"),
    *("vocabulary", "exchange_rates"),
)


#: of a name that no unit has; {} is the remedy for a misspelt one
ALIASES = "{}, or add the name to the column aliases of its unit in cities.csv"


def _unit() -> pa.Column:
    column = city()
    column.metadata["unknown"] = ALIASES
    return column


def _value(description: str) -> pa.Column:
    column = number(description)
    column.metadata["empty"] = "leave the row out: a missing value has none"
    return column


def _own(what: str) -> pa.Check:
    expected, remedy = f"{what} of your own", "remove the row: it shows how the table is filled in"
    return check(lambda value: not str(value).startswith(EXAMPLE), expected, remedy, element_wise=True)


SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "framework": REPORT_SCHEMAS["framework"].update_column(
        "code", checks=[*REPORT_SCHEMAS["framework"].columns["code"].checks, _own("a node")]
    ),
    "cities": schema(
        ["name_zh"],
        "the cities, or other units, that are compared",
        code=text("code, if files name cities by one", nullable=True, unique=True),
        name_zh=text("name in the first language, the key of every table", _own("a city")),
        name_en=text("name in the second language", unique=True),
        aliases=text("other names that files use, joined by |", nullable=True),
        group=text("group for methods that need one", nullable=True),
        lon=number("longitude, WGS 84, degrees", -180, 180, nullable=True),
        lat=number("latitude, WGS 84, degrees", -90, 90, nullable=True),
    ),
    "indicators": schema(
        ["city", "year", "indicator"],
        "the values, one row a city, year and indicator",
        city=_unit(),
        year=integer("year of the figure", 1900, 2100),
        indicator=node("code of an indicator of framework.csv", nullable=False),
        value=_value("value, in the unit of framework.csv"),
        unit=text("unit, to be compared with that of framework.csv; empty: the same", nullable=True),
        evidence=text("where it comes from", one_of("published", "derived", "public")),
        source=text("what to cite"),
        note=text("remark", nullable=True),
    ),
    "published_ranks": schema(
        ["node", "city"],
        "ranks that a publication prints, to compare with",
        node=node("node of framework.csv", nullable=False),
        city=_unit(),
        rank=integer("rank, 1 is best", 1, 10_000),
        tier=text("tier of edition.yml, in the rows of the index: of all units or of none", nullable=True),
        page=integer("page", 1, 10_000, nullable=True),
    ),
    "published_scores": schema(
        ["node", "city", "year"],
        "scores that a publication prints, to compare with; scores are rounded to as many decimals as the longest has",
        node=node("node of framework.csv", nullable=False),
        city=_unit(),
        year=integer("year of the score", 1900, 2100),
        score=number("score as printed"),
    ),
    # the groups are those of edition.yml
    "facts": REPORT_SCHEMAS["report2018/facts"].update_columns(
        {"group": {"checks": []}, "id": {"checks": [_own("a fact")]}}
    ),
    "bound_alternatives": REPORT_SCHEMAS["bound_alternatives"].update_column("id", checks=[_own("an assumption")]),
    "claims": REPORT_SCHEMAS["report2018/claims"].update_column("id", checks=[_own("a claim")]),
    "standard_errors": schema(
        ["indicator", "city", "year"],
        "standard errors that a publication states of values, by unit",
        indicator=node("code of an indicator of framework.csv", nullable=False),
        city=_unit(),
        year=integer("year of the value", 1900, 2100),
        error=number("standard error, in the unit of the indicator", 0),
    ),
    "vocabulary": REPORT_SCHEMAS["vocabulary"],
    "exchange_rates": REPORT_SCHEMAS["public/exchange_rates"],
    "sources": REPORT_SCHEMAS["sources"],
}


class Form(NamedTuple):
    """How an edition's tables stand: the folder of its catalogue, the schemas, the needed and the optional ones."""

    root: Path
    schemas: Mapping[str, pa.DataFrameSchema]
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


def form_of(folder: Path) -> Form:
    """Return the form of the edition in a folder: with a catalogue of its own, or listed in that above."""
    if (folder / catalogue.CATALOGUE).is_file():
        return Form(folder, SCHEMAS, NEEDED, OPTIONAL)
    return Form(folder.parent, REPORT_SCHEMAS, tuple(name for name in REPORT_SCHEMAS if name != "sources"))


def load(edition: str = REPORT) -> dict[str, pd.DataFrame]:
    """Return the raw tables of an edition by name; see `read`."""
    return read(edition_folder(edition))


def units_of(edition: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of cities (indexed by name) and the tree of an edition, to check a scenario by."""
    form, tables, problems = form_of(edition_folder(edition)), {}, []
    for name in ("cities", "framework"):
        try:
            tables[name] = _read(form, name)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return tables["cities"].set_index("name_zh"), tables["framework"]


def standard_errors_of(edition: str) -> pd.DataFrame:
    """Return ``indicator, city, year, error`` as the edition's publication states them; empty if it states none."""
    form = form_of(edition_folder(edition))
    if "standard_errors" in form.optional and (form.root / "standard_errors.csv").is_file():
        return _read(form, "standard_errors")
    return pd.DataFrame(columns=["indicator", "city", "year", "error"])


def read(folder: Path, common: Path = RAW) -> dict[str, pd.DataFrame]:
    """Read every table of an edition, verified and validated, and what it says of itself (table ``edition``).

    What it has not of its own comes from `common`: exchange rates; its vocabulary adds to the common one.

    Raises
    ------
    DataError
        With the problems of all files; `MethodError` for ``edition.yml``.
    """
    found, form = read_edition(folder), form_of(folder)
    tables = {"sources": verify(form.root)}
    problems = _uncited(tables["sources"], shown(form.root, catalogue.CATALOGUE))
    problems += _unnamed(found, shown(folder, EDITION_FILE))
    for name in sorted({*form.needed, *form.optional}, key=[*NEEDED, *form.needed, *form.optional].index):
        if name in form.needed or (name in form.optional and (form.root / f"{name}.csv").is_file()):
            try:
                tables[name] = _read(form, name, _known(tables, name), tables.get("cities"))
            except DataError as error:
                problems += error.problems
    problems = problems or _inconsistent(tables, found, folder)
    if problems:
        raise DataError(problems)
    if form.root == folder:
        tables |= _common(tables, common)
    if found.published_ranks is not None:
        tables["published_ranks"] = _side_by_side(tables, found, folder)
    return tables | {"edition": words(found)}


def update(folder: Path) -> list[str]:
    """Write the present checksums of an edition; return the files that changed.

    A file that an edition can do without, and that is not there, is taken off its list.
    """
    return catalogue.update_checksums(folder, [f"{name}.csv" for name in NEEDED])


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
        Problem(file, None, key, text, "a text of your own", "write it; it stands on the page and below the figures")
        for key, *texts in rows[["key", "zh", "en"]].itertuples(index=False)
        for text in texts
        if text.startswith(EXAMPLE)
    ]


def _read(form: Form, name: str, known=None, cities=None) -> pd.DataFrame:
    """Read a table; in an edition of one's own units by any of their names in `cities`, and a column that may be empty
    may as well not be there.
    """
    path, file, schema = form.root / f"{name}.csv", shown(form.root, f"{name}.csv"), form.schemas[name]
    if not form.optional:
        return read_table(path, schema, file=file, known=known or {})
    header, rows = read_cells(path, file)
    if "city" in header and cities is not None:
        rows = _by_key(rows, header.index("city"), cities)
    absent = [column for column, spec in schema.columns.items() if spec.nullable and column not in header]
    table = table_from_cells(header, rows, schema.remove_columns(absent), file=file, known=known or {})
    return table.assign(**dict.fromkeys(absent)) if absent else table


def _by_key(rows: list, column: int, cities: pd.DataFrame) -> list[tuple[int, list[str]]]:
    """Return rows with the name_zh of each unit in place of another name of it."""
    from fhi.reading.microdata.places import CityNames
    from fhi.reading.microdata.synonyms import Vocabulary

    names = CityNames(cities, Vocabulary(pd.DataFrame(columns=["row", "list", "code", "written"])))
    listed = set(names.names)
    found = {cells[column]: names.named(cells[column]) for _, cells in rows}
    key = {name: names.names[place] for name, place in found.items() if place is not None and name not in listed}
    return [
        (line, [*cells[:column], key.get(cells[column], cells[column]), *cells[column + 1 :]]) for line, cells in rows
    ]


def _known(tables: Mapping[str, pd.DataFrame], name: str) -> dict[str, set[str]]:
    """Return the names that a table may use, as far as the tables that list them could be read."""
    known = {"city": set(tables["cities"]["name_zh"])} if "cities" in tables else {}
    if "framework" in tables:
        tree = tables["framework"]
        leaves = name in ("indicators", "standard_errors")
        values = tree["level"] == tree["level"].max() if leaves else tree["level"] >= 0
        known["node"] = set(tree[values]["code"])
    return known


def _inconsistent(tables: Mapping[str, pd.DataFrame], found: Edition, folder: Path) -> list[Problem]:
    """Return a problem for each cell that does not go with another table or with what the edition says of itself."""
    file = f"{shown(folder, EDITION_FILE)}"
    leaves = tables["framework"].query("level == level.max()")["code"]
    for code in found.standard_errors:
        if code not in set(leaves):
            message = f"there is no indicator {code!r}."
            raise MethodError(message, file=file, key=f"standard_errors.{code}", value=code, valid=leaves)
    problems = _other_units(tables, shown(folder, "indicators.csv")) if "indicators" in tables else []
    if "published_ranks" in tables:
        problems += _bad_tiers(tables, found, shown(folder, "published_ranks.csv"))
    facts = next((tables[name] for name in ("facts", f"{REPORT}/facts") if name in tables), None)
    return (
        problems if facts is None else problems + _bad_facts(facts, tables["cities"], found, shown(folder, "facts.csv"))
    )


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
                near = nearest_names(unit, names, 1)
                remedy = f"write {near[0]!r}" if near else "correct the name, or add it to cities.csv"
                problems.append(Problem(file, fact.row, "subjects", unit, "a city of cities.csv", remedy))
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


def _side_by_side(tables: Mapping[str, pd.DataFrame], found: Edition, folder: Path) -> pd.DataFrame:
    """Return ranks that stand side by side in a table of the publication in the form of published_ranks.csv.

    Raises
    ------
    MethodError
        If edition.yml names a table, a column or a node that is not there.
    """
    file, key, named = shown(folder, EDITION_FILE), "published_ranks", found.published_ranks
    by_name = {name.split("/")[-1]: table for name, table in tables.items()}
    if named.table not in by_name:
        message = f"there is no table {named.table!r}."
        raise MethodError(message, file=file, key=f"{key}.table", value=named.table, valid=by_name)
    table, nodes = by_name[named.table], tables["framework"].set_index("code")["level"]
    frames = []
    for node_, column in named.columns.items():
        for value, valid in ((node_, [*nodes.index]), (column, [*table.columns])):
            if value not in valid:
                raise MethodError(f"there is no {value!r}.", file=file, key=f"{key}.columns", value=value, valid=valid)
        tier = table.get("tier") if nodes[node_] == 0 else None
        page = table.get("page")
        frames.append(
            pd.DataFrame({"row": table["row"], "node": node_, "city": table["city"], "rank": table[column]}).assign(
                tier=tier, page=page
            )
        )
    return pd.concat(frames, ignore_index=True)


def _other_units(tables: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    """Return a problem for each value in another unit than its indicator's."""
    units = tables["framework"].set_index("code")["unit"]
    rows = tables["indicators"].dropna(subset=["unit"])
    wanted = rows["indicator"].map(units)
    return [
        Problem(file, int(row), "unit", unit, f"the unit {unit_wanted!r} of framework.csv", "convert value and unit")
        for row, unit, unit_wanted in zip(rows["row"], rows["unit"], wanted, strict=True)
        if unit != unit_wanted
    ]


def _common(tables: Mapping[str, pd.DataFrame], common: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that every edition shares, with its own in place of them or added."""

    def read(name: str) -> pd.DataFrame:
        return read_table(common / f"{name}.csv", REPORT_SCHEMAS[name], file=shown(common, f"{name}.csv"))

    words = [read("vocabulary"), *([tables["vocabulary"]] if "vocabulary" in tables else [])]
    rates = tables["exchange_rates"] if "exchange_rates" in tables else read("public/exchange_rates")
    return {"vocabulary": pd.concat(words, ignore_index=True), "public/exchange_rates": rates}

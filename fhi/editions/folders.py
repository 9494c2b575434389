"""An edition of one's own: a folder below data/raw with its tree, its cities and their values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from fhi.editions import catalogue
from fhi.editions.catalogue import shown, verify
from fhi.editions.schemas import SCHEMAS as REPORT_SCHEMAS
from fhi.engine.errors import DataError, Problem
from fhi.paths import RAW, edition_folder
from fhi.reading.columns import check, city, integer, node, number, one_of, schema, text
from fhi.reading.csv_tables import read_cells, read_table, table_from_cells

#: what the example rows of the template are called
EXAMPLE = "EXAMPLE"
NEEDED = ("cities", "framework", "indicators")
OPTIONAL = ("published_ranks", "published_scores", "vocabulary", "exchange_rates")


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
        city=city(),
        year=integer("year of the figure", 1900, 2100),
        indicator=node("code of an indicator of framework.csv", nullable=False),
        value=number("value, in the unit of framework.csv"),
        unit=text("unit, to be compared with that of framework.csv; empty: the same", nullable=True),
        evidence=text("where it comes from", one_of("published", "derived", "public")),
        source=text("what to cite"),
        note=text("remark", nullable=True),
    ),
    "published_ranks": schema(
        ["node", "city"],
        "ranks that a publication prints, to compare with",
        node=node("node of framework.csv", nullable=False),
        city=city(),
        rank=integer("rank, 1 is best", 1, 10_000),
        page=integer("page", 1, 10_000, nullable=True),
    ),
    "published_scores": schema(
        ["node", "city", "year"],
        "scores that a publication prints, to compare with; scores are rounded to as many decimals as the longest has",
        node=node("node of framework.csv", nullable=False),
        city=city(),
        year=integer("year of the score", 1900, 2100),
        score=number("score as printed"),
    ),
    "vocabulary": REPORT_SCHEMAS["vocabulary"],
    "exchange_rates": REPORT_SCHEMAS["public/exchange_rates"],
    "sources": REPORT_SCHEMAS["sources"],
}


def tables_of(edition: str | None) -> dict[str, pd.DataFrame]:
    """Return the raw tables of an edition by name; None is the report's."""
    return catalogue.load() if edition is None else load(edition_folder(edition))


def units_of(edition: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of cities (indexed by name) and the tree of an edition, to check a scenario by."""
    folder, schemas = edition_folder(edition), REPORT_SCHEMAS if edition is None else SCHEMAS
    tables, problems = {}, []
    for name in ("cities", "framework"):
        try:
            tables[name] = _read(folder, name, schemas)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return tables["cities"].set_index("name_zh"), tables["framework"]


def load(folder: Path, common: Path = RAW) -> dict[str, pd.DataFrame]:
    """Read every table of an edition, verified and validated.

    What it has not of its own comes from `common`: exchange rates; its vocabulary adds to the common one.

    Raises
    ------
    DataError
        With the problems of all files.
    """
    tables = {"sources": verify(folder)}
    problems = _uncited(tables["sources"], shown(folder, catalogue.CATALOGUE))
    for name in (*NEEDED, *OPTIONAL):
        path = folder / f"{name}.csv"
        if name in OPTIONAL and not path.is_file():
            continue
        try:
            tables[name] = _read(folder, name, SCHEMAS, _known(tables, name))
        except DataError as error:
            problems += error.problems
    problems = problems or _other_units(tables, shown(folder, "indicators.csv"))
    if problems:
        raise DataError(problems)
    return tables | _common(tables, common)


def update(folder: Path) -> list[str]:
    """Write the present checksums of an edition; return the files that changed.

    A file that an edition can do without, and that is not there, is taken off its list.
    """
    return catalogue.update_checksums(folder, [f"{name}.csv" for name in NEEDED])


def _uncited(sources: pd.DataFrame, file: str) -> list[Problem]:
    """Return a problem for each file whose citation is still that of the template."""
    rows = sources[sources["citation"].str.startswith(EXAMPLE)]
    expected, remedy = "what the file is taken from", "say what to cite; it stands below the figures"
    return [
        Problem(file, int(row), "citation", citation, expected, remedy)
        for row, citation in zip(rows["row"], rows["citation"], strict=True)
    ]


def _read(folder: Path, name: str, schemas: Mapping[str, pa.DataFrameSchema], known=None) -> pd.DataFrame:
    """Read a table; a column that may be empty may as well not be there."""
    path, file, schema = folder / f"{name}.csv", shown(folder, f"{name}.csv"), schemas[name]
    header, rows = read_cells(path, file)
    absent = [column for column, spec in schema.columns.items() if spec.nullable and column not in header]
    table = table_from_cells(header, rows, schema.remove_columns(absent), file=file, known=known or {})
    return table.assign(**dict.fromkeys(absent)) if absent else table


def _known(tables: Mapping[str, pd.DataFrame], name: str) -> dict[str, set[str]]:
    """Return the names that a table may use, as far as the tables that list them could be read."""
    known = {"city": set(tables["cities"]["name_zh"])} if "cities" in tables else {}
    if "framework" in tables:
        tree = tables["framework"]
        values = tree["level"] == tree["level"].max() if name == "indicators" else tree["level"] >= 0
        known["node"] = set(tree[values]["code"])
    return known


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

"""What raw tables must look like: a CSV file with a row a table and a row each of its columns.

`SCHEMAS` are those of ``schemas.csv`` beside this module: the tables that any edition may have, and the common ones in
``public/``. An edition describes further tables of its own in a file of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from fhi.reading.csv_tables import PARSERS, Column, Schema, read_table

#: the name of the file
SCHEMA_FILE = "schemas.csv"


def schemas(table: pd.DataFrame) -> dict[str, Schema]:
    """Return the schema of each table that a table in the form of ``schemas.csv`` describes.

    Parameters
    ----------
    table : pandas.DataFrame
        ``table, column, kind, key, empty, unique, low, high, values, meaning``, texts or missing. A row without a
        column describes the table: its meaning, and in ``values`` the provenance labels of its numbers (joined by a
        blank). In the row of a column: its kind (one of `fhi.reading.csv_tables.PARSERS`, or ``rank``,
        an integer without gaps); ``1`` if it is part of the key, may be empty, or has each value once; the least and
        the greatest value; or the values that it may have, joined by ``|``.

    Returns
    -------
    dict
        By name of the table.
    """
    found = {}
    for name, rows in table.astype(object).fillna("").groupby("table", sort=False):
        about = rows[rows["column"] == ""].agg(" ".join)
        rows = rows[rows["column"] != ""]
        columns = {row["column"]: _column(row) for row in rows.to_dict("records")}
        found[name] = Schema(about["meaning"], columns, rows.loc[rows["key"] != "", "column"].tolist(), about["values"])
    return found


def _column(row: Mapping[str, str]) -> Column:
    ends = {end: float(row[end]) for end in ("low", "high") if row[end]}
    return Column(
        "integer" if row["kind"] == "rank" else row["kind"],
        row["meaning"],
        nullable=bool(row["empty"]),
        unique=bool(row["unique"]),
        gapless=row["kind"] == "rank",
        values=tuple(row["values"].split("|")) if row["values"] else (),
        **ends,
    )


_FLAG = {"kind": "text", "values": "1", "empty": "1"}
#: the form of the file, in its own words
FORM = schemas(
    pd.DataFrame(
        {"table": "schemas", "column": name, "key": "1" if name in ("table", "column") else ""} | about
        for name, about in {
            "table": {"kind": "text", "meaning": "name of the table"},
            "column": {
                "kind": "text",
                "empty": "1",
                "meaning": "name of the column; empty: of the table",
            },
            "kind": {"kind": "text", "empty": "1", "values": "|".join([*PARSERS, "rank"]), "meaning": "kind of cell"},
            "key": {**_FLAG, "meaning": "1: part of the key"},
            "empty": {**_FLAG, "meaning": "1: may be empty"},
            "unique": {**_FLAG, "meaning": "1: each value once"},
            "low": {"kind": "number", "empty": "1", "meaning": "least value"},
            "high": {"kind": "number", "empty": "1", "meaning": "greatest value"},
            "values": {"kind": "text", "empty": "1", "meaning": "values that it may have, or labels of the table"},
            "meaning": {"kind": "text", "meaning": "meaning"},
        }.items()
    ).reindex(columns=["table", "column", "kind", "key", "empty", "unique", "low", "high", "values", "meaning"])
)["schemas"]


def read_schemas(path: Path, file: str | None = None) -> dict[str, Schema]:
    """Return the schemas that a file describes; see `schemas`. `file` is its name in errors.

    Raises
    ------
    DataError
        With every bad cell of the file.
    """
    read_table(path, FORM, file=file)
    return schemas(pd.read_csv(path, dtype=str, keep_default_na=False))


SCHEMAS = read_schemas(Path(__file__).with_name(SCHEMA_FILE))

"""What each column of each table means, one row of columns.csv each: meaning in Chinese and English, and unit.

A row without a meaning has that of the table ``*``. A name may hold a word in braces: ``{node}`` is one column a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fhi.codebook.tables import matched, read, table

FILE = Path(__file__).with_suffix(".csv")
#: the table whose rows give the meaning of columns that are the same everywhere
EVERYWHERE = "*"
#: by kind (``node``), then by what may stand for it: ``name_zh, name_en, unit``
Names = Mapping[str, Mapping[str, Mapping[str, str]]]


class Column(NamedTuple):
    """What a column is."""

    name: str
    unit: str
    zh: str
    en: str


@cache
def columns(name: str) -> tuple[Column, ...]:
    """Return the columns of a row of tables.csv in their order, as columns.csv describes them."""
    shared = {row.name: row for row in _rows().get(EVERYWHERE, ())}
    rows = _rows().get(name, ())
    return tuple(row if row.zh or row.en else shared.get(row.name, row) for row in rows)


def meanings() -> dict[str, Column]:
    """Return by name what a column means wherever it stands: of everywhere, else of the first table that has it."""
    found: dict[str, Column] = {}
    for table_name in [EVERYWHERE, *_rows()]:
        for row in _rows().get(table_name, ()):
            if row.zh or row.en:
                found.setdefault(row.name, row)
    return found


def column(name: str, heading: str, names: Names) -> Column | None:
    """Return what a column of a built table means; None if columns.csv does not say it.

    Parameters
    ----------
    name, heading : str
        The table as in the store, and its column.
    names : mapping
        What may stand for a word in braces; a word that is not there may be anything.

    Returns
    -------
    Column or None
        Its meaning in both languages and its unit, the words in braces filled in.
    """
    rows = columns(table(name).name)
    exact = next((row for row in rows if row.name == heading), None)
    if exact:
        return exact
    for row in rows:
        found = matched(row.name, heading)
        if found and all(value in names.get(kind, (value,)) for kind, value in found.items()):
            return _filled(row, heading, found, names)
    return None


def _filled(row: Column, heading: str, found: Mapping[str, str], names: Names) -> Column:
    """Return a row with its words in braces filled in."""
    words = dict(found)
    ((kind, value),) = found.items()
    known = names[kind][value] if kind in names else {}
    texts = [
        text.format(**words, unit=known.get("unit", ""), name=known.get(f"name_{language}", value))
        for text, language in ((row.unit, "en"), (row.zh, "zh"), (row.en, "en"))
    ]
    return Column(heading, *texts)


@cache
def _rows() -> Mapping[str, tuple[Column, ...]]:
    found: dict[str, list[Column]] = {}
    for row in read(FILE):
        found.setdefault(row["table"], []).append(Column(row["column"], row["unit"], row["zh"], row["en"]))
    return {name: tuple(rows) for name, rows in found.items()}

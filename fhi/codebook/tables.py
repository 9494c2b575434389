"""The tables that are written, one row of tables.csv each: stage, condition, key, labels and title.

A name may hold a word in braces: ``tables/{table}`` is every table of that folder without a row of its own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fhi.engine.errors import DataError, Problem, nearest_names

FILE = Path(__file__).with_suffix(".csv")
SHOWN = "fhi/codebook/tables.csv"


class Table(NamedTuple):
    """A row of tables.csv.

    Attributes
    ----------
    name : str
        As in the store: ``scores``, ``microdata/quality``.
    stage : str
        The notebook, or the command, that writes it.
    when : str
        ``always``, or what an edition or a scenario must have for it to be written.
    key : tuple of str
        The columns that its rows are sorted by and told apart by.
    evidence : str
        Labels of its numbers, see `fhi.editions.outputs`.
    title : mapping
        By language.
    """

    name: str
    stage: str
    when: str
    key: tuple[str, ...]
    evidence: str
    title: Mapping[str, str]


@cache
def tables() -> Mapping[str, Table]:
    """Return the rows of tables.csv by name, in the order of the file."""
    return {
        row["name"]: Table(
            row["name"],
            row["stage"],
            row["when"],
            tuple(filter(None, row["key"].split("|"))),
            row["evidence"],
            {"zh": row["title_zh"], "en": row["title_en"]},
        )
        for row in read(FILE)
    }


def table(name: str) -> Table:
    """Return the row of a table: its own, else the first whose pattern its name matches.

    Raises
    ------
    DataError
        For a table without a row.
    """
    found = tables().get(name) or next((row for row in tables().values() if matched(row.name, name)), None)
    if found is None:
        near = nearest_names(name, tables(), 1)
        meant = f" (or write {near[0]!r})" if near else ""
        remedy = f"add it with its key, labels and titles, and its columns in columns.csv{meant}"
        raise DataError([Problem(SHOWN, None, "name", name, "a row for every built table", remedy)])
    return found


def matched(pattern: str, text: str) -> dict[str, str] | None:
    """Return what stands in a text for each ``{word}`` of a pattern; None if the text does not match.

    Parameters
    ----------
    pattern : str
        A name with words in braces, such as ``ranks_{year}``.
    text : str
        The whole text to match.

    Returns
    -------
    dict or None
        By word.
    """
    parts = re.split(r"\{(\w+)\}", pattern)
    named = (f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    found = re.fullmatch("".join(named), text)
    return found.groupdict() if found else None


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of the codebook, which a spreadsheet may have saved."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))

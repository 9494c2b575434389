"""Yearbook sheets: any indicator of the tree by city, each value in the unit of its indicator."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import Framework
from fhi.reading.microdata import sheets, spreadsheets
from fhi.reading.microdata.cells import Context
from fhi.reading.microdata.conversion import Rates, in_unit
from fhi.reading.microdata.file_types import File
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import all_rows
from fhi.reading.microdata.sheets import Cell, Rows
from fhi.reading.microdata.text_blocks import blocks
from fhi.reading.parsing import fold, is_missing

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)", re.ASCII)


class Yearbooks:
    """Takes yearbook sheets whole: they are small."""

    def __init__(self, framework: Framework, context: Context, rates: Rates):
        self.framework, self.context, self.rates = framework, context, rates
        self.rows: list[pd.DataFrame] = []

    def read(self, file: File, quality: Quality) -> pd.DataFrame:
        found = []
        for title, rows in titled(file):
            year = _YEAR.search(title)
            cells = sheets.cells(rows, self.context, quality)
            of_sheet = int(year[1]) if year else file.year
            found.append(values(cells, self.framework, self.context, self.rates, quality, of_sheet))
        if not quality.rows("read"):
            raise DataError([Problem(file.shown, None, None, None, "rows below the headings", "fill in the file")])
        quality.check()
        self.rows.append(pd.concat(found, ignore_index=True))
        return self.rows[-1]

    def finish(self, ledgers: list[Quality]) -> None:
        rows = pd.concat([frame.assign(file=ledger.file) for frame, ledger in zip(self.rows, ledgers, strict=True)])
        twice = rows[rows.duplicated(["place", "year", "measure"])]
        if len(twice):
            names = self.context.cities.names
            expected, remedy = "one value for a city, measure and year over all yearbooks", "remove one of them"
            raise DataError(
                Problem(row.file, row.row, row.measure, f"{names[row.place]} {row.year}", expected, remedy)
                for row in twice.head(20).itertuples()
            )

    def measures(self) -> pd.DataFrame:
        rows = pd.concat(self.rows, ignore_index=True)
        return rows[["place", "year", "measure", "value"]].assign(low=rows["value"], high=rows["value"])


def titled(file: File) -> Iterator[tuple[str, Rows]]:
    """Yield the sheets of a yearbook as (title, rows of texts)."""
    if file.path.suffix.lower() == ".xlsx":
        yield from ((sheet.name, sheet.rows) for sheet in spreadsheets.sheets(file.path, file.shown))
    else:
        text = b"".join(block for _, block in blocks(file.path, file.shown))
        yield "", all_rows(text)


def values(
    found: list[Cell], framework: Framework, context: Context, rates: Rates, quality: Quality, year: int
) -> pd.DataFrame:
    """Return ``place, year, measure, value, evidence, row`` of the cells that name an indicator of the tree.

    A value is brought to the indicator's unit; without a unit it is taken to be in it. The later of two values for one
    cell of the panel is a duplicate if they agree, and refused if they do not.
    """
    rows, seen, bad = [], {}, set()
    for cell in found:
        code = context.vocabulary.find("measure", cell.measure)
        if code not in framework.leaves:
            quality.count("measure not read", 1, cell.measure[:60])
            continue
        try:
            row = _value(cell, code, framework, context, rates, year)
        except _Refused as refusal:
            quality.refuse([cell.line], refusal.column, [refusal.value], refusal.expected)
            bad.add(cell.line)
            continue
        if row is None:
            quality.count("undisclosed", 1, code)
            continue
        key = row[:3]
        if key in seen:
            same = seen[key][0] == row[3]
            expected = "a value that is not there already" if same else "one value for a city, measure and year"
            quality.refuse([cell.line], code, [f"{cell.value} (row {seen[key][1]} has {seen[key][0]:g})"], expected)
            quality.count("duplicate", 1, code)
            continue
        seen[key] = (row[3], cell.line)
        rows.append((*row, cell.line))
    quality.count("refused", len(bad))
    return pd.DataFrame(rows, columns=["place", "year", "measure", "value", "evidence", "row"])


class _Refused(Exception):
    def __init__(self, column: str, value: str, expected: str):
        self.column, self.value, self.expected = column, value, expected


def _value(cell: Cell, code: str, framework: Framework, context: Context, rates: Rates, year: int) -> tuple | None:
    """Return place, year, measure, value and evidence of a cell; None if it says that there is no value."""
    try:
        place = context.cities.find(cell.city)
        if place < 0:
            raise ValueError("a city of cities.csv")
    except ValueError as error:
        raise _Refused("city", cell.city, str(error)) from None
    if is_missing(cell.value):
        return None
    of_year = fold(cell.year).removesuffix("年").removesuffix(".0") or str(year)
    if not (_YEAR.fullmatch(of_year) and int(of_year) <= context.latest):
        raise _Refused("year", cell.year or of_year, f"a year up to {context.latest}")
    try:
        if cell.value.startswith(("=", "#")):
            raise ValueError("a stored value, not a formula or an error of one")
        wanted = framework.table.at[code, "unit"]
        value = in_unit(cell.value, cell.unit, wanted if isinstance(wanted, str) else "", rates, int(of_year))
    except ValueError as error:
        raise _Refused(code, cell.value, str(error)) from None
    evidence = context.vocabulary.find("evidence", cell.evidence) if cell.evidence else "user"
    if evidence is None:
        raise _Refused("evidence", cell.evidence, f"one of {', '.join(context.vocabulary.codes('evidence'))}")
    return place, int(of_year), code, value, evidence

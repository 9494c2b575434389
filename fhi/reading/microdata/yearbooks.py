"""Yearbook sheets: any indicator of the tree by city, each value in the unit of its indicator.

A sheet has rows of measures, or is a table of cities by measures and years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import Framework
from fhi.reading import spreadsheets
from fhi.reading.microdata.cell_readers import Context
from fhi.reading.microdata.conversion import Rates, in_unit
from fhi.reading.microdata.file_types import KINDS, File
from fhi.reading.microdata.header import DEPTH, is_unit, meaning, split_unit
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.reading import all_rows
from fhi.reading.microdata.text_blocks import blocks
from fhi.reading.parsing import fold, is_missing

#: a title that names the one measure of a table: 指标：城镇单位就业人员(万人)
_MEASURE = re.compile(r"(?:指标(?:名称)?|Indicator)\s*[:：]\s*(.+)", re.IGNORECASE)
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
            cells = sheet_cells(rows, self.context, quality)
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


Rows = Sequence[tuple[int, list[str]]]
YEARBOOK = KINDS["yearbooks"]
_YEAR_NAMED = re.compile(r"(?<!\d)((?:19|20)\d{2})年?(?!\d)", re.ASCII)
_UNIT = re.compile(r"单位[:：]\s*(\S+)|[Uu]nit:\s*(.+)")


class Cell(NamedTuple):
    """A value as it stands in a sheet, with what its row and column say of it."""

    line: int
    city: str
    measure: str
    year: str
    value: str
    unit: str
    evidence: str = ""


def sheet_cells(rows: Rows, context: Context, quality: Quality) -> list[Cell]:
    """Return the values of a sheet, whichever way it is laid out.

    Raises
    ------
    DataError
        If it has neither the columns city, measure and value, nor a column of cities below headings.
    """
    for start, (_, texts) in enumerate(rows[:DEPTH]):
        named = {meaning(text, YEARBOOK, context.vocabulary)[0]: place for place, text in enumerate(texts)}
        if {"city", "measure", "value"} <= set(named):
            return _long(rows[start + 1 :], named, quality)
    return _wide(rows, context, quality)


def _long(rows: Rows, named: dict, quality: Quality) -> list[Cell]:
    names = ("city", "measure", "year", "value", "unit", "evidence")
    found = []
    for line, texts in rows:
        cells = {name: texts[named[name]] if named.get(name, len(texts)) < len(texts) else "" for name in names}
        found.append(Cell(line, **cells))
    quality.count("read", len(rows))
    return found


def _wide(rows: Rows, context: Context, quality: Quality) -> list[Cell]:
    """Return the values of a table with a column of cities; headings stand above, measure over year or the reverse."""
    width = max((len(texts) for _, texts in rows), default=0)
    rows = [(line, texts + [""] * (width - len(texts))) for line, texts in rows]
    column, first = _cities(rows, width, context)
    if column is None:
        expected = "a column of cities below a row of headings, or the columns city, measure and value"
        raise DataError([Problem(quality.file, None, None, None, expected, "name the cities as cities.csv does")])
    head = _filled([texts for _, texts in rows[:first]], column)
    year, unit, title = _of_title(rows[:first])
    labels = {}
    for place in range(width):
        if place != column:
            measure, of_year, of_unit = _label([texts[place] for texts in head])
            # columns of years alone are of the measure that the title names
            measure = measure or (title if of_year else "")
            if of_year and int(of_year) > context.latest:
                quality.count("column not read", 1, of_year, f"a year after {context.latest}, that of the scenario")
                continue
            if of_year and not measure:
                quality.count("column not read", 1, of_year, "a year without a measure: write 指标：… above the table")
            labels[place] = (measure, of_year, of_unit)
    found = []
    for line, texts in rows[first:]:
        for place, (measure, of_year, of_unit) in labels.items():
            if texts[place] and measure:
                found.append(Cell(line, texts[column], measure, of_year or year, texts[place], of_unit or unit))
    quality.count("read", len(rows) - first)
    return found


def _cities(rows: Rows, width: int, context: Context) -> tuple[int | None, int]:
    """Return the column in which most cities stand, and the first row that has one in it."""
    best = (0, None, 0)
    for place in range(width):
        known = [number for number, (_, texts) in enumerate(rows) if _is_city(texts[place], context)]
        if len(known) > best[0]:
            best = (len(known), place, known[0])
    return best[1], best[2]


def _is_city(text: str, context: Context) -> bool:
    try:
        return bool(text) and context.cities.find(text) >= 0
    except ValueError:
        return False


def _filled(head: list[list[str]], column: int) -> list[list[str]]:
    """Return headings with what is merged over several columns written in each: all but the last row, from the left."""
    filled = []
    for number, texts in enumerate(head):
        last, row = "", []
        for place, text in enumerate(texts):
            # the column of cities ends what stands to the left of it
            last = text or ("" if place == column else last)
            row.append(last if number < len(head) - 1 else text)
        # a title over the whole table is no heading
        filled.append(row if len(set(filter(None, texts))) > 1 or number == len(head) - 1 else [""] * len(texts))
    return filled


def _of_title(head: Rows) -> tuple[str, str, str]:
    """Return the year, the unit and the measure that the rows of a title name for the whole table."""
    year = unit = measure = ""
    for _, texts in head:
        filled = list(dict.fromkeys(filter(None, texts)))
        for text in filled if len(filled) <= 2 else []:
            years = _YEAR_NAMED.findall(text)
            year = years[0] if len(years) == 1 else year
            named = _UNIT.search(text)
            unit = (named[1] or named[2]).rstrip(")） ") if named else unit
            if match := _MEASURE.fullmatch(text.strip()):
                measure, of_measure = split_unit(match[1].strip())
                unit = of_measure or unit
    return year, unit, measure


def _label(texts: list[str]) -> tuple[str, str, str]:
    """Return the measure, the year and the unit that the headings over a column name together."""
    measure, year, unit = [], "", ""
    for text in filter(None, texts):
        text, of_unit = split_unit(text)
        unit = of_unit or unit
        if is_unit(fold(text)) and not fold(text)[0].isdigit():
            unit, text = fold(text), ""
        if match := _YEAR_NAMED.search(text):
            year, text = match[1], text.replace(match[0], "")
        if text.strip() and text.strip() not in measure:
            measure.append(text.strip())
    return (measure[-1] if measure else ""), year, unit

"""The values of a yearbook sheet, in rows of measures or as a table of cities by measures and years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from fhi.engine.errors import DataError, Problem
from fhi.reading.microdata.cells import Context
from fhi.reading.microdata.file_types import KINDS
from fhi.reading.microdata.header import DEPTH, is_unit, meaning, split_unit
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.parsing import fold

Rows = Sequence[tuple[int, list[str]]]
KIND = KINDS["yearbooks"]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年?(?!\d)", re.ASCII)
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


def cells(rows: Rows, context: Context, quality: Quality) -> list[Cell]:
    """Return the values of a sheet, whichever way it is laid out.

    Raises
    ------
    DataError
        If it has neither the columns city, measure and value, nor a column of cities below headings.
    """
    for start, (_, texts) in enumerate(rows[:DEPTH]):
        named = {meaning(text, KIND, context.vocabulary)[0]: place for place, text in enumerate(texts)}
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
    year, unit = _of_title(rows[:first])
    labels = {}
    for place in range(width):
        if place != column:
            labels[place] = _label([texts[place] for texts in head])
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


def _of_title(head: Rows) -> tuple[str, str]:
    """Return the year and the unit that the rows of a title name for the whole table."""
    year = unit = ""
    for _, texts in head:
        filled = list(dict.fromkeys(filter(None, texts)))
        for text in filled if len(filled) <= 2 else []:
            years = _YEAR.findall(text)
            year = years[0] if len(years) == 1 else year
            named = _UNIT.search(text)
            unit = (named[1] or named[2]).rstrip(")） ") if named else unit
    return year, unit


def _label(texts: list[str]) -> tuple[str, str, str]:
    """Return the measure, the year and the unit that the headings over a column name together."""
    measure, year, unit = [], "", ""
    for text in filter(None, texts):
        text, of_unit = split_unit(text)
        unit = of_unit or unit
        if is_unit(fold(text)) and not fold(text)[0].isdigit():
            unit, text = fold(text), ""
        if match := _YEAR.search(text):
            year, text = match[1], text.replace(match[0], "")
        if text.strip() and text.strip() not in measure:
            measure.append(text.strip())
    return (measure[-1] if measure else ""), year, unit

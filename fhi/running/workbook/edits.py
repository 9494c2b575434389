"""What was changed in a workbook: every cell that differs from what was exported, and the raw values among them.

A hidden sheet of the workbook holds what all others held when it was written.
"""

import math
from collections import Counter
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from fhi.engine.errors import Problem, reject
from fhi.engine.framework import Framework
from fhi.reading.parsing import parse_number
from fhi.reading.spreadsheets import Book
from fhi.running.workbook.sheets import EXPERTS, EXPORTED, NODE_COLUMNS, RAW, ROW_KEYS, VALUES

#: two numbers are the same up to what spreadsheet programs round when they save
SAME = 1e-13
#: sheets whose own rules read them back: the columns of these that may not change (others: see `importing`)
OWN_RULES = {"framework": (), EXPERTS: NODE_COLUMNS[1:]}
#: cells of the sheet about that may change: which scenario the workbook is of
SCENARIO = ("about", ("scenario",), "value")
CELL = "put it back; only yellow cells, and values in raw and in provenance, are read back"


class Edit(NamedTuple):
    """A cell that differs: where it stands, the keys of its row, its column, what was exported and what is there."""

    sheet: str
    row: int | None
    place: str
    key: tuple[str, ...]
    column: str
    old: str
    new: str


class Value(NamedTuple):
    """A raw value that was changed; the year None is that of the edition."""

    city: str
    year: int | None
    indicator: str
    value: float
    old: str


def edits(book: Book) -> list[Edit]:
    """Return every cell that differs from what was exported, of the sheets that are still there."""
    if EXPORTED not in book:
        return []
    before: dict[str, list[list[str]]] = {}
    for name, *cells in book.cells(EXPORTED)[1:]:
        before.setdefault(name, []).append(cells)
    found = []
    for sheet, rows in before.items():
        if sheet in book:
            found += _differences(sheet, rows, book.cells(sheet))
    return found


def _differences(sheet: str, before: list[list[str]], after: list[list[str]]) -> list[Edit]:
    """Compare a sheet row by row and column by column, both found by their names, wherever they stand now."""
    old_rows, old_columns = _by_key(sheet, before)
    new_rows, new_columns = _by_key(sheet, after)
    only = OWN_RULES.get(sheet)
    found = []
    for key in dict.fromkeys([*old_rows, *new_rows]):
        old, new = old_rows.get(key), new_rows.get(key)
        row, cells = (None, None) if new is None else new
        if only is not None and (old is None or new is None):
            continue
        if old is None or new is None:
            whole = next(cell for cell in (old or new)[1] if cell)
            found.append(Edit(sheet, row, "", key[0], "", whole if new is None else "", whole if old is None else ""))
            continue
        for name in dict.fromkeys([*old_columns, *new_columns]):
            was, now = _cell(old[1], old_columns.get(name)), _cell(cells, new_columns.get(name))
            if not _alike(was, now) and (only is None or name[0] in only):
                place = new_columns.get(name, old_columns.get(name))
                found.append(Edit(sheet, row, f"{get_column_letter(place + 1)}{row}", key[0], name[0], was, now))
    return found


def _by_key(sheet: str, rows: list[list[str]]) -> tuple[dict, dict]:
    """Return the rows (with their numbers) and the places of the columns by name; what stands twice is counted."""
    header = rows[0] if rows else []
    places = [header.index(name) for name in ROW_KEYS.get(sheet, header[:1]) if name in header] or [0]
    found, seen = {}, Counter()
    for number, cells in enumerate(rows, start=1):
        if any(cells):
            key = tuple(_cell(cells, place) for place in places)
            found[key, seen[key]] = (number, cells)
            seen[key] += 1
    columns, seen = {}, Counter()
    width = max(map(len, rows), default=0)
    for place in range(width):
        name = _cell(header, place)
        if name or any(_cell(cells, place) for cells in rows):
            columns[name, seen[name]] = place
            seen[name] += 1
    return found, columns


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=SAME)
    except ValueError:
        return False


def values(found: list[Edit], book: Book, tree: Framework) -> list[Value]:
    """Return the raw values among the edits.

    Parameters
    ----------
    found : list of Edit
        What differs from the workbook as exported.
    book : Book
        The edited workbook, for messages.
    tree : Framework

    Returns
    -------
    list of Value
        A year is None where the sheet names none.

    Raises
    ------
    DataError
        With every other edit: sheet, cell, what was exported and what is there now, and what to do instead.
    """
    taken, problems = [], []
    for edit in found:
        raw = edit.sheet == RAW and edit.column in tree.leaves and edit.key[0] not in HEADS
        if (edit.sheet, edit.key, edit.column) == SCENARIO:
            continue
        if not edit.column:
            problems.append(_row(edit, book))
        elif not (raw or (edit.sheet == VALUES and edit.column == "value")):
            problems.append(_problem(edit, book, edit.new, CELL if edit.sheet != "about" else IN_SCENARIO))
        elif not edit.new:
            problems.append(_problem(edit, book, None, LEFT_OUT))
        else:
            city, year, indicator = (edit.key[0], None, edit.column) if raw else (edit.key[0], *edit.key[1:])
            try:
                number = parse_number(edit.new)
            except ValueError as error:
                problems.append(_problem(edit, book, edit.new, f"write {error}"))
            else:
                taken.append(Value(city, year if year is None else int(year), indicator, number, edit.old))
    reject(problems)
    return taken


#: what the cells of the sheet raw that stand above its values have in their first column
HEADS = ("city", "城市", "", "unit", "direction")
IN_SCENARIO = "put it back; a choice of method is written into a scenario file (notebooks/scenarios/)"
LEFT_OUT = (
    "put it back; a value cannot be taken out here: leave out a unit or an indicator in a scenario (exclude_cities, "
    "exclude_indicators)"
)


def _problem(edit: Edit, book: Book, value: str | None, remedy: str) -> Problem:
    old = f"{edit.old!r} as exported (cell {edit.place})" if edit.old else f"an empty cell as exported ({edit.place})"
    return Problem(book.shown(edit.sheet), edit.row, edit.column, value or None, old, remedy)


def _row(edit: Edit, book: Book) -> Problem:
    """Return what is wrong with a row that is new or gone."""
    shown = " ".join(part for part in edit.key if part) or edit.old or edit.new
    if edit.row is None:
        return Problem(book.shown(edit.sheet), None, None, None, f"the row {shown!r} as exported", "put the row back")
    remedy = "remove it; a unit is added in the edition's cities.csv, its values in own files (data/user/README.md)"
    return Problem(book.shown(edit.sheet), edit.row, None, shown, "no row that was not exported", remedy)

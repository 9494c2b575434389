"""Workbooks (.xlsx) as rows of texts, as a spreadsheet program shows them and would save them as CSV."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from fhi.engine.errors import DataError, Problem

Table = TypeVar("Table")
#: bytes of a workbook beyond which merged cells and formulas are not looked into, and of its parts unpacked
LARGE, UNPACKED = 20 << 20, 2 << 30
#: cells that the used area of a sheet may have: a stray cell at its far end would make it endless
CELLS = 20_000_000
#: what a number format shows as it stands: a sign in it does not make the number one in per cent
_LITERAL = re.compile(r'"[^"]*"|\\.')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
#: why a cell cannot be read, by what it holds: what was expected, and the remedy
_UNREAD = {
    "f": (
        "a formula with its value stored",
        "paste it as a value, or open the workbook in a spreadsheet program and save it",
    ),
    "e": ("a number or a text", "write a plain value"),
}


class Sheet(NamedTuple):
    """A sheet: its name, and the rows that hold anything as ``(line, texts)``, all of one width.

    `unread` names by (line, column from 1) the cells without a value: ``f`` a formula, ``e`` an error of one. Their
    text, which begins with = or #, stands in the rows.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    unread: dict[tuple[int, int], str]


def sheets(path: Path, file: str, *, in_percent: bool = True) -> Iterator[Sheet]:
    """Yield the sheets of a workbook that hold anything.

    A date is written in ISO form without its time of day, a truth value as TRUE or FALSE, a formula by the value that
    it had when the workbook was saved; without one it is its own text. A merged cell gives its text to every cell it
    covers.

    Parameters
    ----------
    path : Path
    file : str
        The name shown in errors.
    in_percent : bool
        Write a number that is shown in per cent with its sign, as a unit of its own (91.5%); otherwise as it is stored
        (0.915).

    Raises
    ------
    DataError
        If the file is no workbook, unpacks to more than `UNPACKED` bytes, or a sheet has more than `CELLS` cells.
    """
    import openpyxl

    calculated = _check(path, file)
    large = path.stat().st_size > LARGE
    try:
        book = openpyxl.load_workbook(path, data_only=True, read_only=large)
        formulas = openpyxl.load_workbook(path) if calculated and not large else None
    except Exception as error:  # whatever openpyxl meets in a file that is no workbook
        raise _no_workbook(file, f"{type(error).__name__}: {error}"[:120]) from None
    for sheet in book.worksheets:
        if large:
            # the size that a sheet states may be wrong, and what lies beyond it would not be read
            sheet.reset_dimensions()
        elif sheet.max_row * sheet.max_column > CELLS:
            found, expected = f"{sheet.max_row} rows, {sheet.max_column} columns", f"at most {CELLS:,} cells in a sheet"
            raise DataError([Problem(f"{file}, sheet {sheet.title}", None, None, found, expected, "empty the rest")])
        unread: dict[tuple[int, int], str] = {}
        rows = [[_text(cell, in_percent, unread) for cell in cells] for cells in sheet.iter_rows()]
        width = max(map(len, rows), default=0)
        rows = [texts + [""] * (width - len(texts)) for texts in rows]
        if formulas:
            _show_formulas(rows, formulas[sheet.title], unread)
        if not large:
            _fill_merged(rows, sheet)
        filled = [(line, texts) for line, texts in enumerate(rows, start=1) if any(texts)]
        if filled:
            yield Sheet(sheet.title, filled, unread)
    book.close()


def _check(path: Path, file: str) -> bool:
    """Raise `DataError` if a file is not packed or unpacks to too much; return True if a sheet holds a formula."""
    try:
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
            if size > UNPACKED:
                raise _no_workbook(file, f"{size:,} bytes when unpacked", f" of at most {UNPACKED:,} bytes")
            if path.stat().st_size > LARGE:
                return False
            names = [name for name in parts.namelist() if "worksheets/" in name]
            return any(_FORMULA.search(parts.read(name)) for name in names)
    except DataError:
        raise
    except Exception:  # a damaged archive fails in many ways
        raise _no_workbook(file, "no packed file") from None


def _no_workbook(file: str, found: str, which: str = "") -> DataError:
    remedy = "save it anew as .xlsx, or as CSV in UTF-8"
    return DataError([Problem(file, None, None, found, f"a workbook (.xlsx){which}", remedy)])


def _text(cell, in_percent: bool, unread: dict[tuple[int, int], str]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        unread[cell.row, cell.column] = "e"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, int | float):
        if in_percent and "%" in _LITERAL.sub("", cell.number_format or ""):
            # 0.915 is stored where 91.5% is shown
            return f"{round(value * 100, 12):.15g}%"
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def _show_formulas(rows: list[list[str]], sheet, unread: dict[tuple[int, int], str]) -> None:
    """Write formulas into cells that hold nothing else."""
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f" and not rows[cell.row - 1][cell.column - 1]:
                rows[cell.row - 1][cell.column - 1] = str(getattr(cell.value, "text", cell.value))
                unread[cell.row, cell.column] = "f"


def _fill_merged(rows: list[list[str]], sheet) -> None:
    """Write the text of merged cells into all they cover."""
    for area in sheet.merged_cells.ranges:
        text = rows[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                rows[row - 1][column - 1] = text


class Book:
    """A workbook whose sheets are read strictly, each with its header in row 1.

    Raises
    ------
    DataError
        If the file is not there, or as of `sheets`.
    """

    def __init__(self, path: Path):
        self.name = path.name
        if not path.is_file():
            raise DataError([Problem(str(path), None, None, None, "a workbook", "check the path")])
        # what is read back are weights and points, which are numbers without a unit however they are shown
        self._sheets = {sheet.name: sheet for sheet in sheets(path, path.name, in_percent=False)}

    def __contains__(self, sheet: str) -> bool:
        return sheet in self._sheets

    def shown(self, sheet: str) -> str:
        """Return the name of a sheet as errors show it."""
        return f"{self.name}, sheet {sheet}"

    def cells(self, sheet: str) -> list[list[str]]:
        """Return all cells of a sheet row by row, empty rows in their place."""
        rows = dict(self._sheets[sheet].rows)
        width = len(next(iter(rows.values())))
        return [rows.get(line, [""] * width) for line in range(1, max(rows) + 1)]

    def read(self, sheet: str, parse: Callable[[list[str], list[tuple[int, list[str]]]], Table]) -> Table:
        """Return what `parse` makes of a sheet: of its header and the (row number, cells) of the rows not empty.

        Raises
        ------
        DataError
            With the cells that `parse` refuses and those that cannot be read: a formula without a stored value, an
            error value.
        """
        rows, place = self._sheets[sheet].rows, self.shown(sheet)
        if len(rows) < 2 or rows[0][0] != 1:
            expected = "a header in row 1 and rows below it"
            raise DataError([Problem(place, None, None, None, expected, "fill in the sheet")])
        used = max(column for _, cells in rows for column, cell in enumerate(cells, start=1) if cell)
        header, problems = rows[0][1][:used], self._unread(sheet)
        try:
            found = parse(header, [(number, cells[:used]) for number, cells in rows[1:]])
        except DataError as error:
            known = {(problem.row, problem.column) for problem in problems}
            problems += [problem for problem in error.problems if (problem.row, problem.column) not in known]
        if problems:
            raise DataError(sorted(problems, key=lambda problem: problem.row or 0))
        return found

    def _unread(self, sheet: str) -> list[Problem]:
        """Return the cells without a value, each below what stands above it in row 1, or else its column's letter."""
        from openpyxl.utils import get_column_letter

        _, rows, unread = self._sheets[sheet]
        texts = dict(rows)
        problems = []
        for (line, column), kind in sorted(unread.items()):
            head = texts[1][column - 1] if line > 1 else ""
            place = self.shown(sheet), line, head or get_column_letter(column)
            problems.append(Problem(*place, texts[line][column - 1], *_UNREAD[kind]))
        return problems

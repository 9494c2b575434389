"""The sheets of a workbook as cells of text, as if they had been read from CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from fhi.engine.errors import DataError, Problem

Table = TypeVar("Table")
#: bytes that a workbook may take unpacked, and rows and columns of a sheet
LARGEST, ROWS, COLUMNS = 100_000_000, 10_000, 500
#: rows of a sheet that is only compared with what was exported
EXPORTED_ROWS = 200_000


class Book:
    """A workbook opened to be read: what its cells hold, and what their formulas gave when it was last saved.

    Raises
    ------
    DataError
        If the file is not there, is no workbook, or unpacks to more than `LARGEST` bytes.
    """

    def __init__(self, path: Path):
        self.name = path.name
        if not path.is_file():
            raise DataError([Problem(str(path), None, None, None, "a workbook", "check the path")])
        try:
            content = path.read_bytes()
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
            if size > LARGEST:
                self._refuse(f"{size} bytes unpacked", f"at most {LARGEST}", "leave out what is not to be read back")
            self._cells = openpyxl.load_workbook(io.BytesIO(content))
            self._values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        except DataError:
            raise
        except Exception as error:  # whatever openpyxl meets in a file that is no workbook
            self._refuse(type(error).__name__, "a workbook (.xlsx)", "save it as .xlsx from a spreadsheet program")

    def _refuse(self, value: object, expected: str, remedy: str):
        raise DataError([Problem(self.name, None, None, value, expected, remedy)]) from None

    def __contains__(self, sheet: str) -> bool:
        return sheet in self._cells.sheetnames

    def shown(self, sheet: str) -> str:
        """Return the name of a sheet as errors show it."""
        return f"{self.name}, sheet {sheet}"

    def cells(self, sheet: str) -> list[list[str]]:
        """Return all cells of a sheet as text, row by row; a formula by the value that was stored, or as it stands."""
        worksheet, values = self._cells[sheet], self._values[sheet]
        if worksheet.max_column > COLUMNS or worksheet.max_row > EXPORTED_ROWS:
            self._refuse(f"{worksheet.max_row} rows in {sheet}", f"at most {EXPORTED_ROWS}", "empty the rest")
        return [[_text(cell, values, sheet, cell.column_letter, []) for cell in row] for row in worksheet.iter_rows()]

    def read(self, sheet: str, parse: Callable[[list[str], list[tuple[int, list[str]]]], Table]) -> Table:
        """Return what `parse` makes of a sheet: of its header and the (row number, cells) of the rows not empty.

        Raises
        ------
        DataError
            With the cells that `parse` refuses and those that cannot be read: a formula without a stored value, an
            error value, a date.
        """
        worksheet, values = self._cells[sheet], self._values[sheet]
        place = self.shown(sheet)
        if worksheet.max_row > ROWS or worksheet.max_column > COLUMNS:
            found = f"{worksheet.max_row} rows, {worksheet.max_column} columns"
            raise DataError([Problem(place, None, None, found, f"at most {ROWS} and {COLUMNS}", "empty the rest")])
        problems: list[Problem] = []
        rows = [
            (number, [_text(cell, values, place, header_of(worksheet, cell), problems) for cell in row])
            for number, row in enumerate(worksheet.iter_rows(), start=1)
        ]
        rows = [(number, cells) for number, cells in rows if any(cells)]
        if len(rows) < 2 or rows[0][0] != 1:
            expected = "a header in row 1 and rows below it"
            raise DataError([Problem(place, None, None, None, expected, "fill in the sheet")])
        used = max(column for _, cells in rows for column, cell in enumerate(cells, start=1) if cell)
        try:
            found = parse(rows[0][1][:used], [(number, cells[:used]) for number, cells in rows[1:]])
        except DataError as error:
            known = {(problem.row, problem.column) for problem in problems}
            problems += [problem for problem in error.problems if (problem.row, problem.column) not in known]
        if problems:
            raise DataError(sorted(problems, key=lambda problem: problem.row or 0))
        return found


def header_of(worksheet: Worksheet, cell: Cell) -> str:
    """Return what stands above a cell in the first row, or else the letter of its column."""
    head = worksheet.cell(1, cell.column).value
    return str(head) if head is not None and cell.row > 1 else cell.column_letter


def _text(cell: Cell, values: Worksheet, place: str, column: str, problems: list[Problem]) -> str:
    """Return a cell as CSV would hold it; a formula by the value that it gave when the workbook was saved."""
    value = cell.value
    if cell.data_type == "f":
        value = values.cell(cell.row, cell.column).value
        if value is None:
            formula = str(getattr(cell.value, "text", cell.value))
            remedy = "paste it as a value, or open the workbook in a spreadsheet program and save it"
            problems.append(Problem(place, cell.row, column, formula, "a formula with its value stored", remedy))
            return formula
    if value is None:
        return ""
    kind = values.cell(cell.row, cell.column).data_type
    if kind == "e" or not isinstance(value, str | int | float):
        problems.append(Problem(place, cell.row, column, str(value), "a number or a text", "write a plain value"))
        return str(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()

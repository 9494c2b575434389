"""The sheets of a workbook as rows of texts: what cells show, merged cells filled, formulas by their stored value."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fhi.engine.errors import DataError, Problem

#: bytes of a workbook beyond which merged cells and formulas are not looked into, and of its parts unpacked
LARGE, UNPACKED = 20 << 20, 2 << 30
#: what a number format shows as it stands: a sign in it does not make the number one in per cent
_LITERAL = re.compile(r'"[^"]*"|\\.')


class Sheet(NamedTuple):
    """A sheet: its name, and the rows that hold anything as ``(line, texts)``."""

    name: str
    rows: list[tuple[int, list[str]]]


def sheets(path: Path, file: str) -> Iterator[Sheet]:
    """Yield the sheets of a workbook that hold anything.

    A date is written in ISO form, a number that is shown in per cent with its sign, a formula without a stored value as
    its text (which no reader of cells takes for a value). A merged cell gives its text to every cell it covers.

    Raises
    ------
    DataError
        If the file is no workbook, or unpacks to more than `UNPACKED` bytes.
    """
    import openpyxl

    _check(path, file)
    large = path.stat().st_size > LARGE
    try:
        book = openpyxl.load_workbook(path, data_only=True, read_only=large)
        formulas = None if large else openpyxl.load_workbook(path)
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise _no_workbook(file, f"{type(error).__name__}: {error}"[:120]) from None
    for sheet in book.worksheets:
        if large:
            # the size that a sheet states may be wrong, and what lies beyond it would not be read
            sheet.reset_dimensions()
        rows = [[_text(cell) for cell in cells] for cells in sheet.iter_rows()]
        width = max(map(len, rows), default=0)
        rows = [texts + [""] * (width - len(texts)) for texts in rows]
        if formulas:
            _fill(rows, formulas[sheet.title])
        filled = [(line, texts) for line, texts in enumerate(rows, start=1) if any(texts)]
        if filled:
            yield Sheet(sheet.title, filled)
    book.close()


def _check(path: Path, file: str) -> None:
    try:
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, OSError):
        raise _no_workbook(file, "no packed file") from None
    if size > UNPACKED:
        raise _no_workbook(file, f"{size:,} bytes when unpacked")


def _no_workbook(file: str, found: str) -> DataError:
    remedy = "save it anew as .xlsx, or as CSV in UTF-8"
    return DataError([Problem(file, None, None, found, "a workbook (.xlsx)", remedy)])


def _text(cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, int | float):
        if "%" in _LITERAL.sub("", cell.number_format or ""):
            # 0.915 is stored where 91.5% is shown
            return f"{round(value * 100, 12):.15g}%"
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def _fill(rows: list[list[str]], sheet) -> None:
    """Write the text of merged cells into all they cover, and formulas into cells that hold nothing else."""
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f" and not rows[cell.row - 1][cell.column - 1]:
                rows[cell.row - 1][cell.column - 1] = str(getattr(cell.value, "text", cell.value))
    for area in sheet.merged_cells.ranges:
        text = rows[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                rows[row - 1][column - 1] = text

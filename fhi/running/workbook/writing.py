"""Sheets as the bytes of a workbook: formatted, the same bytes for the same content, and nothing in it runs."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from fhi.running.workbook.sheets import RAW, Sheet, sheets
from fhi.showing.terminal import width
from fhi.store import Store

#: a text that begins so would be taken for a formula when it is edited or exported again
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: what XML cannot hold, written as Excel writes it
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
#: no clock: the same workbook at any time
STAMP = datetime.datetime(2018, 11, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
WIDEST, NARROWEST = 60, 6

HEAD_FILL = PatternFill("solid", fgColor="0B3C6F")
LABEL_FILL = PatternFill("solid", fgColor="E8EDF2")
EDIT_FILL = PatternFill("solid", fgColor="FFF4CC")
MARKS = {"filled": PatternFill("solid", fgColor="D6E6F5"), "treated": PatternFill("solid", fgColor="F9DEC6")}


def write_workbook(store: Store) -> Path:
    """Write ``reports/<scenario>/fhi-<scenario>.xlsx``."""
    return store.write_bytes(f"{store.reports}/fhi-{store.scenario}.xlsx", workbook_bytes(sheets(store)))


def workbook_bytes(content: Iterable[Sheet]) -> bytes:
    """Return a workbook of some sheets."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "Fintech Hub Index"
    book.properties.created = book.properties.modified = STAMP
    for sheet in content:
        _fill(book.create_sheet(sheet.name), sheet)
        if sheet.hidden:
            book[sheet.name].sheet_state = "hidden"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return _undated(buffer)


def _undated(buffer: io.BytesIO) -> bytes:
    """Return an archive with its entries as they are but for their dates."""
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as before, zipfile.ZipFile(result, "w") as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            after.writestr(entry, before.read(name))
    return result.getvalue()


def _fill(worksheet: Worksheet, sheet: Sheet) -> None:
    columns = sheet.head[0]
    for number, cells in enumerate(sheet.head, start=1):
        for place, value in enumerate(cells, start=1):
            cell = put(worksheet.cell(number, place), value)
            cell.font = Font(bold=True, color="FFFFFF" if number == 1 else "1C2733")
            cell.fill = HEAD_FILL if number == 1 else LABEL_FILL
            cell.alignment = Alignment(vertical="center")
    first = len(sheet.head) + 1
    for number, cells in enumerate(sheet.rows):
        for place, value in enumerate(cells):
            cell = put(worksheet.cell(first + number, place + 1), value)
            if cell.data_type == "n" and cell.value is not None:
                cell.number_format = sheet.formats.get(columns[place], sheet.number)
            if (number, place) in sheet.marks:
                cell.fill = MARKS[sheet.marks[number, place]]
            elif number in sheet.editable.get(columns[place], ()):
                cell.fill = EDIT_FILL
    worksheet.freeze_panes = worksheet.cell(first, sheet.frozen + 1)
    if len(sheet.head) == 1 and sheet.rows:
        worksheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(sheet.rows) + 1}"
    for place in range(len(columns)):
        texts = [row[place] for row in [*sheet.head, *sheet.rows]]
        widest = max(width(_shown(value)) for value in texts)
        worksheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, max(NARROWEST, widest + 2))
    _restrict(worksheet, sheet, first)


def _restrict(worksheet: Worksheet, sheet: Sheet, first: int) -> None:
    """Let a spreadsheet program refuse a direction other than 1 and -1, and a weight or points below 0."""
    for name, rows in sheet.editable.items() if sheet.name != RAW else ():
        if name == "direction":
            rule = DataValidation(type="list", formula1='"1,-1"', showErrorMessage=True)
        else:
            rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", showErrorMessage=True)
        letter = get_column_letter(sheet.head[0].index(name) + 1)
        for row in rows:
            rule.add(f"{letter}{first + row}")
        worksheet.add_data_validation(rule)


def put(cell: Cell, value: object) -> Cell:
    """Put a value into a cell: a number as a number, a text always as text, what is missing not at all.

    Parameters
    ----------
    cell : openpyxl.cell.Cell
        An empty cell.
    value : object
        A number, a text or a truth, of Python or NumPy.

    Returns
    -------
    openpyxl.cell.Cell
        `cell`.
    """
    if pd.isna(value):
        return cell
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        value = str(value).upper()
    if isinstance(value, int | float):
        cell.value = value
        if float(f"{value:.16g}") != value:
            # openpyxl writes sixteen digits, and some numbers need one more to read back exactly
            cell._value = repr(value)
        return cell
    text = CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_" if match[0] not in "\t\n" else match[0], str(value))
    cell.value = text
    # whatever it looks like, it is no formula and no error value
    cell.data_type = "s"
    if text.startswith(FORMULA) or str(value).startswith(FORMULA):
        cell.quotePrefix = True
        cell.number_format = "@"
    return cell


def _shown(value: object) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)

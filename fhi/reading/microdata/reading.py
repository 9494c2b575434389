"""Read a file of a kind in blocks: its rows as arrays, what is wrong with the others in its ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fhi.engine.errors import DataError, Problem
from fhi.reading.microdata import header, spreadsheets, text_blocks
from fhi.reading.microdata.cells import CellReader, Context, NameReader
from fhi.reading.microdata.file_types import Field, Kind
from fhi.reading.microdata.quality_log import MOST_REFUSED, Quality

#: rows of a workbook that are read together
ROWS = 50_000
#: rows after which a file that is mostly refused is given up
EARLY = 10_000


class Block(NamedTuple):
    """Rows that were understood: their lines in the file, and their columns by name (parts of a cell by suffix)."""

    lines: np.ndarray
    columns: dict[str, np.ndarray]


def read(path: Path, kind: Kind, context: Context, quality: Quality, year: int) -> Iterator[Block]:
    """Yield the rows of a file that are wholly understood, block after block.

    Parameters
    ----------
    path : Path
        A CSV file or a workbook.
    kind : Kind
    context : Context
    quality : Quality
        Takes the count of all rows and every refused cell.
    year : int
        The issue of rows that name none.

    Raises
    ------
    DataError
        If the file cannot be read at all, lacks a column or a row, or most of its rows are refused.
    """
    opened = _workbook if path.suffix.lower() == ".xlsx" else _text
    for readers, cells in opened(path, kind, context, quality):
        yield _understood(cells, readers, quality, year)
        if quality.rows("read") > EARLY and quality.rows("refused") > MOST_REFUSED * quality.rows("read"):
            break
    if not quality.rows("read"):
        problem = Problem(quality.file, None, None, None, "at least one row below the headings", "fill in the file")
        raise DataError([problem])
    quality.check()


def _readers(layout: header.Layout, kind: Kind, context: Context, delimiter: str = ",") -> dict:
    """Return the reader of each position."""
    readers = {}
    for place, (name, unit) in layout.columns.items():
        field = kind.by_name.get(name) or Field(name, "flag")
        if field.reader == "name":
            readers[place] = NameReader(field)
        else:
            readers[place] = CellReader(field, context, unit, refuse_commas=delimiter == ";")
    return readers


def _text(path: Path, kind: Kind, context: Context, quality: Quality):
    """Yield readers and cells of a text file."""
    blocks = text_blocks.blocks(path, quality.file)
    first = list(islice(blocks, 1))
    head = {mark: head_rows(first[0][1], mark) if first else [] for mark in header.DELIMITERS}
    # the comma comes first and wins where no other knows more headings
    delimiter = max(head, key=lambda mark: header.known(head[mark], kind, context.vocabulary))
    layout = header.find(head[delimiter], kind, context.vocabulary, quality.file)
    readers = _readers(layout, kind, context, delimiter)
    _note_layout(layout, delimiter, quality)
    for line, block in chain(first, blocks):
        if line <= layout.line:
            block = block.split(b"\n", layout.line)[layout.line]
            line = layout.line + 1
        if block:
            yield readers, text_blocks.split(block, line, layout.width, delimiter, sorted(readers))


def head_rows(block: bytes, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the first rows of a text with anything in them as (line, texts)."""
    return list(islice(_rows(block[: text_blocks.HEAD], delimiter), header.DEPTH + 1))


def all_rows(text: bytes) -> list[tuple[int, list[str]]]:
    """Return all rows of a text with anything in them, split by what gives the most even rows."""

    def evenness(delimiter: str) -> int:
        widths = [len(texts) for _, texts in islice(_rows(text[: text_blocks.HEAD], delimiter), 50)]
        return sum(width > 1 for width in widths)

    return list(_rows(text, max(header.DELIMITERS, key=evenness)))


def _rows(text: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    for texts in reader:
        if any(cell.strip() for cell in texts):
            yield reader.line_num, [cell.strip() for cell in texts]


def _workbook(path: Path, kind: Kind, context: Context, quality: Quality):
    """Yield readers and cells of the sheets of a workbook whose headings fit; the first sheet decides if none does."""
    failed, fitted = [], False
    for sheet in spreadsheets.sheets(path, quality.file):
        try:
            layout = header.find(sheet.rows, kind, context.vocabulary, quality.file)
        except DataError as error:
            failed.append((sheet.name, error))
            continue
        fitted = True
        readers = _readers(layout, kind, context)
        _note_layout(layout, ",", quality)
        rows = [(line, texts) for line, texts in sheet.rows if line > layout.line]
        for start in range(0, len(rows), ROWS):
            yield readers, text_blocks.of_rows(rows[start : start + ROWS], sorted(readers))
    if not fitted:
        if failed:
            raise failed[0][1]
        raise DataError([Problem(quality.file, None, None, None, "a sheet with headings", "fill in the file")])
    for name, _ in failed:
        quality.count("sheet not read", 1, "", name)


def _note_layout(layout: header.Layout, delimiter: str, quality: Quality) -> None:
    for heading in layout.ignored:
        quality.count("column not read", 1, heading[:60])
    if delimiter != ",":
        quality.count("delimiter", 1, "", {"\t": "tab"}.get(delimiter, delimiter))


def _understood(cells: text_blocks.Cells, readers: dict, quality: Quality, year: int) -> Block:
    count = len(cells.lines)
    columns: dict[str, np.ndarray] = {}
    bad = np.zeros(count, dtype=bool)
    for place, reader in readers.items():
        column = cells.columns[place]
        found, problems = reader(column)
        columns |= found
        for message, hit in problems.items():
            quality.refuse(cells.lines[hit], reader.field.name, column.texts(hit), message)
            bad[hit] = True
    bad |= _late(columns, cells, quality, year, count)
    for line, text, expected in cells.bad:
        quality.refuse([line], "", [text], expected, "mend the row")
    quality.count("read", count + len(cells.bad) + cells.empty)
    quality.count("empty", cells.empty)
    quality.count("refused", int(bad.sum()) + len(cells.bad))
    if bad.any():
        columns = {name: values[~bad] for name, values in columns.items()}
    return Block(cells.lines[~bad], columns)


def _late(columns: dict, cells: text_blocks.Cells, quality: Quality, year: int, count: int) -> np.ndarray:
    """Fill in the issue of each row; return True where a row has a date after the end of its issue's year."""
    years = columns.get("year", np.zeros(count, dtype="i4"))
    columns["year"] = np.where(years == 0, year, years).astype("i4")
    late = np.zeros(count, dtype=bool)
    for name in ("date", "founded"):
        if name in columns:
            after = columns[name] // 10_000 > columns["year"]
            hit = np.flatnonzero(after)
            if len(hit):
                expected = "a date not after the year of the issue"
                quality.refuse(cells.lines[hit], name, columns[name][hit], expected)
                late |= after
    return late

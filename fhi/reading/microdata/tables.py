"""A block of lines as columns of cells: plain lines all together, odd ones one by one, none lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from fhi.reading.microdata.columns import PAD, Column
from fhi.reading.microdata.lines import UNREADABLE

QUOTE, LINE_END = 34, 10


class Cells(NamedTuple):
    """Rows of a file: their lines, their cells by position, and the lines that are no row.

    `bad` holds ``(line, what stands there, what was expected)``; `empty` is the number of rows with no cell filled in.
    """

    lines: np.ndarray
    columns: dict[int, Column]
    bad: list[tuple[int, str, str]]
    empty: int


def of_rows(rows: list[tuple[int, list[str]]], wanted: list[int]) -> Cells:
    """Return rows of texts, each with its line, as cells."""
    columns = {place: Column.of([texts[place] for _, texts in rows]) for place in wanted}
    return Cells(np.array([line for line, _ in rows], dtype=np.int64), columns, [], 0)


def split(block: bytes, first: int, width: int, delimiter: str, wanted: list[int]) -> Cells:
    """Return the rows of a block of lines.

    Parameters
    ----------
    block : bytes
        Whole lines in UTF-8.
    first : int
        Line number of the first one.
    width : int
        Cells of a row.
    delimiter : str
    wanted : list of int
        Positions of the cells to take.
    """
    marks = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(marks == LINE_END)
    starts = np.concatenate([[0], ends[:-1] + 1])
    cuts = np.flatnonzero(marks == ord(delimiter))
    counts = _count(cuts, ends)
    odd = counts != width - 1
    if b'"' in block:
        quotes = _count(np.flatnonzero(marks == QUOTE), ends)
        if (quotes % 2).any():
            return _tall(block.decode(), first, width, delimiter, wanted)
        odd |= quotes > 0
    if UNREADABLE in block:
        odd |= [UNREADABLE in block[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    # a row of nothing but delimiters
    blank = (ends - starts == width - 1) & ~odd
    plain = ~odd & ~blank
    if not plain.all():
        cuts = cuts[np.repeat(plain, counts)]
    lines = np.arange(first, first + len(ends), dtype=np.int64)
    rows = [(int(lines[i]), block[starts[i] : ends[i]].decode()) for i in np.flatnonzero(odd)]
    others = _one_by_one(((line, _cells(text, delimiter), text) for line, text in rows), width, wanted)
    columns = _between(block + PAD, starts[plain], cuts.reshape(-1, max(width - 1, 0)), ends[plain], wanted)
    if len(others.lines):
        columns = {place: _joined(columns[place], others.columns[place]) for place in wanted}
    kept = np.concatenate([lines[plain], others.lines])
    return Cells(kept, columns, others.bad, int(blank.sum()) + others.empty)


def _count(places: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return how many of the places lie in each line."""
    return np.diff(np.searchsorted(places, ends), prepend=0)


def _between(stretch: bytes, starts: np.ndarray, cuts: np.ndarray, ends: np.ndarray, wanted: list[int]) -> dict:
    """Return the columns between the delimiters of each line."""
    last = cuts.shape[1]
    columns = {}
    for place in wanted:
        begin = starts if place == 0 else cuts[:, place - 1] + 1
        columns[place] = Column(stretch, begin, ends if place == last else cuts[:, place])
    return columns


def _joined(first: Column, second: Column) -> Column:
    offset = len(first.stretch)
    starts = np.concatenate([first.starts, second.starts + offset])
    return Column(first.stretch + second.stretch, starts, np.concatenate([first.ends, second.ends + offset]))


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _tall(text: str, first: int, width: int, delimiter: str, wanted: list[int]) -> Cells:
    """Return the rows of a block in which a cell goes over several lines; a row has the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows, line = [], first
    for cells in reader:
        rows.append((line, cells, delimiter.join(cells)))
        line = first + reader.line_num
    return _one_by_one(rows, width, wanted)


def _one_by_one(rows: Iterable[tuple[int, list[str] | None, str]], width: int, wanted: list[int]) -> Cells:
    """Return rows that were split one by one, those of another width or unreadable as bad."""
    good, bad, empty = [], [], 0
    for line, cells, text in rows:
        if cells is not None and not any(cell.strip() for cell in cells):
            empty += 1
        elif UNREADABLE.decode() in text:
            bad.append((line, text[:60], "characters of one encoding (some bytes are none)"))
        elif cells is None:
            bad.append((line, text[:60], "well-formed quotes"))
        elif len(cells) < width or any(cell.strip() for cell in cells[width:]):
            bad.append((line, text[:60], f"{width} cells (there are {len(cells)})"))
        else:
            good.append((line, cells))
    return of_rows(good, wanted)._replace(bad=bad, empty=empty)

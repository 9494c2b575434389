"""Read a file of a kind in blocks: its rows as arrays, what is wrong with the others in its ledger."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fhi.engine.errors import DataError, Problem
from fhi.reading import spreadsheets
from fhi.reading.microdata import layouts, text_blocks
from fhi.reading.microdata.cell_readers import CellReader, Context, NameReader
from fhi.reading.microdata.file_types import Field, Kind
from fhi.reading.microdata.names import ELSEWHERE, Vocabulary
from fhi.reading.microdata.quality_log import MOST_REFUSED, Quality
from fhi.reading.parsing import has_unit, is_missing

#: rows of a workbook that are read together
ROWS = 50_000
#: plain yuan below which no amount of a column without a unit lies: the greatest of a list is more
LEAST_AMOUNTS = {"market_value": 1e7, "financing": 1e5}
#: different answers from which a column is no choice between a few
MANY_ANSWERS = 1000
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
        Takes the count of all rows, every refused cell and what was understood.
    year : int
        The issue of rows that name none.

    Yields
    ------
    Block

    Raises
    ------
    DataError
        If the file cannot be read at all, lacks a column or a row, or most of its rows are refused.
    """
    opened = _workbook if path.suffix.lower() in spreadsheets.SUFFIXES else _text
    for table, cells in opened(path, kind, context, quality):
        yield table.understood(cells, quality, year)
        if quality.rows("read") > EARLY and quality.wrong() > MOST_REFUSED * quality.rows("read"):
            break
    if not quality.rows("read"):
        problem = Problem(quality.file, None, None, None, "at least one row below the headings", "fill in the file")
        raise DataError([problem])
    quality.check()


class _List:
    """A list of one sheet or file: its layout, the reader of each column, and the last row that named itself."""

    def __init__(self, layout: layouts.Layout, kind: Kind, context: Context, sheet: str, delimiter: str = ","):
        self.layout, self.kind, self.context, self.sheet = layout, kind, context, sheet
        self.readers = {}
        for place, (name, unit) in layout.columns.items():
            field = kind.by_name.get(name) or Field(name, "flag")
            if field.reader == "name":
                self.readers[place] = NameReader(field, context)
            else:
                self.readers[place] = CellReader(field, context, unit, refuse_commas=delimiter == ";")
        required = [place for place, (name, _) in layout.columns.items() if name in kind.by_name]
        self.required = [place for place in required if kind.by_name[layout.columns[place][0]].required]
        self.least = max(self.required, default=layout.width - 1) + 1
        self._last: dict[int, str] | None = None
        self._checked = False

    def understood(self, cells: text_blocks.Cells, quality: Quality, year: int) -> Block:
        """Return the rows that are wholly understood; what is wrong with the others goes into the ledger."""
        cells = self._named(self._without_notes(cells, quality))
        if not self._checked:
            self._checked = True
            self._answers(cells, quality)
            self._ticked(cells, quality)
            quality.understand_list(self.sheet, self.layout, {p: r.field.name for p, r in self.readers.items()})
        count = len(cells.lines)
        columns: dict[str, np.ndarray] = {}
        bad, total = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        # the city says best that a row is a sum, so that it comes first
        for place, reader in sorted(self.readers.items(), key=lambda item: item[1].field.name != "city"):
            column = cells.columns[place]
            found, problems = reader(column)
            columns |= found
            self._in_units(place, found, column, quality)
            for message, hit in problems.items():
                hit = hit[~total[hit]]
                quality.refuse(cells.lines[hit], reader.field.name, column.texts(hit), message)
                (total if message.endswith("not a total") else bad)[hit] = True
        bad |= _late(columns, cells, quality, year, count)
        for line, text, expected in cells.bad:
            quality.refuse([line], "", [text], expected, "mend the row")
        quality.count("read", count + len(cells.bad) + cells.empty)
        quality.count("empty", cells.empty)
        # a sum over other rows is none of them
        quality.count("total", int(total.sum()))
        quality.count("refused", int((bad | total).sum()) + len(cells.bad))
        bad |= total
        if bad.any():
            columns = {name: values[~bad] for name, values in columns.items()}
        quality.count("outside", int((columns.get("city", np.zeros(0)) == ELSEWHERE).sum()), "city")
        return Block(cells.lines[~bad], columns)

    def _in_units(self, place: int, found: dict, column: text_blocks.Column, quality: Quality) -> None:
        """Raise `DataError` if no amount of a column has a unit and all are too small to be plain yuan."""
        name, unit = self.layout.columns[place]
        least = LEAST_AMOUNTS.get(name)
        values = found.get(name)
        if unit or least is None or not np.nanmax(values, initial=0) < least or not np.nanmax(values, initial=0) > 0:
            return
        _, texts = column.distinct()
        if not any(has_unit(text) for text in texts if not is_missing(text)):
            heading = self.layout.shown[place]
            found_, expected = f"at most {np.nanmax(values):g}", f"a unit: no amount would reach {least:g} yuan without"
            remedy = f"write it behind the heading, such as {heading}（亿元）, or in the title (单位：亿元)"
            raise DataError([Problem(quality.file, self.layout.line, heading, found_, expected, remedy)])

    def _answers(self, cells: text_blocks.Cells, quality: Quality) -> None:
        """Leave out the columns that ask for use but whose answers do not say whether somebody uses something."""
        uses = [place for place, reader in self.readers.items() if reader.field.name.startswith("use:")]
        seen = {}
        for place in uses:
            codes, texts = cells.columns[place].distinct()
            _, problems = self.readers[place](cells.columns[place])
            wrong = sum(map(len, problems.values()))
            told = sum(not is_missing(texts[code]) for code in codes) if len(texts) < MANY_ANSWERS else len(codes)
            if wrong * 2 > told:
                seen[place] = ", ".join(texts[:3])
                detail = f"no answers of yes or no: {seen[place]}"
                del self.readers[place]
                quality.count("column not read", 1, self.layout.shown[place][:60], detail)
        if uses and len(seen) == len(uses):
            heading = self.layout.shown[uses[0]]
            expected = "a column of use whose answers are yes or no (是, 否, 1, 0, 用过, 从未使用 …)"
            remedy = "write the answers so, or add the words to a vocabulary.csv beside the file (list flag)"
            raise DataError([Problem(quality.file, self.layout.line + 1, heading, seen[uses[0]], expected, remedy)])

    def _ticked(self, cells: text_blocks.Cells, quality: Quality) -> None:
        """Raise `DataError` if all answers are yes or blank: a blank may be no answer, or a service not ticked."""
        uses = [place for place, reader in self.readers.items() if reader.field.name.startswith("use:")]
        if not uses:
            return
        answers = np.stack([self.readers[n](cells.columns[n])[0][self.readers[n].field.name] for n in uses])
        silent = (answers < 0).all(axis=0)
        if silent.all() or (silent.any() and not (answers == 0).any()):
            heading, expected = self.layout.shown[uses[0]], "answers of yes and no (a blank may be either, or none)"
            remedy = "export the answers as 1 and 0, or fill in the blanks"
            found = f"{int(silent.sum())} of {len(silent)} rows without an answer, and none that says no"
            raise DataError([Problem(quality.file, self.layout.line + 1, heading, found, expected, remedy)])

    def _without_notes(self, cells: text_blocks.Cells, quality: Quality) -> text_blocks.Cells:
        """Return the rows without those of a note below the table: one text, which begins with 注, 资料来源 …"""
        notes = [line for line, text, _ in cells.bad if is_note(text.split(",")[0], self.context.vocabulary)]
        bad = [row for row in cells.bad if row[0] not in notes]
        blank = np.stack([cells.columns[place].blank() for place in self.required]) if self.required else None
        kept = np.ones(len(cells.lines), dtype=bool)
        if blank is not None and len(self.required) > 1:
            few = np.flatnonzero((~blank).sum(axis=0) == 1)
            for place, column in zip(self.required, ~blank[:, few], strict=True):
                rows = few[column]
                texts = cells.columns[place].texts(rows)
                kept[rows] &= np.array([not is_note(text, self.context.vocabulary) for text in texts], dtype=bool)
        quality.count("note", len(notes) + int((~kept).sum()))
        columns = {place: column.taken_from(np.flatnonzero(kept)) for place, column in cells.columns.items()}
        return cells._replace(lines=cells.lines[kept], columns=columns if not kept.all() else cells.columns, bad=bad)

    def _named(self, cells: text_blocks.Cells) -> text_blocks.Cells:
        """Return the rows, those that continue the one above with its name: exports write a firm once for all rounds.

        A row continues the one above if it leaves what is written once (name, city, class) empty and has a round or a
        date of its own; so a sum without a name is none of them.
        """
        places = {name: place for place, (name, _) in self.layout.columns.items()}
        again = [places[name] for name in self.kind.repeated if name in places]
        own = [places[name] for name in self.kind.own if name in places]
        keys = [place for place in again if place in self.required]
        if not keys or not own or not len(cells.lines):
            return cells
        blank = np.logical_and.reduce([cells.columns[place].blank() for place in keys])
        blank &= np.logical_or.reduce([~cells.columns[place].blank() for place in own])
        order = np.argsort(cells.lines, kind="stable")
        columns = dict(cells.columns)
        if blank.any():
            first, lines = blank[order], cells.lines[order]
            above = np.maximum.accumulate(np.where(first, -1, np.arange(len(order))))
            torn = np.array([line for line, _, _ in cells.bad], dtype=np.int64)
            source = np.where(above >= 0, lines[above], 0)
            # a row that could not be split may be the one that is continued
            broken = np.searchsorted(np.sort(torn), lines) > np.searchsorted(np.sort(torn), source)
            fill = first & ~broken
            for place in again:
                column = columns[place]
                if self._last is not None and (above < 0).any():
                    column = text_blocks.joined(column, text_blocks.Column.of([self._last[place]]))
                    above_or_last = np.where(above >= 0, order[above], len(order))
                else:
                    above_or_last, fill = order[above], fill & (above >= 0)
                # what is written once may still be written: the size of a firm behind its own name
                places_of = np.arange(len(order))
                empty = cells.columns[place].blank()[order]
                places_of[order] = np.where(fill & empty, above_or_last, order)
                columns[place] = column.taken_from(places_of)
        last = int(order[-1])
        self._last = {place: columns[place].texts([last])[0] for place in again}
        return cells._replace(columns=columns)


def is_note(text: str, vocabulary: Vocabulary) -> bool:
    """True for a text below a table that begins with a word of the list ``note``: 注, 资料来源, Source.

    Parameters
    ----------
    text : str
    vocabulary : Vocabulary

    Returns
    -------
    bool
    """
    match = re.match(r"\W*([\w ]+?)\s*(?:\d*\s*[:：.、．]|[①-⑳]|$)", text.strip())
    return bool(match) and vocabulary.find("note", re.sub(r"\d+$", "", match[1])) is not None


def _text(path: Path, kind: Kind, context: Context, quality: Quality):
    """Yield the list of a text file and its cells."""
    blocks = text_blocks.blocks(path, quality.file)
    first = list(islice(blocks, 1))
    head = {mark: _head_rows(first[0][1], mark) if first else [] for mark in layouts.DELIMITERS}
    # the comma comes first and wins where no other knows more headings
    delimiter = max(head, key=lambda mark: layouts.known(head[mark], kind, context.vocabulary))
    layout = layouts.find(head[delimiter], kind, context.vocabulary, quality.file)
    table = _List(layout, kind, context, "", delimiter)
    _note_layout(layout, delimiter, quality)
    for line, block in chain(first, blocks):
        if line <= layout.line:
            block = block.split(b"\n", layout.line)[layout.line]
            line = layout.line + 1
        if block:
            yield table, text_blocks.split(block, line, layout.width, delimiter, sorted(table.readers), table.least)


def _head_rows(block: bytes, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the first rows of a text with anything in them as (line, texts)."""
    return list(islice(_rows(block[: text_blocks.HEAD], delimiter), layouts.DEPTH + 1))


def all_rows(text: bytes) -> list[tuple[int, list[str]]]:
    """Return all rows of a text with anything in them, split by what gives the most even rows."""

    def evenness(delimiter: str) -> int:
        widths = [len(texts) for _, texts in islice(_rows(text[: text_blocks.HEAD], delimiter), 50)]
        return sum(width > 1 for width in widths)

    return list(_rows(text, max(layouts.DELIMITERS, key=evenness)))


def _rows(text: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    for texts in reader:
        if any(cell.strip() for cell in texts):
            yield reader.line_num, [cell.strip() for cell in texts]


def _workbook(path: Path, kind: Kind, context: Context, quality: Quality):
    """Yield the lists of the sheets of a workbook whose headings fit; the first sheet decides if none does."""
    failed, fitted = [], False
    for sheet in spreadsheets.sheets(path, quality.file):
        try:
            layout = layouts.find(sheet.rows, kind, context.vocabulary, quality.file)
        except DataError as error:
            failed.append((sheet.name, error))
            continue
        fitted = True
        table = _List(layout, kind, context, sheet.name)
        _note_layout(layout, ",", quality)
        rows = [(line, texts) for line, texts in sheet.rows if line > layout.line]
        rows = _once_merged(
            rows, sheet.copies, [n for n, reader in table.readers.items() if reader.field.reader == "amount"]
        )
        for start in range(0, len(rows), ROWS):
            yield table, text_blocks.of_rows(rows[start : start + ROWS], sorted(table.readers))
    if not fitted:
        if failed:
            raise failed[0][1]
        raise DataError([Problem(quality.file, None, None, None, "a sheet with headings", "fill in the file")])
    for name, _ in failed:
        quality.count("sheet not read", 1, "", name)


def _once_merged(rows: list, copies: frozenset[tuple[int, int]], amounts: list[int]) -> list:
    """Return the rows with an amount that is merged over several of them in the first alone."""
    if not copies:
        return rows
    return [
        (line, ["" if n in amounts and (line, n + 1) in copies else text for n, text in enumerate(texts)])
        for line, texts in rows
    ]


def _note_layout(layout: layouts.Layout, delimiter: str, quality: Quality) -> None:
    for heading in layout.ignored:
        quality.count("column not read", 1, heading[:60])
    if delimiter != ",":
        quality.count("delimiter", 1, "", {"\t": "tab"}.get(delimiter, delimiter))


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

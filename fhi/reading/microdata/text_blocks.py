"""A text file as columns of cells: in blocks of whole lines, split all together, compared without making texts.

Parsing a million cells one by one takes seconds; most repeat (a city, a class, a round sum). So each text gets a
64-bit number from its bytes, eight at a time for all rows together, and only one cell of each number is made a text
and parsed. Memory is bounded, and no line is lost: odd ones are split one by one. On a million rows a general engine
(DuckDB) took nine tenths of the time and three times the memory.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem

#: bytes read at once; a line may not be longer than LONGEST, nor a cell over several lines than TALLEST
BLOCK, LONGEST, TALLEST = 4 << 20, 1 << 20, 16 << 20
HEAD = 1 << 16
#: what stands in UTF-8 for bytes that could not be decoded
UNREADABLE = "\ufffd".encode()
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = {b"PK\x03\x04": "a workbook (.xlsx)", b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"%PDF": "a PDF"}


def blocks(path: Path, file: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number of the first line and the bytes of successive blocks: whole lines in UTF-8, ended by ``\\n``.

    UTF-8 (with or without mark), UTF-16 (with mark), GBK and GB18030 are read; line ends may be of any kind. A block is
    cut where no quoted cell is open. Bytes that cannot be decoded become `UNREADABLE`.

    Parameters
    ----------
    path : Path
    file : str
        Its name in messages.

    Yields
    ------
    line : int
        From 1.
    block : bytes

    Raises
    ------
    DataError
        If the file is no text, or a line or quoted cell has no end.
    """
    line, encoding = 1, None
    for block in _whole_lines(_chunks(path, file), file):
        if encoding is None and not block.isascii():
            encoding = _encoding(block, file)
        block = _decoded(block, encoding)
        if b"\0" in block:
            raise _not_text(file, "a byte 0")
        yield line, block
        line += block.count(b"\n")


def _chunks(path: Path, file: str) -> Iterator[bytes]:
    """Yield the bytes of a file without its mark, those of UTF-16 as UTF-8, with ``\\n`` at the ends of lines."""
    with path.open("rb") as stream:
        head = stream.read(4)
        for magic, what in _BINARY.items():
            if head.startswith(magic):
                raise _not_text(file, what)
        mark, encoding = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))
        decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding.startswith("utf-16") else None
        chunk, pending = head[len(mark) :] + stream.read(BLOCK), b""
        while chunk:
            after = stream.read(BLOCK)
            text = pending + (decoder.decode(chunk, not after).encode() if decoder else chunk)
            # a \r at the end of a chunk may be half of a \r\n
            pending = b"\r" if text.endswith(b"\r") and after else b""
            text = text[: len(text) - len(pending)]
            yield text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text
            chunk = after


def _whole_lines(chunks: Iterator[bytes], file: str) -> Iterator[bytes]:
    rest, line = b"", 1
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"\n") + 1
        if len(rest) - cut > LONGEST:
            last = line + rest.count(b"\n", 0, cut)
            expected = f"lines of at most {LONGEST:,} bytes"
            remedy = "save the file anew as CSV, one row a line"
            raise DataError([Problem(file, last, None, _shown(rest[cut : cut + 20]), expected, remedy)])
        if rest.count(b'"', 0, cut) % 2:
            # a quoted cell is open: take what follows with it
            if len(rest) > TALLEST:
                raise _open_quote(rest, line, file)
            continue
        if cut:
            yield rest[:cut]
            line += rest.count(b"\n", 0, cut)
            rest = rest[cut:]
    if rest.count(b'"') % 2:
        raise _open_quote(rest, line, file)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _open_quote(rest: bytes, line: int, file: str) -> DataError:
    lines = rest.split(b"\n")
    first = next(place for place, text in enumerate(lines) if text.count(b'"') % 2)
    shown, expected = _shown(lines[first][:60]), "an end of every quoted cell"
    return DataError([Problem(file, line + first, None, shown, expected, 'close or remove the odd "')])


def _encoding(block: bytes, file: str) -> str:
    """Return the encoding in which a block with other than ASCII characters can be read."""
    for name in ("utf-8", "gb18030"):
        try:
            block.decode(name)
            return name
        except UnicodeDecodeError:
            pass
    # a few bad bytes do not change what the rest is
    bad = {name: block.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    best = min(bad, key=bad.__getitem__)
    if bad[best] > len(block) / 100 + 1:
        raise _not_text(file, _shown(block[:20]))
    return best


def _decoded(block: bytes, encoding: str | None) -> bytes:
    if encoding == "gb18030":
        return block.decode("gb18030", "replace").encode()
    if encoding == "utf-8":
        try:
            block.decode()
        except UnicodeDecodeError:
            return block.decode("utf-8", "replace").encode()
    return block


def _shown(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _not_text(file: str, found: str) -> DataError:
    remedy = "save it as CSV in UTF-8, or as .xlsx under a name that ends so"
    return DataError([Problem(file, None, None, found, "a text file in UTF-8, UTF-16, GBK or GB18030", remedy)])


#: bytes that a column's stretch needs after its last cell
PAD = b"\0" * 8
_MASKS = np.array([(1 << (8 * kept)) - 1 for kept in range(9)], dtype=np.uint64)
_ODD, _SHIFT, _LAST = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(0xD6E8FEB86659FD93)


class Column:
    """The cells of a column.

    Parameters
    ----------
    stretch : bytes
        UTF-8, with `PAD` at its end.
    starts, ends : array of int
        Where each cell begins and ends in it.
    """

    def __init__(self, stretch: bytes, starts: np.ndarray, ends: np.ndarray):
        self.stretch, self.starts, self.ends = stretch, starts, ends

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Return a column of texts."""
        cells = [text.encode() for text in texts]
        lengths = np.array([len(cell) for cell in cells], dtype=np.int64)
        ends = np.cumsum(lengths)
        return cls(b"".join(cells) + PAD, ends - lengths, ends)

    def __len__(self) -> int:
        return len(self.starts)

    def texts(self, places: Sequence[int] | np.ndarray) -> list[str]:
        """Return the texts of the cells at these places."""
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        return [self.stretch[start:end].decode() for start, end in zip(starts, ends, strict=True)]

    def blank(self) -> np.ndarray:
        """Return True where a cell has nothing in it, or a blank or two."""
        length = self.ends - self.starts
        short = np.flatnonzero((length > 0) & (length < 4))
        empty = length == 0
        empty[short] = [not text.strip() for text in self.texts(short)]
        return empty

    def taken_from(self, places: np.ndarray) -> Column:
        """Return a column whose cells are those at these places."""
        return Column(self.stretch, self.starts[places], self.ends[places])

    def ending(self, words: Sequence[str]) -> np.ndarray:
        """Return the places of the cells that end in one of the words."""
        found = []
        for word in (word.encode() for word in words):
            at = self.stretch.find(word)
            while at >= 0:
                found += np.flatnonzero(self.ends == at + len(word)).tolist()
                at = self.stretch.find(word, at + 1)
        return np.array(sorted(set(found)), dtype=np.int64)

    def numbers(self) -> np.ndarray:
        """Return a 64-bit number of each cell, the same for the same text.

        Two of n different texts share one with a probability of about n²/2⁶⁵: 3 in a million for ten million.
        """
        total = np.zeros(len(self), dtype=np.uint64)
        lengths = self.ends - self.starts
        words = np.ndarray((len(self.stretch) - 7,), dtype="<u8", buffer=self.stretch, strides=(1,))
        for done in range(0, int(lengths.max(initial=0)), 8):
            # a cell that has ended is left as it is, whatever the length of the others
            longer = np.flatnonzero(lengths > done)
            part = slice(None) if len(longer) == len(total) else longer
            word = words[self.starts[part] + done] & _MASKS[np.minimum(lengths[part] - done, 8)]
            word = (total[part] ^ word) * _ODD
            total[part] = word ^ (word >> _SHIFT)
        total = (total ^ lengths.astype(np.uint64)) * _LAST
        return total ^ (total >> _SHIFT)

    def distinct(self) -> tuple[np.ndarray, list[str]]:
        """Return the place of each cell's text in the list of different texts after it, in order of appearance."""
        codes, found = pd.factorize(self.numbers())
        first = np.zeros(len(found), dtype=np.int64)
        # written from the last to the first, so that the first of each stays
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        return codes, self.texts(first)


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
    """Return rows of texts, each with its line, as cells.

    Parameters
    ----------
    rows : list of (line, texts)
    wanted : list of int
        Positions of the cells to take.

    Returns
    -------
    Cells
        None of them bad or empty.
    """
    columns = {place: Column.of([texts[place] for _, texts in rows]) for place in wanted}
    return Cells(np.array([line for line, _ in rows], dtype=np.int64), columns, [], 0)


def split(block: bytes, first: int, width: int, delimiter: str, wanted: list[int], least: int = 0) -> Cells:
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
    least : int
        Cells that a row must have: further ones may be cut off where they are empty (default: all).

    Returns
    -------
    Cells
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
            return _tall(block.decode(), first, (least or width, width), delimiter, wanted)
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
    others = _one_by_one(
        ((line, _cells(text, delimiter), text) for line, text in rows), (least or width, width), wanted
    )
    columns = _between(block + PAD, starts[plain], cuts.reshape(-1, max(width - 1, 0)), ends[plain], wanted)
    if len(others.lines):
        columns = {place: joined(columns[place], others.columns[place]) for place in wanted}
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


def joined(first: Column, second: Column) -> Column:
    """Return the cells of two columns, one after the other.

    Parameters
    ----------
    first, second : Column

    Returns
    -------
    Column
    """
    offset = len(first.stretch)
    starts = np.concatenate([first.starts, second.starts + offset])
    return Column(first.stretch + second.stretch, starts, np.concatenate([first.ends, second.ends + offset]))


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _tall(text: str, first: int, width: tuple[int, int], delimiter: str, wanted: list[int]) -> Cells:
    """Return the rows of a block in which a cell goes over several lines; a row has the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows, line = [], first
    for cells in reader:
        rows.append((line, cells, delimiter.join(cells)))
        line = first + reader.line_num
    return _one_by_one(rows, width, wanted)


def _one_by_one(rows: Iterable[tuple[int, list[str] | None, str]], widths: tuple[int, int], wanted: list[int]) -> Cells:
    """Return rows that were split one by one, those of another width (least, whole) or unreadable as bad."""
    least, width = widths
    good, bad, empty = [], [], 0
    for line, cells, text in rows:
        if cells is not None and not any(cell.strip() for cell in cells):
            empty += 1
        elif UNREADABLE.decode() in text:
            bad.append((line, text[:60], "characters of one encoding (some bytes are none)"))
        elif cells is None:
            bad.append((line, text[:60], "well-formed quotes"))
        elif len(cells) < least or any(cell.strip() for cell in cells[width:]):
            bad.append((line, text[:60], f"{width} cells (there are {len(cells)})"))
        else:
            good.append((line, cells + [""] * (width - len(cells))))
    return of_rows(good, wanted)._replace(bad=bad, empty=empty)

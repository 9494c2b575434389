"""Cells of a CSV file as texts, and the number that a text is."""

import csv
import io
import math
import re
import unicodedata
from pathlib import Path

from fhi.engine.errors import DataError, Problem

ENCODINGS = ("utf-8-sig", "gb18030")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)

#: raised, lowered and circled digits, which mark footnotes
_MARKS = "²³¹⁰-⁹₀-₉①-⒛㈠-㈩㊀-㊉⓪-⓿❶-➓"
_MARKED, _UNMARKED = re.compile(rf"(?<=.)[\s{_MARKS}]*[{_MARKS}]\s*$"), re.compile(f"[^{_MARKS}]+")
#: other marks of footnotes, behind a number: 12603* and 12603[1]
NOTE = re.compile(r"(?<=\d)(?:[*†‡※]+|\[\d{1,2}\])$")


class Table(str):
    """The cells of a file under the name that a scenario gives it: to whatever looks at the name, a text.

    Attributes
    ----------
    header : list of str
    rows : list of (int, list of str)
        The number of each line with its cells.
    file : str
        The name shown in errors.
    """

    def __new__(cls, name: str, header=(), rows=(), file: str = ""):
        table = super().__new__(cls, name)
        table.header, table.rows, table.file = list(header), list(rows), file or name
        return table


class Folder(str):
    """The tables of a folder under the name that a scenario gives it; `tables` holds them by the stem of the file."""

    def __new__(cls, name: str, tables=()):
        folder = super().__new__(cls, name)
        folder.tables = dict(tables)
        return folder


def decode(content: bytes, file: str) -> str:
    """Return the text of a file in UTF-8 (with or without mark), UTF-16 (with mark), GBK or GB18030.

    Parameters
    ----------
    content : bytes
        All of the file.
    file : str
        Its name in messages.

    Returns
    -------
    str
        Without the mark of the encoding.

    Raises
    ------
    DataError
        If it is text in none of these encodings.
    """
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataError([Problem(file, None, None, content[:16], "text in UTF-8 or GBK", "save the file as CSV in UTF-8")])


def read_cells(path: Path, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the (line number, cells) of the rows; blanks around cells and empty rows go.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file.
    file : str
        Its name in messages.

    Returns
    -------
    header : list of str
        The cells of the first row that has any.
    rows : list of (int, list of str)
        The further rows: the number of the line in the file, and as many cells as the header has.

    Raises
    ------
    DataError
        If there is no such file, it is no well-formed CSV, has no row behind the header, or (with every such row) a row
        has another number of cells than the header.
    """
    if not path.is_file():
        raise DataError([Problem(file, None, None, None, "a file", "restore it, or correct its name")])
    text = decode(path.read_bytes(), file)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        expected = f"well-formed CSV ({error})"
        problem = Problem(file, reader.line_num, None, None, expected, "correct the quotes of this row")
        raise DataError([problem]) from None
    if len(rows) < 2:
        found = None if not rows else ",".join(rows[0][1])
        raise DataError([Problem(file, None, None, found, "a header and at least one row", "fill in the file")])
    header = rows[0][1]
    problems = [
        Problem(file, line, None, f"{len(cells)} cells", f"{len(header)} cells", "check commas and quotes")
        for line, cells in rows[1:]
        if len(cells) != len(header)
    ]
    if problems:
        raise DataError(problems)
    return header, rows[1:]


def fold(text: str) -> str:
    """Return `text` with full-width digits and signs as plain ones and without blanks, but for those between digits.

    A blank between two digits stays, so that ``1 2`` is refused rather than read as 12. A raised or circled digit is no
    digit: at the end it is the mark of a footnote and goes (``12603²``, ``北京①``), elsewhere it stays as it is.
    """
    text = str(text)
    if not text.isascii():
        text = _MARKED.sub("", text)
        text = _UNMARKED.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)
        text = text.replace("−", "-").replace("–", "-")
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", text)


def parse_number(text: str) -> float:
    """Return the number that `text` is, full-width digits and thousands separators allowed.

    Raises
    ------
    ValueError
        If `text` is not wholly one finite number.
    """
    folded = NOTE.sub("", fold(text))
    if not _NUMBER.fullmatch(folded):
        raise ValueError("a number such as 1234.5")
    value = float(folded.replace(",", "").replace(" ", ""))
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value

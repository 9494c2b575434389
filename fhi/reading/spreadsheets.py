"""Workbooks (.xlsx, .xls, .ods) as rows of texts, as a spreadsheet program shows them and would save them as CSV."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from xml.etree import ElementTree

from fhi.engine.errors import DataError, Problem

Table = TypeVar("Table")
SUFFIXES = {".xlsx", ".xlsm", ".xls", ".ods"}
#: bytes that the parts of a workbook may have when unpacked
UNPACKED = 2 << 30
#: cells that the used area of a sheet may have: a stray cell at its far end would make it endless
CELLS = 10_000_000
#: bytes of a part that is searched for raised digits
SEARCHED = 64 << 20
#: bytes of a sheet that are looked through at once
CHUNK = 4 << 20
#: why a cell cannot be read, by what it holds: what was expected, and the remedy
_UNREAD = {
    "f": (
        "a formula with its value stored",
        "paste it as a value, or open the workbook in a spreadsheet program and save it",
    ),
    "e": ("a number or a text", "write a plain value"),
}
_RUN = re.compile(rb"<(?:\w+:)?r>.*?</(?:\w+:)?r>", re.DOTALL)
_TEXT = re.compile(rb"(<(?:\w+:)?t\b[^>]*>)(.*?)(</(?:\w+:)?t>)", re.DOTALL)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=\"(\d+)\"")
_COLUMN = re.compile(rb"\sr=\"([A-Z]{1,3})\d+\"")
_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?P<attributes>[^>]*?)(?:/>|>(?P<content>.*?)</(?:\w+:)?c>)",
    re.DOTALL,
)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(?P<text>.*?)</(?:\w+:)?f>)", re.DOTALL)
_STORED = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")


class Sheet(NamedTuple):
    """A sheet: its name, and the rows that hold anything as ``(line, texts)``, all of one width.

    `unread` names by (line, column from 1) the cells without a value: ``f`` a formula, ``e`` an error of one. Their
    text, which begins with = or #, stands in the rows. `copies` are the cells that have their text from the first of
    the merged cells they belong to.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    unread: Mapping[tuple[int, int], str] = MappingProxyType({})
    copies: frozenset[tuple[int, int]] = frozenset()


def sheets(path: Path, file: str, *, in_percent: bool = True) -> Iterator[Sheet]:
    """Yield the sheets of a workbook that hold anything; sheets of charts are passed over.

    A date is written in ISO form without its time of day, a truth value as TRUE or FALSE, a formula by the value that
    it had when the workbook was saved; without one it is its own text. A merged cell gives its text to every cell it
    covers. A raised digit is written as one (12603²).

    Parameters
    ----------
    path : Path
    file : str
        The name shown in errors.
    in_percent : bool
        Write a number with the unit that its format shows (91.5%, $30, 1800.5亿元); otherwise as it is stored.

    Yields
    ------
    Sheet

    Raises
    ------
    DataError
        If the file is no workbook, is encrypted or damaged, unpacks to more than `UNPACKED` bytes, or a sheet has more
        than `CELLS` cells.
    """
    import python_calamine as calamine

    packed = path.suffix.lower() in (".xlsx", ".xlsm")
    try:
        parts = _Parts(path, file) if packed else None
        if not packed:
            _refuse_unseen_formats(path, file)
        book = calamine.CalamineWorkbook.from_filelike(parts.content() if parts else io.BytesIO(path.read_bytes()))
        for found in book.sheets_metadata:
            if found.typ == calamine.SheetTypeEnum.WorkSheet:
                marks = parts.marks(found.name) if parts else Marks({}, {}, {})
                sheet = _sheet(book.get_sheet_by_name(found.name), found.name, marks, in_percent)
                if sheet.rows:
                    yield sheet
    except DataError:
        raise
    except Exception as error:  # a damaged archive or part fails in many ways
        raise _no_workbook(file, f"{type(error).__name__}: {error}"[:120]) from None


def _no_workbook(file: str, found: str, which: str = "") -> DataError:
    remedy = "save it anew as .xlsx, or as CSV in UTF-8"
    if "assword" in found or "encrypt" in found.casefold():
        remedy = f"remove its password, and {remedy}"
    return DataError([Problem(file, None, None, found, f"a workbook (.xlsx){which}", remedy)])


class Marks(NamedTuple):
    """What a sheet says beside its values, by (line, column from 1): formats, formulas without a value, errors."""

    formats: dict[tuple[int, int], str]
    formulas: dict[tuple[int, int], str]
    errors: dict[tuple[int, int], str]


class _Parts:
    """The parts of a packed workbook (.xlsx), looked through for what the reader of its values does not tell."""

    def __init__(self, path: Path, file: str):
        self.path, self.file = path, file
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
            if size > UNPACKED:
                raise _no_workbook(file, f"{size:,} bytes when unpacked", f" of at most {UNPACKED:,} bytes")
            names = parts.namelist()
            self._places = self._sheet_parts(parts)
            styles = next((name for name in names if name.endswith("xl/styles.xml")), None)
            self._formats = _formats(parts.read(styles)) if styles else {}
            texts = [name for name in names if name.endswith("sharedStrings.xml") or "worksheets/sheet" in name]
            small = [name for name in texts if parts.getinfo(name).file_size < SEARCHED]
            self._raised = [name for name in small if b"vertAlign" in parts.read(name)]

    @staticmethod
    def _sheet_parts(parts: zipfile.ZipFile) -> dict[str, str]:
        """Return the part of each sheet by its name."""
        links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        found = {}
        for element in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter():
            if element.tag.endswith("}sheet"):
                link = next(value for key, value in element.attrib.items() if key.endswith("}id"))
                target = targets[link]
                found[element.get("name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return found

    def content(self) -> io.BytesIO:
        """Return the bytes of the file, raised and lowered digits of its texts as characters of their own."""
        if not self._raised:
            return io.BytesIO(self.path.read_bytes())
        content = io.BytesIO()
        with zipfile.ZipFile(self.path) as before, zipfile.ZipFile(content, "w") as after:
            for name in before.namelist():
                part = before.read(name)
                after.writestr(name, _RUN.sub(_raise, part) if name in self._raised else part)
        content.seek(0)
        return content

    def marks(self, name: str) -> Marks:
        """Return the marks of a sheet; raise `DataError` if its cells are too many."""
        marks, line, columns = Marks({}, {}, {}), 0, set()
        for chunk in self._chunks(self._places[name]):
            lines = _ROW.findall(chunk)
            line = max(line, int(lines[-1])) if lines else line
            columns.update(_COLUMN.findall(chunk))
            if self._formats or b"<f" in chunk or b":f" in chunk or b't="e"' in chunk:
                self._mark(chunk, marks)
        width = max(map(_number, columns), default=0)
        if line * width > CELLS:
            found, expected = f"{line} rows, {width} columns", f"at most {CELLS:,} cells in a sheet"
            raise DataError([Problem(f"{self.file}, sheet {name}", None, None, found, expected, "empty the rest")])
        return marks

    def _chunks(self, part: str) -> Iterator[bytes]:
        """Yield the content of a part, cut at the ends of rows."""
        with zipfile.ZipFile(self.path) as parts, parts.open(part) as stream:
            rest = b""
            while piece := stream.read(CHUNK):
                rest += piece
                cut = rest.rfind(b"row>") + 4
                if cut > 3:
                    yield rest[:cut]
                    rest = rest[cut:]
            yield rest

    def _mark(self, chunk: bytes, marks: Marks) -> None:
        for match in _CELL.finditer(chunk):
            attributes = dict(re.findall(rb'(\w+)="([^"]*)"', match["attributes"]))
            place = re.fullmatch(rb"([A-Z]+)(\d+)", attributes.get(b"r", b""))
            if not place:
                continue
            key, content = (int(place[2]), _number(place[1])), match["content"] or b""
            if code := self._formats.get(int(attributes.get(b"s", 0))):
                marks.formats[key] = code
            if attributes.get(b"t") == b"e":
                stored = re.search(rb"<(?:\w+:)?v>([^<]*)", content)
                marks.errors[key] = (stored[1] if stored else b"#N/A").decode()
            formula = _FORMULA.search(content)
            if formula and not _STORED.search(content):
                marks.formulas[key] = "=" + (formula["text"] or b"").decode().replace("&amp;", "&")


def _raise(run: re.Match) -> bytes:
    """Return a run of a text, its digits raised if it stands above or below the line."""
    if not re.search(rb'vertAlign val="(?:super|sub)script"', run[0]):
        return run[0]
    return _TEXT.sub(lambda text: text[1] + text[2].decode().translate(_RAISED).encode() + text[3], run[0])


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, Z 26, AA 27."""
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total


#: formats that stand for a number and no more, and those of a currency that the program's language chooses
_PER_CENT, _OF_LANGUAGE = {9: "0%", 10: "0.00%"}, (5, 6, 7, 8, 42, 44)
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].|(?P<digits>[0#?]+)|(?P<sign>.)'
)


def _formats(styles: bytes) -> dict[int, str]:
    """Return the formats that show more than a number (a unit, a sign, thousands), by the number of a cell's style."""
    root = ElementTree.fromstring(styles)
    own, found = {}, {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt":
            own[int(element.get("numFmtId", 0))] = element.get("formatCode", "")
        elif tag == "cellXfs":
            for number, style in enumerate(element):
                code = int(style.get("numFmtId", 0))
                known = own.get(code, _PER_CENT.get(code, "¤0" if code in _OF_LANGUAGE else ""))
                if known and show(Decimal(1), known) != "1":
                    found[number] = known
    return found


def show(value: Decimal, code: str) -> str:
    """Return a number as a format shows it, with all its digits: 1800.5 in ``0.0"亿元"`` is 1800.5亿元.

    ``$``, ``%`` and units in quotes are written; commas at the end divide by a thousand, and a point that is only
    written (``0!.0000``) by ten for each digit after it. Words that are no unit are left out.

    Parameters
    ----------
    value : Decimal
        As stored.
    code : str
        Format of the cell.

    Returns
    -------
    str
    """
    from fhi.reading.parsing import is_unit

    sides, shift, pending, percent, shifted = {False: "", True: ""}, 0, 0, False, False
    started = False
    for piece in _PIECE.finditer(code):
        text, sign = piece["quoted"] or piece["escaped"] or piece["money"] or "", piece["sign"] or ""
        if sign == ";":
            break
        if piece["digits"]:
            started, pending = True, 0
            shift += len(piece["digits"]) if shifted else 0
        elif "." in (sign, text):
            shifted = started and text == "."
        elif sign == "," and started:
            pending += 1
        elif sign == "%":
            percent = True
        elif text or (sign and sign in "$¥￥€£¤"):
            sides[started] += text or sign
    value = value * 100 if percent else value / 10**shift / 1000**pending
    plain = f"{round(value, 12).normalize():f}"
    before, after = sides[False].strip(), sides[True].strip() + ("%" if percent else "")
    unit = before + after
    return f"{before}{plain}{after}" if unit and (unit == "¤" or is_unit(unit)) else plain


#: records of an old workbook (.xls): a number format with its number, and a style with the number of its format
_OLD_FORMAT = re.compile(rb"\x1e\x04..(?P<number>..)(?P<length>..)(?P<wide>[\x00\x01])", re.DOTALL)
_OLD_STYLE = re.compile(rb"\xe0\x00\x14\x00..(?P<number>..)(?P<flags>..)", re.DOTALL)


def _old_formats(content: bytes) -> set[str]:
    """Return the formats of the cells of an old workbook (.xls) that show more than a number."""
    codes = {**_PER_CENT, **dict.fromkeys(_OF_LANGUAGE, "¤0")}
    for match in _OLD_FORMAT.finditer(content):
        size = int.from_bytes(match["length"], "little") * (1 + match["wide"][0])
        text = content[match.end() : match.end() + size].decode(
            "utf-16-le" if match["wide"][0] else "latin-1", "replace"
        )
        codes[int.from_bytes(match["number"], "little")] = text
    styles = [style for style in _OLD_STYLE.finditer(content) if not style["flags"][0] & 4]
    used = {codes.get(int.from_bytes(style["number"], "little"), "") for style in styles}
    return {code for code in used if code and show(Decimal(1), code) != "1"}


def _refuse_unseen_formats(path: Path, file: str) -> None:
    """Raise `DataError` for a file (.xls, .ods) with shares, money or units in number formats, which are not seen."""
    if path.suffix.lower() == ".ods":
        with zipfile.ZipFile(path) as parts:
            found = set(re.findall(r'value-type="(percentage|currency)"', parts.read("content.xml").decode("utf-8")))
    else:
        found = _old_formats(path.read_bytes())
    if found:
        shown, remedy = ", ".join(sorted(found)), "save it as .xlsx, or as CSV in UTF-8"
        raise DataError([Problem(file, None, None, shown, "number formats without a unit or currency sign", remedy)])


def _sheet(found, name: str, marks: Marks, in_percent: bool) -> Sheet:
    """Return the rows of a sheet that hold anything as texts."""
    left = found.start[1] if found.start else 0
    width = max([left + (found.width if found.start else 0), *(column for _, column in marks.formulas)])
    rows: dict[int, list[str]] = {}
    for line, cells in enumerate(found.iter_rows() if found.start else (), start=1):
        if any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in cells):
            texts = [_text(cell, marks.formats.get((line, left + n)), in_percent) for n, cell in enumerate(cells, 1)]
            rows[line] = [""] * left + texts + [""] * (width - left - len(texts))
    for (line, column), text in {**marks.errors, **marks.formulas}.items():
        rows.setdefault(line, [""] * width)[column - 1] = text
    copies = set()
    for (top, first), (bottom, last) in found.merged_cell_ranges or []:
        text = rows.get(top + 1, [""] * width)[first] if first < width else ""
        for line in range(top + 1, bottom + 2) if text else ():
            for column in range(first, min(last + 1, width)):
                if (line, column) != (top + 1, first):
                    rows.setdefault(line, [""] * width)[column] = text
                    copies.add((line, column + 1))
    unread = dict.fromkeys(marks.errors, "e") | dict.fromkeys(marks.formulas, "f")
    return Sheet(name, sorted(rows.items()), unread, frozenset(copies))


def _text(value: object, code: str | None, in_percent: bool) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, int | float):
        if in_percent and code:
            return show(Decimal(repr(value)), code)
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value).strip()


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

        Parameters
        ----------
        sheet : str
            Its name.
        parse : callable
            Takes the header and the rows.

        Returns
        -------
        object
            What `parse` returns.

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

        _, rows, unread, _ = self._sheets[sheet]
        texts = dict(rows)
        problems = []
        for (line, column), kind in sorted(unread.items()):
            head = texts[1][column - 1] if line > 1 else ""
            place = self.shown(sheet), line, head or get_column_letter(column)
            problems.append(Problem(*place, texts[line][column - 1], *_UNREAD[kind]))
        return problems

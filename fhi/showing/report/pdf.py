"""The print: one PDF a language, set by Typst with the project's fonts and no other; figures packed page by page."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count, groupby
from pathlib import Path
from typing import NamedTuple

import typst

from fhi.files import Kept, resting_on
from fhi.showing.figures import LANGUAGES
from fhi.showing.figures.documents import ASSETS, DPI, given, typeset
from fhi.showing.figures.style import FONTS
from fhi.showing.report.document import document, profile_sheets
from fhi.store import Store

TEMPLATE = ASSETS / "document.typ"
#: height of the text on a page, least and greatest gap between two figures, in millimetres
BODY, LEAST, MOST = 266.0, 5.0, 22.0
#: blank at the foot that costs a page nothing, and what it costs that a row comes before one of lower number and of
#: its kind, in millimetres of blank
SPARE, ORDER = 60.0, 40.0
#: more blank than this share of a page, where no chapter ends, costs more than any order
LIMIT, BEYOND = 0.35 * BODY, 1000.0


def build_pdf(store: Store, language: str) -> bytes:
    """Return the PDF of a scenario in a language; the same tables and pictures give the same bytes.

    Parameters
    ----------
    store : Store
        Of the scenario.
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    return _set(packed(document(store, language), store.root))


def _set(data: dict) -> bytes:
    """Set a packed document: tagged for screen readers, without a date, fonts inside."""
    return typst.compile(TEMPLATE.read_bytes(), format="pdf", pdf_standards="ua-1", **given(data))


class Row(NamedTuple):
    """What stands on a page as a whole: an opener, figures side by side, or a table; its height in millimetres."""

    part: int
    row: int | None
    height: float
    table: bool = False

    @property
    def opens(self) -> bool:
        return self.row is None


def packed(data: dict, root: Path) -> dict:
    """Return a document that says what stands on which page, its figures numbered in that order.

    A chapter of the publication begins a page; those beyond it follow one another.

    Parameters
    ----------
    data : dict
        As of `fhi.showing.report.document.document`.
    root : pathlib.Path
        The folder of the outputs, where the store is.

    Returns
    -------
    dict
    """
    found = _heights(data, root)
    groups: list[list[Row]] = []
    for place, (part, high) in enumerate(zip(data["parts"], found, strict=True)):
        tables = ["table" in row[0] for row in part["rows"]]
        rows = [Row(place, None, high["opener"])]
        rows += [Row(place, at, *row) for at, row in enumerate(zip(high["rows"], tables, strict=True))]
        if part["begins"]:
            groups.append(rows)
        else:
            groups[-1].extend(rows)
    sheets = [sheet for group in groups for sheet in sheets_of(group)]
    placed = [row for sheet in sheets for row in sheet["rows"]]
    parts = []
    for place, part in enumerate(data["parts"]):
        order = [row.row for row in placed if row.part == place and not row.opens]
        parts.append(part | {"rows": _numbered([part["rows"][row] for row in order], part["number"]), "order": order})
    for sheet in sheets:
        sheet["rows"] = [
            {"part": row.part, "row": None if row.opens else parts[row.part]["order"].index(row.row)}
            for row in sheet["rows"]
        ]
    numbers = {item["id"]: item["number"] for part in parts for row in part["rows"] for item in row if "id" in item}
    annex = [
        section | {"tables": [_of_figures(table, numbers) for table in section["tables"]]} for section in data["annex"]
    ]
    return data | {"parts": parts, "sheets": sheets, "annex": annex}


#: what a document says beside its parts that their heights depend on
MEASURED = ("language", "fonts", "title", "altered", "words", "verdicts", "labels")


def _heights(data: dict, root: Path) -> list[dict]:
    """Return the height of each part's opener and rows in millimetres; what was measured before is kept.

    A picture is measured by its head, which states its size: another of the same size changes no height.
    """
    loose = [
        part | {"rows": [list(map(_hollow, row)) for row in _numbered(part["rows"], "0")]} for part in data["parts"]
    ]
    said = {name: data[name] for name in MEASURED} | {"parts": loose}
    files = [*ASSETS.glob("*.typ"), *FONTS.iterdir(), Path(__file__)]

    def measure() -> bytes:
        return typst.query(TEMPLATE.read_bytes(), "<heights>", field="value", **given(said, measure="yes")).encode()

    return json.loads(Kept(root, "heights").made(resting_on(files) | {"document": said}, measure))


def _hollow(item: dict) -> dict:
    return item | {"svg": f"{item['svg'].partition('>')[0]}></svg>"} if item.get("svg") else item


def _numbered(rows: Sequence[Sequence[dict]], chapter: str) -> list[list[dict]]:
    """Return rows of figures and tables with their numbers in a chapter: 2.1, 2.2, …, each kind by itself."""
    numbers = {kind: count(1) for kind in (True, False)}

    def numbered(item: dict) -> dict:
        if "also" in item:
            return item
        number = f"{chapter}.{next(numbers['table' in item])}"
        return {"table": item["table"] | {"number": number}} if "table" in item else item | {"number": number}

    return [[numbered(item) for item in row] for row in rows]


def _of_figures(table: dict, numbers: Mapping[str, str]) -> dict:
    """Return a table; one whose rows begin with the ids of figures with their numbers in that place, in order."""
    if not table.get("of_figures"):
        return table
    rows = [[numbers[row[0]], *row[1:]] for row in table["rows"]]
    return table | {"rows": sorted(rows, key=lambda row: [int(part) for part in row[0].split(".")])}


def sheets_of(rows: Sequence[Row]) -> list[dict]:
    """Return pages: the rows on each, and the gap between them in millimetres.

    The figures of a chapter are divided into as few pages as they need, as full as they can be but for the last, which
    the next chapter goes on with if its opener and a figure still fit. What is left of a page goes between its rows, up
    to `MOST`.

    Parameters
    ----------
    rows : sequence of Row
        Openers and rows of figures, chapter by chapter, of chapters that follow one another.
    """
    pages: list[list[Row]] = []
    for _, group in groupby(rows, key=lambda row: row.part):
        own = list(group)
        opener, figures = [row for row in own if row.opens], [row for row in own if not row.opens]
        taken = sum(row.height + LEAST for row in opener)
        room = BODY - _used(pages[-1]) - LEAST - taken if pages and opener else 0.0
        least = min((row.height for row in figures), default=0.0)
        begun = bool(pages) and least <= room
        found = _divided(figures, room if begun else BODY - taken, begun=bool(opener))
        first = opener + found[0] if found else opener
        pages = [*pages[:-1], pages[-1] + first] if begun else [*pages, first]
        pages += found[1:]
    sheets = []
    for place, page in enumerate(pages):
        spare, last = BODY - sum(row.height for row in page), place == len(pages) - 1
        gap = LEAST if last or len(page) == 1 else min(MOST, max(LEAST, spare / (len(page) - 1)))
        sheets.append({"rows": page, "gap": gap})
    return sheets


def _used(rows: Sequence[Row]) -> float:
    return sum(row.height for row in rows) + LEAST * (len(rows) - 1)


def _divided(figures: Sequence[Row], room: float, *, begun: bool) -> list[list[Row]]:
    """Return the rows page by page; the first, if `begun`, has less room."""
    if not figures:
        return []
    division = Division(figures)
    parts = division.after_opener(room) if begun else division.best(division.all, False)[2]
    return [[row for place, row in enumerate(figures) if part >> place & 1] for part in parts]


class Division:
    """The ways to divide rows of figures into pages, as sets of rows (bits).

    Of all ways the best has fewest pages, then the least of blank beyond `SPARE` on all pages but one and `ORDER` for
    each row that others of its kind, figures or tables, are put before. Each page holds the first of the rows that are
    left.
    """

    def __init__(self, figures: Sequence[Row]):
        self.figures, self.all = figures, (1 << len(figures)) - 1
        self.best = cache(self._best)
        self.tables = sum(1 << place for place, row in enumerate(figures) if row.table)

    def after_opener(self, room: float) -> tuple[int, ...]:
        """Return the best way if the first page has only so much room; it is empty if nothing fits."""
        ways = list(self._ways([part for part in _parts_of(self.all) if part], self.all, room, False))
        return min(ways)[2] if ways else (0, *self.best(self.all, False)[2])

    def _best(self, left: int, pardoned: bool) -> tuple[int, float, tuple[int, ...]]:
        """Return the number of pages, their cost, and the pages themselves; `pardoned`: no more blank is free."""
        if not left:
            return 0, 0.0, ()
        first = left & -left
        return min(self._ways([first | others for others in _parts_of(left ^ first)], left, BODY, pardoned))

    def _ways(self, pages: Iterable[int], left: int, room: float, pardoned: bool) -> Iterator[tuple]:
        """Yield what each page that fits costs with the best of what is then left."""
        for page in pages:
            rows = [row for place, row in enumerate(self.figures) if page >> place & 1]
            used = _used(rows)
            if used > room and (len(rows) > 1 or room < BODY):
                continue
            # what an opener begins is no last page, unless it holds everything
            may = not pardoned and (room == BODY or page == left)
            passed = self._passed(page, left)
            # a page that is not the last by its rows goes behind the others
            behind = ORDER * self._passed(left ^ page, left)
            count, more, others = self.best(left ^ page, pardoned)
            blank = max(0.0, room - used - SPARE) + BEYOND * (room - used > LIMIT)
            yield count + 1, blank + more + ORDER * passed, (page, *others)
            if may:
                count, more, others = self.best(left ^ page, True)
                yield count + 1, behind + more + ORDER * passed, (*others, page)

    def _passed(self, first: int, left: int) -> int:
        """Return how many of the rows left over have a row of their kind and of higher number among those put first."""
        kinds = ((first & kind, left & ~first & kind) for kind in (self.tables, self.all & ~self.tables))
        return sum((others & ((1 << own.bit_length()) - 1)).bit_count() for own, others in kinds)


def _parts_of(rows: int) -> Iterator[int]:
    """Yield every set of rows out of a set, the empty one last."""
    part = rows
    while part:
        yield part
        part = (part - 1) & rows
    yield 0


def write_pdfs(store: Store) -> list[Path]:
    """Write ``reports/<scenario>/report.<language>.pdf``, the languages side by side."""
    documents = [document(store, language) for language in LANGUAGES]
    with ThreadPoolExecutor(len(documents)) as pool:
        pdfs = list(pool.map(lambda data: _set(packed(data, store.root)), documents))
    return [
        store.write_bytes(f"{store.reports}/report.{language}.pdf", pdf)
        for language, pdf in zip(LANGUAGES, pdfs, strict=True)
    ]


def write_profiles(store: Store) -> list[Path]:
    """Write the profiles that are printed as pictures: ``reports/<scenario>/profiles/<unit>.<language>.png``."""
    written = []
    for language in LANGUAGES:
        data = profile_sheets(store, language)
        pictures = typeset("sheet.typ", data, "png", ppi=DPI)
        for item, picture in zip(data["items"], pictures if isinstance(pictures, list) else [pictures], strict=True):
            written.append(store.write_bytes(f"{store.reports}/profiles/{item['id']}.{language}.png", picture))
    return written

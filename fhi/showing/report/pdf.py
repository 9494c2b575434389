"""The print: one PDF a language, set by Typst with the project's fonts and no other; figures packed page by page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, count
from pathlib import Path
from typing import NamedTuple

import typst

from fhi.showing.figures import LANGUAGES
from fhi.showing.figures.documents import ASSETS, DPI, given, typeset
from fhi.showing.report.document import document, profile_sheets
from fhi.store import Store

TEMPLATE = ASSETS / "document.typ"
#: height of the text on a page, least and greatest gap between two figures, in millimetres
BODY, LEAST, MOST = 266.0, 5.0, 14.0
#: rows of figures beyond the next that may be drawn forward to fill a page
AHEAD = 8


def build_pdf(store: Store, language: str) -> bytes:
    """Return the PDF of a scenario in a language; the same tables and pictures give the same bytes.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    return compile_document(document(store, language))


def compile_document(data: dict) -> bytes:
    """Set a document (see `fhi.showing.report.document`): tagged for screen readers, without a date, fonts inside."""
    return typst.compile(TEMPLATE.read_bytes(), format="pdf", pdf_standards="ua-1", **given(packed(data)))


class Row(NamedTuple):
    """What stands on a page as a whole: the opener of a chapter, or figures side by side; its height in millimetres."""

    part: int
    row: int | None
    height: float

    @property
    def opens(self) -> bool:
        return self.row is None


def packed(data: dict) -> dict:
    """Return a document that says what stands on which page, its figures numbered in that order.

    A chapter of the publication begins a page; those beyond it follow one another.
    """
    loose = [part | {"rows": _numbered(part["rows"], "0")} for part in data["parts"]]
    loosely = given(data | {"parts": loose}, measure="yes")
    found = json.loads(typst.query(TEMPLATE.read_bytes(), "<heights>", field="value", **loosely))
    groups: list[list[Row]] = []
    for place, (part, high) in enumerate(zip(data["parts"], found, strict=True)):
        rows = [Row(place, None, high["opener"]), *(Row(place, at, height) for at, height in enumerate(high["rows"]))]
        if part["begins"]:
            groups.append(rows)
        else:
            groups[-1].extend(rows)
    sheets = [sheet for group in groups for sheet in sheets_of(group, ordered=data["parts"][group[-1].part]["begins"])]
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


def _numbered(rows: Sequence[Sequence[dict]], chapter: str) -> list[list[dict]]:
    """Return rows of figures and tables with their numbers in a chapter: 2.1, 2.2, …, each kind by itself."""
    numbers = {kind: count(1) for kind in (True, False)}
    numbered = []
    for row in rows:
        found = [(item, f"{chapter}.{next(numbers['table' in item])}") for item in row]
        numbered.append(
            [
                {"table": item["table"] | {"number": number}, "number": number}
                if "table" in item
                else item | {"number": number}
                for item, number in found
            ]
        )
    return numbered


def _of_figures(table: dict, numbers: Mapping[str, str]) -> dict:
    """Return a table; one whose rows begin with the ids of figures with their numbers in that place, in order."""
    if not table.get("of_figures"):
        return table
    rows = [[numbers[row[0]], *row[1:]] for row in table["rows"]]
    return table | {"rows": sorted(rows, key=lambda row: [int(part) for part in row[0].split(".")])}


def sheets_of(rows: Sequence[Row], *, ordered: bool = True) -> list[dict]:
    """Return pages: the rows on each, and the gap between them in millimetres.

    A page has the first row that is left and takes those of the next `AHEAD` rows that fill it best, the
    earlier ones of equals; a figure stays behind the opener of its chapter, and an opener is followed by a figure. What
    is left of a page goes between its rows, up to `MOST`.

    Parameters
    ----------
    rows : sequence of Row
        Openers and rows of figures, chapter by chapter.
    ordered : bool
        True if a page begins with the first row that is left; else the highest of its chapter is on it, so that fewer
        pages are needed.
    """
    left, sheets = list(rows), []
    while left:
        chosen = _filling(left, left[0] if ordered or left[0].opens else _highest(left))
        left = [row for row in left if row not in chosen]
        spare = BODY - sum(row.height for row in chosen)
        gap = LEAST if not left or len(chosen) == 1 else min(MOST, max(LEAST, spare / (len(chosen) - 1)))
        sheets.append({"rows": chosen, "gap": gap})
    return sheets


def _highest(rows: Sequence[Row]) -> Row:
    """Return the highest row of the chapter that is at hand: the hardest to find company for."""
    return max((row for row in rows if row.part == rows[0].part), key=lambda row: row.height)


def _filling(left: Sequence[Row], first: Row) -> list[Row]:
    """Return the rows that fill a page best, the first among them whether it fits or not, in their order."""
    rows = [row for row in left if row != first][:AHEAD]
    best, most = [first], 0.0
    for size in range(len(rows) + 1):
        for others in combinations(rows, size):
            chosen = sorted([first, *others], key=left.index)
            high = sum(row.height for row in chosen) + LEAST * size
            if most + 1e-9 < high <= BODY and _in_order(chosen, left):
                best, most = chosen, high
    return best


def _in_order(chosen: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Return whether no chapter begins before the last is done, and none with its opener at the foot of a page."""
    last = chosen[-1].part
    done = all(row in chosen for row in rows if row.part < last)
    opened = [row.part for row in rows if row.opens]
    ahead = all(row in chosen for row in rows if row.opens and row.part <= last)
    alone = chosen[-1].opens and any(row.part == last and not row.opens for row in rows)
    return done and (ahead or last not in opened) and not alone


def write_pdfs(store: Store) -> list[Path]:
    """Write ``reports/<scenario>/report.<language>.pdf``, the languages side by side."""
    documents = [document(store, language) for language in LANGUAGES]
    with ThreadPoolExecutor(len(documents)) as pool:
        pdfs = list(pool.map(compile_document, documents))
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
